"""Categories travel: a category of exchanged products that changes is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import Model

if TYPE_CHECKING:
    from collections.abc import Mapping


class Category(Model, extends="product.category"):
    """What the exchange adds to a category."""

    def create(self, vals_list: Any) -> Self:
        """Create; peers are told."""
        categories = super().create(vals_list)
        self.env["ek.teller"].sudo().categories(categories.sudo(), {})
        return categories

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; peers are told."""
        before = snapshot(self, vals, {"name", "parent_id"})
        done = super().write(vals)
        changed = noted(self, before)
        if changed:
            self.env["ek.teller"].sudo().categories(self.browse(changed).sudo(), changed)
        return done
