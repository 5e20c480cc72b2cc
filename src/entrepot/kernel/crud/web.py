"""Nested reads by a specification, as Odoo's own web client asks: `{field: {}}`, relations with `{"fields": {...}}`.

A relation level costs one query, however many rows. Source: `spec/odoo-protocol.md` section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.crud import read

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_DEPTH = 10


def web_read(
    env: Environment, meta: ModelMeta, ids: tuple[int, ...], specification: Any, depth: int = 0
) -> list[dict[str, Any]]:
    """The rows of records with their relations nested. Raises ValidationError for a specification that cannot be used."""
    spec = _checked(specification, depth)
    found = list(read.read(env, meta, ids, list(spec) or ["id"], pairs=False).dicts())
    for name, inner in spec.items():
        field = meta.fields[name]
        wanted = inner.get("fields") if isinstance(inner, Mapping) else None
        if not field.relational or wanted is None:
            continue
        comodel = env.registry.models[field.comodel]
        if field.kind == "many2one":
            linked = dict.fromkeys(row[name] for row in found if row[name])
            rows = {row["id"]: row for row in web_read(env, comodel, tuple(linked), wanted, depth + 1)}
            for row in found:
                row[name] = rows.get(row[name], False)
        else:
            chosen = {
                row["id"]: row[name][: inner["limit"]] if inner.get("limit") else row[name] for row in found
            }
            linked = dict.fromkeys(linked_id for ids_ in chosen.values() for linked_id in ids_)
            rows = {row["id"]: row for row in web_read(env, comodel, tuple(linked), wanted, depth + 1)}
            for row in found:
                row[name] = [rows[linked_id] for linked_id in chosen[row["id"]] if linked_id in rows]
    return found


def _checked(specification: Any, depth: int) -> Mapping[str, Any]:
    if not isinstance(specification, Mapping):
        text = f"a specification is an object of fields, got {repr(specification)[:60]}"
        raise ValidationError(problems=[Problem("specification", "bad_specification", text)])
    if depth > MAX_DEPTH:
        text = f"a specification nests at most {MAX_DEPTH} levels"
        raise ValidationError(problems=[Problem("specification", "too_deep", text)])
    return specification
