"""External ids: the names `module.name` by which data files, integrations and imports know records (`ir.model.data`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import MissingError, Problem, ValidationError
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model

MODEL = "ir.model.data"
TABLE = "ir_model_data"


def split(external_id: str, module: str = "") -> tuple[str, str]:
    """The module and name of an external id. Raises ValidationError when it names no module."""
    head, dot, tail = external_id.partition(".")
    if dot and head and tail:
        return head, tail
    if module and external_id and not dot:
        return module, external_id
    text = f"An external id is 'module.name', got {external_id[:80]!r}"
    raise ValidationError(problems=[Problem("id", "bad_external_id", text)])


def find(env: Environment, external_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(model, id) for each known external id."""
    names = [split(each) for each in dict.fromkeys(external_ids) if can_be_kept(each)]
    if not names:
        return {}
    if env.cache.dirty:
        env.flush()
    dialect = env.tx.dialect

    def make() -> Plan:
        # Modules too, for the index begins with them.
        modules = dialect.among(ident("module"), Slot(0), "text")
        among = dialect.among(ident("name"), Slot(1), "text")
        text = SQL("SELECT module, name, model, res_id FROM {} WHERE {} AND {}", ident(TABLE), modules, among)
        return render(text, dialect)

    plan = env.registry.plans.get(("externals", dialect.name), make)
    wanted = set(names)
    columns = [list(dict.fromkeys(column)) for column in zip(*names, strict=True)]
    rows = env.tx.fetch(plan.text, plan.bind(columns))
    return {f"{m}.{n}": (model, res_id) for m, n, model, res_id in rows if (m, n) in wanted}


def can_be_kept(text: str) -> bool:
    """Whether stores can hold a text: no NUL, no half of a surrogate pair. Nothing is known by any other."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def ref(env: Environment, external_id: str, *, missing_ok: bool = False) -> Model | None:
    """The record of an external id. Raises MissingError; None when `missing_ok`."""
    found = find(env, [external_id]).get(external_id)
    if found is None or found[0] not in env.registry.models:
        if missing_ok:
            return None
        raise MissingError(f"External ID not found in the system: {external_id}", external_id=external_id)
    return env[found[0]].browse([found[1]])


def upsert(
    env: Environment, rows: Sequence[tuple[str, Mapping[str, Any]]], model: str, *, noupdate: bool = False
) -> Model:
    """Create or update the records behind external ids, in order; new ones are one create.

    With `noupdate`, records that are there stay as they are. Raises ValidationError for an external id that is given
    twice or belongs to another model.
    """
    _once(rows)
    known = find(env, [external_id for external_id, _ in rows])
    ids: dict[str, int] = {}
    fresh: list[tuple[str, Mapping[str, Any]]] = []
    alive = set(
        env[model]
        .sudo()
        .with_context(active_test=False)
        .browse([i for m, i in known.values() if m == model])
        .exists()
        .ids
    )
    for external_id, values in rows:
        found = known.get(external_id)
        if found is not None and found[0] != model:
            text = f"External id {external_id} belongs to a {found[0]}, not to a {model}"
            raise ValidationError(problems=[Problem("id", "wrong_model", text)])
        if found is None or found[1] not in alive:
            fresh.append((external_id, values))
            continue
        ids[external_id] = found[1]
        if not noupdate:
            env[model].browse([found[1]]).write(dict(values))
    if fresh:
        made = env[model].create([dict(values) for _, values in fresh])
        names = [external_id for external_id, _ in fresh]
        ids.update(zip(names, made.ids, strict=True))
        remember(env, model, dict(zip(names, made.ids, strict=True)), noupdate=noupdate, replace=set(known))
    return env[model].browse([ids[external_id] for external_id, _ in rows])


def _once(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    seen: set[str] = set()
    for external_id, _ in rows:
        if external_id in seen:
            text = f"External id {external_id} is given twice"
            raise ValidationError(problems=[Problem("id", "twice", text)])
        seen.add(external_id)


def remember(
    env: Environment, model: str, ids: Mapping[str, int], *, noupdate: bool, replace: set[str] | None = None
) -> None:
    """Give records their external ids."""
    data = env["ir.model.data"].sudo()
    for external_id in (each for each in ids if replace and each in replace):
        module, name = split(external_id)
        data.search([("module", "=", module), ("name", "=", name)]).unlink()
    values = []
    for external_id, record_id in ids.items():
        module, name = split(external_id)
        values.append(
            {"module": module, "name": name, "model": model, "res_id": record_id, "noupdate": noupdate}
        )
    data.create(values)
    if model == "res.groups":
        env.work.policy_changed()


def names_of(env: Environment, model: str, ids: Sequence[int]) -> dict[int, str]:
    """The (first) external id of each record that has one."""
    if env.cache.dirty:
        env.flush()
    dialect = env.tx.dialect

    def make() -> Plan:
        among = dialect.among(ident("res_id"), Slot(1), "integer")
        text = SQL(
            "SELECT res_id, module, name FROM {} WHERE model = {} AND {} ORDER BY id DESC",
            ident(TABLE),
            Slot(0),
            among,
        )
        return render(text, dialect)

    plan = env.registry.plans.get(("external names", dialect.name), make)
    return {
        i: f"{module}.{name}" for i, module, name in env.tx.fetch(plan.text, plan.bind([model, list(ids)]))
    }


def forget(env: Environment, model: str, ids: tuple[int, ...]) -> None:
    """Delete the external ids of records that are gone."""
    dialect = env.tx.dialect

    def make() -> Plan:
        among = dialect.among(ident("res_id"), Slot(1), "integer")
        text = SQL("DELETE FROM {} WHERE model = {} AND {} RETURNING id", ident(TABLE), Slot(0), among)
        return render(text, dialect)

    plan = env.registry.plans.get(("forget externals", dialect.name), make)
    gone = tuple(row[0] for row in env.tx.fetch(plan.text, plan.bind([model, list(ids)])))
    env.cache.forget_records(MODEL, gone)
