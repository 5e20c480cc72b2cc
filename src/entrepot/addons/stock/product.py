"""What the stock knows of variants: how many there are, and where they may not disappear from."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.stock import forecast
from entrepot.addons.stock.product_template import refuse_held, with_storable
from entrepot.api import Model, One2many, UserError, depends, public

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FIELDS = {
    "qty_available": "on_hand",
    "free_qty": "free",
    "virtual_available": "forecast",
    "incoming_qty": "incoming",
    "outgoing_qty": "outgoing",
}
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Product(Model, extends="product.product", mixins=["stock.counted"]):
    """Product Variant"""

    stock_quant_ids = One2many("stock.quant", "product_id", groups="stock.group_stock_user")
    stock_move_ids = One2many("stock.move", "product_id", groups="stock.group_stock_user")

    @depends(
        "stock_quant_ids.quantity",
        "stock_quant_ids.reserved_quantity",
        "stock_move_ids.product_qty",
        "stock_move_ids.state",
        "stock_move_ids.location_id",
        "stock_move_ids.location_dest_id",
    )
    def _compute_quantities(self) -> None:
        found = forecast.quantities(self.env, self.ids)
        for product in self:
            known = found.get(product.id, forecast.NOTHING)
            for name, part in _FIELDS.items():
                setattr(product, name, getattr(known, part))

    def _search_quantity(self, name: str, compare: str, value: Any) -> list[Any]:
        """The products whose quantity compares so; those that never moved have 0."""
        test = _OPERATORS.get(compare)
        number = value if isinstance(value, (int, float)) else None
        if test is None or number is None:
            raise UserError(f"{name} is compared by =, !=, <, <=, > or >= with a number.")
        found = forecast.quantities(self.env, None)
        part = _FIELDS[name]
        fits = {product for product, known in found.items() if test(getattr(known, part), float(number))}
        if test(0.0, float(number)):
            return [("id", "not in", sorted(set(found) - fits))]
        return [("id", "in", sorted(fits))]

    def create(self, vals_list: Any) -> Self:
        """Create; the older type `product` is goods that are stored."""
        return super().create(with_each(vals_list, with_storable))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a product that is on hand is not archived."""
        if vals.get("active") is False:
            refuse_held(self.filtered("active"))
        return super().write(with_storable(vals))

    @public(readonly=True)
    def quantities_by_warehouse(self) -> list[dict[str, Any]]:
        """[{product_id, warehouse_id, qty_available, free_qty, virtual_available}] for each warehouse at work."""
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", list(self.env.company_ids))])
        rows: list[dict[str, Any]] = []
        for warehouse in warehouses:
            scoped = self.env.derive(
                context={**self.env.context, "warehouse_id": warehouse.id, "location": None}
            )
            found = forecast.quantities(scoped, self.ids)
            for product_id in self.ids:
                known = found.get(product_id, forecast.NOTHING)
                rows.append(
                    {
                        "product_id": product_id,
                        "warehouse_id": warehouse.id,
                        "qty_available": known.on_hand,
                        "free_qty": known.free,
                        "virtual_available": known.forecast,
                    }
                )
        return rows
