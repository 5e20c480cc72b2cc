"""The files of one tenant on disk, named by what they hold: `<root>/<first two letters>/<SHA-256>`.

Equal content is stored once, a file never changes, and a file that can be seen is whole: bytes go into a
draft, are made durable, and then take their name in one step. Who refers to a file is written in the tenant's
database only, so a file is deleted by mark and sweep, never at once: the sweep spares what is young, because
a transaction that refers to it may not have ended yet.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from entrepot.errors import ConflictError, MissingError, TooLarge, UserError

CHUNK_BYTES = 64 * 1024
"""How much of a file is in memory at a time."""

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its key, its size in bytes, and the SHA-1 (hex) that Odoo's clients know files by."""

    key: str
    size: int
    sha1: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: how many files, of how many bytes."""

    files: int
    size: int


class Chunks(Iterator[bytes]):
    """The bytes of a part of one open file, in chunks of at most `CHUNK_BYTES`. Closes itself at the end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def __next__(self) -> bytes:
        if self._left <= 0:
            self.close()
            raise StopIteration
        chunk = self._file.read(min(CHUNK_BYTES, self._left))
        if not chunk:
            self.close()
            # Somebody cut the file by hand: an answer of the promised length is no longer possible.
            raise MissingError("The file is damaged: it is shorter than it was.")
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file; also for whoever stops early."""
        self._left = 0
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self._file.close()


class Upload:
    """A file on its way in. Leaving the block without `finish` forgets it."""

    def __init__(self, store: FileStore, max_bytes: int | None) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._sha256 = hashlib.sha256()
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._size = 0
        self._draft, self._file = store._new_draft()  # noqa: SLF001 - two halves of one concept

    def write(self, chunk: bytes) -> None:
        """Add bytes. Raises TooLarge past the bound."""
        self._size += len(chunk)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise TooLarge("The file is too large.", max_bytes=self._max_bytes)
        self._sha256.update(chunk)
        self._sha1.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Stored:
        """Make the file durable and visible under its key."""
        stored = Stored(self._sha256.hexdigest(), self._size, self._sha1.hexdigest())
        self._store._admit(self._draft, self._file, stored)  # noqa: SLF001 - two halves of one concept
        return stored

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A full disk fails once more when closing writes the rest of the buffer; the first error is the news.
        with suppress(OSError):
            self._file.close()
        self._draft.unlink(missing_ok=True)


class FileStore:
    """The files under `root`. Any number of processes may use one root at the same time.

    `durable`: a stored file survives power loss. `clock` gives Unix time in seconds, for the sweep.
    """

    def __init__(self, root: Path, *, durable: bool = True, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._durable = durable
        self._clock = clock

    def upload(self, *, max_bytes: int | None = None) -> Upload:
        """Begin to store bytes that arrive piece by piece: `with store.upload() as upload: …`."""
        return Upload(self, max_bytes)

    def put(self, source: bytes | BinaryIO | Iterable[bytes], *, max_bytes: int | None = None) -> Stored:
        """Store bytes, a binary stream, or the chunks of an iterable. Raises TooLarge past `max_bytes`.

        Whatever fails on the way leaves nothing behind.
        """
        with self.upload(max_bytes=max_bytes) as upload:
            for chunk in _pieces(source):
                upload.write(chunk)
            return upload.finish()

    def open(self, key: str, first: int = 0, last: int | None = None) -> Chunks:
        """The bytes `first..last` (both included, from 0; None and anything past it is the end), chunk by
        chunk.

        The file is open when this returns, so nothing that happens to its name can cut the answer short.
        Raises MissingError for an unknown key, UserError when `first` lies past the end.
        Source: RFC 9110 section 14.1.2.
        """
        try:
            file = self._place(key).open("rb")
        except FileNotFoundError as error:
            raise _missing(key) from error
        size = os.fstat(file.fileno()).st_size
        last = size - 1 if last is None else min(last, size - 1)
        if first < 0 or first >= max(size, 1) or (size and last < first):
            file.close()
            raise UserError("The range lies outside the file.", first=first, last=last, size=size)
        file.seek(first)
        return Chunks(file, last - first + 1)

    def read(self, key: str) -> bytes:
        """A whole file at once, for small ones. Raises MissingError."""
        return b"".join(self.open(key))

    def path(self, key: str) -> Path:
        """Where a file lies. Raises MissingError."""
        self.size(key)
        return self._place(key)

    def size(self, key: str) -> int:
        """The size of a file in bytes. Raises MissingError."""
        try:
            return self._place(key).stat().st_size
        except FileNotFoundError as error:
            raise _missing(key) from error

    def exists(self, key: str) -> bool:
        """Whether there is a file under this key; False for what cannot be a key."""
        return is_key(key) and self._place(key).is_file()

    def keys(self) -> Iterator[str]:
        """The keys of all files in order, for a dump. Files that come or go meanwhile may be missed."""
        for folder in sorted(self._folders()):
            with suppress(FileNotFoundError):
                yield from sorted(path.name for path in folder.iterdir() if is_key(path.name))

    def delete_unreferenced(self, referenced: AbstractSet[str], older_than_s: float) -> Swept:
        """Delete every file whose key is not referenced and which nobody stored within `older_than_s`
        seconds.

        Also drafts of that age, which a killed process left behind. Choose the age longer than any
        transaction lasts.
        """
        before = self._clock() - older_than_s
        files = size = 0
        for key in self.keys():
            if key in referenced:
                continue
            freed = self._delete_older(self._place(key), before)
            if freed is not None:
                files, size = files + 1, size + freed
        for draft in self._drafts():
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < before:
                    draft.unlink()
        return Swept(files, size)

    def copy_to(self, target: Path) -> None:
        """Make `target` the root of a copy of this store, complete when it appears. Raises ConflictError if
        it exists.

        Files never change, so the copy shares them (hard links) where the file system allows.
        """
        if target.exists():
            raise ConflictError("The target already exists.")
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        copy = FileStore(draft, durable=self._durable, clock=self._clock)
        try:
            draft.mkdir(mode=0o700)
            for key in self.keys():
                self._copy(self._place(key), copy._place(key))
            if self._durable:
                for folder in (*copy._folders(), draft):
                    _sync(folder)
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        if self._durable:
            _sync(target.parent)

    def lend_to(self, other: FileStore) -> None:
        """Give another store every file that it lacks; what it has stays. Safe to repeat after a crash.

        Files never change, so both share them (hard links) where the file system allows.
        """
        for key in self.keys():
            place = other._place(key)
            try:
                other.root.mkdir(mode=0o700, parents=True, exist_ok=True)
                place.parent.mkdir(mode=0o700, exist_ok=True)
                os.link(self._place(key), place)
            except (FileExistsError, FileNotFoundError):
                # There already, or swept meanwhile because nobody referred to it.
                continue
            except OSError:
                with self.open(key) as chunks:
                    other.put(chunks)
        if self._durable and other.root.is_dir():
            for folder in (*other._folders(), other.root, other.root.parent):
                _sync(folder)

    def _place(self, key: str) -> Path:
        # A key comes from a row or a dump of a stranger's making: nothing but 64 hex letters is a path.
        if not is_key(key):
            raise _missing(key)
        return self.root / key[:2] / key

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self.root.iterdir() if len(path.name) == 2]
        except FileNotFoundError:
            return []

    def _drafts(self) -> list[Path]:
        try:
            return list((self.root / _DRAFTS).iterdir())
        except FileNotFoundError:
            return []

    def _new_draft(self) -> tuple[Path, BinaryIO]:
        folder = self.root / _DRAFTS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / secrets.token_hex(16)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return draft, os.fdopen(file, "wb")

    def _admit(self, draft: Path, file: BinaryIO, stored: Stored) -> None:
        place = self._place(stored.key)
        if self._is_present(place, stored.size):
            if self._durable:
                # Whoever stored it may not have got this far yet.
                _sync(place.parent)
            return
        file.flush()
        if self._durable:
            os.fsync(file.fileno())
        is_new = not place.parent.is_dir()
        place.parent.mkdir(mode=0o700, exist_ok=True)
        draft.replace(place)
        if self._durable:
            _sync(place.parent)
            if is_new:
                _sync(self.root)

    def _is_present(self, place: Path, size: int) -> bool:
        """Whether the file is there already; if so it is young again, so that a sweep under way spares it."""
        try:
            now = self._clock()
            os.utime(place, (now, now))
            # Without durability, power loss may leave a name without its bytes: then it is written anew.
            return place.stat().st_size == size
        except FileNotFoundError:
            return False

    def _delete_older(self, place: Path, before: float) -> int | None:
        """Delete a file last stored before a moment and tell its size; None when it stays."""
        try:
            if place.stat().st_mtime >= before:
                return None
            # Out of sight first, then looked at again: whoever stores the same bytes meanwhile either made
            # it young before, so it comes back, or does not find it and writes it.
            hidden = self.root / _DRAFTS / secrets.token_hex(16)
            hidden.parent.mkdir(mode=0o700, exist_ok=True)
            place.rename(hidden)
        except FileNotFoundError:
            return None
        found = hidden.stat()
        if found.st_mtime >= before:
            hidden.replace(place)
            return None
        # Another sweep may take it for a forgotten draft.
        hidden.unlink(missing_ok=True)
        return found.st_size

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            os.link(source, target)
        except FileNotFoundError:
            # Swept meanwhile: nobody referred to it.
            return
        except OSError:
            shutil.copyfile(source, target)
            if self._durable:
                _sync(target)


def _pieces(source: bytes | BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return (source,)
    read = getattr(source, "read", None)
    if read is None:
        return source
    return iter(lambda: read(CHUNK_BYTES), b"")


def is_key(key: object) -> bool:
    """Whether something has the form of a key."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _missing(key: object) -> MissingError:
    return MissingError("There is no such file.", key=str(key)[:64])


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
