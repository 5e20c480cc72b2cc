"""Payments: money received from and sent to partners, each with an entry of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.account.given import link_id
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    ValidationError,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATES: Final = [
    ("draft", "Draft"),
    ("in_process", "In Process"),
    ("paid", "Paid"),
    ("canceled", "Canceled"),
]
_TYPES: Final = [("outbound", "Send"), ("inbound", "Receive")]
_PARTNERS: Final = [("customer", "Customer"), ("supplier", "Vendor")]
_WORKED_OUT: Final = frozenset({"name", "state", "move_id", "is_reconciled", "is_matched"})
_KEPT: Final = frozenset(
    {
        "date",
        "amount",
        "currency_id",
        "journal_id",
        "company_id",
        "partner_id",
        "payment_type",
        "partner_type",
        "outstanding_account_id",
        "destination_account_id",
        "writeoff_account_id",
        "writeoff_amount",
    }
)
_LIQUID: Final = ("bank", "cash")


class Payment(Model, name="account.payment", order="date desc, id desc"):
    """Payment"""

    name = Char(string="Number", readonly=True, copy=False, index=True)
    move_id = Many2one(
        "account.move", string="Journal Entry", readonly=True, copy=False, index=True, on_delete="restrict"
    )
    state = Selection(
        _STATES, required=True, readonly=True, copy=False, default="draft", index=True, tracking=True
    )
    date = Date(required=True, index=True, copy=False, default=lambda self: self.env.today())
    payment_type = Selection(_TYPES, required=True, default="inbound")
    partner_type = Selection(_PARTNERS, required=True, default="customer")
    partner_id = Many2one("res.partner", string="Customer/Vendor", index=True, on_delete="restrict")
    amount = Monetary()
    currency_id = Many2one("res.currency", required=True, on_delete="restrict")
    journal_id = Many2one("account.journal", required=True, index=True, on_delete="restrict")
    company_id = Many2one("res.company", required=True, index=True, on_delete="restrict")
    company_currency_id = Many2one(related="company_id.currency_id", readonly=True)
    memo = Char(index=True)
    ref = Char(related="memo", string="Memo (older name)", readonly=False)
    payment_reference = Char(copy=False)
    outstanding_account_id = Many2one(
        "account.account", on_delete="restrict", help="Empty: as the journal says for the direction."
    )
    destination_account_id = Many2one(
        "account.account", on_delete="restrict", help="Empty: the partner's receivable or payable account."
    )
    writeoff_account_id = Many2one(
        "account.account", string="Write-Off Account", copy=False, on_delete="restrict"
    )
    writeoff_amount = Monetary(
        copy=False, help="What is settled besides the amount paid, in the payment's currency."
    )
    writeoff_label = Char(copy=False)
    invoice_ids = Many2many(
        "account.move",
        table="account_move__account_payment",
        column="payment_id",
        other="invoice_id",
        string="Invoices",
        copy=False,
    )
    is_reconciled = Boolean(readonly=True, copy=False, help="Nothing of it waits for an invoice.")
    is_matched = Boolean(readonly=True, copy=False, help="The bank confirmed it.")
    reconciled_invoice_ids = Many2many(
        "account.move", compute="_compute_invoices", string="Reconciled Invoices"
    )
    reconciled_bill_ids = Many2many("account.move", compute="_compute_invoices", string="Reconciled Bills")

    @depends("name", "memo")
    def _compute_display_name(self) -> None:
        for payment in self:
            payment.display_name = payment.name or f"Draft Payment (* {payment.id})"

    @depends("is_reconciled", "state")
    def _compute_invoices(self) -> None:
        lines = self.mapped("move_id.line_ids")
        settled: dict[int, list[Any]] = {}
        for each in lines._partials() if lines else ():
            for mine, other in (
                (each.debit_move_id, each.credit_move_id),
                (each.credit_move_id, each.debit_move_id),
            ):
                settled.setdefault(mine.move_id.id, []).append(other.move_id)
        for payment in self:
            moves = settled.get(payment.move_id.id, [])
            payment.reconciled_invoice_ids = _ids(moves, {"out_invoice", "out_refund", "out_receipt"})
            payment.reconciled_bill_ids = _ids(moves, {"in_invoice", "in_refund", "in_receipt"})

    def create(self, vals_list: Any) -> Self:
        """Create drafts; journal, company and currency follow from each other."""
        rows = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "keys") for row in rows):
            return super().create(vals_list)
        if not self.env.context.get("_ledger"):
            for name in sorted(
                {
                    name
                    for row in rows
                    for name in _WORKED_OUT & set(row)
                    if row[name] and row[name] != "draft"
                }
            ):
                text = f"{self.meta.fields[name].string} is worked out: leave it out."
                raise ValidationError(problems=[Problem(name, "worked_out", text)], model=self.model_name)
        rows = [
            {**row, "journal_id": link_id(row.get("journal_id")) or row.get("journal_id")} for row in rows
        ]
        ids = {known for row in rows if (known := link_id(row["journal_id"]))}
        journals = {each.id: each for each in self.env["account.journal"].sudo().browse(ids).exists()}
        return super().create([self._completed(dict(row), journals) for row in rows])

    def _completed(self, row: dict[str, Any], known: Mapping[int, Any]) -> dict[str, Any]:
        if row.get("journal_id"):
            journal = known.get(link_id(row["journal_id"]) or 0)
        else:
            domain = [
                ("type", "in", _LIQUID),
                ("company_id", "=", link_id(row.get("company_id")) or self.env.company.id),
            ]
            journal = self.env["account.journal"].sudo().search(domain, limit=1)
            row["journal_id"] = journal.id or None
        if journal:
            row.setdefault("company_id", journal.company_id.id)
            if not row.get("currency_id"):
                row["currency_id"] = (journal.currency_id or journal.company_id.currency_id).id
        if "partner_type" not in row and row.get("payment_type") == "outbound":
            row["partner_type"] = "supplier"
        return row

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Change; what a posted payment says stays. Raises ValidationError with every problem."""
        if self.env.context.get("_ledger"):
            return super().write(vals)
        wanted = dict(vals)
        problems: list[Problem] = []
        for name in sorted((_WORKED_OUT | _KEPT) & set(vals)):
            field = self.meta.fields[name]
            moved = self.filtered(lambda each, name=name: not _same(each, name, vals[name]))  # type: ignore[misc]  # binds now
            if not moved:
                del wanted[name]
            elif name in _WORKED_OUT:
                problems.append(
                    Problem(name, "worked_out", f"{field.string} is worked out and cannot be written.")
                )
            for payment in moved.filtered(lambda each: each.state != "draft"):
                text = f"{payment.display_name} is posted: set it back to draft first."
                problems.append(Problem(name, "posted", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        return super().write(wanted)

    @ondelete
    def _posted_payments_stay(self) -> Iterator[Problem]:
        for payment in self:
            if payment.move_id or payment.state != "draft":
                text = f"{payment.display_name} was posted: cancel it instead of deleting it."
                yield Problem("state", "posted", text)

    def _ledger(self) -> Self:
        """The same records for what only the ledger itself may write."""
        return self.sudo().with_context(_ledger=True)


def _ids(moves: list[Any], kinds: set[str]) -> list[int]:
    return list(dict.fromkeys(move.id for move in moves if move.move_type in kinds))


def _same(payment: Any, name: str, value: Any) -> bool:
    field = payment.meta.fields[name]
    try:
        wanted = field.parse(value, payment.env)
    except ValueError:
        return False
    return bool(field.same(payment.env.value(payment, field), wanted))


def signed(payment: Any) -> Decimal:
    """The amount as it changes the bank: what is received is positive."""
    return Decimal(payment.amount if payment.payment_type == "inbound" else -payment.amount)
