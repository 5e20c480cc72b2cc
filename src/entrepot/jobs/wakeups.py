"""How one process tells another that a tenant has something to send: an empty file named for the tenant.

A commit makes the file, the sender takes it away before it looks. It costs microseconds, needs no connection, outlives
both processes, and looking at an empty folder ten times a second costs next to nothing, however many tenants there are.
"""

from __future__ import annotations

import os
from pathlib import Path


class Wakeups:
    """The folder of such files. Processes of one server share it."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first signal."""
        self._folder = folder

    def signal(self, name: str) -> None:
        """Tell of a tenant. A full disk is no reason to fail what has committed: the sender looks by itself later."""
        try:
            self._touch(name)
        except FileNotFoundError:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._touch(name)
            except OSError:
                return
        except OSError:
            return

    def take(self) -> list[str]:
        """The tenants that were told of since the last time, each once."""
        try:
            names = [each.name for each in self._folder.iterdir()]
        except FileNotFoundError:
            return []
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
        return names

    def _touch(self, name: str) -> None:
        os.close(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
