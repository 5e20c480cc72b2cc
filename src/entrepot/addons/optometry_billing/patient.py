"""What the business side adds to a patient: plans, orders, claims, and what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from entrepot.api import Many2one, Model, Monetary, One2many, Problem, depends, ondelete

_SALES = ("out_invoice", "out_refund", "out_receipt")


class Patient(Model, extends="got2.patient"):
    """Patient"""

    insurance_plan_ids = One2many("patient.insurance.plan", "patient_id", string="Insurance plans")
    sale_order_ids = One2many("sale.order", "patient_id", string="Orders")
    claim_ids = One2many("claim.manager", "patient_id", string="Claims")
    invoice_ids = One2many("account.move", "patient_id", string="Invoices")
    payment_ids = One2many("account.payment", "patient_id", string="Payments")
    billing_currency_id = Many2one("res.currency", compute="_compute_balance")
    balance = Monetary(
        currency="billing_currency_id",
        compute="_compute_balance",
        help="What the patient owes: open invoices less credit notes and payments on account.",
    )
    insurance_balance = Monetary(
        currency="billing_currency_id", compute="_compute_balance", help="What payers owe for the patient."
    )

    @depends(
        "invoice_ids.amount_residual_signed",
        "invoice_ids.state",
        "invoice_ids.payer_kind",
        "payment_ids.state",
        "payment_ids.is_reconciled",
    )
    def _compute_balance(self) -> None:
        moves = (
            self.env["account.move"]
            .sudo()
            .search(
                [("patient_id", "in", self.ids), ("state", "=", "posted"), ("move_type", "in", list(_SALES))]
            )
        )
        owed = {(patient, kind): Decimal(0) for patient in self.ids for kind in ("patient", "insurer")}
        for move in moves:
            owed[move.patient_id.id, move.payer_kind or "patient"] += move.amount_residual_signed
        for payment in self._unmatched_payments():
            owed[payment.patient_id.id, "patient"] += sum(
                (item.amount_residual for item in payment.move_id.open_items()), Decimal(0)
            )
        for patient in self:
            patient.billing_currency_id = self.env.company.currency_id
            patient.balance = owed[patient.id, "patient"]
            patient.insurance_balance = owed[patient.id, "insurer"]

    def _unmatched_payments(self) -> Any:
        """Payments of patients that are posted and not used up by invoices."""
        domain = [
            ("patient_id", "in", self.ids),
            ("batch_id", "=", False),
            ("state", "in", ["in_process", "paid"]),
            ("is_reconciled", "=", False),
        ]
        return self.env["account.payment"].sudo().search(domain)

    @ondelete
    def _business_is_kept(self) -> Iterator[Problem]:
        everything = {"active_test": False}
        for model, path, domain, what in (
            ("claim.manager", "claim_ids", [], "claims"),
            ("account.move", "invoice_ids", [("state", "!=", "cancel")], "invoices"),
            ("sale.order", "sale_order_ids", [("state", "=", "sale")], "orders"),
        ):
            records = self.env[model].with_context(**everything)
            found = records.search([("patient_id", "in", self.ids), *domain])
            for patient in found.mapped("patient_id"):
                message = (
                    f"{patient.name} has {what}, which must be kept: archive the patient instead, by writing "
                    "active=False."
                )
                yield Problem(path, "kept", message)
