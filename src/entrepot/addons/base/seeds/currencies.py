"""Every currency of ISO 4217. US dollar and euro are in use; the others wait to be activated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pycountry
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol

if TYPE_CHECKING:
    from entrepot.api import Environment

_NO_MONEY = frozenset({"XTS", "XXX"})
_IN_USE = ("USD", "EUR")


def load(env: Environment) -> None:
    """Create every currency; the tenant's own changes stay."""
    codes = sorted(each.alpha_3 for each in pycountry.currencies if each.alpha_3 not in _NO_MONEY)
    ordered = [*_IN_USE, *(code for code in codes if code not in _IN_USE)]
    env.upsert_many("res.currency", [(f"base.{code}", described(code)) for code in ordered], noupdate=True)


def described(code: str) -> dict[str, Any]:
    """What a `res.currency` record holds for an ISO code.

    A currency with a sign of its own writes it before the amount, one that is written by its code after it,
    as the euro is in
    most of its countries.
    """
    standard: Any = pycountry.currencies.get(alpha_3=code)
    places = get_currency_precision(code)
    symbol = get_currency_symbol(code, locale="en")
    return {
        "name": code,
        "full_name": get_currency_name(code, locale="en"),
        "symbol": symbol,
        "iso_numeric": int(standard.numeric),
        "rounding": float(f"1e-{places}"),
        "position": "after" if code in {symbol, "EUR"} else "before",
        "currency_unit_label": get_currency_name(code, count=2, locale="en"),
        "active": code in _IN_USE,
    }
