"""The records of another model that link here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from entrepot.kernel.fields.base import Field, Options
from entrepot.kernel.fields.many2one import relation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model


class One2manyOptions(Options, total=False):
    """What a one2many takes besides."""

    domain: Any
    context: dict[str, Any]


class ToMany(Field["Model"]):
    """What one2many and many2many share: the cached form is a tuple of ids in the comodel's order."""

    table_kind = "ids"
    empty = ()
    contextual = True

    def present(self, cached: Any, records: Model) -> Model:
        """A record set; what one is asked is fetched for those of its owner's neighbours too."""
        env = records.env
        model = env.registry.models[self.comodel].type
        return model(env, cached, partial(self._neighbours, records)) if cached else model(env)

    def _neighbours(self, records: Model) -> Iterable[int]:
        known = records.env.cache.of(self, records.env)
        owners = records.neighbours()
        return dict.fromkeys(linked for each in owners for linked in known.get(each) or ())

    def plain(self, cached: Any, records: Model) -> Any:
        """A list of ids."""
        return list(cached or ())

    def is_empty(self, cached: Any) -> bool:
        """No links."""
        return not cached


class One2many(ToMany):
    """All records of the comodel whose many2one `inverse_name` points here."""

    kind = "one2many"

    def __init__(
        self, comodel: str | None = None, inverse_name: str | None = None, **given: Unpack[One2manyOptions]
    ) -> None:
        """Declare the other side of a many2one."""
        options: dict[str, Any] = dict(given)
        if comodel is not None:
            options["comodel"] = comodel
        if inverse_name is not None:
            options["inverse_name"] = inverse_name
        super().__init__(**options)

    def _read_options(self) -> None:
        super()._read_options()
        self.comodel: str = self.given.get("comodel", "")
        self.inverse_name: str = self.given.get("inverse_name", "")
        self.copy: bool = self.given.get("copy", False)

    def describe(self, env: Environment) -> dict[str, Any]:
        """The comodel and the inverse field."""
        return relation(self) | ({"relation_field": self.inverse_name} if self.inverse_name else {})
