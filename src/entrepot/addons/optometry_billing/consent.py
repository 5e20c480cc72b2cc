"""Consent forms of orders, laid ready by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.optometry_billing.consent_rules import APPLIES_TO, applies
from entrepot.api import Many2many, Many2one, Model, Problem, Selection, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator


class ConsentTemplate(Model, extends="got2.consent.form.template"):
    """Consent Form Template"""

    form_kind = Selection(extend=[("sale_order", "Order")])
    applies_to = Selection(list(APPLIES_TO), string="For orders", help="Which orders need this form.")
    insurance_company_ids = Many2many(
        "insurance.company.listing", string="Only for patients insured with", help="Empty: everybody."
    )

    @constrains("form_kind", "applies_to", "default")
    def _order_forms_have_a_rule(self) -> Iterator[Problem]:
        for template in self:
            of_orders = template.form_kind == "sale_order"
            if of_orders and not template.applies_to:
                yield Problem("applies_to", "required", "A form for orders says which orders need it.")
            if not of_orders and template.applies_to:
                yield Problem("applies_to", "kind", "Only forms of kind sale_order go by orders.")
            if of_orders and template.default:
                yield Problem("default", "kind", "Forms for every new patient are of kind patient.")


class ConsentForm(Model, extends="got2.consent.form"):
    """Consent Form"""

    sale_order_id = Many2one("sale.order", string="Order", on_delete="set null", index=True)
    applies_to = Selection(related="template_id.applies_to", store=True)

    def tag_values(self) -> dict[str, object]:
        """The values of the tags for this form, those of the order among them."""
        order = self.sale_order_id.sudo()
        items = ", ".join(line.product_id.name or "" for line in order.order_line if line.product_id)
        return {
            **super().tag_values(),  # type: ignore[misc]  # of the form itself
            "order.name": order.name,
            "order.date": order.date_order and order.date_order.date().isoformat(),
            "order.items": items,
        }

    @constrains("sale_order_id", "patient_id")
    def _order_is_of_the_patient(self) -> Iterator[Problem]:
        for form in self:
            if form.sale_order_id and form.sale_order_id.patient_id != form.patient_id:
                yield Problem("sale_order_id", "other_patient", "The order is of another patient.")

    def prepare_for(self, orders: Any) -> Self:
        """Make the forms that orders need and do not have; answers the new ones."""
        templates = self.env["got2.consent.form.template"].search([("form_kind", "=", "sale_order")])
        rows = []
        for order in orders:
            facts = order.consent_facts()
            literally = bool(order.company_id.polycarbonate_literally)
            there = order.consent_ids.mapped("template_id")
            payers = order.patient_id.insurance_plan_ids.mapped("payer_id")
            for template in templates:
                only = template.insurance_company_ids
                if template in there or (only and not only & payers):
                    continue
                if applies(template.applies_to or "", facts, literally=literally):
                    rows.append(
                        {
                            "template_id": template.id,
                            "patient_id": order.patient_id.id,
                            "exam_id": order.exam_id.id or None,
                            "sale_order_id": order.id,
                        }
                    )
        return self.create(rows) if rows else self.browse()
