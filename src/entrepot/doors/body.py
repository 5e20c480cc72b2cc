"""How much of a body is taken: checked before the first byte is read and with every piece that comes."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.errors import BadRequest, TenantUnavailable, TooLarge

# Bodies being read at one time may hold this many times the largest one; further ones are told to come again.
SHARE = 4
# Small bodies are not counted against the share: their number is bounded by connections.
SMALL = 1 << 20


class UnsupportedEncoding(BadRequest):
    """Compressed bodies are not accepted; send the body as it is."""


class SlowBody(BadRequest):
    """The body came too slowly."""


class Intake:
    """The bound of one body and of all bodies being read. Used in the event loop only."""

    def __init__(self, max_bytes: int) -> None:
        """`max_bytes`: the largest body."""
        self.max_bytes = max_bytes
        self.held = 0

    def check(self, headers: Mapping[bytes, bytes]) -> None:
        """Look at a request before reading. Raises UnsupportedEncoding, TooLarge."""
        if b"content-encoding" in headers:
            self.check_encoding(headers)
        length = headers.get(b"content-length")
        if length is not None and len(length) < 20 and length.isdigit() and int(length) > self.max_bytes:
            raise self._too_large()

    def check_encoding(self, headers: Mapping[bytes, bytes]) -> None:
        """Refuse a compressed body: a few of its bytes may become any number. Raises UnsupportedEncoding."""
        if headers.get(b"content-encoding", b"identity").strip().lower() not in {b"identity", b""}:
            raise UnsupportedEncoding

    def add(self, held: int, size: int) -> int:
        """Count a piece; return the body's bytes so far. Raises TooLarge, TenantUnavailable when all bodies
        are too many.
        """
        total = held + size
        if total > self.max_bytes:
            raise self._too_large()
        if total > SMALL:
            grown = total - (held if held > SMALL else 0)
            if self.held + grown > SHARE * self.max_bytes:
                raise TenantUnavailable("Too many large requests at a time; try again.")
            self.held += grown
        return total

    def release(self, held: int) -> None:
        """A body has been handed on, or given up."""
        if held > SMALL:
            self.held -= held

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The request is larger than the {self.max_bytes} bytes this server accepts.")
