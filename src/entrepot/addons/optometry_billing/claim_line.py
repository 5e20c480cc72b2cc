"""The lines of a claim: what is charged for a procedure, and what the payer answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry_billing import claim_amounts, claim_states
from entrepot.addons.optometry_billing.benefit import CATEGORIES
from entrepot.addons.optometry_billing.claim_amounts import Amounts, Booked, Correction
from entrepot.addons.optometry_billing.claim_form import pointer_problems
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
)

_EYES = [("OD", "OD"), ("OS", "OS"), ("OU", "OU")]
_WORKED_OUT = frozenset(
    {
        *(
            "paid",
            "adjustment",
            "patient_resp",
            "expected",
            "granted",
            "corrected_patient",
            "corrected_write_off",
        ),
        "primary_line_id",
    }
)
"""What follows from orders and from payers' answers; nobody writes it."""
_NOTES = frozenset({"allowed", "reason_code"})


class ClaimLine(Model, name="claim.manager.line", rec_name="description", order="claim_id, sequence, id"):
    """Claim Line"""

    claim_id = Many2one("claim.manager", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="claim_id.patient_id", store=True, index=True)
    sequence = Integer(default=10, aggregator=None)
    procedure_id = Many2one("spec.procedure.code", required=True, on_delete="restrict")
    procedure_code = Char(related="procedure_id.code", store=True)
    description = Char(help="Empty: the name of the procedure.")
    modifier_ids = Many2many("spec.procedure.modifier", string="Modifiers")
    diagnosis_pointers = Char(size=20, help="Letters of the claim's diagnoses, such as AB; at most four.")
    eye = Selection(_EYES)
    benefit_category = Selection(list(CATEGORIES), default="none")
    qty = Float(string="Quantity", default=1.0)
    currency_id = Many2one("res.currency", related="claim_id.currency_id")
    charge = Monetary()
    expected = Monetary(readonly=True, help="What was invoiced to the payer when it was sold.")
    granted = Monetary(readonly=True, help="The plan's discount the patient got when it was sold.")
    allowed = Monetary(copy=False)
    paid = Monetary(readonly=True, copy=False)
    adjustment = Monetary(readonly=True, copy=False)
    reason_code = Char(size=60, copy=False)
    patient_resp = Monetary(string="Patient's share", readonly=True, copy=False)
    balance = Monetary(compute="_compute_balance", store=True)
    corrected_patient = Monetary(readonly=True, copy=False, help="What the books say of it already.")
    corrected_write_off = Monetary(readonly=True, copy=False)
    settled = Boolean(compute="_compute_balance", store=True, help="The payer has answered for all of it.")
    order_line_id = Many2one("sale.order.line", on_delete="set null", index=True)
    service_id = Many2one("exam.service", on_delete="set null", index=True)
    primary_line_id = Many2one("claim.manager.line", on_delete="set null", copy=False)

    @depends("charge", "paid", "adjustment", "patient_resp")
    def _compute_balance(self) -> None:
        for line in self:
            line.balance = line.amounts().balance
            line.settled = line.balance == 0

    @constrains("charge", "paid", "adjustment", "patient_resp", "qty", "diagnosis_pointers")
    def _amounts_make_sense(self) -> Iterator[Problem]:
        for line in self:
            yield from claim_amounts.problems(line.amounts())
            if line.qty <= 0:
                yield Problem("qty", "range", "A line claims something: the quantity is above 0.")
            diagnoses = line.claim_id.diagnosis_list()
            yield from pointer_problems(line.diagnosis_pointers, len(diagnoses))

    @ondelete
    def _answered_ones_stay(self) -> Iterator[Problem]:
        for line in self:
            if line.paid or line.adjustment or line.patient_resp:
                message = "The payer answered for this line: void the claim instead."
                yield Problem("line_ids", "answered", message)

    def create(self, vals_list: Any) -> Self:
        """Create; what payers answer comes by batches, and a claim that was sent takes no more lines."""
        given = vals_list if self.env.su else with_each(vals_list, _asked)
        lines = super().create(given)
        lines.refuse_sent()
        return lines

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write while the claim can be changed; notes of the payer at any time."""
        if not self.env.su:
            vals = _asked(vals)
            if set(vals) - _NOTES:
                self.refuse_sent()
        return super().write(vals)

    @ondelete
    def _sent_ones_stay(self) -> Iterator[Problem]:
        for line in self:
            if line.claim_id.state not in {*claim_states.CHANGEABLE, "void"}:
                message = f"{line.claim_id.name} is {line.claim_id.state}: take it back to draft first."
                yield Problem("line_ids", "sent", message)

    def refuse_sent(self) -> None:
        """Raise UserError when the claim of one of these was sent; the server itself may."""
        if self.env.su:
            return
        for claim in self.mapped("claim_id"):
            if claim.state not in claim_states.CHANGEABLE:
                raise UserError(
                    f"{claim.name} is {claim.state}: take it back to draft, or make a replacement."
                )

    def amounts(self) -> Amounts:
        """The amounts of this line."""
        return Amounts(self.charge, self.paid, self.adjustment, self.patient_resp)

    def owed(self) -> Decimal:
        """What the payer is expected to pay yet: the rest of its invoice, or of the charge where there is none."""
        whole = self.expected if self.expected > 0 else self.charge
        return max(min(whole - self.paid, self.balance), Decimal(0))

    def correction_due(self) -> Correction:
        """What the books still lack of the payer's answer to this line; nothing before it is complete."""
        if self.balance != 0:
            return Correction(Decimal(0), Decimal(0))
        booked = Booked(self.expected, self.charge - self.expected - self.granted, self.granted)
        whole = claim_amounts.correction(self.amounts(), booked)
        return Correction(whole.patient - self.corrected_patient, whole.write_off - self.corrected_write_off)


def _asked(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in values.items() if key not in _WORKED_OUT}
