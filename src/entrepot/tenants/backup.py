"""Copies of tenants: dumps, what is restored from them, and duplicates.

Everything is made under a draft's name and gets its own only when whole, so a file that cannot be used, a full disk
or a killed process leave nothing but what `Drafts.sweep` removes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from entrepot.errors import MissingError, TooLarge, ValidationError
from entrepot.files.store import FileStore
from entrepot.kernel.access.policy import EPOCH_TABLE, raise_epoch
from entrepot.kernel.environment import Environment
from entrepot.kernel.loading.install import installed
from entrepot.storage.abc import Transaction
from entrepot.storage.schema import TableSchema
from entrepot.storage.schema_catalog import read_catalog
from entrepot.tenants import dumps
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.drafts import Draft
from entrepot.tenants.provision import Provision, Step, quiet, renew_identity
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

FREE_SHARE = 0.9
"""How much of the free disk a restore may fill."""
_NEEDED = {EPOCH_TABLE: {"value"}, "ir_module_module": {"name", "state", "latest_version"}}


def free_bytes(folder: Path) -> int:
    """How much fits on the disk of a folder."""
    return shutil.disk_usage(folder).free


class Backup:
    """Dumps, restores and duplicates the tenants of one server."""

    def __init__(
        self, tenants: Tenants, provision: Provision, free: Callable[[Path], int] = free_bytes
    ) -> None:
        """`free`: how many bytes fit on the disk of a folder."""
        self.tenants = tenants
        self.engine = tenants.engine
        self.provision = provision
        self._free = free

    def dump(self, name: str, path: Path, *, step: Step = quiet) -> None:
        """Write a tenant's dump, consistent even while it is being written to. Raises MissingError."""
        self.tenants.require(name)
        with self.tenants.drafts.begin() as draft, dumps.writing(path) as writer:
            step("database")
            with self.engine.open(name).transaction(readonly=True) as tx:
                addons = installed(tx)
            database = draft.folder / dumps.DATABASE
            self.engine.dump(name, database)
            with database.open("rb") as stream:
                writer.add(dumps.DATABASE, stream)
            # After the database: what it refers to was stored before it was dumped.
            files = self.tenants.files(name)
            for number, key in enumerate(files.keys()):
                if number % 100 == 0:
                    step(f"file {number}")
                self._dump_file(files, key, writer)
            writer.finish(engine=self.engine.dialect.name, database=name, addons=addons)

    @staticmethod
    def _dump_file(files: FileStore, key: str, writer: dumps.Writer) -> None:
        try:
            stream = files.path(key).open("rb")
        except (MissingError, FileNotFoundError):
            # Swept meanwhile: nobody referred to it.
            return
        with stream:
            writer.add(dumps.FILES + key, stream)

    def restore(self, name: str, path: Path, *, copy: bool, step: Step = quiet) -> None:
        """Make a tenant from a dump. All its sessions are void.

        `copy`: it will live beside its original, so it gets an identity of its own and nothing in it acts outside
        by itself. Raises ConflictError for a taken name, ValidationError and TooLarge for a file that cannot be
        used; either leaves everything as it was.
        """
        self.tenants.require_free(name)
        with self.tenants.drafts.begin() as draft:
            database = draft.folder / dumps.DATABASE
            with dumps.reading(path) as reader:
                self._admit(reader.manifest, draft)
                step("database")
                with database.open("wb") as target:
                    reader.unpack(dumps.DATABASE, target)
                for number, key in enumerate(reader.manifest.keys):
                    if number % 100 == 0:
                        step(f"file {number}")
                    _unpack_file(reader, key, draft.files)
            step("restore")
            self.engine.restore(draft.name, database)
            database.unlink()
            tenant = self.tenants.make(draft.name)
            self._examine(tenant, step)
            make_its_own(tenant, identity=copy, neutralize=copy)
            self.tenants.publish(draft, name)

    def duplicate(self, name: str, new: str, *, neutralize: bool, step: Step = quiet) -> None:
        """Copy a tenant with its files, consistent even while it is being written to.

        The copy has an identity of its own and no sessions; with `neutralize` nothing in it acts outside by itself.
        Raises MissingError, ConflictError, ValidationError; either leaves everything as it was.
        """
        self.tenants.require(name)
        self.tenants.require_free(new)
        with self.tenants.drafts.begin() as draft:
            step("database")
            self.engine.duplicate(name, draft.name)
            step("files")
            self.tenants.files(name).lend_to(draft.files)
            make_its_own(self.tenants.make(draft.name), identity=True, neutralize=neutralize)
            self.tenants.publish(draft, new)

    def _admit(self, manifest: dumps.Manifest, draft: Draft) -> None:
        """Refuse what cannot be used before anything of it is unpacked."""
        ours = self.engine.dialect.name
        if manifest.engine != ours:
            raise ValidationError(f"This dump is of a {manifest.engine[:20]} store; this server uses {ours}.")
        self._refuse_strangers(manifest.addons)
        free = self._free(draft.folder)
        if manifest.size > free * FREE_SHARE:
            raise TooLarge(
                f"This dump unpacks to {manifest.size:,} bytes; there are {free:,} free.", size=manifest.size
            )

    def _refuse_strangers(self, addons: Mapping[str, str]) -> None:
        registries = self.tenants.registries
        missing = sorted(set(addons) - set(registries.manifests))
        if missing:
            shown = ", ".join(name[:64] for name in missing[:10])
            raise ValidationError(f"This dump needs add-ons that are not installed here: {shown}.")
        newer = registries.newer(addons)
        if newer:
            raise ValidationError(f"This dump has later versions of {', '.join(newer)} than this server.")

    def _examine(self, tenant: Tenant, step: Step) -> None:
        """Whether the database is a tenant's: a manifest may say what it likes. An older one is brought up to
        date.
        """
        with tenant.store.transaction(readonly=True) as tx:
            there = read_catalog(tx).tables
            if any(not columns <= set(there.get(table, ())) for table, columns in _NEEDED.items()):
                raise ValidationError("This dump holds no tenant.")
            addons = installed(tx)
            self._refuse_strangers(addons)
            registries = self.tenants.registries
            chosen = registries.names(addons)
            is_current = addons == registries.versions(chosen)
            if is_current:
                _refuse_incomplete(tx, registries.open(chosen).tables)
        if not is_current:
            self.provision.bring_up(tenant, (), step)


def _refuse_incomplete(tx: Transaction, tables: list[TableSchema]) -> None:
    there = read_catalog(tx).tables
    for table in tables:
        wanted = {column.name for column in table.columns} | ({"id"} if table.has_id else set())
        if not wanted <= set(there.get(table.name, ())):
            raise ValidationError(f"This dump holds no whole tenant: {table.name} is not as it should be.")
    if len(tx.fetch(f"SELECT value FROM {EPOCH_TABLE}")) != 1:
        raise ValidationError("This dump holds no whole tenant: it has no epoch.")


def _unpack_file(reader: dumps.Reader, key: str, files: FileStore) -> None:
    name = dumps.FILES + key
    with files.upload(max_bytes=reader.manifest.entries[name].size) as upload:
        reader.unpack(name, upload)
        upload.finish()


def _pause_endpoints(env: Environment) -> None:
    """Peers must not hear twice, or of the past, what the original has told them: somebody decides what they get."""
    running = env["outbox.endpoint"].with_context(active_test=False).search([("state", "=", "running")])
    running.write({"state": "paused", "disabled_reason": "This database was restored or copied."})


def make_its_own(tenant: Tenant, *, identity: bool, neutralize: bool) -> None:
    """Cut a copy's ties: no sessions; with `identity` a new one; with `neutralize` no API keys, scheduled actions
    or mail that waits. With an outbox nothing leaves in any case: mail that waits is withdrawn, endpoints are paused.
    """
    with tenant.store.transaction(readonly=False) as tx:
        work = tenant.work(tx)
        env = Environment(work, SYSTEM)
        tx.execute("DELETE FROM res_users_session")
        if identity:
            renew_identity(env)
        if neutralize:
            tx.execute("DELETE FROM res_users_apikeys")
            env["ir.cron"].search([]).write({"active": False})
        is_sending = "outbox.endpoint" in env
        if neutralize or is_sending:
            env["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})
        if is_sending:
            _pause_endpoints(env)
        finish(work)
        raise_epoch(tx)
