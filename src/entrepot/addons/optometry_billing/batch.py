"""Batches: many claims sent to a payer at once, or one sum of a payer for many claims."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry_billing import claim_states
from entrepot.addons.optometry_billing.remittance import spread
from entrepot.api import (
    Binary,
    Char,
    Command,
    Date,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KINDS = [("submission", "Submission"), ("payment", "Payment")]
_METHODS = [("eft", "EFT"), ("check", "Check"), ("card", "Card"), ("cash", "Cash")]
STATES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("confirmed", "Confirmed"),
    ("posted", "Posted"),
    ("reconciled", "Reconciled"),
    ("cancelled", "Cancelled"),
]
_FREE = frozenset({"note", "reference"})
_MOST_CLAIMS = 500


class Batch(Model, name="got2.batch.account.payment", order="date desc, id desc"):
    """Batch of Claims"""

    name = Char(string="Number", readonly=True, default=sequence("got2.batch.account.payment"), unique=True)
    kind = Selection(_KINDS, required=True, default="payment")
    payer_id = Many2one("insurance.company.listing", required=True, on_delete="restrict", index=True)
    company_id = Many2one(
        "res.company", required=True, index=True, on_delete="restrict", default=lambda self: self.env.company
    )
    currency_id = Many2one("res.currency", related="company_id.currency_id")
    journal_id = Many2one(
        "account.journal",
        on_delete="restrict",
        help="Where the money arrives; empty: the first bank journal.",
    )
    date = Date(required=True, default=lambda self: self.env.today())
    payment_method = Selection(_METHODS, default="eft")
    reference = Char(help="Number of the check or transfer.")
    amount_total = Monetary(string="Amount")
    claim_ids = Many2many("claim.manager", string="Claims", copy=False)
    line_ids = One2many("got2.batch.account.payment.line", "batch_id", string="Answers")
    payment_ids = One2many("account.payment", "batch_id", string="Payments")
    allocated = Monetary(compute="_compute_allocated", store=True)
    unallocated = Monetary(compute="_compute_allocated", store=True)
    state = Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, index=True, tracking=True
    )
    file = Binary(copy=False, readonly=True)
    file_name = Char(copy=False, readonly=True)
    note = Text()

    @depends("amount_total", "line_ids.paid")
    def _compute_allocated(self) -> None:
        for batch in self:
            batch.allocated = sum((line.paid for line in batch.line_ids), Decimal(0))
            batch.unallocated = batch.amount_total - batch.allocated

    # checks -------------------------------------------------------------------------------------------------

    @constrains("amount_total", "unallocated", "kind")
    def _amounts_make_sense(self) -> Iterator[Problem]:
        for batch in self:
            if batch.amount_total < 0:
                yield Problem("amount_total", "negative", "A payer's sum is not below zero.")
            if batch.unallocated < 0:
                message = f"The lines pay {batch.allocated}, more than the {batch.amount_total} that arrived."
                yield Problem("line_ids", "too_much", message)
            if batch.kind == "submission" and (batch.line_ids or batch.amount_total):
                yield Problem("kind", "choice", "A submission brings no money: use kind payment.")

    @constrains("claim_ids", "line_ids", "payer_id")
    def _claims_are_of_the_payer(self) -> Iterator[Problem]:
        for batch in self:
            claims = batch.claim_ids | batch.line_ids.mapped("claim_id")
            if len(claims) > _MOST_CLAIMS:
                yield Problem("claim_ids", "too_many", f"A batch holds at most {_MOST_CLAIMS} claims.")
            for claim in claims:
                if claim.payer_id != batch.payer_id:
                    message = (
                        f"{claim.name} is claimed from {claim.payer_id.name}, not {batch.payer_id.name}."
                    )
                    yield Problem("claim_ids", "other_payer", message)
                if claim.company_id != batch.company_id:
                    yield Problem("claim_ids", "other_company", f"{claim.name} is of another company.")

    @ondelete
    def _used_ones_stay(self) -> Iterator[Problem]:
        for batch in self:
            if batch.state not in {"draft", "cancelled"}:
                yield Problem("state", "used", f"{batch.name} is {batch.state} and must be kept.")

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write on drafts; later only notes and references."""
        if not self.env.su:
            if "state" in vals:
                raise UserError(
                    "A batch moves by action_send, action_confirm, action_post and action_cancel."
                )
            for batch in self:
                if batch.state != "draft" and set(vals) - _FREE:
                    raise UserError(f"{batch.name} is {batch.state}: only drafts can be changed.")
        return super().write(vals)

    # what is in it ------------------------------------------------------------------------------------------

    @public
    def action_allocate(self) -> bool:
        """Spread the sums over the open lines of the claims, oldest service first.

        A line that gets what was expected is answered in full: the discount is adjusted, the rest is the
        patient's. A line that gets less stays open. Lines given before are replaced.
        """
        for batch in self:
            batch.require("payment", "draft")
            lines = batch.claim_ids.sorted(lambda claim: (claim.service_date, claim.id)).mapped("line_ids")
            open_lines = lines.filtered(lambda line: line.balance > 0)
            shares = spread(batch.amount_total, [(line.id, line.owed()) for line in open_lines])
            rows = [_answer(line, shares.parts[line.id]) for line in open_lines]
            batch.write({"line_ids": [Command.clear(), *(Command.create(row) for row in rows if row)]})
        return True

    def require(self, kind: str, *states: str) -> None:
        """Raise UserError unless this batch is of a kind and in one of some states."""
        if self.kind != kind:
            raise UserError(f"{self.name} is a {self.kind}: this is for a {kind}.")
        if self.state not in states:
            raise UserError(f"{self.name} is {self.state}: this is for one that is {' or '.join(states)}.")

    # states -------------------------------------------------------------------------------------------------

    @public
    def action_send(self) -> bool:
        """Send the claims of a submission: they are checked, become submitted, and stand in its file."""
        for batch in self:
            batch.require("submission", "draft")
            if not batch.claim_ids:
                raise UserError(f"{batch.name} has no claims: give claim_ids.")
            batch.claim_ids.action_submit()
            batch.claim_ids.sudo().write({"batch_id": batch.id})
            batch.sudo().write({"state": "sent", **batch.submission_file()})
        return True

    @public
    def action_confirm(self) -> bool:
        """A submission: the payer took the claims in. A payment: the lines are complete."""
        for batch in self:
            if batch.kind == "submission":
                batch.require("submission", "sent")
                batch.claim_ids.filtered(lambda claim: claim.state == "submitted").action_accept()
            else:
                batch.require("payment", "draft")
                if not batch.line_ids:
                    batch.action_allocate()
            batch.sudo().write({"state": "confirmed"})
        return True

    @public
    def action_cancel(self) -> bool:
        """Cancel what has changed nothing yet. A posted payment is in the books: reverse it there."""
        for batch in self:
            if batch.state not in {"draft", "confirmed"} or (
                batch.kind == "submission" and batch.state != "draft"
            ):
                raise UserError(f"{batch.name} is {batch.state} and cannot be cancelled any more.")
        return self.sudo().write({"state": "cancelled"})


class BatchLine(Model, name="got2.batch.account.payment.line", order="batch_id, id"):
    """Payer's Answer to a Line"""

    batch_id = Many2one("got2.batch.account.payment", required=True, on_delete="cascade", index=True)
    claim_line_id = Many2one("claim.manager.line", required=True, on_delete="restrict", index=True)
    claim_id = Many2one("claim.manager", related="claim_line_id.claim_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="batch_id.currency_id")
    charge = Monetary(related="claim_line_id.charge")
    allowed = Monetary()
    paid = Monetary()
    adjustment = Monetary()
    reason_code = Char(size=60)
    patient_resp = Monetary(string="Patient's share")

    @constrains("allowed", "paid", "adjustment", "patient_resp")
    def _nothing_is_below_zero(self) -> Iterator[Problem]:
        for line in self:
            for name in ("allowed", "paid", "adjustment", "patient_resp"):
                if getattr(line, name) < 0:
                    yield Problem(name, "negative", "A payer's answer has no amount below zero.")

    @constrains("claim_line_id", "paid", "adjustment", "patient_resp")
    def _not_more_than_is_open(self) -> Iterator[Problem]:
        for line in self:
            if line.batch_id.state not in {"draft", "confirmed"}:
                continue
            answer = line.paid + line.adjustment + line.patient_resp
            if answer > line.claim_line_id.balance:
                message = (
                    f"The answer of {answer} is more than the {line.claim_line_id.balance} open on "
                    f"{line.claim_line_id.procedure_code} of {line.claim_id.name}."
                )
                yield Problem("paid", "too_much", message)
            if line.claim_id.state not in claim_states.OPEN:
                message = f"{line.claim_id.name} is {line.claim_id.state}: an answer needs a submitted claim."
                yield Problem("claim_line_id", "not_submitted", message)

    @constrains("claim_line_id", "batch_id")
    def _a_line_is_answered_once(self) -> Iterator[Problem]:
        for batch in self.mapped("batch_id"):
            answered = [line.claim_line_id.id for line in batch.line_ids]
            if len(set(answered)) < len(answered):
                yield Problem("claim_line_id", "repeated", "A batch answers each line of a claim once.")

    def create(self, vals_list: Any) -> Any:
        """Create; a batch that is not a draft takes no more answers."""
        lines = super().create(vals_list)
        lines.refuse_closed()
        return lines

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; only in drafts."""
        self.refuse_closed()
        return super().write(vals)

    @ondelete
    def _kept_when_closed(self) -> None:
        self.refuse_closed()

    def refuse_closed(self) -> None:
        """Raise UserError when the batch of one of these is not a draft."""
        for batch in self.mapped("batch_id"):
            if batch.state != "draft":
                raise UserError(f"{batch.name} is {batch.state}: only drafts can be changed.")


def _answer(line: Any, paid: Decimal) -> dict[str, Any] | None:
    if paid <= 0 and line.owed() > 0:
        return None
    complete = paid == line.owed() and line.expected > 0
    return {
        "claim_line_id": line.id,
        "allowed": line.charge - line.granted if complete else Decimal(0),
        "paid": paid,
        "adjustment": line.granted - line.adjustment if complete else Decimal(0),
        "patient_resp": line.charge - line.expected - line.granted - line.patient_resp
        if complete
        else Decimal(0),
    }
