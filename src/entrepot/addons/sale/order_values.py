"""What an order is given: defaults from its customer and company; and refusals of what may not change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.sale.order import STATES, STEP
from entrepot.api import Model, Problem, ValidationError, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNNAMED = frozenset({None, False, "", "New", "/"})
_FIXED: Final = ("partner_id", "company_id", "pricelist_id", "currency_id", "warehouse_id")
"""What stays once an order is confirmed."""
_USUAL = ("partner_id", "company_id", "pricelist_id")
"""What others follow from, so that defaults of the context are taken before they are worked out."""
_FROM_PARTNER = ("partner_invoice_id", "partner_shipping_id", "pricelist_id", "payment_term_id")


class Order(Model, extends="sale.order"):
    """Sales Order"""

    def create(self, vals_list: Any) -> Self:
        """Create quotations; number, addresses, price list and terms follow from customer and company."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        usual = {name: value for name in _USUAL if (value := self.env.context.get(f"default_{name}"))}
        if not isinstance(many, (list, tuple)) or not all(isinstance(each, Mapping) for each in many):
            return super().create(vals_list)
        self._refuse_steps(many)
        return super().create(self._filled([{**usual, **each} for each in many] if usual else many))

    def _filled(self, many: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        partners = self._behind(many, "partner_id", "res.partner")
        lists = self._behind(many, "pricelist_id", "product.pricelist")
        companies = self._behind(many, "company_id", "res.company")
        numbers = self._numbers(sum(each.get("name") in _UNNAMED for each in many))
        warehouses = self._warehouses({_id(each.get("company_id")) or self.env.company.id for each in many})
        rows = []
        for values in many:
            row = {name: value for name, value in values.items() if name != "currency_id"}
            company = companies.get(_id(row.get("company_id"))) or self.env.company
            if row.get("name") in _UNNAMED:
                row["name"] = next(numbers)
            partner = partners.get(_id(row.get("partner_id")))
            if partner is not None:
                row = {**self._from_partner(partner, company, row), **row}
            row.setdefault("company_id", company.id)
            row.setdefault("warehouse_id", warehouses.get(company.id))
            row.setdefault("user_id", self.env.uid)
            row.setdefault(
                "validity_date", self.env.today() + timedelta(days=company.quotation_validity_days)
            )
            chosen = lists.get(_id(row.get("pricelist_id")))
            if chosen is None and "pricelist_id" not in values:
                chosen = self.env["product.pricelist"].sudo().browse(row.get("pricelist_id") or ())
            row["currency_id"] = (chosen.currency_id if chosen else company.currency_id).id
            rows.append(row)
        return rows

    def _from_partner(self, partner: Any, company: Any, row: Mapping[str, Any]) -> dict[str, Any]:
        """What follows from the customer, but for what a row says itself."""
        wanted = [name for name in _FROM_PARTNER if not row.get(name) and name not in row]
        required = [name for name in _FROM_PARTNER[:2] if not row.get(name) and name in row]
        found: dict[str, Any] = {}
        if {"partner_invoice_id", "partner_shipping_id"} & {*wanted, *required}:
            addresses = partner.address_get(["invoice", "delivery"])
            found |= {
                "partner_invoice_id": addresses["invoice"],
                "partner_shipping_id": addresses["delivery"],
            }
        if "pricelist_id" in wanted:
            chosen = partner.with_company(company.id).property_product_pricelist
            usable = chosen and (not chosen.company_id or chosen.company_id == company)
            found["pricelist_id"] = chosen.id if usable else None
        if "payment_term_id" in wanted:
            terms = partner.property_payment_term_id
            found["payment_term_id"] = (
                terms.id if not terms.company_id or terms.company_id == company else None
            )
        return {name: value for name, value in found.items() if name in wanted}

    def _behind(self, many: Sequence[Mapping[str, Any]], name: str, model: str) -> dict[int | None, Any]:
        ids = dict.fromkeys(known for each in many if (known := _id(each.get(name))))
        return {record.id: record for record in self.env[model].sudo().browse(ids).exists()}

    def _numbers(self, count: int) -> Iterator[str]:
        """The next numbers, as many as asked for; the sequence is looked for once."""
        if not count:
            return
        sequences = self.env["ir.sequence"].sudo()
        known = sequences.search(
            [("code", "=", "sale.order"), ("company_id", "in", [self.env.company.id, False])]
        )
        best = known.sorted(lambda each: (not each.company_id, each.id))[:1]
        for _ in range(count):
            yield best.take()

    def _warehouses(self, companies: set[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for each in (
            self.env["stock.warehouse"].sudo().search([("company_id", "in", sorted(companies))], order="id")
        ):
            found.setdefault(each.company_id.id, each.id)
        return found

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; states change by their steps alone, confirmed orders keep customer, company and price list."""
        if self.env.context.get(STEP) or not isinstance(vals, Mapping):
            return super().write(vals)
        self._refuse_changes(vals)
        if "partner_id" in vals or "pricelist_id" in vals:
            for order in self:
                before = order.currency_id
                super(Order, order).write({**order.follows(vals), **vals})
                if order.currency_id != before:
                    order.order_line.reprice()  # what was a price in one currency is none in another
            return True
        return super().write(vals)

    def follows(self, vals: Mapping[str, Any]) -> dict[str, Any]:
        """What changes with the customer or the price list of this single quotation."""
        more: dict[str, Any] = {}
        if self.state not in {"draft", "sent"}:
            return more
        partner = self.env["res.partner"].sudo().browse(_id(vals.get("partner_id")) or ()).exists()
        if partner and partner != self.partner_id:
            more = self._from_partner(partner, self.company_id, vals)
        lists = self.env["product.pricelist"].sudo()
        if "pricelist_id" in vals or "pricelist_id" in more:
            chosen = lists.browse(_id({**more, **vals}.get("pricelist_id")) or ()).exists()
            more["currency_id"] = (chosen.currency_id or self.company_id.currency_id).id
        return more

    def _refuse_steps(self, many: Sequence[Mapping[str, Any]]) -> None:
        """New orders are quotations."""
        problems: list[Problem] = []
        for at, values in enumerate(many):
            path = f"{at}." if len(many) > 1 else ""
            if values.get("state") not in {None, False, "", "draft", "sent"}:
                problems.append(
                    Problem(f"{path}state", "not_allowed", "A new order is a quotation: confirm it.")
                )
            if values.get("locked"):
                problems.append(
                    Problem(f"{path}locked", "not_allowed", "Use action_lock once it is confirmed.")
                )
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def _refuse_changes(self, vals: Mapping[str, Any]) -> None:
        problems: list[Problem] = []
        if "state" in vals and any(order.state != vals["state"] for order in self):
            known = vals["state"] in dict(STATES)
            text = "States follow from steps: use action_quotation_send, action_confirm, action_cancel or action_draft."
            problems.append(Problem("state", "not_allowed" if known else "unknown", text))
        if "locked" in vals and any(order.locked != bool(vals["locked"]) for order in self):
            problems.append(Problem("locked", "not_allowed", "Use action_lock and action_unlock."))
        fixed = self.filtered(lambda order: order.state in {"sale", "cancel"})
        for name in _FIXED:
            if name in vals and any(getattr(order, name).id != (_id(vals[name]) or 0) for order in fixed):
                label = self.meta.fields[name].string
                text = f"{label} of a confirmed order stays: cancel it and set it back to a quotation first."
                problems.append(Problem(name, "confirmed", text))
        if "currency_id" in vals and any(
            order.currency_id.id != _id(vals["currency_id"]) for order in self - fixed
        ):
            problems.append(
                Problem("currency_id", "computed", "The currency of an order is that of its price list.")
            )
        if "order_line" in vals and any(order.locked for order in self):
            problems.append(
                Problem("order_line", "locked", "A locked order does not change: unlock it first.")
            )
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy is a new quotation without the down payments of the first."""
        values = super().copy_data(default)
        if "order_line" in values and "order_line" not in (default or {}):
            values["order_line"] = [
                command
                for command in values["order_line"]
                if not (
                    len(command) > 2 and isinstance(command[2], Mapping) and command[2].get("is_downpayment")
                )
            ]
        return values

    @ondelete
    def _only_quotations_go(self) -> Iterator[Problem]:
        for order in self:
            if order.state not in {"draft", "cancel"}:
                yield Problem("state", "started", f"Cancel {order.name} before deleting it.")
            elif order.invoice_ids.filtered(lambda each: each.state != "cancel"):
                yield Problem("invoice_ids", "invoiced", f"{order.name} has invoices: it stays.")


def _id(value: Any) -> int | None:
    """The id in a value of a link, as callers write it."""
    if hasattr(value, "ids"):
        return value.ids[0] if value.ids else None
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
