"""What an order is given: defaults from its vendor and company; and refusals of what may not change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.purchase.links import ids_of, one_id
from entrepot.addons.purchase.order import STATES, STEP
from entrepot.api import Model, Problem, ValidationError, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNNAMED = frozenset({None, False, "", "New", "/"})
_FIXED: Final = ("partner_id", "company_id", "currency_id", "picking_type_id")
"""What stays once an order is confirmed."""
_USUAL = ("partner_id", "company_id", "picking_type_id")
"""What others follow from, so that defaults of the context are taken before they are worked out."""


class Order(Model, extends="purchase.order"):
    """Purchase Order"""

    def create(self, vals_list: Any) -> Self:
        """Create requests; number, currency, terms and receiving warehouse follow from vendor and company."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)) or not all(isinstance(each, Mapping) for each in many):
            return super().create(vals_list)
        usual = {name: value for name in _USUAL if (value := self.env.context.get(f"default_{name}"))}
        self._refuse_steps(many)
        return super().create(self._filled([{**usual, **each} for each in many]))

    def _filled(self, many: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        partners = self._behind(many, "partner_id", "res.partner")
        companies = self._behind(many, "company_id", "res.company")
        numbers = self._numbers(sum(each.get("name") in _UNNAMED for each in many))
        wanted = {one_id(each.get("company_id")) or self.env.company.id for each in many}
        receiving = self._receiving(wanted)
        rows = []
        for values in many:
            row = dict(values)
            company = companies.get(one_id(row.get("company_id"))) or self.env.company
            row["company_id"] = company.id
            if row.get("name") in _UNNAMED:
                row["name"] = next(numbers)
            partner = partners.get(one_id(row.get("partner_id")))
            if partner is not None:
                row = {**_from_partner(partner, company), **row}
            if not row.get("picking_type_id"):
                row["picking_type_id"] = receiving.get(company.id)
            if not row.get("currency_id"):
                row["currency_id"] = company.currency_id.id
            rows.append(row)
        return rows

    def _behind(self, many: Sequence[Mapping[str, Any]], name: str, model: str) -> dict[int, Any]:
        return {record.id: record for record in self.env[model].sudo().browse(ids_of(many, name)).exists()}

    def _numbers(self, count: int) -> Iterator[str]:
        """The next numbers, as many as asked for; the sequence is looked for once."""
        if not count:
            return
        sequences = self.env["ir.sequence"].sudo()
        company = [self.env.company.id, False]
        known = sequences.search([("code", "=", "purchase.order"), ("company_id", "in", company)])
        best = known.sorted(lambda each: (not each.company_id, each.id))[:1]
        for _ in range(count):
            yield best.take()

    def _receiving(self, companies: set[int]) -> dict[int, int]:
        """Company -> the operation type for receipts of its first warehouse."""
        found: dict[int, int] = {}
        warehouses = self.env["stock.warehouse"].sudo()
        for each in warehouses.search([("company_id", "in", sorted(companies))], order="sequence, id"):
            found.setdefault(each.company_id.id, each.in_type_id.id)
        return found

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; states change by their steps alone, confirmed orders keep vendor, company and warehouse."""
        if self.env.context.get(STEP) or not isinstance(vals, Mapping):
            return super().write(vals)
        self._refuse_changes(vals)
        partner = self.env["res.partner"].sudo().browse(one_id(vals.get("partner_id")) or ()).exists()
        if not partner:
            return super().write(vals)
        for order in self:
            follows = _from_partner(partner, order.company_id) if partner != order.partner_id else {}
            super(Order, order).write({**follows, **vals})
        return True

    def _refuse_steps(self, many: Sequence[Mapping[str, Any]]) -> None:
        """New orders are requests."""
        text = "A new order is a request: confirm it."
        problems = [
            Problem(f"{at}.state" if len(many) > 1 else "state", "not_allowed", text)
            for at, values in enumerate(many)
            if values.get("state") not in {None, False, "", "draft", "sent"}
        ]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    def _refuse_changes(self, vals: Mapping[str, Any]) -> None:
        problems: list[Problem] = []
        if "state" in vals and any(order.state != vals["state"] for order in self):
            known = vals["state"] in dict(STATES)
            text = "States follow from steps: use action_rfq_send, button_confirm, button_cancel or button_draft."
            problems.append(Problem("state", "not_allowed" if known else "unknown", text))
        fixed = self.filtered(lambda order: order.state in {"purchase", "cancel"})
        for name in _FIXED:
            if name in vals and any(getattr(order, name).id != one_id(vals[name]) for order in fixed):
                label = self.meta.fields[name].string
                text = f"{label} of a confirmed order stays: cancel it and set it back to a request first."
                problems.append(Problem(name, "confirmed", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)

    @ondelete
    def _only_requests_go(self) -> Iterator[Problem]:
        for order in self:
            if order.state not in {"draft", "cancel"}:
                yield Problem(
                    "state", "started", f"In order to delete {order.name}, you must cancel it first."
                )
            elif order.invoice_ids.filtered(lambda each: each.state != "cancel"):
                yield Problem("invoice_ids", "billed", f"{order.name} has bills: it stays.")


def _from_partner(partner: Any, company: Any) -> dict[str, Any]:
    """What follows from a vendor for an order of a company."""
    terms = partner.property_supplier_payment_term_id
    return {
        "payment_term_id": terms.id
        if terms and terms.company_id in {terms.company_id.browse(), company}
        else None,
        "currency_id": (partner.property_purchase_currency_id or company.currency_id).id,
    }
