"""A SELECT under construction: one table, the joins that its columns need, and the columns' SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.storage.sql import SQL, ident

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta, Registry
    from entrepot.storage.abc import Dialect

I18N = "__i18n"
"""Suffix of the JSON column that holds a translated field's other languages."""


class Names:
    """A source of table aliases, shared by a query and its sub-queries."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        """Begin at the first."""
        self.count = 0

    def next(self) -> str:
        """An alias not given before."""
        self.count += 1
        return f"t{self.count}"


class Query:
    """Collects joins while its columns are asked for."""

    def __init__(
        self, registry: Registry, dialect: Dialect, lang: str, meta: ModelMeta, names: Names | None = None
    ) -> None:
        """Begin with a model's table."""
        self.registry = registry
        self.dialect = dialect
        self.lang = lang
        self.meta = meta
        self.names = names or Names()
        self.alias = self.names.next()
        self._joins: dict[tuple[str, str], str] = {}
        self._joined: list[SQL] = []

    def sub(self, meta: ModelMeta) -> Query:
        """A query to stand inside this one."""
        return Query(self.registry, self.dialect, self.lang, meta, self.names)

    def source(self) -> SQL:
        """The FROM clause."""
        parts = [SQL("{} {}", ident(self.meta.table), ident(self.alias)), *self._joined]
        return SQL(" ").join(parts)

    def id(self) -> SQL:
        """The id of the row."""
        return ident(self.alias, "id")

    def column(self, field: Field[Any], alias: str | None = None) -> SQL:
        """The SQL of a field's value, joining what it takes to reach it."""
        alias = alias or self.alias
        meta = self.registry.models[field.model]
        if field.name == "id" or not field.path:
            if field.name == "display_name" and meta.name_field is not None:
                return self.column(meta.name_field, alias)
            if field.translate and self.lang != "en_US":
                other = self.dialect.json_get(ident(alias, field.name + I18N), self.lang)
                return SQL("COALESCE({}, {})", other, ident(alias, field.name))
            return ident(alias, field.name)
        if field.stored:
            return ident(alias, field.name)
        for step in field.path[:-1]:
            alias = self.join(step, alias)
        return self.column(field.path[-1], alias)

    def join(self, field: Field[Any], alias: str | None = None) -> str:
        """The alias of the comodel's table along a many2one."""
        alias = alias or self.alias
        key = (alias, field.name)
        known = self._joins.get(key)
        if known is None:
            column = self.column(field, alias)
            known = self._joins[key] = self.names.next()
            comodel = self.registry.models[field.comodel]
            on = SQL("{} = {}", ident(known, "id"), column)
            self._joined.append(SQL("LEFT JOIN {} {} ON {}", ident(comodel.table), ident(known), on))
        return known
