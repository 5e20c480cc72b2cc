"""A parsed domain -> one that speaks only of columns and relations, with the caller's rights built in.

Here every name is checked: a field that is unknown or cannot be searched, and one that the caller may not see. Dotted
paths become `any` on their first field, names of records become domains on the comodel, `search` methods are asked, values
get their normal form, and where a path enters another model the caller's rights and rules of that model join in. What
remains is stable in shape, so `where` can compile it once.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.domain.operand import LIKE, normal, refused, unset, whole
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
from entrepot.kernel.fields.base import shown

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
NAME_OPERATORS = frozenset(
    {"=", "!=", "in", "not in", "like", "ilike", "=like", "=ilike", "not like", "not ilike"}
)
"""What names of records can be compared with."""
_ANY = frozenset({"any", "not any"})
_FAMILY = frozenset({"child_of", "parent_of"})
_TO_MANY = frozenset({"one2many", "many2many"})
_LINK_OPERATORS = frozenset({"=", "!=", "in", "not in"})
_ID_OPERATORS = _LINK_OPERATORS | {"<", ">", "<=", ">="}


def expand(env: Environment, meta: ModelMeta, node: Node) -> Node:
    """Resolve a tree on a model.

    Raises ValidationError (unknown or unsearchable field, unfit operator or value), AccessError (a field or a comodel
    that is not for this caller).
    """
    if type(node) is Leaf:
        return _leaf(env, meta, node)
    if isinstance(node, Not):
        found = expand(env, meta, node.part)
        return FALSE if found == TRUE else TRUE if found == FALSE else negation(found)
    if isinstance(node, And):
        return _decided([expand(env, meta, part) for part in node.parts])
    if isinstance(node, Or):
        parts = [expand(env, meta, part) for part in node.parts]
        return TRUE if TRUE in parts else disjunction(parts)
    raise TypeError(node)  # pragma: no cover - Node is closed


def _decided(parts: list[Node]) -> Node:
    return FALSE if FALSE in parts else conjunction(parts)


def active_only(env: Environment, meta: ModelMeta, node: Node) -> Node:
    """Hide archived records, unless the domain speaks of `active` or the context says so."""
    if meta.active is None or env.context.get("active_test", True) is False or mentions(node, "active"):
        return node
    return conjunction([Leaf("active", "=", True), node])


def own_domain(env: Environment, field: Field[Any], node: Node = TRUE) -> Node:
    """What a one2many or many2many shows of its comodel, for those that a domain finds, ready for SQL.

    The field's own domain and context apply, and archived records are left out.
    """
    comodel = env.registry.models[field.comodel]
    context = field.given.get("context")
    inside = env.derive(context={**env.context, **context}) if context else env
    domain = field.given.get("domain")
    parts = [expand(inside, comodel, active_only(inside, comodel, node))]
    if domain and isinstance(domain, (list, tuple)):
        parts.append(expand(inside.derive(su=True), comodel, parse(domain)))
    return _decided(parts)


def field_of(env: Environment, meta: ModelMeta, name: str) -> Field[Any]:
    """A field by name. Raises ValidationError with near matches, AccessError for one that is not for this caller."""
    field = meta.fields.get(name)
    if field is None:
        raise unknown_field(env, meta, name)
    if name in meta.guarded:
        check.check_fields(env, meta, [name], "read")
    return field


def unknown_field(env: Environment, meta: ModelMeta, name: str) -> ValidationError:
    """The error for a field that is not there."""
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
    if leaf.operator == "=?":
        return TRUE
    if dot:
        return _dotted(env, meta, field, leaf, rest)
    if field.search:
        return _searched(env, meta, field, leaf)
    if name == "display_name" and meta.name_field is None:
        return named(env, meta, leaf.operator, leaf.value)
    if field.path and not meta.sql_able(field):
        return _related(env, meta, field, leaf)
    if field.relational:
        return _relation(env, meta, field, leaf)
    return _plain(env, meta, field, leaf)


def _plain(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    if leaf.operator in _ANY:
        raise refused(field, f"{leaf.operator!r} needs a relation")
    if leaf.operator in _FAMILY:
        if field.name != "id":
            raise refused(field, f"{leaf.operator!r} needs a relation or id")
        return _hierarchy(env, meta, leaf, along=False)
    if not meta.sql_able(field):
        raise _unstored(field)
    if field.kind in {"binary", "json"}:
        if leaf.operator not in {"=", "!="} or not (unset(leaf.value) or leaf.value == ""):
            raise refused(field, f"a {field.kind} can only be searched for being set or not")
        return Leaf(leaf.field, leaf.operator, False)
    return normal(field, leaf)


def _unstored(field: Field[Any]) -> ValidationError:
    return refused(field, "it is worked out from others and not stored, so it cannot be searched")


def _dotted(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf, rest: str) -> Node:
    if field.relational:
        return _through(env, field, Leaf(rest, leaf.operator, leaf.value, leaf.node), "any")
    if field.kind not in {"date", "datetime"} or rest not in DATE_PARTS:
        raise unknown_field(env, meta, leaf.field)
    if not meta.sql_able(field):
        raise _unstored(field)
    tz = env.context.get("tz")
    zone = tz if field.kind == "datetime" and isinstance(tz, str) else ""
    return normal(field, Leaf(leaf.field, leaf.operator, leaf.value, None, zone))


def _searched(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    operator, value = leaf.operator, leaf.value
    if leaf.node is not None:
        if not field.relational:
            raise refused(field, f"{operator!r} needs a relation")
        comodel = env.registry.models[field.comodel]
        inner = _decided([expand(env, comodel, leaf.node), _entered(env, field.comodel)])
        operator, value = "in", comodel.search_ids(env.derive(su=True), inner)
    domain = getattr(env[meta.name].sudo(), field.search)(operator, value)
    found = expand(env.derive(su=True), meta, parse(domain))
    return negation(found) if leaf.operator == "not any" else found


def _related(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    """A condition on the end of a path, where nothing at the end, or no way there, is "unset"."""
    if leaf.node is not None:
        return _through(env, field, leaf.node, leaf.operator)
    if leaf.operator in NEGATIVE:
        return negation(
            _related(env, meta, field, Leaf(leaf.field, NEGATIVE[leaf.operator], leaf.value, leaf.node))
        )
    path = ".".join(step.name for step in field.path)
    su = env.derive(su=True)
    names = leaf.value if isinstance(leaf.value, list) else [leaf.value]
    if (
        field.relational
        and leaf.operator in NAME_OPERATORS
        and names
        and all(isinstance(each, str) and each for each in names)
    ):
        called = named(env, env.registry.models[field.comodel], leaf.operator, leaf.value)
        return _behind(su, field, _decided([called, _entered(env, field.comodel)]))

    def at_end(operator: str, value: Any) -> Node:
        return expand(su, meta, Leaf(path, operator, value, leaf.node))

    if leaf.operator == "=" and (unset(leaf.value) or leaf.value == ""):
        return negation(at_end("!=", False))
    if leaf.operator == "in" and any(map(unset, leaf.value)):
        return disjunction([at_end("in", leaf.value), negation(at_end("!=", False))])
    return at_end(leaf.operator, leaf.value)


def _relation(env: Environment, meta: ModelMeta, field: Field[Any], leaf: Leaf) -> Node:
    operator, value = leaf.operator, "" if unset(leaf.value) and leaf.operator in LIKE else leaf.value
    if not meta.sql_able(field) and (field.kind == "many2one" or not field.stored):
        raise _unstored(field)
    if leaf.node is not None:
        return _through(env, field, leaf.node, operator)
    if operator in _FAMILY:
        along = field.kind == "many2one" and field.comodel == field.model
        return _hierarchy(env, env.registry.models[field.comodel], leaf, along=along)
    if value == "" and operator in {"=", "!="}:
        return Leaf(leaf.field, operator, False)
    if isinstance(value, str) or (isinstance(value, list) and any(isinstance(each, str) for each in value)):
        return _by_name(env, field, operator, value)
    if operator not in (_ID_OPERATORS if field.kind == "many2one" else _LINK_OPERATORS):
        raise refused(
            field,
            f"{operator!r} needs a text"
            if operator in NAME_OPERATORS
            else f"{operator!r} cannot compare links",
        )
    if value is True and operator in {"=", "!="}:
        return Leaf(leaf.field, NEGATIVE.get(operator, "!="), False)
    for each in value if isinstance(value, list) else [value]:
        if each is True or not (each is None or isinstance(each, int)):
            raise refused(field, f"expected ids, got {shown(each)}", code="bad_value")
    return whole(leaf)


def _by_name(env: Environment, field: Field[Any], operator: str, value: Any) -> Node:
    if operator not in NAME_OPERATORS:
        raise refused(field, f"{operator!r} cannot compare names")
    positive = NEGATIVE.get(operator, operator)
    comodel = env.registry.models[field.comodel]
    if isinstance(value, list):
        ids = [each for each in value if isinstance(each, int) and not isinstance(each, bool)]
        names = [each for each in value if isinstance(each, str)]
        by_id = [whole(Leaf("id", "in", ids))] if ids else []
        found = disjunction([named(env, comodel, "in", names), *by_id])
    else:
        found = named(env, comodel, positive, value)
    if field.kind in _TO_MANY:
        found = _decided([found, own_domain(env, field)])
    linked: Node = Leaf(field.name, "any", None, _decided([found, _entered(env, field.comodel)]))
    if isinstance(value, list) and any(map(unset, value)):
        linked = disjunction([linked, Leaf(field.name, "=", False)])
    return linked if positive == operator else negation(linked)


def named(env: Environment, meta: ModelMeta, operator: str, value: Any) -> Node:
    """The records whose name compares so; a negative operator finds all the others, whatever a name is made of."""
    if operator not in NAME_OPERATORS:
        raise refused(meta.fields["display_name"], f"{operator!r} cannot compare names")
    positive = NEGATIVE.get(operator, operator)
    domain = env[meta.name].sudo().search_display_name(positive, value)
    found = expand(env.derive(su=True), meta, parse(domain))
    return found if positive == operator else negation(found)


def _through(env: Environment, field: Field[Any], inner: Node, operator: str) -> Node:
    meta = env.registry.models[field.model]
    if field.search:
        return _searched(env, meta, field, Leaf(field.name, operator, None, inner))
    if field.path and not meta.sql_able(field):
        # the caller's rights hold at the end of the path; on the way there the field's own declaration vouches
        ready = _decided(
            [expand(env, env.registry.models[field.comodel], inner), _entered(env, field.comodel)]
        )
        found = _behind(env.derive(su=True), field, ready, archived=mentions(inner, "active"))
        return negation(found) if operator == "not any" else found
    if not meta.sql_able(field) and (field.kind == "many2one" or not field.stored):
        raise _unstored(field)
    comodel = env.registry.models[field.comodel]
    shown = own_domain(env, field, inner) if field.kind in _TO_MANY else expand(env, comodel, inner)
    return Leaf(field.name, operator, None, _decided([shown, _entered(env, field.comodel)]))


def _behind(su: Environment, field: Field[Any], ready: Node, *, archived: bool = False) -> Node:
    """The records that a field leads from to records of a ready domain, a related field step by step.

    `archived`: the domain itself says which of archived and other records it means.
    """
    meta = su.registry.models[field.model]
    if field.search:
        return _searched(su, meta, field, Leaf(field.name, "any", None, ready))
    if field.path and not meta.sql_able(field):
        for step in reversed(field.path):
            ready = _behind(su, step, ready, archived=archived and step is field.path[-1])
        return ready
    if not meta.sql_able(field) and (field.kind == "many2one" or not field.stored):
        raise _unstored(field)
    if field.kind in _TO_MANY:
        ready = _decided(
            [ready, own_domain(su.derive(context={"active_test": False}) if archived else su, field)]
        )
    return Leaf(field.name, "any", None, ready)


def _entered(env: Environment, comodel: str) -> Node:
    if env.su:
        return TRUE
    check.check_model(env, comodel, "read")
    tree = check.rule_tree(env, comodel, "read")
    return tree if tree is TRUE else expand(env.derive(su=True), env.registry.models[comodel], tree)


def _hierarchy(env: Environment, comodel: ModelMeta, leaf: Leaf, *, along: bool) -> Node:
    """`along`: the field is a hierarchy of its own."""
    if not comodel.parent and not along:
        text = f"Invalid domain: {comodel.name} has no parent field for {leaf.operator!r}"
        raise ValidationError(problems=[Problem(leaf.field, "no_hierarchy", text)])
    values = leaf.value if isinstance(leaf.value, list) else [leaf.value]
    ids: list[int] = []
    for each in values:
        if isinstance(each, str) and each:
            called = _decided([named(env, comodel, "ilike", each), _entered(env, comodel.name)])
            ids.extend(comodel.search_ids(env.derive(su=True), called))
        elif isinstance(each, int) and each is not True:
            ids.append(each)
        elif each is not None and each != "":
            text = f"Invalid domain: {leaf.operator!r} takes ids or names, got {shown(each)}"
            raise ValidationError(problems=[Problem(leaf.field, "bad_value", text)])
    known = whole(Leaf(leaf.field, "in", [each for each in ids if each]))
    return Leaf(leaf.field, leaf.operator, known.value) if isinstance(known, Leaf) and known.value else FALSE
