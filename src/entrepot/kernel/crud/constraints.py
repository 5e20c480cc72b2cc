"""The checks that models declare, run together so that a caller learns of every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import compute

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


def run(env: Environment, meta: ModelMeta, ids: tuple[int, ...], names: set[str] | None) -> None:
    """Run the constraints on these fields (None: all) for records, and on what of them was worked out anew.

    Raises one ValidationError with every problem.
    """
    if not meta.constraints or not ids:
        return
    fresh = _worked_out(env, meta, ids)
    changed = None if names is None else names | fresh
    due = [name for name, fields in meta.constraints if changed is None or not fields.isdisjoint(changed)]
    if due:
        collect(env, meta, ids, due)


def _worked_out(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> set[str]:
    """The names of constrained fields that are worked out and new for any of these records; they are due no more."""

    def make() -> tuple[Field[Any], ...]:
        names = dict.fromkeys(name for _, fields in meta.constraints for name in sorted(fields))
        return tuple(meta.fields[name] for name in names if meta.fields[name].computed)

    for field in env.registry.plans.get(("constrained", meta.name), make):
        waiting = env.cache.pending.get(field, {})
        if field.stored and any(record_id in waiting for record_id in ids):
            compute.recompute(env, field)
    rows = env.cache.touched.get(meta.name, {})
    return {name for record_id in ids for name in rows.pop(record_id, ())}


def run_due(env: Environment) -> None:
    """Run the constraints on fields of a model that were worked out anew. Raises ValidationError with every problem."""
    model, rows = env.cache.touched.popitem()
    meta = env.registry.models[model]
    groups: dict[frozenset[str], list[int]] = {}
    for record_id, names in rows.items():
        groups.setdefault(frozenset(names), []).append(record_id)
    for changed, ids in groups.items():
        run(env, meta, tuple(ids), set(changed))


def collect(env: Environment, meta: ModelMeta, ids: tuple[int, ...], methods: Iterable[str]) -> None:
    """Run checking methods as the superuser and raise what they find."""
    records = meta.type(env.derive(su=True), ids)
    problems = [problem for name in methods for problem in _found(getattr(records, name))]
    if problems:
        text = "\n".join(dict.fromkeys(problem.message for problem in problems))
        raise ValidationError(text, problems=problems, model=meta.name)


def _found(check: Any) -> Iterator[Problem]:
    """What one check yields, and then what it raises."""
    try:
        yield from check() or ()
    except ValidationError as error:
        yield from error.problems or [Problem("", "invalid", error.message)]
