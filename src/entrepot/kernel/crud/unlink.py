"""Deleting records: checks first, then cascades that the store does not know of, then the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.kernel import compute, externals
from entrepot.kernel.access import check, epochs
from entrepot.kernel.crud import constraints, refusals
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.storage.violations import ForeignKeyViolation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta


def unlink(records: Model) -> bool:
    """Delete every record of the set.

    Raises AccessError, MissingError for one that is not there, ValidationError when others need one.
    """
    env, ids = records.env, tuple(dict.fromkeys(records.ids))
    meta = env.registry.models[records.model_name]
    check.check_model(env, meta.name, "unlink")
    if not ids:
        return True
    there = set(meta.search_ids(env, meta.among(ids)))
    gone = [record_id for record_id in ids if record_id not in there]
    if gone:
        check.missing(env, meta.name, gone)
    check.check_records(env, meta.name, ids, "unlink")
    constraints.collect(env, meta, ids, meta.ondelete)
    _cascade(env, meta, ids)
    env.flush()
    changed = [field for field in meta.fields.values() if field in env.registry.triggers]
    compute.modified(env, changed, ids)
    for field in [field for field in env.cache.pending if field.model == meta.name]:
        env.cache.settle(field, ids)
    try:
        _delete(env, meta, ids)
    except ForeignKeyViolation as violation:
        raise refusals.blocked(env, meta, list(ids), violation) from violation
    env.cache.forget_records(meta.name, ids)
    for key in env.registry.models.values():
        for field in key.fields.values():
            if field.comodel == meta.name:
                env.cache.forget_field(field)
    externals.forget(env, meta.name, ids)
    epochs.changed(env, meta.name, None)
    return True


def _cascade(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    """Unlink what hangs on these records through their own methods, so that checks and computations there run too."""
    for field in env.registry.linking.get(meta.name, ()):
        owner = env.registry.models[field.model]
        on_delete = getattr(field, "on_delete", "")
        if on_delete == "restrict" or owner.abstract:
            continue
        linked = (
            env[field.model].sudo().with_context(active_test=False).search([(field.name, "in", list(ids))])
        )
        linked = linked.browse(i for i in linked.ids if not (field.model == meta.name and i in ids))
        if not linked:
            continue
        if on_delete == "cascade":
            linked.unlink()
        else:
            linked.write({field.name: False})


def _delete(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    dialect = env.tx.dialect

    def make() -> Plan:
        return render(
            SQL("DELETE FROM {} WHERE {}", ident(meta.table), dialect.among(ident("id"), Slot(0), "integer")),
            dialect,
        )

    plan = env.registry.plans.get(("delete", meta.name, dialect.name), make)
    env.tx.execute(plan.text, plan.bind([list(ids)]))
