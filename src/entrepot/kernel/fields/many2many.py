"""Links to any number of records, kept in a link table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from entrepot.kernel.fields.many2one import relation
from entrepot.kernel.fields.one2many import One2manyOptions, ToMany

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import Registry


class Many2manyOptions(One2manyOptions, total=False):
    """What a many2many takes besides."""

    table: str
    column: str
    other: str


class Many2many(ToMany):
    """Links to records of the comodel through `table` (`column` points here, `other` there).

    Without names they are made from both tables in alphabetical order, so that two fields facing each other share
    one table.
    """

    kind = "many2many"

    def __init__(self, comodel: str | None = None, **given: Unpack[Many2manyOptions]) -> None:
        """Declare links."""
        options: dict[str, Any] = dict(given)
        if comodel is not None:
            options["comodel"] = comodel
        super().__init__(**options)

    def _read_options(self) -> None:
        super()._read_options()
        self.comodel: str = self.given.get("comodel", "")
        self.table: str = self.given.get("table", "")
        self.column: str = self.given.get("column", "")
        self.other: str = self.given.get("other", "")

    def bind(self, registry: Registry, model: str) -> None:
        """Name the link table where the declaration does not."""
        super().bind(registry, model)
        if not self.comodel:
            return  # it follows another field, which has the table
        mine, theirs = registry.table_of(model), registry.table_of(self.comodel)
        if not self.table:
            self.table = "_".join(sorted((mine, theirs))) + "_rel"
        self.column = self.column or f"{mine}_id"
        self.other = self.other or (f"{theirs}_id" if theirs != mine else f"{theirs}_other_id")

    def describe(self, env: Environment) -> dict[str, Any]:
        """The comodel."""
        return relation(self)
