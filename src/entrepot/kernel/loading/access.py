"""Groups, access rights and record rules from an add-on's `access.toml`.

The file is the whole truth of what its add-on grants: a line that is gone from a newer version is taken back, and a
word that means nothing is refused, because a misspelt `group` would grant to everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import ValidationError
from entrepot.kernel.crud.load_rows import full
from entrepot.kernel.declare import RIGHTS

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

_KINDS: dict[str, tuple[frozenset[str], frozenset[str] | None]] = {
    "group": (frozenset({"id", "name"}), None),
    "access": (frozenset({"model", "rights"}), frozenset({"group"})),
    "rule": (frozenset({"name", "model", "domain"}), frozenset({"groups", "rights"})),
}
"""table -> the keys that it must have, and those that it may have (None: any field of the model)"""


def load(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    """Bring groups, rights and rules to what the file says. Raises ValidationError naming the entry."""
    unknown = sorted(set(content) - set(_KINDS))
    if unknown:
        raise ValidationError(
            f"access.toml holds [[group]], [[access]] and [[rule]], not {', '.join(unknown)}"
        )
    for kind in _KINDS:
        for at, each in enumerate(content.get(kind, ())):
            _check(kind, f"{kind} {at + 1}", each)
    _groups(env, module, content.get("group", ()))
    _rights(env, module, content.get("access", ()))
    _rules(env, module, content.get("rule", ()))


def _check(kind: str, where: str, each: Any) -> None:
    needed, allowed = _KINDS[kind]
    if not isinstance(each, Mapping):
        raise ValidationError(f"{where}: expected a table [[{kind}]]")
    missing = sorted(needed - each.keys())
    if missing:
        raise ValidationError(f"{where}: {', '.join(missing)} is missing")
    if allowed is None:
        return
    unknown = sorted(each.keys() - needed - allowed)
    if unknown:
        raise ValidationError(
            f"{where}: unknown {', '.join(unknown)}; known: {', '.join(sorted(needed | allowed))}"
        )


def _groups(env: Environment, module: str, groups: Sequence[Mapping[str, Any]]) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = [
        (
            full(each["id"], module),
            {key: value for key, value in each.items() if key not in {"id", "implies", "category"}},
        )
        for each in groups
    ]
    env.upsert_many("res.groups", rows)
    for each in groups:
        values: dict[str, Any] = {}
        if each.get("implies"):
            values["implied_ids"] = [(4, _group(env, module, name)) for name in each["implies"]]
        if each.get("category"):
            values["category_id"] = env.ref(full(each["category"], module)).id
        if values:
            env.ref(full(each["id"], module)).write(values)


def _group(env: Environment, module: str, name: str) -> int:
    found: int = env.ref(full(name, module)).id
    return found


def _rights(env: Environment, module: str, lines: Sequence[Mapping[str, Any]]) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for each in lines:
        group = each.get("group")
        _known(env, each["model"])
        name = f"access_{each['model']}_{group or 'everybody'}".replace(".", "_")
        values = {
            "name": name,
            "model": each["model"],
            "group_id": _group(env, module, group) if group else False,
            **_perms(each["rights"]),
        }
        rows.append((full(name, module), values))
    env.upsert_many("ir.model.access", rows)
    _take_back(env, module, "ir.model.access", "access_", {name for name, _ in rows})


def _rules(env: Environment, module: str, lines: Sequence[Mapping[str, Any]]) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for each in lines:
        _known(env, each["model"])
        words = "".join(letter if letter.isalnum() else "_" for letter in each["name"].lower())
        values = {
            "name": each["name"],
            "model": each["model"],
            "domain": each["domain"],
            "groups": [(6, 0, [_group(env, module, group) for group in each.get("groups", ())])],
            **_perms(each.get("rights", " ".join(RIGHTS))),
        }
        rows.append((full(f"rule_{each['model'].replace('.', '_')}_{words}", module), values))
    env.upsert_many("ir.rule", rows)
    _take_back(env, module, "ir.rule", "rule_", {name for name, _ in rows})


def _take_back(env: Environment, module: str, model: str, prefix: str, kept: Collection[str]) -> None:
    """Delete what an earlier version of the file granted and this one does not."""
    named = env["ir.model.data"].sudo().search([("module", "=", module), ("model", "=", model)])
    gone = [
        each.res_id
        for each in named
        if each.name.startswith(prefix) and f"{module}.{each.name}" not in kept and not each.noupdate
    ]
    env[model].sudo().with_context(active_test=False).browse(gone).exists().unlink()


def _known(env: Environment, model: str) -> None:
    if model not in env.registry.models:
        raise ValidationError(f"access is declared for {model}, which no loaded add-on defines")


def _perms(rights: str) -> dict[str, bool]:
    words = rights.split()
    wrong = [word for word in words if word not in RIGHTS]
    if wrong:
        raise ValidationError(f"rights are {', '.join(RIGHTS)}, not {', '.join(wrong)}")
    return {f"perm_{right}": right in words for right in RIGHTS}
