"""The master password: what guards creating, copying and dropping tenants.

It comes from the settings and has no default; empty there means that nobody may, whatever else is stored.
Once changed over the wire, its argon2 hash lives in one file of the data folder and stands in place of the
setting's; every process reads that file at each use (orders about tenants are rare), so a change is known to
all at once. Deleting the file brings the setting back.
"""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any

import orjson

from entrepot.auth.attempts import Attempts
from entrepot.auth.passwords import Passwords
from entrepot.errors import AccessDenied

_FILE = "master.json"
_MAX_FILE_BYTES = 4096
# No tenant can be called "", so these failures never mix with a tenant's.
_NO_TENANT, _LOGIN = "", "master password"


class Master:
    """The master password of one server, whose changed form lives in the folder `data`."""

    def __init__(self, data: Path, configured: str, passwords: Passwords, attempts: Attempts) -> None:
        self._path = data / _FILE
        self._configured = configured
        self._passwords = passwords
        self._attempts = attempts

    def verify(self, given: Any, address: str = "") -> None:
        """Return when `given` is the master password.

        Raises AccessDenied for any other value and when none is set, RateLimited after too many failures.
        """
        self._attempts.check(_NO_TENANT, _LOGIN, address)
        if self._fits(given):
            self._attempts.succeeded(_NO_TENANT, _LOGIN, address)
            return
        self._attempts.failed(_NO_TENANT, _LOGIN, address)
        raise AccessDenied

    def change(self, old: Any, new: str, address: str = "") -> None:
        """Replace the master password for every process of this server, durably.

        Raises AccessDenied and RateLimited as `verify` does, ValidationError for an empty or too long new
        one.
        """
        self.verify(old, address)
        line = orjson.dumps({"hash": self._passwords.hash(new)})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{_FILE}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb"
            ) as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def is_changed(self) -> bool:
        """Whether one given over the wire stands in place of the setting's."""
        return self._path.exists()

    def _fits(self, given: Any) -> bool:
        if not self._configured or not isinstance(given, str) or not given:
            return False
        try:
            stored = self._stored()
        except FileNotFoundError:
            return compare_digest(_digest(given), _digest(self._configured))
        return self._passwords.verify(stored, given)

    def _stored(self) -> str | None:
        """The changed password's hash, None when the file holds none: a damaged file opens nothing."""
        with self._path.open("rb") as file:
            text = file.read(_MAX_FILE_BYTES)
        try:
            content = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        stored = content.get("hash") if isinstance(content, dict) else None
        return stored if isinstance(stored, str) else None


def _digest(text: str) -> bytes:
    # Comparing digests of one length keeps even the password's length from showing in the time.
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
