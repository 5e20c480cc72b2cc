"""The company that every tenant starts with: id 1, and its contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.api import Environment


def load(env: Environment) -> None:
    """Create the main company; the tenant's own changes stay."""
    partner = env.upsert(
        "base.main_partner", "res.partner", {"name": "My Company", "is_company": True}, noupdate=True
    )
    currency = env.ref("base.USD")
    values = {"partner_id": partner.id, "currency_id": currency.id, "sequence": 0}
    env.upsert("base.main_company", "res.company", values, noupdate=True)
