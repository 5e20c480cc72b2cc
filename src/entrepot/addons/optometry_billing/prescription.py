"""From a prescription to an order: which contact lenses are prescribed, and a quotation made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from entrepot.api import Command, Many2one, Model, Problem, UserError, constrains, public

_EYES = ("od", "os")


class Prescription(Model, extends="spec.contact.lenses"):
    """Prescription"""

    od_product_id = Many2one("product.product", string="OD lens", on_delete="restrict")
    os_product_id = Many2one("product.product", string="OS lens", on_delete="restrict")

    @constrains("od_product_id", "os_product_id", "rx_type")
    def _lenses_are_contact_lenses(self) -> Iterator[Problem]:
        for rx in self:
            for name in ("od_product_id", "os_product_id"):
                product = getattr(rx, name)
                if product and (rx.rx_type == "spectacle" or product.spec_product_type != "contact_lens"):
                    message = "A contact lens is named by a prescription for contact lenses."
                    yield Problem(name, "kind", message)

    @public(right="read")
    def action_to_order(self) -> list[int]:
        """A quotation for each signed prescription, billed to the exam's plan or the patient's primary one.

        Contact lenses that are named come along, in the prescribed number of boxes. Needs the right to make orders;
        answers their ids.
        """
        for rx in self:
            if rx.state in {"draft", "cancelled"}:
                raise UserError(
                    f"Prescription {rx.name} is {rx.state}: a doctor signs it before it is ordered by."
                )
        return list(self.env["sale.order"].create([rx._order_values() for rx in self]).ids)

    def _order_values(self) -> dict[str, Any]:
        plans = self.patient_id.sudo().insurance_plan_ids.filtered(
            lambda plan: plan.active and plan.rank == "primary" and not plan.problems_on(self.env.today())
        )
        plan = self.exam_id.sudo().insurance_plan_id or plans[:1]
        glasses = self.rx_type == "spectacle"
        lines = []
        for eye in _EYES:
            product = getattr(self, f"{eye}_product_id")
            if product:
                boxes = getattr(self, f"{eye}_quantity") or 1
                row = {"product_id": product.id, "product_uom_qty": boxes, "eye": eye.upper()}
                lines.append(Command.create(row))
        return {
            "patient_id": self.patient_id.id,
            "exam_id": self.exam_id.id or None,
            "rx_id": self.id,
            "order_kind": "glasses" if glasses else "contact_lens",
            "insurance_plan_id": plan.id or None,
            "order_line": lines,
        }
