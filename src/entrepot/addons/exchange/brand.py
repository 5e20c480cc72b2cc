"""Brands of products."""

from __future__ import annotations

from entrepot.addons.exchange.spellings import folded
from entrepot.api import Boolean, Char, Model, depends


class Brand(Model, name="product.brand", order="name, id"):
    """Product brand"""

    name = Char(required=True, index=True)
    folded_name = Char(compute="_compute_folded_name", store=True, unique=True)
    reference = Char()
    active = Boolean(default=True)

    @depends("name")
    def _compute_folded_name(self) -> None:
        for brand in self:
            brand.folded_name = folded(brand.name or "") or None
