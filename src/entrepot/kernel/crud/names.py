"""Records by what people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud import read, search
from entrepot.kernel.domain.expand import NAME_OPERATORS, active_only, expand, named
from entrepot.kernel.domain.parse import TRUE, conjunction, mentions, parse

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta


def name_search(
    env: Environment,
    meta: ModelMeta,
    name: Any = "",
    args: Any = None,
    operator: Any = "ilike",
    limit: Any = 100,
) -> list[tuple[int, str]]:
    """(id, display name) of the records whose name matches and that the domain `args` finds, in the model's order.

    Raises ValidationError for an operator that names cannot be compared with, and what a search raises.
    """
    if not isinstance(operator, str) or operator not in NAME_OPERATORS:
        text = f"name_search: unknown operator {str(operator)[:40]!r}; known: {', '.join(sorted(NAME_OPERATORS))}"
        raise ValidationError(problems=[Problem("operator", "unknown_operator", text)])
    check.check_model(env, meta.name, "read")
    given = parse(args)
    anything = name in (None, False, "") and operator == "ilike"
    called = TRUE if anything else named(env, meta, operator, name or "")
    shown = TRUE if mentions(given, "active") or mentions(called, "active") else active_only(env, meta, TRUE)
    node = search.ruled(env, meta, conjunction([expand(env, meta, given), called, expand(env, meta, shown)]))
    _, most = search.bounds(0, limit)
    order = ordering.checked(env, meta, None)
    table = read.table(env, meta, ("id", "display_name"), node, 0, most, order, pairs=False)
    at = table.columns[1].at
    return [(row[0], row[at] or "") for row in table.rows]


def display_name_domain(records: Model, operator: str, value: Any) -> list[Any]:
    """The default meaning of a name: the field that is the display name; for a model without one, `model,id`."""
    meta = records.env.registry.models[records.model_name]
    name = meta.name_field.name if meta.name_field is not None else meta.rec_name
    if name and name in meta.fields:
        return [(name, operator, value)]
    if value in (None, False, ""):
        return []
    wanted = value if isinstance(value, list) else [value]
    ends = [str(each).rpartition(",")[2] for each in wanted]
    return [
        ("id", "in", [int(each) for each in ends if each.isascii() and each.isdigit() and len(each) <= 10])
    ]
