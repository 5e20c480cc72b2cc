"""The parts of countries that stand in addresses: the finest level of ISO 3166-2 that still makes a list
one can choose from.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import pycountry

from entrepot.addons.base.seeds.countries import external_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from entrepot.api import Environment

_LONGEST_LIST = 120


class Part(NamedTuple):
    """One subdivision: its code without the country's, its name, and the code of the part it lies in."""

    code: str
    name: str
    parent: str | None


def load(env: Environment) -> None:
    """Create the states of every country; the tenant's own changes stay."""
    countries: dict[str, list[Part]] = defaultdict(list)
    for each in pycountry.subdivisions:
        parent = each.parent_code.partition("-")[2] if each.parent_code else None
        countries[each.country_code].append(Part(each.code.partition("-")[2], each.name, parent))
    known = {country.code: country.id for country in env["res.country"].search([])}
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for code in sorted(set(countries) & set(known)):
        prefix = external_id(code).removeprefix("base.")
        for part in address_level(countries[code]):
            values = {"country_id": known[code], "code": part.code, "name": part.name}
            rows.append((f"base.state_{prefix}_{part.code.lower()}", values))
    env.upsert_many("res.country.state", rows, noupdate=True)


def address_level(parts: Sequence[Part]) -> list[Part]:
    """The parts that contain no others if those are few enough, else the uppermost ones if those are, else
    none.
    """
    containing = {part.parent for part in parts}
    finest = [part for part in parts if part.code not in containing]
    uppermost = [part for part in parts if part.parent is None]
    chosen = next((level for level in (finest, uppermost) if len(level) <= _LONGEST_LIST), [])
    return sorted(chosen)
