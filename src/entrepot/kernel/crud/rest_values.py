"""What REST clients send for a relation -> commands.

A list of ids, a list of objects, or an object of `push`, `pop` and `delete`. Source: `spec/rest-and-exchange.md`
sections A6 and A7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.command import Command, Triple
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.fields.base import shown
from entrepot.kernel.fields.many2one import ID_LIMIT

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MAX_DEPTH = 10
"""How many relations behind each other one set of values may fill in."""
_WORDS = ("push", "pop", "delete")


def for_create(env: Environment, meta: ModelMeta, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new record as `create` takes them. Raises ValidationError with every problem."""
    return _Reader(env, new=True).whole(meta, values)


def for_write(env: Environment, meta: ModelMeta, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a change as `write` takes them: a plain list replaces all links. Raises ValidationError."""
    return _Reader(env, new=False).whole(meta, values)


class _Reader:
    """Reads one set of values and gathers what is wrong with it."""

    def __init__(self, env: Environment, *, new: bool) -> None:
        self.env = env
        self.new = new
        self.problems: list[Problem] = []

    def whole(self, meta: ModelMeta, values: Mapping[str, Any]) -> dict[str, Any]:
        found = self._values(meta, values, "", 0, new=self.new)
        if self.problems:
            raise ValidationError(problems=self.problems, model=meta.name)
        return found

    def _values(
        self, meta: ModelMeta, values: Mapping[str, Any], path: str, depth: int, *, new: bool
    ) -> dict[str, Any]:
        if depth > MAX_DEPTH:
            self._refuse(path, "too_deep", f"Values may be nested at most {MAX_DEPTH} relations deep.")
            return {}
        found = dict(values)
        for name, value in values.items():
            field = meta.fields.get(name)
            if field is None:
                self._unknown(meta, name, path)
            elif field.table_kind == "ids" and isinstance(value, (list, tuple, Mapping)):
                found[name] = self._links(field, value, f"{path}{name}", depth, new=new)
        return found

    def _unknown(self, meta: ModelMeta, name: str, path: str) -> None:
        for each in unknown_field(self.env, meta, name).problems:
            self._refuse(f"{path}{each.path}", each.code, each.message)

    def _links(self, field: Field[Any], value: Any, path: str, depth: int, *, new: bool) -> Any:
        if isinstance(value, Mapping):
            return self._operations(field, value, path, depth)
        if any(isinstance(each, (list, tuple)) for each in value):
            return value  # commands, as the other wires spell them
        if new:
            return self._added(field, value, path, depth)
        return self._replaced(field, value, path, depth)

    def _replaced(self, field: Field[Any], items: Any, path: str, depth: int) -> list[Triple]:
        """Exactly these: ids stay or come, objects with an id are changed, others are made, all the rest goes."""
        kept: list[int] = []
        after: list[Triple] = []
        for at, each in enumerate(items):
            if isinstance(each, Mapping):
                known = each.get("id")
                values = {key: inner for key, inner in each.items() if key != "id"}
                where = f"{path}.{at}."
                if known is None or known is False:
                    after.append(self._create(field, values, where, depth))
                elif self._is_id(known, f"{where}id"):
                    kept.append(known)
                    after.append(
                        Command.update(
                            known, self._values(self._comodel(field), values, where, depth + 1, new=False)
                        )
                    )
            elif self._is_id(each, f"{path}.{at}"):
                kept.append(each)
        return [Command.set(dict.fromkeys(kept)), *after]

    def _added(self, field: Field[Any], items: Any, path: str, depth: int) -> list[Triple]:
        """These besides what is there: ids are linked, objects made."""
        found: list[Triple] = []
        for at, each in enumerate(items):
            if isinstance(each, Mapping):
                found.append(self._create(field, each, f"{path}.{at}.", depth))
            elif self._is_id(each, f"{path}.{at}"):
                found.append(Command.link(each))
        return found

    def _operations(self, field: Field[Any], given: Mapping[str, Any], path: str, depth: int) -> list[Triple]:
        """`push`, `pop` and `delete` in any combination, whatever order they are written in."""
        for key in given:
            if key not in _WORDS:
                text = f"{path}: {shown(key)} is no operation of a relation; use push, pop or delete."
                self._refuse(path, "unknown_operation", text)
        found: list[Triple] = []
        for word in _WORDS:
            items = given.get(word)
            if items is None:
                continue
            if not isinstance(items, (list, tuple)):
                self._refuse(
                    f"{path}.{word}", "not_a_list", f"{path}.{word} is a list of ids, got {shown(items)}."
                )
            elif word == "push":
                found.extend(self._added(field, items, f"{path}.push", depth))
            else:
                ids = [each for at, each in enumerate(items) if self._is_id(each, f"{path}.{word}.{at}")]
                found.extend(self._removed(field, word, ids, path))
        return found

    def _removed(self, field: Field[Any], word: str, ids: list[int], path: str) -> list[Triple]:
        if word == "delete":
            return [Command.delete(each) for each in ids]
        if field.kind != "one2many" or field.path:
            return [Command.unlink(each) for each in ids]
        inverse = self._comodel(field).fields[field.inverse_name]  # type: ignore[attr-defined]  # a One2many
        if inverse.required and ids:
            text = f"{path}: these records cannot be without their {inverse.string}, so they cannot be popped; use delete."
            self._refuse(f"{path}.pop", "cannot_pop", text)
        return [Command.update(each, {inverse.name: False}) for each in ids]

    def _create(self, field: Field[Any], values: Mapping[str, Any], where: str, depth: int) -> Triple:
        return Command.create(self._values(self._comodel(field), values, where, depth + 1, new=True))

    def _comodel(self, field: Field[Any]) -> ModelMeta:
        return self.env.registry.models[field.comodel]

    def _is_id(self, value: Any, path: str) -> bool:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < ID_LIMIT:
            return True
        self._refuse(path, "bad_id", f"{path}: expected the id of a record, got {shown(value)}.")
        return False

    def _refuse(self, path: str, code: str, message: str) -> None:
        self.problems.append(Problem(path.rstrip("."), code, message))
