"""Ids as callers write them, read without trust: what is no id is left to the kernel to refuse, or refused here."""

from __future__ import annotations

from typing import Any

from entrepot.api import BadRequest

_LIMIT = 2**31
_LINK, _SET = 4, 6


def link_id(value: Any) -> int | None:
    """The id in a value of a link: an id, a record, or a pair (id, name). None for anything else."""
    if hasattr(value, "ids"):
        value = value.ids
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value if _is_id(value) else None


def link_ids(value: Any) -> list[int] | None:
    """The ids that a value of several links names: records, ids, or commands that link or set. None for anything else."""
    if hasattr(value, "ids"):
        return list(value.ids)
    if not isinstance(value, (list, tuple)):
        return None
    found: list[int] = []
    for each in value:
        if _is_id(each):
            found.append(each)
            continue
        if not isinstance(each, (list, tuple)) or len(each) < 2 or each[0] not in (_LINK, _SET):
            return None
        more = [each[1]] if each[0] == _LINK else each[2] if len(each) > 2 else ()
        if not isinstance(more, (list, tuple)) or not all(_is_id(one) for one in more):
            return None
        found += more
    return list(dict.fromkeys(found))


def asked_id(value: Any, name: str) -> int:
    """The id that a caller asks about. Raises BadRequest."""
    if not _is_id(value):
        raise BadRequest(f"{name} is the id of a record.")
    return int(value)


def asked_ids(value: Any, name: str) -> list[int]:
    """The ids that a caller asks about, one or several. Raises BadRequest."""
    several = [value] if _is_id(value) else value
    if not isinstance(several, (list, tuple)) or not all(_is_id(each) for each in several):
        raise BadRequest(f"{name} is a list of ids.")
    return list(several)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LIMIT
