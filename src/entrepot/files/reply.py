"""A file to be streamed: what a call answers instead of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileReply:
    """Where the bytes lie, and what the headers say of them."""

    path: Path
    size: int
    mimetype: str
    name: str
    etag: str
    public: bool = False
