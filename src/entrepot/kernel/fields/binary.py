"""Bytes, kept in the tenant's file store; the column holds where."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Unpack

from entrepot.files.store import Stored
from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model

_OUTSIDE = re.compile(r"[^A-Za-z0-9+/=]")


class BinaryOptions(Options, total=False):
    """What binary fields take besides."""

    attachment: bool


class Binary(Field[bytes | None]):
    """A file's content. Wires send and receive it as base64; in Python it is bytes.

    The cached form is the reference `"<sha256>.<size>"` into the content-addressed store.
    """

    kind = "binary"
    column_kind = "text"

    def __init__(self, **given: Unpack[BinaryOptions]) -> None:
        """Declare a binary field."""
        super().__init__(**given)  # type: ignore[misc]  # the options of both are read from `given`

    def parse(self, value: Any, env: Environment) -> str | None:
        """Bytes, base64 text (characters outside its alphabet are skipped), or a file that is in the store already."""
        if is_unset(value) or value in ("", b""):
            return None
        stored = value if isinstance(value, Stored) else env.files.put(decode(value))
        return f"{stored.key}.{stored.size}"

    def present(self, cached: Any, records: Model) -> bytes | None:
        """The content, read from the file store."""
        return None if cached is None else records.env.files.read(cached.partition(".")[0])

    def plain(self, cached: Any, records: Model) -> Any:
        """The content, or its size as text under context `bin_size`."""
        if cached is not None and records.env.context.get("bin_size"):
            return size_text(int(cached.partition(".")[2]))
        return self.present(cached, records)

    def describe(self, env: Environment) -> dict[str, Any]:
        """Kept apart from the row."""
        return {"attachment": True}


def decode(value: Any) -> bytes:
    """Bytes as they are, or the bytes behind base64 text. Raises FieldError."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if not isinstance(value, str):
        raise FieldError("not_base64", f"expected base64 text, got a {type(value).__name__}")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        pass
    try:
        return base64.b64decode(_OUTSIDE.sub("", value))
    except ValueError as error:
        raise FieldError("not_base64", "expected base64 text; its length is wrong") from error


def size_text(size: int) -> str:
    """A size for people: "11.00 bytes", "1.25 Kb"."""
    amount = float(size)
    for unit in ("bytes", "Kb", "Mb", "Gb"):
        if amount < 1024 or unit == "Gb":
            return f"{amount:.2f} {unit}"
        amount /= 1024
    raise AssertionError
