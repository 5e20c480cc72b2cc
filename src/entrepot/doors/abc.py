"""What the doors ask of the house: one protocol, so that a door can be tested and replaced alone."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from entrepot.call import Call, Credentials
from entrepot.files.reply import FileReply
from entrepot.settings import Settings
from entrepot.transfer import Transfer

__all__ = ["Administration", "FileReply", "House"]


class Administration(Protocol):
    """Orders about tenants. Every method but the first three demands the master password.

    All raise AccessDenied for a wrong, empty or unset master password, RateLimited after too many wrong ones,
    ConflictError for a name that is taken ("already exists" in the text), MissingError for one that is not there,
    ValidationError for a name that cannot be one.
    """

    def list(self) -> builtins.list[str]:
        """Sorted tenant names. AccessDenied when the settings switch listing off."""

    def exists(self, name: str) -> bool:
        """Whether there is a tenant of that name."""

    def languages(self) -> builtins.list[tuple[str, str]]:
        """(code, "English name / own name") of every language."""

    def countries(self, master: str) -> builtins.list[tuple[str, str]]:
        """(lower-case code, name) of every country."""

    def create(
        self,
        master: str,
        name: str,
        *,
        demo: bool,
        lang: str,
        password: str,
        login: str,
        country_code: str | None,
        phone: str | None,
        addons: tuple[str, ...] | None = None,
    ) -> None:
        """Make a tenant, ready when this returns."""

    def duplicate(self, master: str, name: str, new: str, *, neutralize: bool) -> None:
        """Copy a tenant with its files; sessions and keys of the copy are void."""

    def rename(self, master: str, name: str, new: str) -> None:
        """Give a tenant another name."""

    def drop(self, master: str, name: str) -> bool:
        """Delete a tenant; False when there is none of that name."""

    def dump(self, master: str, name: str, kind: str) -> Path:
        """Write a dump (`kind` "zip") into a temporary file, which the caller streams and deletes."""

    def restore(self, master: str, name: str, path: Path, *, copy: bool) -> None:
        """Make a tenant from a dump file; anything wrong with the file leaves everything as it was."""

    def change_master_password(self, master: str, new: str) -> None:
        """Replace the master password for every process of this server."""

    def upgrade(self, master: str, names: builtins.list[str]) -> None:
        """Bring tenants up to the installed version of their add-ons."""


class House(Protocol):
    """The server as the doors see it. Every method is synchronous and may block: doors call it from worker threads."""

    settings: Settings

    @property
    def administration(self) -> Administration:
        """Where orders about tenants go."""

    @property
    def transfer(self) -> Transfer:
        """Where files are imported and exported."""

    def answer(self, call: Call) -> Any:
        """Run one call. Returns a Value or `Table` (alone or nested in lists and dicts); raises EntrepotError only."""

    def authenticate(self, tenant: str, login: str, password: str, address: str) -> int | None:
        """The user id for a login with a password or API key, None when they do not fit.

        Raises MissingError for an unknown tenant, RateLimited after too many failures.
        """

    def log_in(self, tenant: str, login: str, password: str, address: str) -> tuple[str, int]:
        """Open a session: (session id, user id). Raises AccessDenied; API keys are refused here."""

    def log_out(self, sid: str) -> None:
        """End a session; unknown ones are ignored."""

    def tenant_for(
        self, *, named: str | None = None, sid: str | None = None, host: str | None = None
    ) -> str | None:
        """The tenant of a request: named, else the session's, else one bearing the host's name, else the default.

        None when nothing chooses one. A lone tenant is chosen without being named.
        """

    def open_file(
        self, tenant: str, credentials: Credentials, model: str, record_id: int, field: str, address: str
    ) -> FileReply:
        """A binary field's content, with the caller's rights. Raises MissingError, AccessError."""

    def metrics(self) -> str:
        """Everything measured, in the Prometheus text format."""

    def ready(self) -> Mapping[str, str]:
        """What is not ready, by name; empty when the server can answer calls."""
