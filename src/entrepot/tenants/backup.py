"""Dumps of tenants: one zip with the database, every file, and a manifest that is written last.

A file that is damaged, cut short, of another kind of store or not ours is refused before anything is touched: every
entry's size and digest is checked against the manifest first, and the tenant appears under its name only when whole.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import IO, Any

from entrepot import __version__
from entrepot import names as naming
from entrepot.errors import ConflictError, MissingError, TooLarge, ValidationError
from entrepot.files.store import is_key
from entrepot.kernel.environment import Environment
from entrepot.kernel.loading.install import installed
from entrepot.storage.abc import Transaction
from entrepot.tenants.tenant import SYSTEM, Tenants, finish

FORMAT = "entrepot-dump"
VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "filestore/"
CHUNK = 256 * 1024
MAX_ENTRIES = 5_000_000
MAX_MANIFEST = 1024**3


class Backup:
    """Writes and reads dumps of one server's tenants."""

    def __init__(self, tenants: Tenants) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants
        self.engine = tenants.engine

    def dump(self, name: str, path: Path) -> None:
        """Write a tenant's dump. Raises MissingError."""
        if not naming.is_tenant(name) or not self.engine.exists(name):
            raise MissingError(f"Database {str(name)[:64]!r} does not exist.")
        tenant = self.tenants.open(name)
        with tenant.store.transaction(readonly=True) as tx:
            addons = installed(tx)
        entries: dict[str, list[Any]] = {}
        with (
            tempfile.TemporaryDirectory(dir=path.parent) as folder,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as archive,
        ):
            database = Path(folder) / DATABASE
            self.engine.dump(name, database)
            with database.open("rb") as stream:
                entries[DATABASE] = _write(archive, DATABASE, stream)
            files = self.tenants.files(name)
            for key in sorted(files.keys()):
                with files.path(key).open("rb") as stream:
                    entries[FILES + key] = _write(archive, FILES + key, stream)
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "server": __version__,
                "engine": self.engine.dialect.name,
                "database": name,
                "addons": addons,
                "entries": entries,
            }
            archive.writestr(MANIFEST, json.dumps(manifest))

    def restore(self, name: str, path: Path, *, neutralize: bool = True) -> None:
        """Make a tenant from a dump; sessions are void, and with `neutralize` API keys and scheduled actions too.

        Raises ConflictError for a taken name, ValidationError for a file that cannot be used; either leaves everything
        as it was.
        """
        naming.tenant(name)
        if self.engine.exists(name):
            raise ConflictError(f"Database {name!r} already exists.", name=name)
        draft = naming.draft()
        with tempfile.TemporaryDirectory(dir=_folder(self.tenants.settings.data)) as folder:
            try:
                with zipfile.ZipFile(path) as archive:
                    manifest = _manifest(archive, self.engine.dialect.name)
                    self._addons_are_there(manifest)
                    database = Path(folder) / DATABASE
                    with database.open("wb") as target:
                        _read(archive, DATABASE, manifest["entries"], target)
                    files = self.tenants.files(draft)
                    for entry in manifest["entries"]:
                        if entry.startswith(FILES):
                            self._file(archive, entry, manifest["entries"], files)
            except (
                zipfile.BadZipFile,
                zipfile.LargeZipFile,
                OSError,
                EOFError,
                NotImplementedError,
                RuntimeError,
            ) as error:
                self._discard(draft)
                raise ValidationError("This file is not a whole dump: it is damaged or cut short.") from error
            except BaseException:
                self._discard(draft)
                raise
            try:
                self.engine.restore(draft, database)
                void(self.tenants, draft, neutralize=neutralize)
                self.tenants.forget(draft)
                self.engine.rename(draft, name)
                self._adopt(draft, name)
            except BaseException:
                self._discard(draft)
                raise

    def _adopt(self, draft: str, name: str) -> None:
        root = self.tenants.files(draft).root
        if root.exists():
            root.rename(self.tenants.files(name).root)

    def _discard(self, draft: str) -> None:
        self.tenants.forget(draft)
        if self.engine.exists(draft):
            self.engine.drop(draft)
        remove_tree(self.tenants.files(draft).root)

    def _addons_are_there(self, manifest: dict[str, Any]) -> None:
        missing = sorted(set(manifest["addons"]) - set(self.tenants.registries.manifests))
        if missing:
            raise ValidationError(
                f"This dump needs add-ons that are not installed here: {', '.join(missing)}."
            )

    @staticmethod
    def _file(archive: zipfile.ZipFile, entry: str, entries: dict[str, list[Any]], files: Any) -> None:
        key = entry.removeprefix(FILES)
        if not is_key(key) or entries[entry][1] != key:
            raise ValidationError("This file is not a whole dump: it holds entries that are not ours.")
        with files.upload(max_bytes=entries[entry][0]) as upload:
            _read(archive, entry, entries, _Sink(upload))
            upload.finish()


class _Sink:
    """Writes into an upload as into a file."""

    def __init__(self, upload: Any) -> None:
        self.upload = upload

    def write(self, chunk: bytes) -> int:
        self.upload.write(chunk)
        return len(chunk)


def void(tenants: Tenants, name: str, *, neutralize: bool) -> None:
    """Make a copy its own: a new identity, no sessions; with `neutralize` nothing that acts outside by itself."""
    tenant = tenants.open(name)
    with tenant.store.transaction(readonly=False) as tx:
        work = tenant.work(tx)
        env = Environment(work, SYSTEM)
        _clear(tx, "res_users_session")
        env["ir.config_parameter"].set_param("database.uuid", str(uuid.uuid4()))
        if neutralize:
            _clear(tx, "res_users_apikeys")
            env["ir.cron"].search([]).write({"active": False})
            env["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})
        finish(work)


def _clear(tx: Transaction, table: str) -> None:
    tx.execute(f"DELETE FROM {table}")


def remove_tree(root: Path) -> None:
    """Delete a folder of files, if it is there."""
    if not root.exists():
        return
    for each in sorted(root.rglob("*"), reverse=True):
        each.rmdir() if each.is_dir() else each.unlink()
    root.rmdir()


def _folder(data: Path) -> Path:
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(archive: zipfile.ZipFile, name: str, stream: IO[bytes]) -> list[Any]:
    digest = hashlib.sha256()
    size = 0
    with archive.open(name, "w", force_zip64=True) as target:
        while chunk := stream.read(CHUNK):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return [size, digest.hexdigest()]


def _read(archive: zipfile.ZipFile, name: str, entries: dict[str, list[Any]], target: Any) -> None:
    """Unpack one entry, never more than the manifest says; its digest must be right."""
    size, wanted = entries[name]
    digest = hashlib.sha256()
    done = 0
    with archive.open(name) as source:
        while chunk := source.read(CHUNK):
            done += len(chunk)
            if done > size:
                break
            digest.update(chunk)
            target.write(chunk)
    if done != size or digest.hexdigest() != wanted:
        raise ValidationError(f"This dump is damaged: {name} is not what it was.")


def _manifest(archive: zipfile.ZipFile, engine: str) -> dict[str, Any]:
    names = archive.namelist()
    if len(names) > MAX_ENTRIES:
        raise TooLarge("This dump has too many entries.")
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise ValidationError("This file is not a dump of Entrepot: it has no manifest.")
    try:
        manifest = json.loads(archive.read(MANIFEST))
        entries = manifest["entries"]
        sound = (
            manifest["format"] == FORMAT
            and isinstance(manifest["addons"], dict)
            and set(names) == {*entries, MANIFEST}
            and len(names) == len(entries) + 1
            and DATABASE in entries
            and all(isinstance(size, int) and isinstance(digest, str) for size, digest in entries.values())
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValidationError("This file is not a dump of Entrepot: its manifest cannot be read.") from error
    if not sound:
        raise ValidationError("This file is not a dump of Entrepot: its manifest does not fit its content.")
    if manifest["version"] != VERSION:
        raise ValidationError(
            f"This dump has format version {manifest['version']!s:.10}; this server reads {VERSION}."
        )
    if manifest["engine"] != engine:
        raise ValidationError(
            f"This dump is of a {str(manifest['engine'])[:20]} store; this server uses {engine}."
        )
    found: dict[str, Any] = manifest
    return found
