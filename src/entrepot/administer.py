"""Orders about tenants, guarded by the master password: see `doors.abc.Administration`.

The sibling of `dispatch`: nobody needs the rights of both at once.
"""

from __future__ import annotations

import builtins
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from babel import Locale
from babel.localedata import locale_identifiers

from entrepot import names as naming
from entrepot.auth.master import Master
from entrepot.auth.remembered import Remembered
from entrepot.errors import AccessDenied, ConflictError, ValidationError
from entrepot.observe import events
from entrepot.observe.events import Observer
from entrepot.tenants import backup
from entrepot.tenants.backup import Backup
from entrepot.tenants.provision import Provision
from entrepot.tenants.tenant import Tenants


class Administer:
    """Creates, copies, renames, drops, dumps and restores tenants."""

    def __init__(self, tenants: Tenants, master: Master, remembered: Remembered, observe: Observer) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants
        self.engine = tenants.engine
        self.provision = Provision(tenants)
        self.backup = Backup(tenants)
        self.master = master
        self.remembered = remembered
        self.observe = observe

    # asked by anybody --------------------------------------------------------------------------------------------

    def list(self) -> builtins.list[str]:
        """Sorted tenant names. AccessDenied when the settings switch listing off."""
        if not self.tenants.settings.list_tenants:
            raise AccessDenied
        return self.tenants.names()

    def exists(self, name: str) -> bool:
        """Whether there is a tenant of that name."""
        return naming.is_tenant(name) and self.engine.exists(name)

    def languages(self) -> builtins.list[tuple[str, str]]:
        """(code, "English name / own name") of every language."""
        found = []
        for code in locale_identifiers():
            locale = Locale.parse(code)
            if locale.territory and not locale.variant and not locale.script:
                own = locale.get_display_name(code) or code
                found.append((code, f"{locale.english_name or code} / {own}"))
        return sorted(found, key=lambda pair: pair[1])

    # guarded -----------------------------------------------------------------------------------------------------

    def guard(self, master: Any) -> None:
        """Raise AccessDenied or RateLimited unless this is the master password."""
        try:
            self.master.verify(master)
        except AccessDenied:
            self.observe(events.MasterPasswordRefused(address=""))
            raise

    def countries(self, master: str) -> builtins.list[tuple[str, str]]:
        """(lower-case code, name) of every country."""
        self.guard(master)
        territories = Locale("en").territories
        return sorted(
            (
                (code.lower(), name)
                for code, name in territories.items()
                if len(code) == 2 and code not in {"EU", "EZ", "UN", "ZZ"}
            ),
            key=lambda pair: pair[1],
        )

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
        self.guard(master)
        if not isinstance(password, str) or not password:
            raise ValidationError("The administrator needs a password.")
        self._timed(
            events.TenantCreated,
            name,
            lambda: self.provision.create(
                name,
                addons=addons,
                demo=demo,
                lang=lang or "en_US",
                login=login,
                password=password,
                country_code=country_code or None,
                phone=phone or None,
            ),
        )

    def duplicate(self, master: str, name: str, new: str, *, neutralize: bool) -> None:
        """Copy a tenant with its files; sessions of the copy are void, its keys too when it is neutralized."""
        self.guard(master)
        self.copy(name, new, neutralize=neutralize)

    def copy(self, name: str, new: str, *, neutralize: bool) -> None:
        """`duplicate` for whoever owns the machine."""
        self.provision.require(name)
        naming.tenant(new)
        if self.engine.exists(new):
            raise ConflictError(f"Database {new!r} already exists.", name=new)

        def work() -> None:
            draft = naming.draft()
            try:
                self.engine.duplicate(name, draft)
                self.tenants.files(name).copy_to(self.tenants.files(draft).root)
                backup.void(self.tenants, draft, neutralize=neutralize)
                self.tenants.forget(draft)
                self.engine.rename(draft, new)
                self.tenants.files(draft).root.rename(self.tenants.files(new).root)
            except BaseException:
                self.tenants.forget(draft)
                if self.engine.exists(draft):
                    self.engine.drop(draft)
                backup.remove_tree(self.tenants.files(draft).root)
                raise

        self._timed(events.TenantDuplicated, name, work, new=new)

    def rename(self, master: str, name: str, new: str) -> None:
        """Give a tenant another name."""
        self.guard(master)
        self.move(name, new)

    def move(self, name: str, new: str) -> None:
        """`rename` for whoever owns the machine."""
        self.provision.require(name)
        naming.tenant(new)
        if self.engine.exists(new):
            raise ConflictError(f"Database {new!r} already exists.", name=new)

        def work() -> None:
            self._forget(name)
            self.engine.rename(name, new)
            root = self.tenants.files(name).root
            if root.exists():
                root.rename(self.tenants.files(new).root)

        self._timed(events.TenantRenamed, name, work, new=new)

    def drop(self, master: str, name: str) -> bool:
        """Delete a tenant; False when there is none of that name."""
        self.guard(master)
        if not self.exists(name):
            return False
        self.remove(name)
        return True

    def remove(self, name: str) -> None:
        """`drop` for whoever owns the machine. Raises MissingError."""
        self.provision.require(name)

        def work() -> None:
            self._forget(name)
            self.engine.drop(name)
            backup.remove_tree(self.tenants.files(name).root)

        self._timed(events.TenantDropped, name, work)

    def dump(self, master: str, name: str, kind: str) -> Path:
        """Write a dump into a temporary file, which the caller streams and deletes."""
        self.guard(master)
        if not isinstance(kind, str):
            raise ValidationError("The format of a dump is a text; use 'zip'.")
        folder = self.tenants.settings.data / "run"
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix="dump-", suffix=".zip", dir=folder)
        os.close(handle)
        target = Path(path)
        try:
            began = perf_counter()
            self.backup.dump(name, target)
            ms = (perf_counter() - began) * 1000
            self.observe(events.TenantDumped(tenant=name, duration_ms=ms, size=target.stat().st_size))
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target

    def restore(self, master: str, name: str, path: Path, *, copy: bool) -> None:
        """Make a tenant from a dump file; anything wrong with the file leaves everything as it was."""
        self.guard(master)
        self._timed(events.TenantRestored, name, lambda: self.backup.restore(name, path, neutralize=copy))

    def change_master_password(self, master: str, new: str) -> None:
        """Replace the master password for every process of this server."""
        self.master.change(master, new)
        self.observe(events.MasterPasswordChanged(address=""))

    def upgrade(self, master: str, names: builtins.list[str]) -> None:
        """Bring tenants up to the installed version of their add-ons."""
        self.guard(master)
        for name in names:
            self.provision.require(name)
        for name in names:
            self._timed(events.TenantUpgraded, name, lambda name=name: self.provision.add(name, ()))  # type: ignore[misc]

    def _forget(self, name: str) -> None:
        self.tenants.forget(name)
        self.remembered.forget(name)

    def _timed(self, event: Any, name: str, work: Callable[[], object], **more: Any) -> None:
        began = perf_counter()
        work()
        self.observe(event(tenant=name, duration_ms=(perf_counter() - began) * 1000, **more))
