"""What one transaction knows and owes: values read or set, rows to write, fields to work out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field

    Key: TypeAlias = Field[Any] | tuple[Field[Any], str]
    """A field, or one with what its value depends on besides: a language, a part of the context."""


ARCHIVED = "archived"
"""Beside a field of links: as seen with archived records among them."""


class Cache:
    """Shared by all environments of one transaction."""

    __slots__ = (
        "_seen_ways",
        "_values",
        "after_commit",
        "computing",
        "dirty",
        "leaving",
        "pending",
        "runs",
        "touched",
    )

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[Any, dict[int, Any]] = {}
        self._seen_ways: dict[Field[Any], list[Key]] = {}
        """field -> the keys under which its values were asked for, where it has several."""
        self.dirty: dict[str, dict[int, dict[Key, None]]] = {}
        """model -> id -> keys whose cached value is not in the store yet."""
        self.pending: dict[Field[Any], dict[int, None]] = {}
        """stored computed fields -> ids to work out again, in the order they came."""
        self.computing: dict[Field[Any], set[int]] = {}
        """records whose field is being worked out right now."""
        self.touched: dict[str, dict[int, set[str]]] = {}
        """model -> id -> names of worked-out fields whose constraints are due."""
        self.runs = 0
        """How many times a compute method was run."""
        self.leaving: dict[str, set[int]] = {}
        """model -> ids that are being deleted right now."""
        self.after_commit: list[Callable[[], None]] = []

    @staticmethod
    def key(field: Field[Any], env: Environment) -> Key:
        """Under which a field's values are kept: by language, by what they need of the context, with or without archived."""
        if not field.contextual:
            return field
        if field.translate:
            return (field, env.lang)
        if field.depends_context:
            seen = [
                env.company_ids if key == "company" else env.context.get(key) for key in field.depends_context
            ]
            return (field, repr(seen))
        return field if env.context.get("active_test", True) else (field, ARCHIVED)

    def of(self, field: Field[Any], env: Environment) -> dict[int, Any]:
        """The known values of a field by id."""
        key: Key = self.key(field, env) if field.contextual else field
        values = self._values.get(key)
        if values is None:
            values = self._values[key] = {}
            if isinstance(key, tuple):
                self._seen_ways.setdefault(field, []).append(key)
        return values

    def at(self, key: Key) -> dict[int, Any]:
        """The known values under a key."""
        return self._values.setdefault(key, {})

    def set_dirty(self, key: Key, model: str, ids: tuple[int, ...]) -> None:
        """Note that the values of records under a key are to be written."""
        rows = self.dirty.setdefault(model, {})
        for record_id in ids:
            rows.setdefault(record_id, {})[key] = None

    def is_dirty(self, field: Field[Any]) -> bool:
        """Whether any record has an unwritten value of a field."""
        return any(field in keys for keys in self.dirty.get(field.model, {}).values())

    def owe(self, field: Field[Any], ids: Iterable[int]) -> None:
        """Note that a stored field of records is to be worked out again."""
        wanted = dict.fromkeys(ids)
        if wanted:
            self.pending.setdefault(field, {}).update(wanted)

    def settle(self, field: Field[Any], ids: Iterable[int]) -> None:
        """Note that a stored field of records needs no working out any more."""
        waiting = self.pending.get(field)
        if waiting is None:
            return
        for record_id in ids:
            waiting.pop(record_id, None)
        if not waiting:
            del self.pending[field]

    def forget_field(self, field: Field[Any]) -> None:
        """Drop what is known of a field and is not to be written."""
        if field.depends_context:
            for key in self._seen_ways.get(field, ()):
                if self._values.get(key):
                    self._forget(key)
            return
        if not field.translate:
            for key in (field, (field, ARCHIVED)) if field.contextual else (field,):
                if self._values.get(key):
                    self._forget(key)
            return
        for key in [key for key in self._values if (key[0] if isinstance(key, tuple) else key) is field]:
            self._forget(key)

    def forget_ids(self, field: Field[Any], ids: tuple[int, ...]) -> None:
        """Drop what is known of some records in a field that has nothing to be written."""
        for values in self._of_field(field):
            for record_id in ids:
                values.pop(record_id, None)

    def forget_others(self, field: Field[Any], env: Environment, ids: tuple[int, ...]) -> None:
        """Drop what is known of some records in a field as others would see it, and is not to be written."""
        mine = self.key(field, env)
        rows = self.dirty.get(field.model, {})
        for key, values in self._values.items():
            if isinstance(key, tuple) and key[0] is field and key != mine:
                for record_id in ids:
                    if key not in rows.get(record_id, ()):
                        values.pop(record_id, None)

    def _of_field(self, field: Field[Any]) -> list[dict[int, Any]]:
        if not field.contextual:
            values = self._values.get(field)
            return [values] if values else []
        return [
            values
            for key, values in self._values.items()
            if (key[0] if isinstance(key, tuple) else key) is field
        ]

    def forget_records(self, model: str, ids: tuple[int, ...]) -> None:
        """Drop everything about records: they are gone."""
        rows = self.dirty.get(model, {})
        touched = self.touched.get(model, {})
        for record_id in ids:
            rows.pop(record_id, None)
            touched.pop(record_id, None)
        for key, values in self._values.items():
            field = key[0] if isinstance(key, tuple) else key
            if field.model == model:
                for record_id in ids:
                    values.pop(record_id, None)
        for field in [field for field in self.pending if field.model == model]:
            self.settle(field, ids)

    def touch(self, field: Field[Any], ids: Iterable[int]) -> None:
        """Note that a worked-out field of records is new: its constraints are due."""
        rows = self.touched.setdefault(field.model, {})
        for record_id in ids:
            rows.setdefault(record_id, set()).add(field.name)

    def forget_all(self) -> None:
        """Drop everything that is not owed to the store."""
        for key in list(self._values):
            self._forget(key)

    def _forget(self, key: Key) -> None:
        field = key[0] if isinstance(key, tuple) else key
        rows = self.dirty.get(field.model, {})
        kept = {i: value for i, value in self._values[key].items() if key in rows.get(i, ())} if rows else {}
        self._values[key] = kept

    def reset(self) -> None:
        """Start over: for a part of the work that was undone."""
        self._values.clear()
        self._seen_ways.clear()
        self.dirty.clear()
        self.pending.clear()
        self.computing.clear()
        self.touched.clear()
