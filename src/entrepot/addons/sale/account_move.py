"""Invoice lines that bill order lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from entrepot.api import Command, Integer, Many2many, Model, depends

BILLS_AGAIN: Final = "_bills_again"
"""Context key under which a copy of an invoice bills the same order lines; clients cannot send it."""


class MoveLine(Model, extends="account.move.line"):
    """Journal Item"""

    sale_line_ids = Many2many(
        "sale.order.line",
        table="sale_order_line_invoice_rel",
        column="invoice_line_id",
        other="order_line_id",
        string="Sales Order Lines",
        copy=False,
    )

    def sold_quantity(self, unit: Any) -> float:
        """What this single line bills, in a unit; below 0 on a credit note."""
        own = self.product_uom_id
        told = (
            own.convert(self.quantity, unit, rounding=False)
            if own and unit and own != unit
            else self.quantity
        )
        return -float(told) if self.move_type == "out_refund" else float(told)


class Move(Model, extends="account.move"):
    """Journal Entry"""

    sale_order_count = Integer(compute="_compute_sale_order_count", aggregator=None)

    @depends("invoice_line_ids.sale_line_ids")
    def _compute_sale_order_count(self) -> None:
        for move in self:
            move.sale_order_count = len(move.sudo().line_ids.mapped("sale_line_ids").mapped("order_id"))

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy bills nothing that is ordered, but for the new draft of an invoice that was taken back."""
        values = super().copy_data(default)
        return self._with_sale_lines(values) if self.env.context.get(BILLS_AGAIN) else values

    def _reversal_values(self, given: dict[str, Any]) -> dict[str, Any]:
        """A credit note takes back what its invoice billed, from the same order lines."""
        return self._with_sale_lines(super()._reversal_values(given))  # type: ignore[misc]  # the ledger's method

    def _with_sale_lines(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values of a document like this single one, its lines tied to the same order lines."""
        lines = self.sudo().invoice_line_ids
        commands = values.get("invoice_line_ids") or []
        if len(commands) != len(lines):
            return values
        tied = [
            Command.create({**command[2], "sale_line_ids": [Command.set(line.sale_line_ids.ids)]})
            for command, line in zip(commands, lines, strict=True)
        ]
        return {**values, "invoice_line_ids": tied}


class Reversal(Model, extends="account.move.reversal"):
    """Account Move Reversal"""

    def reverse_moves(self, is_modify: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - the field's signature
        """Reverse; with a new draft the order stays billed by that one."""
        again = is_modify or self.ensure_one().refund_method == "modify"
        wizard = self.with_context(**{BILLS_AGAIN: True}) if again else self
        return super(Reversal, wizard).reverse_moves(is_modify)  # type: ignore[misc,no-any-return]  # the ledger's method
