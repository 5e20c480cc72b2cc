"""A parsed domain -> one that speaks only of columns and relations, with the caller's rights built in.

Here every name is checked: a field that is unknown, hidden from the caller or cannot be searched is refused alike.
Dotted paths become `any` on their first field, names of records become domains on the comodel, `search` methods are
asked, and where a path enters another model the caller's rights and rules of that model join in. What remains is
stable in shape, so `where` can compile it once.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.domain.parse import (
    FALSE,
    NEGATIVE,
    TRUE,
    And,
    Leaf,
    Node,
    Not,
    Or,
    conjunction,
    disjunction,
    mentions,
    negation,
    parse,
)

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

DATE_PARTS = frozenset(
    {
        "year_number",
        "quarter_number",
        "month_number",
        "iso_week_number",
        "day_of_year",
        "day_of_month",
        "day_of_week",
        "hour_number",
        "minute_number",
        "second_number",
    }
)
_NAME_OPERATORS = frozenset(
    {"=", "!=", "in", "not in", "like", "ilike", "=like", "=ilike", "not like", "not ilike"}
)


def expand(env: Environment, meta: ModelMeta, node: Node) -> Node:
    """Resolve a tree on a model. Raises ValidationError (unknown or unsearchable field), AccessError (comodel)."""
    if type(node) is Leaf:
        return _leaf(env, meta, node)
    if isinstance(node, Not):
        return negation(expand(env, meta, node.part))
    if isinstance(node, And):
        return conjunction(expand(env, meta, part) for part in node.parts)
    if isinstance(node, Or):
        return disjunction(expand(env, meta, part) for part in node.parts)
    raise TypeError(node)  # pragma: no cover - Node is closed


def active_only(env: Environment, meta: ModelMeta, node: Node) -> Node:
    """Hide archived records, unless the domain speaks of `active` or the context says so."""
    if meta.active is None or env.context.get("active_test", True) is False or mentions(node, "active"):
        return node
    return conjunction([Leaf("active", "=", True), node])


def field_of(env: Environment, meta: ModelMeta, name: str) -> Field[Any]:
    """A field the caller may know of. Raises ValidationError with near matches of those they may."""
    field = meta.fields.get(name)
    if field is None or (name in meta.guarded and not check.may_field(env, field)):
        raise unknown_field(env, meta, name)
    return field


def unknown_field(env: Environment, meta: ModelMeta, name: str) -> ValidationError:
    """The error for a field that is not there, or not for this caller."""
    known = [each for each, field in meta.fields.items() if check.may_field(env, field)]
    near = difflib.get_close_matches(str(name)[:64], known, n=3)
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    problem = Problem(
        str(name)[:64], "unknown_field", f"Invalid field {str(name)[:64]!r} on model {meta.name!r}.{hint}"
    )
    return ValidationError(problems=[problem], model=meta.name)


def _leaf(env: Environment, meta: ModelMeta, leaf: Leaf) -> Node:
    name, dot, rest = leaf.field.partition(".")
    field = field_of(env, meta, name)
    if dot:
        if field.kind in {"date", "datetime"} and rest in DATE_PARTS:
            return leaf
        if not field.relational:
            raise unknown_field(env, meta, leaf.field)
        return _through(env, field, Leaf(rest, leaf.operator, leaf.value, leaf.node), "any")
    if field.search:
        return _searched(env, meta, field, leaf)
    if name == "display_name" and meta.name_field is None:
        return _named(env, meta, leaf.operator, leaf.value)
    if field.path and not meta.sql_able(field):
        return _related(env, field, leaf)
    if field.relational:
        return _relation(env, field, leaf)
    if leaf.operator in {"any", "not any"}:
        raise _refused(meta, field, f"{leaf.operator!r} needs a relation")
    if leaf.operator in {"child_of", "parent_of"}:
        if name != "id":
            raise _refused(meta, field, f"{leaf.operator!r} needs a relation or id")
        return _hierarchy(env, meta, leaf)
    if not meta.sql_able(field):
        raise _refused(meta, field, "it is worked out from others and not stored, so it cannot be searched")
    if field.kind == "boolean":
        value = leaf.value
        return Leaf(name, leaf.operator, [bool(v) for v in value] if isinstance(value, list) else bool(value))
    if field.kind == "binary" and not (leaf.operator in {"=", "!="} and leaf.value in (None, False)):
        raise _refused(meta, field, "a file can only be searched for being empty")
    return leaf


def _refused(meta: ModelMeta, field: Field[Any], why: str) -> ValidationError:
    text = f"Invalid domain: {field.name!r} of {meta.name}: {why}"
    return ValidationError(problems=[Problem(field.name, "not_searchable", text)], model=meta.name)


def _searched(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    operator, value = leaf.operator, leaf.value
    if operator in {"any", "not any"}:
        raise _refused(meta, field, f"{operator!r} cannot be used here")
    domain = getattr(env[meta.name].sudo(), field.search)(operator, value)
    return expand(env.derive(su=True), meta, parse(domain))


def _related(env: Environment, field: Field[Any], leaf: Leaf) -> Node:
    path = ".".join(step.name for step in field.path)
    operator = leaf.operator
    inner = Leaf(path, operator, leaf.value, leaf.node)
    meta = env.registry.models[field.model]
    return expand(env.derive(su=True), meta, inner)


def _relation(env: Environment, field: Field[Any], leaf: Leaf) -> Node:
    operator, value = leaf.operator, leaf.value
    meta = env.registry.models[field.model]
    if not (meta.sql_able(field) or field.kind in {"one2many", "many2many"}) or (
        field.computed and not field.stored and not field.path
    ):
        raise _refused(meta, field, "it is worked out from others and not stored, so it cannot be searched")
    if leaf.node is not None:
        return _through(env, field, leaf.node, operator)
    if operator in {"child_of", "parent_of"}:
        same = field.kind == "many2one" and field.comodel == field.model
        chosen = Leaf("id", operator, value) if same else leaf
        return _hierarchy(env, env.registry.models[field.comodel], chosen)
    texts = isinstance(value, str) or (
        isinstance(value, list) and any(isinstance(each, str) for each in value)
    )
    if value == "" and operator in {"=", "!="}:
        return Leaf(leaf.field, operator, False)
    if texts:
        return _by_name(env, meta, field, leaf)
    if operator not in {"=", "!=", "in", "not in", "<", ">", "<=", ">="}:
        raise _refused(meta, field, f"{operator!r} needs a text")
    _check_ids(meta, field, value)
    if isinstance(value, bool) and value:
        return Leaf(leaf.field, NEGATIVE.get(operator, "!="), False)
    return leaf


def _check_ids(meta: ModelMeta, field: Field[Any], value: Any) -> None:
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, int) and each is not None:
            raise _refused(meta, field, f"expected ids, got {repr(each)[:60]}")


def _by_name(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    operator, value = leaf.operator, leaf.value
    if operator not in _NAME_OPERATORS:
        raise _refused(meta, field, f"{operator!r} cannot compare names")
    positive = NEGATIVE.get(operator, operator)
    comodel = env.registry.models[field.comodel]
    unset = False
    if isinstance(value, list):
        unset = any(each is None or each is False for each in value)
        ids = [each for each in value if isinstance(each, int) and not isinstance(each, bool)]
        names = [each for each in value if isinstance(each, str)]
        found = disjunction(
            [_named(env, comodel, "in", names), *([comodel.among(tuple(ids))] if ids else [])]
        )
    else:
        found = _named(env, comodel, positive, value)
    if field.kind in {"one2many", "many2many"}:
        found = active_only(env, comodel, found)
    linked: Node = Leaf(field.name, "any", None, conjunction([found, _entered(env, field.comodel)]))
    if unset:
        linked = disjunction([linked, Leaf(field.name, "=", False)])
    return linked if positive == operator else negation(linked)


def _named(env: Environment, meta: ModelMeta, operator: str, value: Any) -> Node:
    domain = env[meta.name].sudo().search_display_name(operator, value)
    return expand(env.derive(su=True), meta, parse(domain))


def _through(env: Environment, field: Field[Any], inner: Node, operator: str) -> Node:
    comodel = env.registry.models[field.comodel]
    if field.computed and not field.stored and not field.path:
        raise _refused(
            env.registry.models[field.model], field, "it is not stored, so it cannot be searched through"
        )
    if field.path and not env.registry.models[field.model].sql_able(field):
        node: Node = Leaf(field.path[-1].name, operator, None, inner)
        for step in reversed(field.path[:-1]):
            node = Leaf(step.name, "any", None, node)
        return expand(env.derive(su=True), env.registry.models[field.model], node)
    found = expand(env, comodel, inner)
    if field.kind in {"one2many", "many2many"}:
        found = active_only(env, comodel, found)
        if field.given.get("domain") and isinstance(field.given["domain"], (list, tuple)):
            found = conjunction([found, expand(env.derive(su=True), comodel, parse(field.given["domain"]))])
    found = conjunction([found, _entered(env, field.comodel)])
    return Leaf(field.name, operator, None, found)


def _entered(env: Environment, comodel: str) -> Node:
    if env.su:
        return TRUE
    check.check_model(env, comodel, "read")
    tree = check.rule_tree(env, comodel, "read")
    return tree if tree is TRUE else expand(env.derive(su=True), env.registry.models[comodel], tree)


def _hierarchy(env: Environment, comodel: ModelMeta, leaf: Leaf) -> Node:
    if not comodel.parent:
        raise ValidationError(
            problems=[
                Problem(
                    leaf.field,
                    "no_hierarchy",
                    f"Invalid domain: {comodel.name} has no parent field for {leaf.operator!r}",
                )
            ]
        )
    value = leaf.value
    values = value if isinstance(value, list) else [value]
    ids = [each for each in values if isinstance(each, int) and not isinstance(each, bool)]
    names = [each for each in values if isinstance(each, str) and each]
    if len(ids) + len(names) < len([each for each in values if each not in (None, False, "")]):
        raise ValidationError(
            problems=[
                Problem(leaf.field, "bad_value", f"Invalid domain: {leaf.operator!r} takes ids or names")
            ]
        )
    for name in names:
        ids.extend(comodel.search_ids(env.derive(su=True), _named(env, comodel, "ilike", name)))
    return Leaf(leaf.field, leaf.operator, ids) if ids else FALSE
