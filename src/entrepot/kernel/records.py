"""Record sets: ordered ids of one model in an environment, and the algebra on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from entrepot.errors import UserError

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

Prefetch = Callable[[], Iterable[int]] | tuple[int, ...]


class Records:
    """An immutable sequence of record ids seen through an environment."""

    model_name: ClassVar[str] = ""

    def __init__(self, env: Environment, ids: tuple[int, ...] = (), prefetch: Prefetch | None = None) -> None:
        """See `env[model].browse(ids)`. `prefetch`: ids that are likely to be asked next, fetched along."""
        self.env = env
        self.ids = ids
        self.prefetch = prefetch

    # the sequence ----------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Self]:
        if len(self.ids) == 1:
            yield self
            return
        make = type(self)
        along = self.ids if self.prefetch is None else self.prefetch
        for record_id in self.ids:
            yield make(self.env, (record_id,), along)

    def neighbours(self) -> Iterable[int]:
        """The ids that are likely to be asked next, its own among them."""
        if self.prefetch is None:
            return self.ids
        return self.prefetch() if callable(self.prefetch) else self.prefetch

    def __len__(self) -> int:
        return len(self.ids)

    def __bool__(self) -> bool:
        return bool(self.ids)

    def __getitem__(self, index: int | slice) -> Self:
        ids = self.ids[index]
        along = self.ids if self.prefetch is None else self.prefetch
        return type(self)(self.env, ids if isinstance(ids, tuple) else (ids,), along)

    def __contains__(self, record: object) -> bool:
        return (
            isinstance(record, Records)
            and record.model_name == self.model_name
            and set(record.ids) <= set(self.ids)
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Records)
            and self.model_name == other.model_name
            and set(self.ids) == set(other.ids)
        )

    def __hash__(self) -> int:
        return hash((self.model_name, frozenset(self.ids)))

    def __repr__(self) -> str:
        return f"{self.model_name}{self.ids}"

    def __add__(self, other: Records) -> Self:
        return self._with(self.ids + self._same(other).ids)

    def __or__(self, other: Records) -> Self:
        return self._with(tuple(dict.fromkeys(self.ids + self._same(other).ids)))

    def __and__(self, other: Records) -> Self:
        theirs = set(self._same(other).ids)
        return self._with(tuple(i for i in dict.fromkeys(self.ids) if i in theirs))

    def __sub__(self, other: Records) -> Self:
        theirs = set(self._same(other).ids)
        return self._with(tuple(i for i in self.ids if i not in theirs))

    def _same(self, other: Records) -> Records:
        if self.model_name != other.model_name:
            raise TypeError(f"records of {self.model_name} and {other.model_name} do not mix")
        return other

    def _with(self, ids: tuple[int, ...]) -> Self:
        return type(self)(self.env, ids)

    @property
    def id(self) -> int:
        """The id of a single record; 0 for the empty set."""
        return self.ensure_one().ids[0] if self.ids else 0

    def ensure_one(self) -> Self:
        """Itself, when it is exactly one record. Raises UserError."""
        if len(self.ids) != 1:
            raise UserError(f"Expected one {self.model_name}, got {len(self.ids)}.", model=self.model_name)
        return self

    def browse(self, ids: int | Iterable[int] = ()) -> Self:
        """The records of these ids (None and False are none); whether they exist is not asked."""
        if isinstance(ids, bool) or ids is None:
            return self._with(())
        return self._with((ids,) if isinstance(ids, int) else tuple(ids))

    # other eyes ------------------------------------------------------------------------------------------------

    def with_env(self, env: Environment) -> Self:
        """The same records in another environment."""
        return type(self)(env, self.ids, self.prefetch)

    def sudo(self, flag: bool = True) -> Self:  # noqa: FBT001, FBT002 - the field's own signature
        """The same records without access checks (or with them again)."""
        return self if self.env.su == flag else self.with_env(self.env.derive(su=flag))

    def with_user(self, uid: int) -> Self:
        """The same records seen by another user, with that user's rights."""
        return self.with_env(self.env.derive(uid=uid, su=False))

    def with_context(self, **keys: Any) -> Self:
        """The same records with more context."""
        return self.with_env(self.env.derive(context={**self.env.context, **keys}))

    def with_company(self, company_id: int) -> Self:
        """The same records working for a company."""
        allowed = [company_id, *(c for c in self.env.company_ids if c != company_id)]
        return self.with_context(allowed_company_ids=allowed)

    # functional ------------------------------------------------------------------------------------------------

    def mapped(self, path: str | Callable[[Self], Any]) -> Any:
        """The values along a dotted path (or of a function): a record set without repeats for relations, else a list."""
        if callable(path):
            values = [path(record) for record in self]
            if values and isinstance(values[0], Records):
                return union(values)
            return values
        current: Any = self
        for name in path.split("."):
            if not isinstance(current, Records):
                raise TypeError(f"{path}: {name} is asked of something that is not a record")
            values = [getattr(record, name) for record in current]
            if values and isinstance(values[0], Records):
                current = union(values)
            elif not values and name in self.env.registry.models[current.model_name].fields:
                field = self.env.registry.models[current.model_name].fields[name]
                current = self.env[field.comodel] if field.comodel else []
            else:
                current = values
        return current

    def filtered(self, keep: str | Callable[[Self], Any]) -> Self:
        """The records for which a function (or a field path) is true."""
        if callable(keep):
            return self._with(tuple(record.ids[0] for record in self if keep(record)))
        return self._with(tuple(record.ids[0] for record in self if any_true(record.mapped(keep))))

    def sorted(self, key: str | Callable[[Self], Any], *, reverse: bool = False) -> Self:
        """The records in the order of a key."""
        by: Callable[[Any], Any] = key if callable(key) else (lambda record: getattr(record, key))
        return self._with(tuple(record.ids[0] for record in sorted(self, key=by, reverse=reverse)))


def union(sets: Iterable[Any]) -> Any:
    """All records of several sets of one model, each once, in order."""
    items = list(sets)
    ids = dict.fromkeys(record_id for records in items for record_id in records.ids)
    return items[0].browse(ids)


def any_true(values: Any) -> bool:
    """Whether a record set is not empty, or a list has a true value."""
    return any(values) if isinstance(values, list) else bool(values)
