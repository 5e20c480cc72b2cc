"""Lines on their way to a stream: many in one write, none later than a moment.

A write for each line costs more than making the line. So lines wait for others, for `linger` seconds or until they are
many, and a thread writes them; what is urgent is written at once, with all that waited before it.
"""

from __future__ import annotations

from threading import Event, Lock, Thread
from typing import BinaryIO

MANY_BYTES = 64 * 1024
"""So much is written without waiting for more."""


class Lines:
    """Writes lines to a stream in the order in which they came. Threads may share it.

    With a `linger` of 0 seconds every line is written before `put` returns. The thread starts with the first line that
    waits; fork before that. Whoever ends the process calls `close`: only a process that is killed loses what waits.
    """

    def __init__(self, stream: BinaryIO, linger: float = 0.0) -> None:
        self._stream = stream
        self._linger = linger
        self._lock = Lock()
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._wanted = Event()
        self._ending = Event()
        self._writer: Thread | None = None
        self._failure: Exception | None = None

    def put(self, line: bytes, *, urgent: bool = False) -> None:
        """Take a line, which ends in a line feed. Raises OSError when it, or one that waited before, cannot be written."""
        with self._lock:
            self._waiting.append(line)
            self._bytes += len(line)
            if urgent or not self._linger or self._bytes >= MANY_BYTES:
                self._write()
            elif len(self._waiting) == 1:
                self._want()
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what waits, and from here on every line at once."""
        self._ending.set()
        self._wanted.set()
        with self._lock:
            self._linger = 0.0
            self._write()

    def _want(self) -> None:
        if self._writer is None:
            self._writer = Thread(target=self._write_later, name="entrepot-log", daemon=True)
            self._writer.start()
        self._wanted.set()

    def _write_later(self) -> None:
        while self._wanted.wait() and not self._ending.is_set():
            self._wanted.clear()
            self._ending.wait(self._linger)
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever brings the next line hears of it
                self._failure = error

    def _write(self) -> None:
        if not self._waiting:
            return
        lines, self._waiting, self._bytes = self._waiting, [], 0
        self._stream.write(b"".join(lines))
        self._stream.flush()
