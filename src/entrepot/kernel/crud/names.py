"""Records by what people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud import read, search
from entrepot.kernel.domain.parse import NEGATIVE, conjunction, parse
from entrepot.kernel.domain.expand import active_only, expand

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

OPERATORS = frozenset(
    {"=", "!=", "in", "not in", "like", "ilike", "=like", "=ilike", "not like", "not ilike"}
)


def name_search(
    env: Environment,
    meta: ModelMeta,
    name: Any = "",
    args: Any = None,
    operator: str = "ilike",
    limit: Any = 100,
) -> list[tuple[int, str]]:
    """(id, display name) of the records whose name matches and that the domain `args` finds, in the model's order."""
    if operator not in OPERATORS:
        text = f"name_search: unknown operator {str(operator)[:40]!r}; known: {', '.join(sorted(OPERATORS))}"
        raise ValidationError(problems=[Problem("operator", "unknown_operator", text)])
    node = search.prepared(env, meta, args, active=False)
    given = parse(args)
    if name not in (None, False, "") or operator != "ilike":
        domain = parse(env[meta.name].search_display_name(operator, name or ""))
        given = conjunction([given, domain])
        node = conjunction([node, expand(env.derive(su=True), meta, domain)])
    node = conjunction([node, expand(env.derive(su=True), meta, active_only(env, meta, given))])
    _, most = search.bounds(0, limit)
    table = read.table(
        env, meta, ("id", "display_name"), node, 0, most, ordering.checked(env, meta, None), pairs=False
    )
    at = table.columns[1].at
    return [(row[0], row[at] or "") for row in table.rows]


def display_name_domain(records: Model, operator: str, value: Any) -> list[Any]:
    """The default meaning of a name: the field that is the display name."""
    meta = records.env.registry.models[records.model_name]
    name = meta.name_field.name if meta.name_field is not None else meta.rec_name
    if not name or name not in meta.fields:
        if operator in NEGATIVE:
            return []
        ids = (
            [int(value.rpartition(",")[2])]
            if isinstance(value, str) and value.rpartition(",")[2].isdigit()
            else []
        )
        return [("id", "in", ids)]
    return [(name, operator, value)]
