"""Commands on x2many fields, carried out for many records at once: all new lines are one create.

Source: `spec/odoo-protocol.md` section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import MissingError, Problem, ValidationError
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.command import CLEAR, CREATE, DELETE, LINK, SET, UNLINK, UPDATE, Triple
from entrepot.kernel.crud import links as link_table
from entrepot.kernel.crud import refusals

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_COMMANDS = 100_000


def apply(env: Environment, meta: ModelMeta, links: Mapping[int, Mapping[str, Any]]) -> None:
    """Carry out the commands of each record: id -> field -> commands (or ids, a record set, False)."""
    names = dict.fromkeys(name for each in links.values() for name in each)
    for name in names:
        field = meta.fields[name]
        wanted = {record_id: parse(field, each[name]) for record_id, each in links.items() if name in each}
        wanted = {record_id: commands for record_id, commands in wanted.items() if commands}
        if not wanted:
            continue
        if field.kind == "one2many":
            _one2many(env, meta, field, wanted)
        else:
            _many2many(env, meta, field, wanted)
        ids = tuple(wanted)
        env.cache.forget_field(field)
        for other in env.registry.twins.get(field, ()):
            env.cache.forget_field(other)
            epochs.changed(env, other.model, [other.name])
        compute.modified(env, [field], ids)


def parse(field: Any, value: Any) -> list[Triple]:
    """Commands as triples. Raises ValidationError for what is none."""
    if value is None:
        return []
    if value is False:
        return [(CLEAR, 0, 0)]
    if hasattr(value, "ids") and hasattr(value, "env"):
        return [(SET, 0, list(value.ids))]
    if not isinstance(value, (list, tuple)):
        raise _bad(field, f"expected a list of commands or ids, got {repr(value)[:60]}")
    if value and all(isinstance(each, int) and not isinstance(each, bool) for each in value):
        return [(SET, 0, list(value))]
    if len(value) > MAX_COMMANDS:
        raise _bad(field, f"at most {MAX_COMMANDS} commands, got {len(value)}")
    return [_command(field, each) for each in value]


def _command(field: Any, each: Any) -> Triple:
    if isinstance(each, Mapping):
        return (CREATE, 0, each)
    if not isinstance(each, (list, tuple)) or not 1 <= len(each) <= 3:
        raise _bad(field, f"a command is (code, id, values), got {repr(each)[:60]}")
    code, record_id, values = (*each, 0, 0)[:3]
    if isinstance(code, bool) or code not in range(7):
        raise _bad(field, f"command codes go from 0 to 6, got {repr(code)[:40]}")
    if code in {CREATE, UPDATE} and not isinstance(values, Mapping):
        raise _bad(field, f"command {code} needs values as an object, got {repr(values)[:60]}")
    if code in {UPDATE, DELETE, UNLINK, LINK} and (
        isinstance(record_id, bool) or not isinstance(record_id, int)
    ):
        raise _bad(field, f"command {code} needs an id, got {repr(record_id)[:60]}")
    if code == SET:
        ids = list(values.ids) if hasattr(values, "ids") else values
        if ids in (0, False, None):
            ids = []
        if not isinstance(ids, (list, tuple)) or not all(
            isinstance(i, int) and not isinstance(i, bool) for i in ids
        ):
            raise _bad(field, f"command 6 needs a list of ids, got {repr(values)[:60]}")
        return (SET, 0, list(ids))
    return (code, record_id if isinstance(record_id, int) else 0, values)


def _bad(field: Any, message: str) -> ValidationError:
    text = f"{field.string} ({field.model}.{field.name}): {message}"
    return ValidationError(problems=[Problem(field.name, "bad_command", text)])


def _one2many(env: Environment, meta: ModelMeta, field: Any, wanted: Mapping[int, list[Triple]]) -> None:
    comodel = env[field.comodel]
    inverse = env.registry.models[field.comodel].fields[field.inverse_name]
    cascades = getattr(inverse, "on_delete", "") == "cascade" or inverse.required
    new: list[dict[str, Any]] = []
    for owner, commands in wanted.items():
        for code, record_id, values in commands:
            if code == CREATE:
                new.append({**values, inverse.name: owner})
                continue
            if code in {UPDATE, DELETE, UNLINK}:
                _owned(env, field, inverse, owner, record_id)
            if code == UPDATE:
                comodel.browse(record_id).write(values)
            elif code == DELETE:
                comodel.browse(record_id).unlink()
            elif code == UNLINK:
                _release(comodel.browse(record_id), inverse.name, cascades=cascades)
            elif code == LINK:
                _require(env, comodel, [record_id])
                comodel.browse(record_id).write({inverse.name: owner})
            elif code in {CLEAR, SET}:
                keep = list(values) if code == SET else []
                _require(env, comodel, keep)
                there = (
                    comodel.sudo().with_context(active_test=False).search([(inverse.name, "=", owner)]).ids
                )
                _release(comodel.browse(i for i in there if i not in keep), inverse.name, cascades=cascades)
                comodel.browse(i for i in keep if i not in there).write({inverse.name: owner})
    if new:
        comodel.create(new)


def _owned(env: Environment, field: Any, inverse: Any, owner: int, record_id: int) -> None:
    """A command may only touch lines of its own parent (promise S-10)."""
    line = env[field.comodel].sudo().browse(record_id)
    if line.env.value(line, inverse) != owner:
        raise MissingError(
            f"{field.string} ({field.model}.{field.name}): {field.comodel}({record_id},) does not belong to "
            f"{field.model}({owner},).",
            model=field.comodel,
            ids=(record_id,),
        )


def _release(lines: Any, inverse: str, *, cascades: bool) -> None:
    if not lines:
        return
    if cascades:
        lines.unlink()
    else:
        lines.write({inverse: False})


def _require(env: Environment, comodel: Any, ids: list[int]) -> None:
    if ids:
        found = set(comodel.sudo().browse(ids).exists().ids)
        gone = [record_id for record_id in ids if record_id not in found]
        if gone:
            raise refusals.gone(env, comodel.model_name, gone)


def _many2many(env: Environment, meta: ModelMeta, field: Any, wanted: Mapping[int, list[Triple]]) -> None:
    comodel = env[field.comodel]
    fresh = _created(comodel, wanted)
    pairs: list[tuple[int, int]] = []
    for owner, commands in wanted.items():
        for code, record_id, values in commands:
            if code == CREATE:
                pairs.append((owner, next(fresh)))
            elif code == LINK:
                pairs.append((owner, record_id))
            elif code == UPDATE:
                comodel.browse(record_id).write(values)
            elif code in {DELETE, UNLINK}:
                _send(env, field, pairs)
                link_table.remove(env, field, owner, [record_id])
                if code == DELETE:
                    comodel.browse(record_id).unlink()
            else:
                _send(env, field, pairs)
                chosen = tuple(values) if code == SET else ()
                _check_exist(env, field, comodel, chosen)
                link_table.replace(env, field, owner, chosen)
    _send(env, field, pairs)
    if not env.su:
        check.check_model(env, comodel.model_name, "read")
    epochs.changed(env, meta.name, [field.name])


def _created(comodel: Any, wanted: Mapping[int, list[Triple]]) -> Any:
    values = [each for commands in wanted.values() for code, _, each in commands if code == CREATE]
    return iter(comodel.create([dict(each) for each in values]).ids if values else ())


def _send(env: Environment, field: Any, pairs: list[tuple[int, int]]) -> None:
    if pairs:
        _check_exist(env, field, env[field.comodel], tuple(other for _, other in pairs))
        link_table.add(env, field, list(dict.fromkeys(pairs)))
        pairs.clear()


def _check_exist(env: Environment, field: Any, comodel: Any, ids: Iterable[int]) -> None:
    """Linked records must exist and be readable for the caller."""
    chosen = tuple(dict.fromkeys(ids))
    if not chosen:
        return
    found = set(comodel.sudo().browse(chosen).exists().ids)
    gone = [record_id for record_id in chosen if record_id not in found]
    if gone:
        text = (
            f"The operation cannot be completed: {field.string} ({field.name}) points to {field.comodel} records that do "
            f"not exist: {', '.join(map(str, gone[:10]))}."
        )
        raise ValidationError(problems=[Problem(field.name, "dangling", text)])
    check.check_records(env, field.comodel, chosen, "read")
