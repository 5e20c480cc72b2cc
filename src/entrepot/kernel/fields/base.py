"""What every field is: a typed descriptor, declared once, bound anew to each registry.

A value has three forms. *Cached*: what the environment's cache holds (`date`, `Decimal`, a many2one's id, a tuple of
ids). *Presented*: what `record.field` answers (a record set for relations; the cached form otherwise). *Raw*: what
the store holds (see `storage/abc.py`). A field knows how to go between them, and how to `parse` what a caller sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypedDict, TypeVar, Unpack, overload

from entrepot.storage.abc import Kind

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import Registry

T = TypeVar("T")

LOG_FIELDS = ("create_uid", "create_date", "write_uid", "write_date")
SHOWN = 60
"""How many characters of a refused value its message shows."""


class FieldError(ValueError):
    """A value that does not fit its field. `code` is stable, the message says what fits."""

    def __init__(self, code: str, message: str) -> None:
        """Keep code and message; the caller adds where."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SequenceDefault:
    """The next number of the sequence with a code, taken when a record is created without a value."""

    code: str


def sequence(code: str) -> SequenceDefault:
    """Declare that a field takes the next number of a sequence."""
    return SequenceDefault(code)


class Options(TypedDict, total=False):
    """The options every field takes."""

    string: str
    help: str
    required: bool
    readonly: bool
    index: bool
    unique: bool
    default: Any
    copy: bool
    groups: str
    compute: str
    store: bool
    inverse: str
    search: str
    related: str
    check: Callable[[Any], str | None]
    aggregator: str | None
    tracking: bool
    depends_context: tuple[str, ...]


class Field(Generic[T]):
    """One field of a model. Options are described in `docs/look-up/models.md`."""

    kind: ClassVar[str] = ""
    """The type's name on every wire."""
    column_kind: ClassVar[Kind | None] = None
    """The type of its column; None for fields without a column."""
    table_kind: ClassVar[str] = "value"
    """How a `Table` column of it reads."""
    empty: ClassVar[Any] = None
    """What an unset value reads as."""
    default_aggregator: ClassVar[str | None] = None

    name: str = ""
    model: str = ""
    comodel: str = ""
    inherited: bool = False
    """Made by delegation: the field of the other model seen through a many2one."""
    path: tuple[Field[Any], ...] = ()
    """For related fields: the fields walked, the target last."""
    translate: bool = False
    contextual: bool = False
    """Whether its value depends on who looks: on the language, on whether archived records are seen, on context."""
    scale: int = 0

    def __init__(self, **given: Unpack[Options]) -> None:
        """Declare a field."""
        self.given: dict[str, Any] = dict(given)
        self._read_options()

    def _read_options(self) -> None:
        given = self.given
        self.string: str = given.get("string", "")
        self.help: str = given.get("help", "")
        self.required: bool = given.get("required", False)
        self.default: Any = given.get("default")
        self.compute: str = given.get("compute", "")
        self.related: str = given.get("related", "")
        self.inverse: str = given.get("inverse", "")
        self.search: str = given.get("search", "")
        computed = bool(self.compute or self.related)
        self.stored: bool = given.get("store", not computed)
        kept = bool(self.related) and self.stored
        self.readonly: bool = given.get("readonly", kept or (bool(self.compute) and not self.inverse))
        self.index: bool = given.get("index", False)
        self.unique: bool = given.get("unique", False)
        self.copy: bool = given.get("copy", not computed and not self.unique)
        self.groups: tuple[str, ...] = tuple(
            g.strip() for g in given.get("groups", "").split(",") if g.strip()
        )
        self.check: Callable[[Any], str | None] | None = given.get("check")
        self.aggregator: str | None = given.get("aggregator", self.default_aggregator)
        self.tracking: bool = given.get("tracking", False)
        self.nullable: bool = given.get("nullable", False)
        self.depends_context: tuple[str, ...] = tuple(given.get("depends_context", ()))
        if self.depends_context:
            self.contextual = True

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    # descriptor ------------------------------------------------------------------------------------------------

    @overload
    def __get__(self, records: None, owner: type) -> Self: ...
    @overload
    def __get__(self, records: Model, owner: type) -> T: ...
    def __get__(self, records: Model | None, owner: type) -> Self | T:
        if records is None:
            return self
        cache = records.env.cache.of(self, records.env)
        ids = records.ids
        if len(ids) == 1:
            cached = cache.get(ids[0], MISSING)
            if cached is MISSING or records.env.cache.pending:
                cached = records.env.value(records, self)
            return self.present(cached, records)
        if not ids:
            return self.present(None, records)
        records.ensure_one()
        raise AssertionError  # pragma: no cover - ensure_one raises

    def __set__(self, records: Model, value: Any) -> None:
        records.env.assign(records, self, value)

    # building --------------------------------------------------------------------------------------------------

    def rebuilt(self, given: dict[str, Any]) -> Self:
        """A field of the same type with other options."""
        clone = type(self).__new__(type(self))
        clone.given = given
        clone.name = self.name
        clone._read_options()  # noqa: SLF001 - its own kind
        return clone

    def merged(self, extension: Field[Any]) -> Field[Any]:
        """This field as an extension re-declares it: the extension's options win, its type too."""
        return extension.rebuilt({**self.given, **extension.given})

    def bind(self, registry: Registry, model: str) -> None:
        """Become the field of one model of one registry."""
        self.model = model
        if not self.string:
            self.string = label(self.name)

    @property
    def has_column(self) -> bool:
        """Whether the model's own table holds it."""
        return self.stored and self.column_kind is not None

    @property
    def relational(self) -> bool:
        """Whether it leads to other records."""
        return bool(self.comodel)

    @property
    def computed(self) -> bool:
        """Whether its value is worked out from others."""
        return bool(self.compute or self.related)

    @property
    def worked_out(self) -> bool:
        """Whether nobody but its own method gives it a value."""
        return self.computed and self.readonly and not self.inverse

    # values ----------------------------------------------------------------------------------------------------

    def parse(self, value: Any, env: Environment) -> Any:
        """The cached form of what a caller sent: Python values, and the wires' (False is empty). Raises FieldError."""
        return value

    def present(self, cached: Any, records: Model) -> T:
        """The Python value of a cached one."""
        value: T = self.empty if cached is None and not self.nullable else cached
        return value

    def raw(self, cached: Any, *, exact: bool) -> Any:
        """The store's form of a cached value; `exact`: the store has decimals."""
        return cached

    def cached(self, raw: Any) -> Any:
        """The cached form of a raw value."""
        return raw

    def plain(self, cached: Any, records: Model) -> Any:
        """The `Value` that reading answers for a cached one."""
        return self.present(cached, records)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two cached values are one: writing the other over the one changes nothing."""
        return bool(one == other)

    def is_empty(self, cached: Any) -> bool:
        """Whether a required field would refuse this."""
        return cached is None

    def describe(self, env: Environment) -> dict[str, Any]:
        """What `fields_get` adds for this type."""
        return {}


class _Missing:
    """Not in the cache."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


def label(name: str) -> str:
    """The label of a field name: `birth_date` is "Birth Date", `partner_id` "Partner", `line_ids` "Line"."""
    words = name.split("_")
    if len(words) > 1 and words[-1] in {"id", "ids"}:
        words.pop()
    return " ".join(word[:1].upper() + word[1:] for word in words)


def is_unset(value: Any) -> bool:
    """Whether a caller's value means "empty": None, or False as Odoo's wires say it."""
    return value is None or value is False


def shown(value: Any) -> str:
    """A caller's value as a message may show it: short, whatever it is."""
    if isinstance(value, (str, bytes, bytearray)):
        value = value[:80]
    try:
        text = repr(value)
    except (
        ValueError,
        RecursionError,
    ):  # Python spells no integer of thousands of digits, and no list of lists of …
        text = f"a {type(value).__name__} too long to show"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
