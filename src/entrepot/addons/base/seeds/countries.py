"""The countries of ISO 3166-1 with names and currencies from CLDR, and the European Union as a group of
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pycountry
from babel import Locale
from babel.numbers import get_territory_currencies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entrepot.api import Environment

_OLD_NAMES = {"gb": "uk"}
"""External ids that differ from the code: existing imports know the United Kingdom so."""

_EUROPEAN_UNION = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
_STATE_IN_ADDRESS = frozenset({"AU", "BR", "CA", "IN", "MX", "US"})
_NO_ZIP = frozenset({"AE", "HK", "QA", "BS", "BO", "JM", "PA"})


def load(env: Environment) -> None:
    """Create every country; the tenant's own changes stay."""
    english = Locale.parse("en")
    currencies = {
        each.name: each.id for each in env["res.currency"].with_context(active_test=False).search([])
    }
    rows: list[tuple[str, Mapping[str, Any]]] = [
        (external_id(each.alpha_2), _described(env, each, english, currencies))
        for each in pycountry.countries
    ]
    env.upsert_many("res.country", rows, noupdate=True)
    members = [env.ref(external_id(code)).id for code in _EUROPEAN_UNION]
    group = {"name": "European Union", "code": "EU", "country_ids": members}
    env.upsert("base.europe", "res.country.group", group, noupdate=True)


def external_id(code: str) -> str:
    """The external id of a country: `base.be`."""
    lower = code.lower()
    return f"base.{_OLD_NAMES.get(lower, lower)}"


def _described(env: Environment, country: Any, english: Locale, currencies: dict[str, int]) -> dict[str, Any]:
    code: str = country.alpha_2
    day = env.today()
    tender = get_territory_currencies(code, day, day)
    return {
        "name": str(english.territories.get(code) or country.name),
        "code": code,
        "currency_id": next((currencies[each] for each in tender if each in currencies), None),
        "state_required": code in _STATE_IN_ADDRESS,
        "zip_required": code not in _NO_ZIP,
    }
