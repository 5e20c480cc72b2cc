"""The numbers of one process in a mapped file, and the sum of the files of all processes of a server.

Each process adds into its own file, so adding takes no lock between processes and no system call, and what a
killed process had counted is still there. A process holds a lock on its file for as long as it lives: that,
and not its number, tells the living from the dead. When a process starts, the files of dead ones are added
into one file of totals, so respawned workers neither lose counts nor leave files behind.

    file:    magic, bytes used, then entries
    entry:   length of the key, number of values (u32 each), key (JSON, padded to 8 bytes), values (doubles)

A value is one aligned word, hence never read half-written; an entry counts once `bytes used` has moved past
it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import pack_into, unpack_from
from threading import Lock
from typing import Any, TypeAlias

import orjson

Key: TypeAlias = tuple[str, ...]
"""The name of a family and the values of its labels, in order."""
Sums: TypeAlias = dict[Key, list[float]]

FILE_BYTES = 1 << 20
"""Room of one process: some eight thousand counters. The file is sparse, so only what is used takes disk."""

_MAGIC = b"series 1"
_HEADER_BYTES = 16
_TOTALS = "totals.json"


class Series:
    """The numbers of this process, in a file of its own in `folder`. Open it after a fork, once in each
    process.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = Lock()
        """Held while adding: `values[place] += …` is three steps."""
        with _alone(folder):
            _bury(folder)
            path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.series"
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            os.ftruncate(self._file, FILE_BYTES)
            self._map = mmap.mmap(self._file, FILE_BYTES)
            self._map[: len(_MAGIC)] = _MAGIC
        self._used = _HEADER_BYTES
        self.values = memoryview(self._map).cast("d")
        """Every number of the file; `place` tells where a series begins."""

    def place(self, key: Key, width: int) -> int | None:
        """Make room for a new series of `width` values and tell where in `values` it begins; None when full.

        The caller holds `lock` and remembers the place.
        """
        text = orjson.dumps(key)
        start = self._used + 8 + -(-len(text) // 8) * 8
        end = start + 8 * width
        if end > FILE_BYTES:
            return None
        pack_into("II", self._map, self._used, len(text), width)
        self._map[self._used + 8 : self._used + 8 + len(text)] = text
        pack_into("Q", self._map, 8, end)
        self._used = end
        return start // 8

    def close(self) -> None:
        """End the life of this process's file; its numbers stay."""
        self.values.release()
        self._map.close()
        os.close(self._file)


def total(folder: Path) -> tuple[Sums, int]:
    """The sums over every process that has counted in `folder`, and how many of them live."""
    if not folder.is_dir():
        return {}, 0
    living = 0
    with _alone(folder):
        sums, buried = _totals(folder)
        for path in folder.glob("*.series"):
            if path.name not in buried:
                _add(sums, _entries(path))
                living += _is_alive(path)
    return sums, living


def clear(folder: Path) -> None:
    """Forget what dead processes counted: called once when a server starts, before its workers do."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        (folder / _TOTALS).unlink(missing_ok=True)
        for path in folder.glob("*.series"):
            if not _is_alive(path):
                path.unlink()


def _bury(folder: Path) -> None:
    """Add the files of dead processes into the totals, then remove them.

    The totals name the files they hold: a crash between the two steps neither loses nor doubles a number.
    """
    dead = [path for path in folder.glob("*.series") if not _is_alive(path)]
    if not dead:
        return
    sums, buried = _totals(folder)
    for path in dead:
        if path.name not in buried:
            _add(sums, _entries(path))
    content = {
        "buried": [path.name for path in dead],
        "sums": [[key, values] for key, values in sums.items()],
    }
    draft = folder / f"{_TOTALS}.{os.getpid()}"
    draft.write_bytes(orjson.dumps(content))
    draft.replace(folder / _TOTALS)
    for path in dead:
        path.unlink(missing_ok=True)


def _totals(folder: Path) -> tuple[Sums, frozenset[str]]:
    try:
        content: dict[str, Any] = orjson.loads((folder / _TOTALS).read_bytes())
        return {tuple(key): values for key, values in content["sums"]}, frozenset(content["buried"])
    except FileNotFoundError:
        return {}, frozenset()
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        # Numbers for a dashboard: a damaged file costs the history, never the start of a process.
        return {}, frozenset()


def _entries(path: Path) -> Iterator[tuple[Key, list[float]]]:
    content = path.read_bytes()
    if content[: len(_MAGIC)] != _MAGIC:
        return
    at, used = _HEADER_BYTES, min(unpack_from("Q", content, 8)[0], len(content))
    while at < used:
        length, width = unpack_from("II", content, at)
        start = at + 8 + -(-length // 8) * 8
        end = start + 8 * width
        if end > used:
            return
        yield (
            tuple(orjson.loads(content[at + 8 : at + 8 + length])),
            list(unpack_from(f"{width}d", content, start)),
        )
        at = end


def _add(sums: Sums, entries: Iterator[tuple[Key, list[float]]]) -> None:
    for key, values in entries:
        known = sums.get(key)
        if known is None or len(known) != len(values):
            sums[key] = values
        else:
            sums[key] = [one + other for one, other in zip(known, values, strict=True)]


def _is_alive(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes and threads from burying or summing at the same time."""
    file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
