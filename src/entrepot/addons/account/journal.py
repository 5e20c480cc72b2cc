"""Journals: books of one kind of document each, that number them without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Json,
    Many2one,
    Model,
    Problem,
    Selection,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

JOURNAL_TYPES = [
    ("sale", "Sales"),
    ("purchase", "Purchase"),
    ("cash", "Cash"),
    ("bank", "Bank"),
    ("general", "Miscellaneous"),
]


class Journal(
    Model, name="account.journal", order="sequence, type, code, id", unique=[("company_id", "code")]
):
    """Journal"""

    name = Char(string="Journal Name", required=True, translate=True)
    code = Char(string="Short Code", required=True, size=10, help="Numbers begin with it: INV/2026/00001.")
    active = Boolean(default=True)
    type = Selection(JOURNAL_TYPES, required=True, index=True)
    sequence = Integer(default=10, aggregator=None)
    company_id = Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, on_delete="cascade"
    )
    currency_id = Many2one("res.currency", help="Empty: the company's.")
    default_account_id = Many2one("account.account", on_delete="restrict")
    payment_debit_account_id = Many2one(
        "account.account",
        string="Outstanding Receipts Account",
        on_delete="restrict",
        help="Receipts wait here until the bank confirms them. Empty: they are on the bank account at once.",
    )
    payment_credit_account_id = Many2one(
        "account.account", string="Outstanding Payments Account", on_delete="restrict"
    )
    refund_sequence = Boolean(
        string="Dedicated Credit Note Sequence", default=True, help="Credit notes are numbered by themselves."
    )
    payment_sequence = Boolean(
        string="Dedicated Payment Sequence", default=True, help="Payments are numbered by themselves."
    )
    sequence_counters = Json(
        string="Numbers Given",
        readonly=True,
        copy=False,
        groups="account.group_account_manager",
        help="The last number given of each series, such as INV/2026.",
    )

    @depends("name", "currency_id.name")
    def _compute_display_name(self) -> None:
        for journal in self:
            currency = f" ({journal.currency_id.name})" if journal.currency_id else ""
            journal.display_name = f"{journal.name}{currency}"

    def write(self, vals: Any) -> bool:
        """Write; how far a series has come is the journal's own affair."""
        if "sequence_counters" in vals and not self.env.context.get("_ledger"):
            vals = {name: value for name, value in vals.items() if name != "sequence_counters"}
        return super().write(vals)

    def create(self, vals_list: Any) -> Any:
        """Create; series begin at 1."""
        made = super().create(vals_list)
        started = made.sudo().filtered("sequence_counters")
        started.with_context(_ledger=True).write({"sequence_counters": None})
        return made

    @constrains("default_account_id", "payment_debit_account_id", "payment_credit_account_id", "company_id")
    def _accounts_are_of_the_company(self) -> Iterator[Problem]:
        for journal in self:
            for name in ("default_account_id", "payment_debit_account_id", "payment_credit_account_id"):
                account = getattr(journal, name)
                if account and account.company_id != journal.company_id:
                    text = f"Account {account.code} belongs to another company than journal {journal.name}."
                    yield Problem(name, "other_company", text)

    @constrains("code", "type", "company_id")
    def _what_numbers_begin_with_stays(self) -> Iterator[Problem]:
        rows = self.env["account.move"].read_group(
            [("journal_id", "in", self.ids)], [], ["journal_id", "company_id"], lazy=False
        )
        owners = {row["journal_id"][0]: row["company_id"][0] for row in rows}
        for journal in self:
            if "/" in (journal.code or "") or not (journal.code or "").strip():
                yield Problem("code", "pattern", "A journal's short code has letters and digits, no slash.")
            if owners.get(journal.id, journal.company_id.id) != journal.company_id.id:
                yield Problem("company_id", "in_use", f"Journal {journal.name} has entries of its company.")

    @ondelete
    def _it_is_empty(self) -> Iterator[Problem]:
        rows = self.env["account.move"].read_group([("journal_id", "in", self.ids)], [], ["journal_id"])
        used = {row["journal_id"][0] for row in rows}
        for journal in self:
            if journal.id in used:
                text = f"Journal {journal.name} holds entries: archive it instead of deleting it."
                yield Problem("id", "in_use", text)

    def take_numbers(self, series: list[str]) -> list[str]:
        """The next number of each named series, in order: `["INV/2026", "INV/2026"]` gives INV/2026/00001 and 00002.

        The caller holds the journal's lock; a call that fails gives its numbers back with everything else.
        """
        journal = self.ensure_one().sudo().with_context(_ledger=True)
        counters = dict(journal.sequence_counters or {})
        numbers = []
        for each in series:
            counters[each] = int(counters.get(each, 0)) + 1
            numbers.append(f"{each}/{counters[each]:05d}")
        journal.write({"sequence_counters": counters})
        return numbers
