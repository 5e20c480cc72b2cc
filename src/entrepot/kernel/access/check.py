"""The questions that are asked of the policy, in one place.

Rights of a model come first, then record rules, then field groups. A record that a rule hides is indistinguishable
in searches, and refused with AccessError when asked by id.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from entrepot.errors import AccessError, MissingError
from entrepot.kernel.access.policy import Granted
from entrepot.kernel.declare import Right
from entrepot.kernel.domain.parse import TRUE, Leaf, Node, Not, conjunction, disjunction, parse

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

_NOBODY = Granted()
_NO_IDS: frozenset[int] = frozenset()
_VERBS = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


def may(env: Environment, model: str, right: str) -> bool:
    """Whether the caller has a right on a model."""
    if env.su:
        return True
    granted = env.policy.access.get(model, {}).get(right, _NOBODY)
    return granted.everybody or not granted.groups.isdisjoint(env.caller.groups)


def check_model(env: Environment, model: str, right: Right) -> None:
    """Raise AccessError, naming the operation, the model and the groups that may, unless the caller may."""
    if may(env, model, right):
        return
    granted = env.policy.access.get(model, {}).get(right, _NOBODY)
    names = sorted(env.policy.group_names.get(group, "?") for group in granted.groups)
    allowed = "\n".join(f"\t- {name}" for name in names) or "\t(nobody)"
    meta = env.registry.models.get(model)
    title = meta.title if meta else model
    raise AccessError(
        f"You are not allowed to {_VERBS[right]} '{title}' ({model}) records.\n\n"
        f"This operation is allowed for the following groups:\n{allowed}",
        model=model,
        right=right,
        groups=names,
    )


def rule_tree(env: Environment, model: str, right: Right) -> Node:
    """What record rules demand of a model's records for the caller: TRUE when nothing."""
    rules = () if env.su else env.policy.rules.get(model, ())
    if not rules:
        return TRUE
    companies = env.company_ids
    key = ("rules", env.caller.uid, companies, model, right)
    found: Node | None = env.policy.memo.get(key)
    if found is None:
        found, timed = _combine(env, model, right)
        if not timed:
            env.policy.memo[key] = found
    return found


def _combine(env: Environment, model: str, right: str) -> tuple[Node, bool]:
    companies = env.company_ids
    names = {
        "uid": env.caller.uid,
        "company_id": companies[0] if companies else None,
        "company_ids": list(companies),
        "partner_id": env.caller.partner_id,
        "today": env.today().isoformat(),
        "now": env.now().strftime("%Y-%m-%d %H:%M:%S"),
    }
    everybody: list[Node] = []
    own: list[Node] = []
    timed = False
    for rule in env.policy.rules[model]:
        if right not in rule.rights or (rule.groups and rule.groups.isdisjoint(env.caller.groups)):
            continue
        timed = timed or bool(rule.names & {"today", "now"})
        (own if rule.groups else everybody).append(parse(rule.evaluate(names)))
    if own:
        everybody.append(disjunction(own))
    return conjunction(everybody), timed


def may_turn(env: Environment, model: str, right: Right, names: AbstractSet[str]) -> bool:
    """Whether a write of these fields could change what rules say of a record: not when they ask other columns only."""
    return _asks(env.registry.models[model], rule_tree(env, model, right), names)


def _asks(meta: ModelMeta, node: Node, names: AbstractSet[str]) -> bool:
    """Whether a condition may read one of some fields; what is not a plain column may rest on any."""
    if isinstance(node, Leaf):
        field = meta.fields.get(node.field)
        plain = field is not None and field.has_column and not field.computed and node.node is None
        if node.operator in {"child_of", "parent_of"} or not (plain or node.field == "id"):
            return True
        return node.field in names
    if isinstance(node, Not):
        return _asks(meta, node.part, names)
    return any(_asks(meta, part, names) for part in node.parts)


def may_field(env: Environment, field: Field[Any]) -> bool:
    """Whether the caller may see a field at all."""
    if env.su or not field.groups:
        return True
    groups = env.caller.groups
    return any((group := env.policy.group(name)) is not None and group in groups for name in field.groups)


def check_fields(env: Environment, meta: ModelMeta, names: list[str], operation: str) -> None:
    """Raise AccessError when a field of this list is hidden from the caller."""
    hidden = [name for name in names if name in meta.guarded and not may_field(env, meta.fields[name])]
    if hidden:
        raise AccessError(
            f"You do not have enough rights to access the fields {', '.join(sorted(hidden))} on {meta.title} "
            f"({meta.name}). Please contact your system administrator.\n\n(Operation: {operation})",
            model=meta.name,
            fields=sorted(hidden),
        )


def check_records(env: Environment, model: str, ids: tuple[int, ...], right: Right) -> None:
    """Raise AccessError when a rule refuses one of these records, MissingError when one is not there."""
    tree = rule_tree(env, model, right)
    if tree is TRUE or not ids or env.vouched.get((model, right), _NO_IDS).issuperset(ids):
        return
    meta = env.registry.models[model]
    allowed = set(meta.find_ids(env.derive(su=True), conjunction([meta.among(ids), tree])))
    refused = [record_id for record_id in dict.fromkeys(ids) if record_id not in allowed]
    if refused:
        refuse(env, model, refused, right)


def refuse(env: Environment, model: str, ids: list[int], right: Right) -> None:
    """Raise MissingError for records that are not there, otherwise AccessError."""
    meta = env.registry.models[model]
    there = set(meta.search_ids(env.derive(su=True), meta.among(tuple(ids))))
    gone = [record_id for record_id in ids if record_id not in there]
    if gone:
        missing(env, model, gone)
    raise AccessError(
        f"You are not allowed to {_VERBS[right]} these '{meta.title}' ({model}) records: "
        f"a record rule refuses {', '.join(map(str, ids[:10]))}.",
        model=model,
        right=right,
        ids=ids,
    )


def missing(env: Environment, model: str, ids: list[int]) -> None:
    """Raise MissingError for records of a model."""
    shown = ", ".join(map(str, ids[:10])) + ("," if len(ids) == 1 else "")
    raise MissingError(
        f"Record does not exist or has been deleted.\n(Record: {model}({shown}), User: {env.uid})",
        model=model,
        ids=tuple(ids),
    )
