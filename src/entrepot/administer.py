"""Orders about tenants, guarded by the master password: see `doors.abc.Administration`.

The sibling of `dispatch`: nobody needs the rights of both at once. Whoever owns the machine (the command line) gives
the same orders through `provision`, `backup`, `move` and `remove`, without the password.
"""

from __future__ import annotations

import builtins
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from babel import Locale
from babel.localedata import locale_identifiers

from entrepot.auth.master import Master
from entrepot.auth.remembered import Remembered
from entrepot.errors import AccessDenied, RateLimited, ValidationError
from entrepot.observe import events
from entrepot.observe.events import Observer
from entrepot.tenants.backup import Backup
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.drafts import FORGOTTEN_SECONDS
from entrepot.tenants.provision import Owner, Provision, Step, quiet

NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ"})
"""Codes of two letters that CLDR lists among territories and that are none."""


class Administer:
    """Creates, copies, renames, drops, dumps and restores tenants."""

    def __init__(self, tenants: Tenants, master: Master, remembered: Remembered, observe: Observer) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants
        self.provision = Provision(tenants)
        self.backup = Backup(tenants, self.provision)
        self.master = master
        self.remembered = remembered
        self.observe = observe
        self._dumps = tenants.settings.data / "run" / "dumps"

    def sweep(self) -> builtins.list[str]:
        """Remove what processes that died left unfinished; returns the drafts among it."""
        for path in self._dumps.glob("dump-*.zip"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                    path.unlink()
        return self.tenants.drafts.sweep()

    def list(self) -> builtins.list[str]:
        """Sorted tenant names. AccessDenied when the settings switch listing off."""
        if not self.tenants.settings.list_tenants:
            raise AccessDenied
        return self.tenants.names()

    def exists(self, name: str) -> bool:
        """Whether there is a tenant of that name."""
        return self.tenants.exists(name)

    def languages(self) -> builtins.list[tuple[str, str]]:
        """(code, "English name / own name") of every language."""
        found = []
        for code in locale_identifiers():
            locale = Locale.parse(code)
            if locale.territory and not locale.variant and not locale.script:
                own = locale.get_display_name(code) or code
                found.append((code, f"{locale.english_name or code} / {own}"))
        return sorted(found, key=lambda pair: pair[1])

    def guard(self, master: Any) -> None:
        """Raise AccessDenied or RateLimited unless this is the master password."""
        try:
            self.master.verify(master)
        except (AccessDenied, RateLimited):
            self.observe(events.MasterPasswordRefused(address=""))
            raise

    def countries(self, master: str) -> builtins.list[tuple[str, str]]:
        """(lower-case code, name) of every country."""
        self.guard(master)
        return sorted(
            (
                (code.lower(), name)
                for code, name in Locale("en").territories.items()
                if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
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
        if not password:
            raise ValidationError("The administrator needs a password.")
        owner = Owner(
            login=login,
            password=password,
            lang=lang or "en_US",
            country_code=country_code or None,
            phone=phone or None,
        )
        self.make(name, addons=addons, demo=demo, owner=owner)

    def make(
        self,
        name: str,
        *,
        addons: tuple[str, ...] | None,
        demo: bool,
        owner: Owner,
        step: Step = quiet,
    ) -> None:
        """`create` for whoever owns the machine."""
        began = perf_counter()
        chosen = self.provision.create(name, addons=addons, demo=demo, owner=owner, step=step)
        self.observe(events.TenantCreated(tenant=name, duration_ms=_since(began), addons=chosen))

    def duplicate(self, master: str, name: str, new: str, *, neutralize: bool) -> None:
        """Copy a tenant with its files; sessions of the copy are void, its keys too when it is neutralized."""
        self.guard(master)
        self.copy(name, new, neutralize=neutralize)

    def copy(self, name: str, new: str, *, neutralize: bool, step: Step = quiet) -> None:
        """`duplicate` for whoever owns the machine."""
        began = perf_counter()
        self.backup.duplicate(name, new, neutralize=neutralize, step=step)
        self.observe(events.TenantDuplicated(tenant=name, duration_ms=_since(began), new=new))

    def rename(self, master: str, name: str, new: str) -> None:
        """Give a tenant another name."""
        self.guard(master)
        self.move(name, new)

    def move(self, name: str, new: str) -> None:
        """`rename` for whoever owns the machine."""
        began = perf_counter()
        self.tenants.rename(name, new)
        self.remembered.forget(name)
        self.observe(events.TenantRenamed(tenant=name, duration_ms=_since(began), new=new))

    def drop(self, master: str, name: str) -> bool:
        """Delete a tenant; False when there is none of that name."""
        self.guard(master)
        if not self.exists(name):
            return False
        self.remove(name)
        return True

    def remove(self, name: str) -> None:
        """`drop` for whoever owns the machine. Raises MissingError."""
        began = perf_counter()
        self.tenants.drop(name)
        self.remembered.forget(name)
        self.observe(events.TenantDropped(tenant=name, duration_ms=_since(began)))

    def dump(self, master: str, name: str, kind: str) -> Path:
        """Write a dump into a temporary file, which the caller streams and deletes.

        There is one form of dump, whatever `kind` asks for. Raises MissingError.
        """
        self.guard(master)
        del kind
        self.tenants.require(name)
        self._dumps.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix="dump-", suffix=".zip", dir=self._dumps)
        os.close(handle)
        target = Path(path)
        try:
            self.save(name, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target

    def save(self, name: str, path: Path, *, step: Step = quiet) -> None:
        """`dump` for whoever owns the machine."""
        began = perf_counter()
        self.backup.dump(name, path, step=step)
        size = path.stat().st_size
        self.observe(events.TenantDumped(tenant=name, duration_ms=_since(began), size=size))

    def restore(self, master: str, name: str, path: Path, *, copy: bool) -> None:
        """Make a tenant from a dump file; anything wrong with the file leaves everything as it was."""
        self.guard(master)
        self.load(name, path, copy=copy)

    def load(self, name: str, path: Path, *, copy: bool, step: Step = quiet) -> None:
        """`restore` for whoever owns the machine."""
        began = perf_counter()
        self.backup.restore(name, path, copy=copy, step=step)
        self.observe(events.TenantRestored(tenant=name, duration_ms=_since(began)))

    def change_master_password(self, master: str, new: str) -> None:
        """Replace the master password for every process of this server."""
        try:
            self.master.change(master, new)
        except (AccessDenied, RateLimited):
            self.observe(events.MasterPasswordRefused(address=""))
            raise
        self.observe(events.MasterPasswordChanged(address=""))

    def upgrade(self, master: str, names: builtins.list[str]) -> None:
        """Bring tenants up to the installed version of their add-ons."""
        self.guard(master)
        for name in names:
            self.tenants.require(name)
        for name in names:
            self.install(name)

    def install(
        self, name: str, addons: builtins.list[str] | tuple[str, ...] = (), *, step: Step = quiet
    ) -> tuple[str, ...]:
        """Install add-ons into a tenant and bring those it has up to date, for whoever owns the machine."""
        began = perf_counter()
        found = self.provision.add(name, addons, step=step)
        self.observe(events.TenantUpgraded(tenant=name, duration_ms=_since(began), addons=found))
        return found


def _since(began: float) -> float:
    return (perf_counter() - began) * 1000
