"""Links in cells -> ids, a column at a time: by external id, by database id, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from entrepot.kernel import externals
from entrepot.kernel.crud import read
from entrepot.kernel.crud.names import display_name_domain

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

Match = tuple[int, str]
"""An id and its display name."""
MOST = 6
"""How many candidates of an ambiguous name are told."""
KEPT = 100_000
"""How many names are remembered."""


class Links:
    """What was looked up, remembered while it may still be so."""

    def __init__(self, module: str) -> None:
        """`module`: of external ids that name none."""
        self.module = module
        self._named: dict[tuple[str, str], tuple[Match, ...]] = {}
        self._external: dict[str, tuple[str, int]] = {}

    def forget(self) -> None:
        """Something was undone: records that were found may be gone."""
        self._named.clear()
        self._external.clear()

    def know(self, model: str, ids: dict[str, int]) -> None:
        """Records were given these external ids."""
        self._external.update({name: (model, record_id) for name, record_id in ids.items()})

    def external(self, env: Environment, names: Iterable[str]) -> None:
        """Look up full external ids, one query for all that are not known."""
        missing = [
            each for each in dict.fromkeys(names) if each not in self._external and all(each.partition("."))
        ]
        if len(self._external) > KEPT:
            self._external.clear()
        if missing:
            self._external.update(externals.find(env, missing))

    def of_external(self, name: str) -> tuple[str, int] | None:
        """(model, id) of a full external id that was looked up."""
        return self._external.get(name)

    def named(self, env: Environment, model: str, texts: Iterable[str]) -> None:
        """Look up the records that people call so, one query for all that are not known."""
        missing = [each for each in dict.fromkeys(texts) if (model, each) not in self._named]
        if len(self._named) > KEPT:
            self._named.clear()
        if missing:
            found = by_name(env, env.registry.models[model], missing)
            self._named.update({(model, text): matches for text, matches in found.items() if matches})

    def is_named(self, model: str, text: str) -> bool:
        """Whether a name was looked up, and found."""
        return (model, text) in self._named

    def of_name(self, env: Environment, model: str, text: str) -> tuple[Match, ...]:
        """The records that people call so; they are looked up when they were not."""
        found = self._named.get((model, text))
        if found is None:
            self.named(env, model, [text])
            found = self._named.get((model, text), ())
        return found


def by_name(env: Environment, meta: ModelMeta, texts: list[str]) -> dict[str, tuple[Match, ...]]:
    """The records with each of these names, at most MOST of each; the caller's rights hold.

    One query where the name is a field; one a name where a model has its own way to find names.
    """
    texts = [each for each in texts if externals.can_be_kept(each)]
    if meta.name_field is None or not meta.names_plainly:
        records = env[meta.name]
        return {each: tuple(records.name_search(each, operator="=", limit=MOST)) for each in texts}
    name = meta.name_field.name
    domain = display_name_domain(env[meta.name], "in", texts)
    table = read.search_read(env, meta, domain, [name], 0, None, "id", pairs=False)
    at = next(column.at for column in table.columns if column.name == name)
    found: dict[str, list[Match]] = {}
    for row in table.rows:
        matches = found.setdefault(row[at], [])
        if len(matches) < MOST:
            matches.append((row[0], row[at]))
    return {each: tuple(found.get(each, ())) for each in texts}
