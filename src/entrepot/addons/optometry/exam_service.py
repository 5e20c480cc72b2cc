"""What was done at an exam, as procedure codes with pointers to the diagnoses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from entrepot.api import (
    Boolean,
    Float,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATES = [("draft", "Draft"), ("performed", "Performed"), ("billed", "Billed"), ("cancelled", "Cancelled")]
_MOST_POINTERS = 4


class ExamService(
    Model, name="exam.service", mixins=["appointment.exam.part"], rec_name="procedure_id", order="id"
):
    """Service"""

    _free_after_signing: ClassVar[frozenset[str]] = frozenset({"state"})
    """Billing goes on after the doctor has signed."""

    exam_id = Many2one("appointment.exam", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="exam_id.patient_id", store=True, index=True)
    procedure_id = Many2one("spec.procedure.code", required=True, on_delete="restrict")
    qty = Float(string="Quantity", default=1.0)
    currency_id = Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    price_unit = Monetary(
        currency="currency_id", nullable=True, help="Empty: the default price of the procedure."
    )
    amount = Monetary(currency="currency_id", compute="_compute_amount")
    diagnosis_line_ids = Many2many("exam.diagnosis.plan.line", string="Diagnoses", help="At most four.")
    modifier_ids = Many2many("spec.procedure.modifier", string="Modifiers")
    performed_by = Many2one("res.users")
    insurance = Boolean(string="For the insurer")
    state = Selection(_STATES, required=True, default="draft")

    @depends("qty", "price_unit", "procedure_id.default_price")
    def _compute_amount(self) -> None:
        for service in self:
            price = service.procedure_id.default_price if service.price_unit is None else service.price_unit
            service.amount = (price or 0) * Decimal(repr(service.qty))

    @constrains("qty", "price_unit", "diagnosis_line_ids", "exam_id")
    def _lines_make_sense(self) -> Iterator[Problem]:
        for service in self:
            if service.qty <= 0:
                yield Problem("qty", "range", "A service is done at least a little: the quantity is above 0.")
            if service.price_unit is not None and service.price_unit < 0:
                yield Problem("price_unit", "range", "A price is not negative.")
            if len(service.diagnosis_line_ids) > _MOST_POINTERS:
                yield Problem("diagnosis_line_ids", "too_many", "A service points to at most four diagnoses.")
            if any(line.exam_id != service.exam_id for line in service.diagnosis_line_ids):
                yield Problem(
                    "diagnosis_line_ids", "other_exam", "A service points to diagnoses of its own exam."
                )
