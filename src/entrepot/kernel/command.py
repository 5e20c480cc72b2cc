"""The commands that change x2many fields, as Odoo's wires spell them: triples (code, id, values). Made and read here.

Source: `spec/odoo-protocol.md` section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from entrepot.kernel.fields.base import FieldError, shown
from entrepot.kernel.fields.many2one import ID_LIMIT

Triple: TypeAlias = tuple[int, int, Any]

CREATE, UPDATE, DELETE, UNLINK, LINK, CLEAR, SET = range(7)
MAX_COMMANDS = 100_000
_ON_ONE = frozenset({UPDATE, DELETE, UNLINK, LINK})


class Command:
    """Makers of commands."""

    @staticmethod
    def create(values: Mapping[str, Any]) -> Triple:
        """Create a linked record."""
        return (CREATE, 0, dict(values))

    @staticmethod
    def update(record_id: int, values: Mapping[str, Any]) -> Triple:
        """Write on a linked record."""
        return (UPDATE, record_id, dict(values))

    @staticmethod
    def delete(record_id: int) -> Triple:
        """Remove the link and delete the record."""
        return (DELETE, record_id, 0)

    @staticmethod
    def unlink(record_id: int) -> Triple:
        """Remove the link (one2many: delete the record where the link cascades)."""
        return (UNLINK, record_id, 0)

    @staticmethod
    def link(record_id: int) -> Triple:
        """Link a record."""
        return (LINK, record_id, 0)

    @staticmethod
    def clear() -> Triple:
        """Remove all links."""
        return (CLEAR, 0, 0)

    @staticmethod
    def set(ids: Iterable[int]) -> Triple:
        """Link exactly these."""
        return (SET, 0, list(ids))


def parse(value: Any) -> list[Triple]:
    """The commands of what a caller sent: commands, ids, a record set, or False for none. Raises FieldError."""
    if value is None:
        return []
    if value is False:
        return [(CLEAR, 0, 0)]
    if hasattr(value, "ids") and hasattr(value, "env"):
        return [(SET, 0, list(value.ids))]
    if not isinstance(value, (list, tuple)):
        raise _bad(f"expected a list of commands or ids, got {shown(value)}")
    if len(value) > MAX_COMMANDS:
        raise _bad(f"at most {MAX_COMMANDS} commands, got {len(value)}")
    if value and all(_is_id(each) for each in value):
        return [(SET, 0, list(value))]
    return [_command(each) for each in value]


def _command(each: Any) -> Triple:
    if isinstance(each, Mapping):
        return (CREATE, 0, each)
    if not isinstance(each, (list, tuple)) or not 1 <= len(each) <= 3:
        raise _bad(f"a command is (code, id, values), got {shown(each)}")
    code, record_id, values = (*each, 0, 0)[:3]
    if isinstance(code, bool) or not isinstance(code, int) or not CREATE <= code <= SET:
        raise _bad(f"command codes go from 0 to 6, got {shown(code)}")
    if code in {CREATE, UPDATE} and not isinstance(values, Mapping):
        raise _bad(f"command {code} needs values as an object, got {shown(values)}")
    if code in _ON_ONE:
        if not _is_id(record_id):
            raise _bad(f"command {code} needs an id, got {shown(record_id)}")
        return (code, record_id, values)
    return (code, 0, _ids(values) if code == SET else values)


def _ids(values: Any) -> list[int]:
    ids = list(values.ids) if hasattr(values, "ids") else values
    if ids is None or ids is False or ids == 0:
        return []
    if not isinstance(ids, (list, tuple)) or not all(_is_id(each) for each in ids):
        raise _bad(f"command 6 needs a list of ids, got {shown(values)}")
    return list(dict.fromkeys(ids))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < ID_LIMIT


def _bad(message: str) -> FieldError:
    return FieldError("bad_command", message)
