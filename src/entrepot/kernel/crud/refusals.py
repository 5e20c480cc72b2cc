"""What the store refuses -> a ValidationError that names the field and says what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import EntrepotError, MissingError, Problem, ValidationError
from entrepot.storage.sql import SQL, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.storage.violations import (
    ForeignKeyViolation,
    NotNullViolation,
    OutOfRange,
    UniqueViolation,
    Violation,
)

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

CANNOT = "The operation cannot be completed:"


Wanted = Mapping[str, Collection[Any]]
"""name of a many2one -> the ids (or None) that were to be written"""


def explained(env: Environment, meta: ModelMeta, violation: Violation, wanted: Wanted) -> Exception:
    """The error for a violation met while writing records of a model; what is not known stays itself."""
    if isinstance(violation, UniqueViolation):
        return duplicate(env, meta, violation)
    if isinstance(violation, NotNullViolation):
        return required(meta, violation.columns)
    if isinstance(violation, ForeignKeyViolation):
        return dangling(env, meta, violation, wanted)
    if isinstance(violation, OutOfRange):
        text = f"{CANNOT} a value of {meta.title} ({meta.name}) does not fit its field."
        return ValidationError(problems=[Problem("", "out_of_range", text)], model=meta.name)
    return violation


def duplicate(env: Environment, meta: ModelMeta, violation: UniqueViolation) -> EntrepotError:
    """Two records with one key: name the fields of the key."""
    owner = next((each for each in env.registry.models.values() if each.table == violation.table), meta)
    columns = list(violation.columns)
    if not columns:
        index = next(
            (i for table in env.registry.tables for i in table.indexes if i.name == violation.constraint),
            None,
        )
        columns = list(index.columns) if index else []
    names = [name for name in columns if name in owner.fields]
    labels = ", ".join(owner.fields[name].string for name in names) or violation.constraint
    text = f"{CANNOT} another {owner.title} ({owner.name}) has the same {labels}."
    problems = [Problem(name, "not_unique", text) for name in names] or [Problem("", "not_unique", text)]
    return ValidationError(text, problems=problems, model=owner.name)


def required(meta: ModelMeta, names: Collection[str]) -> ValidationError:
    """Mandatory fields that are empty."""
    problems = [
        Problem(
            name,
            "required",
            f"{CANNOT}\n- Create/update: a mandatory field is not set.\n"
            f"Model: {meta.title} ({meta.name})\nField: {meta.fields[name].string if name in meta.fields else name} ({name})",
        )
        for name in names
    ]
    return ValidationError(problems=problems, model=meta.name)


def dangling(
    env: Environment, meta: ModelMeta, violation: ForeignKeyViolation, wanted: Wanted
) -> EntrepotError:
    """Links to records that are not there.

    A database that tells which is believed (its transaction may answer no further question); another one is asked.
    """
    names = [name for name in violation.columns if name in meta.fields]
    if not violation.columns:
        names = [name for name, ids in wanted.items() if _is_dangling(env, meta.columns[name], ids)]
    problems = []
    for name in names:
        field = meta.fields[name]
        text = f"{CANNOT} {field.string} ({name}) points to a {field.comodel} that does not exist."
        problems.append(Problem(name, "dangling", text))
    if not problems:
        text = f"{CANNOT} a link of {meta.title} ({meta.name}) points to a record that does not exist."
        problems.append(Problem("", "dangling", text))
    return ValidationError(problems=problems, model=meta.name)


def _is_dangling(env: Environment, field: Any, ids: Collection[Any]) -> bool:
    wanted = {record_id for record_id in ids if record_id}
    if not wanted:
        return False
    table = env.registry.models[field.comodel].table
    among = env.tx.dialect.among(ident("id"), Slot(0), "integer")
    plan = render(SQL("SELECT id FROM {} WHERE {}", ident(table), among), env.tx.dialect)
    return len(env.tx.fetch(plan.text, plan.bind([sorted(wanted)]))) < len(wanted)


def blocked(
    env: Environment, meta: ModelMeta, ids: list[int], violation: ForeignKeyViolation
) -> EntrepotError:
    """Records that cannot be deleted because others need them: name the model and field that do.

    A database that tells them is believed (its transaction may answer no further question); another one is asked.
    """
    for other in env.registry.models.values():
        if violation.table == other.table and violation.table and not other.abstract:
            name = next((each for each in violation.columns if each in other.fields), "")
            return _needed(meta, other, name)
    if violation.table:
        return _needed(meta, None, "")
    for other in env.registry.models.values():
        if other.abstract:
            continue
        for name, field in other.columns.items():
            if (
                field.kind != "many2one"
                or field.comodel != meta.name
                or field.given.get("on_delete", "") == "cascade"
            ):
                continue
            if getattr(field, "on_delete", "") != "restrict":
                continue
            among = env.tx.dialect.among(ident(name), Slot(0), "integer")
            plan = render(
                SQL("SELECT id FROM {} WHERE {} LIMIT 1", ident(other.table), among), env.tx.dialect
            )
            if env.tx.fetch(plan.text, plan.bind([ids])):
                return _needed(meta, other, name)
    return _needed(meta, None, "")


def _needed(meta: ModelMeta, other: ModelMeta | None, name: str) -> EntrepotError:
    text = f"{CANNOT} another model requires the record being deleted. If possible, archive it instead."
    if other is not None:
        label = other.fields[name].string if name else "?"
        text += f"\n\nModel: {other.title} ({other.name})\nConstraint: {label} ({name})"
    return ValidationError(problems=[Problem(name, "needed", text)], model=meta.name)


def gone(env: Environment, model: str, ids: list[int]) -> MissingError:
    """The error for records that do not exist."""
    shown = ", ".join(map(str, ids[:10])) + ("," if len(ids) == 1 else "")
    return MissingError(
        f"Record does not exist or has been deleted.\n(Record: {model}({shown}), User: {env.uid})",
        model=model,
        ids=tuple(ids),
    )
