"""Deleting records: checks first, then what hangs on them, then the rows, then what names them by model and id."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from entrepot.errors import ValidationError
from entrepot.kernel import compute, externals
from entrepot.kernel.access import check, epochs
from entrepot.kernel.crud import constraints, refusals
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.storage.violations import ForeignKeyViolation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

ATTACHMENTS = "ir.attachment"


def unlink(records: Model) -> bool:
    """Delete every record of the set, with its attachments and external ids.

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
    leaving = env.cache.leaving.setdefault(meta.name, set())
    leaving.update(ids)
    try:
        _unlink(env, meta, ids)
    finally:
        leaving.difference_update(ids)
    return True


def _unlink(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    orphans = _cascade(env, meta, ids)
    env.flush()
    compute.linked_away(env, meta.name, ids)
    changed = [field for field in meta.fields.values() if field in env.registry.triggers]
    compute.modified(env, changed, ids)
    for field in [field for field in env.cache.pending if field.model == meta.name]:
        env.cache.settle(field, ids)
    try:
        _delete(env, meta, ids)
    except ForeignKeyViolation as violation:
        raise refusals.blocked(env, meta, list(ids), violation) from violation
    env.cache.forget_records(meta.name, ids)
    for field in _leading(env, meta.name):
        env.cache.forget_field(field)
    for field, owners in orphans:
        env.cache.owe(field, owners)
    externals.forget(env, meta.name, ids)
    _attachments(env, meta, ids)
    epochs.changed(env, meta.name, None)


def _cascade(
    env: Environment, meta: ModelMeta, ids: tuple[int, ...]
) -> list[tuple[Field[Any], tuple[int, ...]]]:
    """Unlink or release what hangs on these records through its own methods, so that checks and computations run there
    too. Returns the links that are worked out, not written: they are due when the records are gone.
    """
    worked_out: list[tuple[Field[Any], tuple[int, ...]]] = []
    for field in env.registry.linking.get(meta.name, ()):
        on_delete = getattr(field, "on_delete", "")
        if on_delete == "restrict":
            continue
        owners = env[field.model].sudo().with_context(active_test=False)
        leaving = env.cache.leaving.get(field.model, set())
        found = owners.search([(field.name, "in", list(ids))])
        linked = found.browse(record_id for record_id in found.ids if record_id not in leaving)
        if not linked:
            continue
        if on_delete == "cascade":
            linked.unlink()
        elif field.computed:
            worked_out.append((field, linked.ids))
        else:
            linked.write({field.name: False})
    return worked_out


def _leading(env: Environment, model: str) -> tuple[Field[Any], ...]:
    """Every relation that may lead to records of a model."""

    def make() -> tuple[Field[Any], ...]:
        metas = env.registry.models.values()
        return tuple(field for meta in metas for field in meta.fields.values() if field.comodel == model)

    return env.registry.plans.get(("leading", model), make)


def _attachments(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    """Files attached to records go with them, whoever may see the files; those that their own checks keep stay."""
    if meta.name == ATTACHMENTS or ATTACHMENTS not in env.registry.models:
        return
    everything = env[ATTACHMENTS].sudo().with_context(active_test=False)
    found = everything.search([("res_model", "=", meta.name), ("res_id", "in", list(ids))])
    if not found:
        return
    try:
        with env.savepoint():
            found.unlink()
    except ValidationError:
        for each in found:
            with contextlib.suppress(ValidationError), env.savepoint():
                each.unlink()


def _delete(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    dialect = env.tx.dialect

    def make() -> Plan:
        return render(
            SQL("DELETE FROM {} WHERE {}", ident(meta.table), dialect.among(ident("id"), Slot(0), "integer")),
            dialect,
        )

    plan = env.registry.plans.get(("delete", meta.name, dialect.name), make)
    env.tx.execute(plan.text, plan.bind([list(ids)]))
