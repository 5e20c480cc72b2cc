"""The quantities that variants and products show alike; who has them says how they are worked out and searched."""

from __future__ import annotations

from typing import Any

from entrepot.addons.stock import forecast
from entrepot.addons.stock.quantities import DIGITS
from entrepot.api import Float, Model


class Counted(Model, name="stock.counted", abstract=True):
    """What is there, free, expected and on its way out."""

    qty_available = Float(
        string="Quantity On Hand",
        digits=DIGITS,
        compute="_compute_quantities",
        search="_search_qty_available",
        depends_context=forecast.CONTEXT,
    )
    free_qty = Float(
        string="Free To Use Quantity",
        digits=DIGITS,
        compute="_compute_quantities",
        search="_search_free_qty",
        depends_context=forecast.CONTEXT,
    )
    virtual_available = Float(
        string="Forecasted Quantity",
        digits=DIGITS,
        compute="_compute_quantities",
        search="_search_virtual_available",
        depends_context=forecast.CONTEXT,
    )
    incoming_qty = Float(
        string="Incoming",
        digits=DIGITS,
        compute="_compute_quantities",
        search="_search_incoming_qty",
        depends_context=forecast.CONTEXT,
    )
    outgoing_qty = Float(
        string="Outgoing",
        digits=DIGITS,
        compute="_compute_quantities",
        search="_search_outgoing_qty",
        depends_context=forecast.CONTEXT,
    )

    def _compute_quantities(self) -> None:
        raise NotImplementedError

    def _search_quantity(self, name: str, compare: str, value: Any) -> list[Any]:
        """The domain of the records whose quantity of that name compares so."""
        raise NotImplementedError

    def _search_qty_available(self, compare: str, value: Any) -> list[Any]:
        return self._search_quantity("qty_available", compare, value)

    def _search_free_qty(self, compare: str, value: Any) -> list[Any]:
        return self._search_quantity("free_qty", compare, value)

    def _search_virtual_available(self, compare: str, value: Any) -> list[Any]:
        return self._search_quantity("virtual_available", compare, value)

    def _search_incoming_qty(self, compare: str, value: Any) -> list[Any]:
        return self._search_quantity("incoming_qty", compare, value)

    def _search_outgoing_qty(self, compare: str, value: Any) -> list[Any]:
        return self._search_quantity("outgoing_qty", compare, value)
