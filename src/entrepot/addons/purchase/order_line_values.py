"""What a line is given: from its product and its vendor's offer; and what may not change once it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.purchase.links import ids_of, one_id
from entrepot.addons.purchase.order import STEP
from entrepot.addons.stock.quantities import minus
from entrepot.api import Command, Model, Problem, ValidationError, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIXED: Final = ("order_id", "product_id", "product_uom", "display_type")
"""What a confirmed line keeps."""
_REPRICED = ("product_qty", "product_uom")
"""What a change of may lead to another price of the vendor."""


class OrderLine(Model, extends="purchase.order.line"):
    """Purchase Order Line"""

    def create(self, vals_list: Any) -> Self:
        """Create; text, unit, price, taxes and date follow from product and vendor. A confirmed order receives them too."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)) or not all(isinstance(each, Mapping) for each in many):
            return super().create(vals_list)
        orders = {
            each.id: each
            for each in self.env["purchase.order"].sudo().browse(ids_of(many, "order_id")).exists()
        }
        self._refuse_new(many, orders)
        lines = super().create(self._filled(many, orders))
        late = lines.filtered(lambda line: line.state == "purchase")
        late.sudo().follow_with_receipts()
        return lines

    def _filled(self, many: Sequence[Mapping[str, Any]], orders: Mapping[int, Any]) -> list[dict[str, Any]]:
        products = {
            each.id: each
            for each in self.env["product.product"].sudo().browse(ids_of(many, "product_id")).exists()
        }
        units = {
            each.id: each for each in self.env["uom.uom"].sudo().browse(ids_of(many, "product_uom")).exists()
        }
        rows: list[dict[str, Any]] = []
        for values in many:
            row = dict(values)
            product = products.get(one_id(row.get("product_id")))
            order = orders.get(one_id(row.get("order_id")))
            if row.get("display_type"):
                row["product_qty"] = 0.0
            elif product is not None and order is not None:
                unit = units.get(one_id(row.get("product_uom"))) or product.uom_po_id or product.uom_id
                row = {**_offered(product, order, unit, _quantity(row)), **_told(row), "product_uom": unit.id}
            if order is not None and not row.get("display_type") and not row.get("date_planned"):
                row["date_planned"] = order.date_order
            rows.append(row)
        return rows

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what a new product or quantity brings comes with it. Confirmed quantities change what is to come."""
        if self.env.context.get(STEP) or not isinstance(vals, Mapping):
            return super().write(vals)
        self._refuse_changes(vals)
        follows = bool(vals.get("product_id")) or any(name in vals for name in _REPRICED)
        if follows:
            for line in self:
                super(OrderLine, line).write({**line.follows(vals), **vals})
        else:
            super().write(vals)
        if "product_qty" in vals:
            self.filtered(lambda line: line.state == "purchase").sudo().follow_with_receipts()
        return True

    def follows(self, vals: Mapping[str, Any]) -> dict[str, Any]:
        """What a new product, quantity or unit brings to this single line of a request.

        A price that somebody wrote stays; one that the vendor's list gave is looked up again.
        """
        if self.state not in {"draft", "sent"} or self.display_type or vals.get("display_type"):
            return {}
        row = {
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_qty": self.product_qty,
        }
        row |= {name: vals[name] for name in row if name in vals}
        product = self.env["product.product"].sudo().browse(one_id(row["product_id"]) or ()).exists()
        if not product:
            return {}
        other = product != self.product_id
        unit = self.env["uom.uom"].browse(one_id(vals.get("product_uom")) or ())
        unit = unit or (product.uom_po_id if other else self.product_uom)
        more = _offered(product, self.order_id.sudo(), unit, _quantity(row))
        if other:
            return {**more, "product_uom": unit.id}
        if self.price_unit != self.technical_price_unit:
            return {}
        return {name: more[name] for name in ("price_unit", "technical_price_unit", "discount")}

    def _refuse_new(self, many: Sequence[Mapping[str, Any]], orders: Mapping[int, Any]) -> None:
        problems = []
        for at, values in enumerate(many):
            order = orders.get(one_id(values.get("order_id")))
            if order is not None and order.state == "cancel":
                path = f"{at}.order_id" if len(many) > 1 else "order_id"
                text = f"{order.name} is cancelled: set it back to a request first."
                problems.append(Problem(path, "cancelled", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def _refuse_changes(self, vals: Mapping[str, Any]) -> None:
        problems: list[Problem] = []
        confirmed = self.filtered(lambda line: line.state == "purchase")
        for name in _FIXED:
            if name in vals and confirmed.differs(name, vals[name]):
                text = (
                    "A confirmed line keeps its product and unit: set its quantity to 0 and add another line."
                )
                problems.append(Problem(name, "confirmed", text))
        wanted = vals.get("product_qty")
        if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
            for line in confirmed:
                if wanted < line.product_qty and minus(wanted, line.qty_received) < 0:
                    text = f"You cannot decrease the ordered quantity below the received quantity ({line.qty_received:g})."
                    problems.append(Problem("product_qty", "received", text))
        moved = self.filtered(lambda line: line.qty_received_method == "stock_moves")
        if "qty_received" in vals and moved.differs("qty_received", vals["qty_received"]):
            text = "The received quantity of goods follows from their receipts."
            problems.append(Problem("qty_received", "computed", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def differs(self, name: str, value: Any) -> bool:
        """Whether a value is new to any of these lines."""
        field = self.meta.fields[name]
        try:
            wanted = field.parse(value, self.env)
        except ValueError:
            return False
        return any(not field.same(self.env.value(line, field), wanted) for line in self)

    @ondelete
    def _confirmed_lines_stay(self) -> Iterator[Problem]:
        for line in self:
            shown = line.product_id.display_name if line.product_id else line.name
            if line.state == "purchase" and not line.display_type:
                yield Problem("state", "confirmed", f"{shown} is ordered: set its quantity to 0 instead.")
            elif line.invoice_lines.filtered(lambda each: each.parent_state != "cancel"):
                yield Problem("invoice_lines", "billed", f"{shown} is billed: its line stays.")


def _offered(product: Any, order: Any, unit: Any, quantity: float) -> dict[str, Any]:
    """Text, price, taxes and date of a product for a quantity in a unit, by its vendor's offer or its cost."""
    seen = product.with_company(order.company_id.id).with_context(
        lang=order.partner_id.lang or product.env.lang
    )
    day = (order.date_order or product.env.now()).date()
    offer = seen._select_seller(order.partner_id, quantity, day, unit)
    price, discount, per, money = offer.price, offer.discount, seen.uom_po_id, offer.currency_id
    if not offer:
        price, discount, per, money = seen.standard_price, 0.0, seen.uom_id, order.company_id.currency_id
    told = money._convert(Decimal(price), order.currency_id, order.company_id, day, rounded=False)
    share = Decimal(repr(unit.convert(1.0, per, rounding=False)))
    exact = (told * share).quantize(Decimal("0.000001"))
    taxes = seen.supplier_taxes_id.filtered(lambda tax: tax.company_id == order.company_id)
    return {
        "name": _text(seen, offer),
        "price_unit": exact,
        "technical_price_unit": exact,
        "discount": discount,
        "taxes_id": [Command.set(taxes.ids)],
        "date_planned": (order.date_order or product.env.now()) + timedelta(days=offer.delay if offer else 0),
    }


def _text(product: Any, offer: Any) -> str:
    """How the vendor calls the product, and what buyers are to say of it."""
    name = product.display_name or ""
    if offer.product_name or offer.product_code:
        own = offer.product_name or product.name or ""
        name = f"[{offer.product_code}] {own}" if offer.product_code else own
    return f"{name}\n{product.description_purchase}" if product.description_purchase else name


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says itself: empty texts and prices left blank are not said."""
    blank = {"name", "price_unit", "date_planned", "discount"}
    return {name: value for name, value in row.items() if name not in blank or value not in (None, False, "")}


def _quantity(row: Mapping[str, Any]) -> float:
    quantity = row.get("product_qty", 1.0)
    return float(quantity) if isinstance(quantity, (int, float)) and not isinstance(quantity, bool) else 1.0
