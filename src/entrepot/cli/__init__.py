"""The command line, one file a command."""

from __future__ import annotations

from entrepot.cli.root import main

__all__ = ["main"]
