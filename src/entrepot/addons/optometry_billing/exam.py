"""Billing an exam: its plan, its orders and claims, and the way from services to an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from entrepot.api import (
    Command,
    Many2one,
    Model,
    One2many,
    Problem,
    UserError,
    ValidationError,
    constrains,
    depends,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_BILLABLE = ("in_exam", "dilating", "checkout", "completed", "signed")


class Exam(Model, extends="appointment.exam"):
    """Exam"""

    _free_after_signing: ClassVar[frozenset[str]] = frozenset({"addendum_ids", "active", "insurance_plan_id"})

    insurance_plan_id = Many2one(
        "patient.insurance.plan", string="Billed to", on_delete="restrict", help="Empty: the patient pays."
    )
    sale_order_ids = One2many("sale.order", "exam_id", string="Orders")
    sale_order_id = Many2one("sale.order", compute="_compute_sale_order", string="Latest order")
    claim_ids = One2many("claim.manager", "exam_id", string="Claims")

    @depends("sale_order_ids.state")
    def _compute_sale_order(self) -> None:
        for exam in self:
            alive = exam.sale_order_ids.filtered(lambda order: order.state != "cancel")
            exam.sale_order_id = max(alive.ids, default=None)

    @constrains("insurance_plan_id", "patient_id")
    def _plan_is_the_patients(self) -> Iterator[Problem]:
        for exam in self:
            if exam.insurance_plan_id and exam.insurance_plan_id.patient_id != exam.patient_id:
                yield Problem("insurance_plan_id", "other_patient", "The plan is of another patient.")

    @public(right="read")
    def action_bill(self, order_id: int = 0) -> list[int]:
        """Put the performed services on an order: the one given, else a new one for each exam; answers its ids.

        Needs the rights to read services and to write orders. ValidationError when nothing is performed, or a
        service that needs a diagnosis points to none.
        """
        orders: list[int] = []
        self.lock()
        for exam in self:
            services = exam.service_ids.filtered(lambda each: each.state == "performed")
            found = list(exam.billing_problems(services))
            if found:
                raise ValidationError(problems=found)
            order = exam._order_for(order_id)
            services.order_on(order)
            orders.append(order.id)
        return orders

    def billing_problems(self, services: Any) -> Iterator[Problem]:
        """What keeps these services of this exam from being billed."""
        if self.state not in _BILLABLE:
            yield Problem(
                "state", "too_early", f"Exam {self.name} is {self.state}: it is billed once it began."
            )
        if not services:
            message = f"Exam {self.name} has no performed services: set their state to performed."
            yield Problem("service_ids", "required", message)
        for service in services:
            if service.procedure_id.requires_dx and not service.diagnosis_line_ids:
                message = f"{service.procedure_id.name} needs a diagnosis: give diagnosis_line_ids."
                yield Problem("service_ids.diagnosis_line_ids", "required", message)

    def _order_for(self, order_id: int) -> Any:
        if order_id:
            order = self.env["sale.order"].browse([order_id]).exists()
            if not order or order.patient_id != self.patient_id or order.state not in {"draft", "sent"}:
                raise UserError("order_id is an open quotation of the same patient.")
            if not order.exam_id:
                order.write({"exam_id": self.id})
            return order
        values = {
            "patient_id": self.patient_id.id,
            "exam_id": self.id,
            "order_kind": "service",
            "service_date": self.date_start.date(),
            "insurance_plan_id": self.insurance_plan_id.id or None,
        }
        return self.env["sale.order"].create([values])


class ExamServiceOrder(Model, extends="exam.service"):
    """Service"""

    def order_on(self, order: Any) -> None:
        """Put these services on an order: a line each, priced by the order's price list unless priced here."""
        self.mapped("procedure_id").ensure_products()
        for service in self:
            product = service.product_id or service.procedure_id.product_id
            values = {
                "order_id": order.id,
                "product_id": product.id,
                "product_uom_qty": service.qty,
                "procedure_id": service.procedure_id.id,
                "exam_service_id": service.id,
                "insurance": service.insurance,
                "modifier_ids": [Command.set(service.modifier_ids.ids)],
            }
            if service.price_unit is not None:
                values["price_unit"] = service.price_unit
            line = self.env["sale.order.line"].create([values])
            service.sudo().write({"sale_line_id": line.id, "product_id": product.id, "state": "billed"})
