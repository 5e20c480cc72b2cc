"""A link to one record of another model."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset, shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model

ID_LIMIT = 2**31
OnDelete = Literal["set null", "restrict", "cascade"]


class Many2oneOptions(Options, total=False):
    """What a many2one takes besides."""

    on_delete: OnDelete
    domain: Any
    context: dict[str, Any]


class Many2one(Field["Model"]):
    """A link to at most one record of the comodel; a foreign key in the store, always indexed."""

    kind = "many2one"
    column_kind = "integer"
    table_kind = "many2one"

    def __init__(self, comodel: str | None = None, **given: Unpack[Many2oneOptions]) -> None:
        """Declare a link."""
        options: dict[str, Any] = dict(given)
        if comodel is not None:
            options["comodel"] = comodel
        super().__init__(**options)

    def _read_options(self) -> None:
        super()._read_options()
        self.comodel: str = self.given.get("comodel", "")
        default = "restrict" if self.required else "set null"
        self.on_delete: OnDelete = self.given.get("on_delete", default)
        self.aggregator: str | None = None

    def parse(self, value: Any, env: Environment) -> int | None:
        """An id, a record, or a pair (id, name). Whether it exists is the store's question."""
        if is_unset(value) or value == "":
            return None
        if hasattr(value, "ids") and hasattr(value, "env"):
            if value.model_name != self.comodel:
                raise FieldError(
                    "wrong_model", f"expected a record of {self.comodel}, got {value.model_name}"
                )
            if len(value.ids) > 1:
                raise FieldError("too_many", f"expected one {self.comodel}, got {len(value.ids)}")
            return value.ids[0] if value.ids else None
        if isinstance(value, (list, tuple)) and len(value) in {1, 2}:
            value = value[0]
        found = id_of(value)
        if found is None:
            raise FieldError("not_id", f"expected the id of a {self.comodel}, got {shown(value)}")
        return found or None

    def present(self, cached: Any, records: Model) -> Model:
        """A record set of 0 or 1; what it is asked is fetched for the links of its neighbours too."""
        env = records.env
        model = env.registry.models[self.comodel].type
        return model(env) if cached is None else model(env, (cached,), partial(self._neighbours, records))

    def _neighbours(self, records: Model) -> Iterable[int]:
        known = records.env.cache.of(self, records.env)
        return dict.fromkeys(linked for each in records.neighbours() if (linked := known.get(each)))

    def plain(self, cached: Any, records: Model) -> Any:
        """(id, display name), or None."""
        if cached is None:
            return None
        target = self.present(cached, records).sudo()
        return (cached, target.display_name)

    def describe(self, env: Environment) -> dict[str, Any]:
        """The comodel, domain and context."""
        return relation(self)


def id_of(value: Any) -> int | None:
    """The id that a caller wrote as a number or as digits; None for what can be no id. 0 stands for no record."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(ID_LIMIT)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < ID_LIMIT:
        return None
    return value


def relation(field: Field[Any]) -> dict[str, Any]:
    """What `fields_get` says of any relation."""
    domain = field.given.get("domain", [])
    return {
        "relation": field.comodel,
        "domain": domain if isinstance(domain, (list, str)) else [],
        "context": dict(field.given.get("context", {})),
    }
