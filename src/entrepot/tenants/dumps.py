"""The form of a dump: one zip with the database, every file, and a manifest that is written last.

`Writer` makes one, `Reader` proves one: what the archive lists, what the manifest says and what the bytes are must
agree before anything is used. Nothing is ever unpacked to a path that the archive names.
"""

from __future__ import annotations

import errno
import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from entrepot import __version__
from entrepot.errors import TooLarge, ValidationError
from entrepot.files.store import is_key

FORMAT = "entrepot-dump"
VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "filestore/"
CHUNK = 256 * 1024
MAX_ENTRIES = 2_000_000
MAX_MANIFEST = 512 * 1024 * 1024
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Sink(Protocol):
    """Whatever takes bytes."""

    def write(self, chunk: bytes, /) -> object:
        """Take the next bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of one entry."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a dump says of itself."""

    engine: str
    database: str
    addons: Mapping[str, str]
    entries: Mapping[str, Entry]

    @property
    def size(self) -> int:
        """The bytes of everything unpacked."""
        return sum(each.size for each in self.entries.values())

    @property
    def keys(self) -> list[str]:
        """The keys of the files."""
        return [name.removeprefix(FILES) for name in self.entries if name != DATABASE]


class Writer:
    """A dump in the making; the manifest makes it whole."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Write into an open archive."""
        self._archive = archive
        self._entries: dict[str, list[Any]] = {}

    def add(self, name: str, stream: IO[bytes]) -> None:
        """Add an entry, in pieces."""
        digest = hashlib.sha256()
        size = 0
        with self._archive.open(name, "w", force_zip64=True) as target:
            while chunk := stream.read(CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._entries[name] = [size, digest.hexdigest()]

    def finish(self, *, engine: str, database: str, addons: Mapping[str, str]) -> None:
        """Write the manifest."""
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "server": __version__,
            "engine": engine,
            "database": database,
            "addons": dict(addons),
            "entries": self._entries,
        }
        self._archive.writestr(MANIFEST, json.dumps(manifest), zipfile.ZIP_DEFLATED)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A dump at a path, which must not be used when the block ends with an exception."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as archive:
        yield Writer(archive)


class Reader:
    """A dump whose manifest fits its list of entries; each entry is proven when it is unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Read the manifest. Raises ValidationError, TooLarge."""
        self._archive = archive
        _check_entries(archive)
        self.manifest = _read_manifest(archive)

    def unpack(self, name: str, target: Sink) -> None:
        """Write an entry's bytes, never more than the manifest says. Raises ValidationError when they are not
        those of the manifest.
        """
        wanted = self.manifest.entries[name]
        digest = hashlib.sha256()
        done = 0
        with self._archive.open(name) as source:
            while chunk := source.read(CHUNK):
                done += len(chunk)
                if done > wanted.size:
                    break
                digest.update(chunk)
                target.write(chunk)
        if done != wanted.size or digest.hexdigest() != wanted.digest:
            raise ValidationError(f"This dump is damaged: {name} is not what it was.")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A dump that somebody brings. Raises ValidationError, also for what turns up only on the way through."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Reader(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
        OverflowError,
    ) as error:
        raise _damaged() from error
    except OSError as error:
        # Positions that lie before the file's beginning; a full disk is another matter.
        if error.errno != errno.EINVAL:
            raise
        raise _damaged() from error


def _damaged() -> ValidationError:
    return ValidationError("This file is not a whole dump: it is damaged or cut short.")


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TooLarge("This dump has too many entries.")
    names = {each.filename for each in entries}
    odd = [
        each.filename
        for each in entries
        if not _is_ours(each.filename)
        or each.compress_type not in _METHODS
        or each.flag_bits & _ENCRYPTED
        or stat.S_ISLNK(each.external_attr >> 16)
    ]
    if odd or len(names) != len(entries):
        raise ValidationError("This file is not a dump of Entrepot: it holds entries that are not ours.")
    if MANIFEST not in names:
        raise ValidationError("This file is not a dump of Entrepot: it has no manifest.")
    if archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise TooLarge("The manifest of this dump is too large.")


def _is_ours(name: str) -> bool:
    return name in {MANIFEST, DATABASE} or (name.startswith(FILES) and is_key(name.removeprefix(FILES)))


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        content = json.loads(archive.read(MANIFEST))
        is_sound = content["format"] == FORMAT
        version = content["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValidationError("This file is not a dump of Entrepot: its manifest cannot be read.") from error
    if not is_sound:
        raise ValidationError("This file is not a dump of Entrepot.")
    if version != VERSION:
        raise ValidationError(
            f"This dump has format version {str(version)[:10]}; this server reads {VERSION}."
        )
    try:
        manifest = Manifest(
            engine=str(content["engine"]),
            database=str(content["database"]),
            addons={str(name): str(version) for name, version in content["addons"].items()},
            entries={name: Entry(size, digest) for name, (size, digest) in content["entries"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError("This file is not a dump of Entrepot: its manifest cannot be read.") from error
    listed = {each.filename: each.file_size for each in archive.infolist() if each.filename != MANIFEST}
    if DATABASE not in listed or listed != {name: each.size for name, each in manifest.entries.items()}:
        raise ValidationError("This dump is damaged: its manifest does not fit its content.")
    if any(
        type(each.size) is not int or (name != DATABASE and each.digest != name.removeprefix(FILES))
        for name, each in manifest.entries.items()
    ):
        raise ValidationError("This dump is damaged: its manifest contradicts itself.")
    return manifest
