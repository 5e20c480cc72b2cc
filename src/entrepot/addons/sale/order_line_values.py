"""What a line is given: from its product and its order's price list; and what may not change once it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.product.pricelist import Ask
from entrepot.addons.sale.order import STEP
from entrepot.addons.sale.progress import settled
from entrepot.addons.stock.move import STEP as MOVE_STEP
from entrepot.api import Command, Model, Problem, ValidationError, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MONEY: Final = (
    "product_id",
    "product_uom",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_id",
    "display_type",
    "name",
)
"""What a locked order keeps."""
_FIXED: Final = ("order_id", "product_id", "product_uom", "display_type", "is_downpayment")
"""What a confirmed line keeps."""

_SET: Final = 6
"""The code of the command that links exactly some records, as clients spell it."""


class OrderLine(Model, extends="sale.order.line"):
    """Sales Order Line"""

    def create(self, vals_list: Any) -> Self:
        """Create; text, unit, price and taxes follow from product and order. A confirmed order delivers them too."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)) or not all(isinstance(each, Mapping) for each in many):
            return super().create(vals_list)
        orders = _by_id(self._behind(many, "order_id", "sale.order"))
        products = _by_id(self._behind(many, "product_id", "product.product"))
        self._refuse_bills(many)
        self._refuse_new(many, orders, products)
        lines = super().create(self._filled(many, orders, products))
        if any(order.state == "sale" for order in orders.values()) and not self.env.context.get(STEP):
            lines.filtered(lambda line: line.state == "sale").sudo().follow_with_deliveries()
        return lines

    def _behind(self, many: Sequence[Mapping[str, Any]], name: str, model: str) -> Any:
        ids = dict.fromkeys(known for each in many if (known := _id(each.get(name))))
        return self.env[model].sudo().browse(ids).exists()

    def _filled(
        self, many: Sequence[Mapping[str, Any]], orders: Mapping[int, Any], products: Mapping[int, Any]
    ) -> list[dict[str, Any]]:
        units = _by_id(self._behind(many, "product_uom", "uom.uom"))
        rows: list[dict[str, Any]] = []
        for values in many:
            row = dict(values)
            product = products.get(_id(row.get("product_id")) or 0)
            order = orders.get(_id(row.get("order_id")) or 0)
            if row.get("display_type"):
                row["product_uom_qty"] = 0.0
            elif product is not None and order is not None:
                row |= _from_product(product, order, row)
            rows.append(row)
        self._price(rows, products, units, orders)
        return rows

    def _price(
        self,
        rows: Sequence[dict[str, Any]],
        products: Mapping[int, Any],
        units: Mapping[int, Any],
        orders: Mapping[int, Any],
    ) -> None:
        """Give the rows that say no price that of their order's list: a handful of queries a list."""
        groups: dict[tuple[Any, Any, Any], list[dict[str, Any]]] = {}
        for row in rows:
            order = orders.get(_id(row.get("order_id")) or 0)
            product = products.get(_id(row.get("product_id")) or 0)
            unpriced = row.get("price_unit") is None or row["price_unit"] is False
            if order is not None and product is not None and unpriced and not row.get("display_type"):
                groups.setdefault((order.pricelist_id, order.company_id, order.date_order), []).append(row)
        for (chosen, company, moment), several in groups.items():
            asks = []
            for row in several:
                product = products[_id(row["product_id"]) or 0]
                unit = units.get(_id(row.get("product_uom")) or 0) or product.uom_id
                asks.append(Ask(product.with_company(company.id), _quantity(row), unit))
            for row, answer in zip(
                several, chosen.sudo().with_company(company.id).answers(asks, moment), strict=True
            ):
                row["price_unit"] = answer.price
                row["pricelist_item_id"] = answer.rule or None

    def reprice(self) -> None:
        """Take the prices of the order's list as they are on the order's day."""
        for order in self.mapped("order_id"):
            lines = (self & order.order_line).filtered(
                lambda line: line.product_id and not line.display_type and not line.is_downpayment
            )
            asks = [
                Ask(
                    line.product_id.sudo().with_company(order.company_id.id),
                    line.product_uom_qty,
                    line.product_uom,
                )
                for line in lines
            ]
            chosen = order.pricelist_id.sudo().with_company(order.company_id.id)
            for line, answer in zip(lines, chosen.answers(asks, order.date_order), strict=True):
                line.write({"price_unit": answer.price, "pricelist_item_id": answer.rule or None})

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what a new product brings comes with it. A confirmed quantity changes what is to be delivered."""
        if self.env.context.get(STEP) or not isinstance(vals, Mapping):
            return super().write(vals)
        self._refuse_bills([vals])
        self._refuse_changes(vals)
        if vals.get("product_id"):
            for line in self:
                super(OrderLine, line).write(line.with_product(vals))
        else:
            super().write(vals)
        if "product_uom_qty" in vals or "warehouse_id" in vals:
            self.filtered(lambda line: line.state == "sale").sudo().follow_with_deliveries()
        return True

    def _refuse_bills(self, many: Sequence[Mapping[str, Any]]) -> None:
        """Which invoices a line has follows from invoicing: a link by hand would say that it is paid for."""
        if not self.env.su and any(values.get("invoice_lines") for values in many):
            text = "Invoice lines come from invoicing the order: use create_invoices."
            raise ValidationError(
                problems=[Problem("invoice_lines", "not_by_hand", text)], model=self.model_name
            )

    def with_product(self, vals: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values with what a new product brings, for this single line."""
        if _id(vals["product_id"]) == self.product_id.id:
            return vals
        row = {
            "order_id": self.order_id.id,
            "product_uom_qty": self.product_uom_qty,
            **{name: value for name, value in vals.items() if name != "order_id"},
        }
        products = _by_id(self._behind([row], "product_id", "product.product"))
        filled = self._filled([row], _by_id(self.order_id.sudo()), products)[0]
        return {name: value for name, value in filled.items() if name != "order_id"}

    def _refuse_new(
        self, many: Sequence[Mapping[str, Any]], orders: Mapping[int, Any], products: Mapping[int, Any]
    ) -> None:
        problems = []
        for at, values in enumerate(many):
            order = orders.get(_id(values.get("order_id")) or 0)
            path = f"{at}.order_id" if len(many) > 1 else "order_id"
            if order is None or self.env.context.get(STEP):
                continue
            head = f"{at}." if len(many) > 1 else ""
            if values.get("is_downpayment"):
                text = "Down payments are made by sale.advance.payment.inv."
                problems.append(Problem(f"{head}is_downpayment", "not_allowed", text))
            product = products.get(_id(values.get("product_id")) or 0)
            if values.get("qty_delivered") and product is not None and product.type != "service":
                text = "The delivered quantity of goods follows from their deliveries."
                problems.append(Problem(f"{head}qty_delivered", "computed", text))
            if order.locked:
                problems.append(Problem(path, "locked", f"{order.name} is locked: unlock it first."))
            elif order.state == "cancel":
                text = f"{order.name} is cancelled: set it back to a quotation first."
                problems.append(Problem(path, "cancelled", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def _refuse_changes(self, vals: Mapping[str, Any]) -> None:
        problems: list[Problem] = []
        locked = self.filtered(lambda line: line.order_id.locked)
        problems += [
            Problem(name, "locked", f"{locked[0].order_id.name} is locked: unlock it first.")
            for name in _MONEY
            if name in vals and locked.differs(name, vals[name])
        ]
        confirmed = self.filtered(lambda line: line.state == "sale")
        text = "A confirmed line keeps its product and unit: set its quantity to 0 and add another line."
        problems += [
            Problem(name, "confirmed", text)
            for name in _FIXED
            if name in vals and confirmed.differs(name, vals[name])
        ]
        problems += confirmed.too_little(vals)
        moved = self.filtered(lambda line: line.qty_delivered_method == "stock_move")
        if "qty_delivered" in vals and moved.differs("qty_delivered", vals["qty_delivered"]):
            text = "The delivered quantity of goods follows from their deliveries."
            problems.append(Problem("qty_delivered", "computed", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def too_little(self, vals: Mapping[str, Any]) -> Iterator[Problem]:
        """What is wrong with a smaller quantity: less than was delivered."""
        wanted = vals.get("product_uom_qty")
        if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
            return
        for line in self:
            if wanted < line.product_uom_qty and settled(wanted - line.qty_delivered) < 0:
                text = (
                    f"{line.qty_delivered:g} of {line.product_id.display_name} are delivered: order no less."
                )
                yield Problem("product_uom_qty", "delivered", text)

    def differs(self, name: str, value: Any) -> bool:
        """Whether a value is new to any of these lines."""
        field = self.meta.fields[name]
        if field.kind == "many2many":
            given = _told_links(value)
            return any(given is None or given != set(getattr(line, name).ids) for line in self)
        try:
            wanted = field.parse(value, self.env)
        except ValueError:
            return False
        return any(not field.same(self.env.value(line, field), wanted) for line in self)

    @ondelete
    def _delivered_and_invoiced_lines_stay(self) -> Iterator[Problem]:
        for line in self:
            order = line.order_id
            shown = line.product_id.display_name if line.product_id else line.name
            if order.locked:
                yield Problem("order_line", "locked", f"{order.name} is locked: unlock it first.")
            if line.qty_delivered or any(move.state == "done" for move in line.move_ids):
                yield Problem("qty_delivered", "delivered", f"{shown} is delivered: its line stays.")
            if line.invoice_lines.filtered(lambda each: each.parent_state != "cancel"):
                yield Problem("invoice_lines", "invoiced", f"{shown} is invoiced: its line stays.")

    def unlink(self) -> bool:
        """Delete; what was to be delivered of them is called off."""
        moves = self.mapped("move_ids").sudo().filtered(lambda move: move.state != "done")
        moves._action_cancel()  # noqa: SLF001 - the field's own name
        moves.with_context(**{MOVE_STEP: True}).write({"sale_line_id": None})
        return super().unlink()


def _from_product(product: Any, order: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Text, unit and taxes that follow from a product, those that a row does not say."""
    more: dict[str, Any] = {}
    if not row.get("name"):
        seen = product.with_context(lang=order.partner_id.lang or product.env.lang)
        text = seen.description_sale
        more["name"] = f"{seen.display_name}\n{text}" if text else seen.display_name
    if not row.get("product_uom"):
        more["product_uom"] = product.uom_id.id
    if "tax_id" not in row:
        taxes = product.taxes_id.filtered(lambda tax: tax.company_id == order.company_id)
        more["tax_id"] = [Command.set(taxes.ids)]
    return {name: value for name, value in more.items() if not row.get(name)}


def _told_links(value: Any) -> set[int] | None:
    """The ids that a value links and no others; None for commands that only add or take away."""
    if hasattr(value, "ids"):
        return set(value.ids)
    if not isinstance(value, (list, tuple)):
        return None
    if all(type(each) is int for each in value):
        return set(value)
    only = value[0] if len(value) == 1 else None
    is_set = isinstance(only, (list, tuple)) and len(only) == 3 and only[0] == _SET
    return set(only[2]) if is_set else None  # type: ignore[index]  # looked at above


def _quantity(row: Mapping[str, Any]) -> float:
    quantity = row.get("product_uom_qty", 1.0)
    return float(quantity) if isinstance(quantity, (int, float)) and not isinstance(quantity, bool) else 1.0


def _by_id(records: Any) -> dict[int, Any]:
    return {record.id: record for record in records}


def _id(value: Any) -> int | None:
    """The id in a value of a link, as callers write it."""
    if hasattr(value, "ids"):
        return value.ids[0] if value.ids else None
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
