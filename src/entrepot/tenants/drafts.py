"""Tenants in the making: under a name nobody can ask for, with a folder for what is needed on the way.

Whoever makes one holds a lock on it for as long as the process lives. A draft whose lock is free was left by a
process that died, and `sweep` removes all of it: database, files and folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from entrepot import names
from entrepot.errors import MissingError
from entrepot.files.store import FileStore
from entrepot.storage.abc import Engine

FORGOTTEN_SECONDS = 86_400.0
"""A draft that no lock of this data folder speaks for may be another machine's: it is left alone for a day."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A tenant in the making: its name, a folder for temporary files, and where its own files go."""

    name: str
    folder: Path
    files: FileStore


class Drafts:
    """The drafts of one server."""

    def __init__(self, engine: Engine, files: Callable[[str], FileStore], folder: Path) -> None:
        """`files`: the file store of a tenant; `folder`: where locks and temporary files lie."""
        self._engine = engine
        self._files = files
        self._folder = folder

    @contextmanager
    def begin(self) -> Iterator[Draft]:
        """A draft; whatever of it was not given a name by the end of the block is gone afterwards."""
        name = names.draft()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._lock_of(name)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            folder = self._folder / name
            folder.mkdir(mode=0o700)
            try:
                yield Draft(name, folder, self._files(name))
            finally:
                self._remove(name)
        finally:
            lock.unlink(missing_ok=True)
            os.close(handle)

    def sweep(self) -> list[str]:
        """Remove what was begun and never finished, because its process died. Returns the drafts removed."""
        locks = {path.stem for path in self._folder.glob(f"{names.DRAFT}*.lock")}
        left = {name for name in self._engine.names() if names.draft_age_s(name) is not None}
        swept = [name for name in sorted(locks) if self._sweep_abandoned(name)]
        for name in sorted(left - locks):
            if (names.draft_age_s(name) or 0) > FORGOTTEN_SECONDS:
                self._remove(name)
                swept.append(name)
        return swept

    def _sweep_abandoned(self, name: str) -> bool:
        lock = self._lock_of(name)
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            self._remove(name)
            lock.unlink(missing_ok=True)
            return True
        finally:
            os.close(handle)

    def _lock_of(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def _remove(self, name: str) -> None:
        if self._engine.exists(name):
            with suppress(MissingError):  # another process may sweep at the same time
                self._engine.drop(name)
        shutil.rmtree(self._files(name).root, ignore_errors=True)
        shutil.rmtree(self._folder / name, ignore_errors=True)
