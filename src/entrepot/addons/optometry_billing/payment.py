"""Payments of patients and payers."""

from __future__ import annotations

from typing import Any

from entrepot.api import Many2one, Model


class Payment(Model, extends="account.payment"):
    """Payment"""

    patient_id = Many2one("got2.patient", on_delete="restrict", index=True)
    batch_id = Many2one("got2.batch.account.payment", on_delete="restrict", index=True, copy=False)
    claim_id = Many2one(
        "claim.manager", on_delete="restrict", index=True, copy=False, help="When it pays one claim only."
    )


class PaymentRegister(Model, extends="account.payment.register"):
    """Register Payment"""

    def _payment_values(self, batch: Any) -> dict[str, Any]:
        """What a patient pays is noted on the patient."""
        values: dict[str, Any] = super()._payment_values(batch)  # type: ignore[misc]  # the wizard's method
        patients = batch.mapped("move_id").mapped("patient_id")
        return {**values, "patient_id": patients.id} if len(patients) == 1 else values
