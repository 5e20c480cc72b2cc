"""Commands on x2many fields, carried out for many records at once: all new lines are one create.

Source: `spec/odoo-protocol.md` section 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from entrepot.errors import MissingError, Problem, ValidationError
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.command import CLEAR, CREATE, DELETE, LINK, SET, UNLINK, UPDATE, Triple
from entrepot.kernel.crud import links as link_table
from entrepot.kernel.crud import refusals
from entrepot.kernel.crud.values import placed

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

Wanted = Mapping[int, list[Triple]]


def apply(
    env: Environment,
    meta: ModelMeta,
    links: Mapping[int, Mapping[str, list[Triple]]],
    places: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Carry out the commands of each record: id -> field -> commands. `places`: where problems of a record are told."""
    for name in dict.fromkeys(name for each in links.values() for name in each):
        field = meta.fields[name]
        wanted = {record_id: each[name] for record_id, each in links.items() if each.get(name)}
        if not wanted:
            continue
        if field.kind == "one2many":
            _Lines(env, field, places).apply(wanted)
            others: Iterable[int] = ()
        else:
            others = _Links(env, field, places).apply(wanted)
            epochs.changed(env, meta.name, [name])
        env.cache.forget_field(field)
        for twin in env.registry.twins.get(field, ()):
            env.cache.forget_field(twin)
            epochs.changed(env, twin.model, [twin.name])
            compute.modified(env, [twin], tuple(others))
        compute.modified(env, [field], tuple(wanted))


def _created(env: Environment, field: Any, new: list[tuple[str, Mapping[str, Any]]]) -> tuple[int, ...]:
    """Create what commands ask for at once; problems say in which command they are."""
    try:
        return tuple(env[field.comodel].create([dict(values) for _, values in new]).ids)
    except ValidationError as error:
        raise placed(error, [place for place, _ in new], field.name) from error


def _place(places: Mapping[int, str], owner: int, field: Any, at: int) -> str:
    return ".".join(part for part in (places.get(owner, ""), field.name, str(at)) if part)


class _Lines:
    """Commands on a one2many: they change the many2one on its other side."""

    def __init__(self, env: Environment, field: Any, places: Mapping[int, str]) -> None:
        self.env = env
        self.field = field
        self.places = places
        self.comodel: Any = env[field.comodel]
        self.inverse: Any = self.comodel.meta.fields[field.inverse_name]
        self.cascades = getattr(self.inverse, "on_delete", "") == "cascade" or self.inverse.required
        self.new: list[tuple[str, Mapping[str, Any]]] = []

    def apply(self, wanted: Wanted) -> None:
        """Carry out commands: nothing is touched before it is known that every line is the owner's."""
        self._check_owned(wanted)
        waiting: set[int] = set()
        for owner, commands in wanted.items():
            for at, (code, record_id, values) in enumerate(commands):
                if code == CREATE:
                    place = _place(self.places, owner, self.field, at)
                    self.new.append((place, {**values, self.inverse.name: owner}))
                    waiting.add(owner)
                elif code in {CLEAR, SET}:
                    if owner in waiting:
                        self._create()
                        waiting.clear()
                    self._set(owner, values if code == SET else [])
                else:
                    self._one(owner, code, record_id, values)
        self._create()

    def _create(self) -> None:
        if self.new:
            _created(self.env, self.field, self.new)
            self.new.clear()

    def _one(self, owner: int, code: int, record_id: int, values: Any) -> None:
        line = self.comodel.browse(record_id)
        if code == UPDATE:
            line.write(values)
        elif code == DELETE:
            line.unlink()
        elif code == UNLINK:
            self._release(line)
        else:
            line.write({self.inverse.name: owner})

    def _set(self, owner: int, ids: list[int]) -> None:
        keep = set(ids)
        everything = self.comodel.sudo().with_context(active_test=False)
        domain = self.field.given.get("domain")
        own = list(domain) if isinstance(domain, (list, tuple)) else []
        there = everything.search([(self.inverse.name, "=", owner), *own]).ids
        self._release(self.comodel.browse(i for i in there if i not in keep))
        present = set(there)
        self.comodel.browse(i for i in ids if i not in present).write({self.inverse.name: owner})

    def _release(self, lines: Any) -> None:
        if not lines:
            return
        if self.cascades:
            lines.unlink()
        else:
            lines.write({self.inverse.name: False})

    def _check_owned(self, wanted: Wanted) -> None:
        """A command may only touch lines of its own parent, or such as a command before it linked (promise S-10)."""
        named: dict[int, None] = {}
        touched: list[tuple[int, int]] = []
        for owner, commands in wanted.items():
            linked: set[int] = set()
            for code, record_id, values in commands:
                if code in {LINK, SET}:
                    chosen = values if code == SET else [record_id]
                    linked.update(chosen)
                    named.update(dict.fromkeys(chosen))
                elif code in {UPDATE, DELETE, UNLINK}:
                    named[record_id] = None
                    if record_id not in linked:
                        touched.append((owner, record_id))
        if not named:
            return
        lines = self.comodel.sudo().browse(named)
        there = set(lines.exists().ids)
        gone = [record_id for record_id in named if record_id not in there]
        if gone:
            raise refusals.gone(self.env, self.field.comodel, gone)
        parents = {line.ids[0]: line.env.value(line, self.inverse) for line in lines}
        for owner, record_id in touched:
            if parents[record_id] != owner:
                self._refuse(owner, record_id)

    def _refuse(self, owner: int, record_id: int) -> None:
        field = self.field
        raise MissingError(
            f"{field.string} ({field.model}.{field.name}): {field.comodel}({record_id},) does not belong to "
            f"{field.model}({owner},).",
            model=field.comodel,
            ids=(record_id,),
        )


class _Links:
    """Commands on a many2many: they change its link table."""

    def __init__(self, env: Environment, field: Any, places: Mapping[int, str]) -> None:
        self.env = env
        self.field = field
        self.places = places
        self.comodel: Any = env[field.comodel]
        self.pairs: dict[tuple[int, int], None] = {}
        self.others: set[int] = set()

    def apply(self, wanted: Wanted) -> set[int]:
        """Carry out commands; the ids at the other ends of links that came or went."""
        check.check_model(self.env, self.field.comodel, "read")
        fresh = self._fresh(wanted)
        for owner, commands in wanted.items():
            for code, record_id, values in commands:
                if code == CREATE:
                    self.pairs[owner, next(fresh)] = None
                elif code == LINK:
                    self.pairs[owner, record_id] = None
                elif code == UPDATE:
                    self.comodel.browse(record_id).write(values)
                elif code in {DELETE, UNLINK}:
                    self._remove(owner, record_id, delete=code == DELETE)
                else:
                    self._set(owner, tuple(values) if code == SET else ())
        self._send()
        return self.others

    def _fresh(self, wanted: Wanted) -> Iterator[int]:
        new = [
            (_place(self.places, owner, self.field, at), values)
            for owner, commands in wanted.items()
            for at, (code, _, values) in enumerate(commands)
            if code == CREATE
        ]
        return iter(_created(self.env, self.field, new) if new else ())

    def _remove(self, owner: int, record_id: int, *, delete: bool) -> None:
        self._send()
        link_table.remove(self.env, self.field, owner, [record_id])
        self.others.add(record_id)
        if delete:
            self.comodel.browse(record_id).unlink()

    def _set(self, owner: int, chosen: tuple[int, ...]) -> None:
        self._send()
        self._check(chosen)
        self.others |= link_table.replace(self.env, self.field, owner, chosen)

    def _send(self) -> None:
        if self.pairs:
            self._check(tuple(dict.fromkeys(other for _, other in self.pairs)))
            link_table.add(self.env, self.field, list(self.pairs))
            self.others.update(other for _, other in self.pairs)
            self.pairs.clear()

    def _check(self, chosen: tuple[int, ...]) -> None:
        """Linked records must exist and be readable for the caller."""
        if not chosen:
            return
        found = set(self.comodel.sudo().browse(chosen).exists().ids)
        gone = [record_id for record_id in chosen if record_id not in found]
        if gone:
            field = self.field
            text = (
                f"{refusals.CANNOT} {field.string} ({field.name}) points to {field.comodel} records that do "
                f"not exist: {', '.join(map(str, gone[:10]))}."
            )
            raise ValidationError(problems=[Problem(field.name, "dangling", text)])
        check.check_records(self.env, self.field.comodel, chosen, "read")
