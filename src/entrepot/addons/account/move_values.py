"""What a journal entry is given: defaults for drafts, and refusals of what is worked out or posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.account.given import link_id
from entrepot.addons.account.move_types import INVOICE_TYPES, PURCHASE_TYPES, SALE_TYPES, journal_type
from entrepot.api import Model, Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WORKED_OUT: Final = frozenset(
    {
        "name",
        "state",
        "posted_before",
        "commercial_partner_id",
        "invoice_currency_rate",
        "reversed_entry_id",
        "origin_payment_id",
        "payment_state",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "amount_residual",
        "amount_untaxed_signed",
        "amount_tax_signed",
        "amount_total_signed",
        "amount_residual_signed",
    }
)
"""What the ledger itself writes; others may only send back what is there."""

KEPT: Final = frozenset(
    {
        "date",
        "move_type",
        "journal_id",
        "company_id",
        "currency_id",
        "partner_id",
        "invoice_date",
        "invoice_date_due",
        "invoice_payment_term_id",
    }
)
"""What a posted document says for good."""

_JOURNAL: Final = "account.journal"
_HOW: Final = {
    "posted": "{} is posted: set it back to draft, or reverse it.",
    "cancel": "{} is cancelled: set it back to draft first.",
}


class Move(Model, extends="account.move"):
    """What entries are given."""

    def _prepared(self, several: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The values of new entries with journal, company, currency, terms. Raises ValidationError."""
        rows = list(several)
        internal = self.env.context.get("_ledger")
        problems = [] if internal else [problem for row in rows for problem in self._claimed(row)]
        if problems:
            raise ValidationError(problems=problems, model="account.move")
        journals = self._default_journals(rows)
        partners = self._known(rows, "partner_id", "res.partner")
        chosen = [*journals.values(), self.env.context.get("default_journal_id")]
        books = self._known([*rows, *({"journal_id": each} for each in chosen)], "journal_id", _JOURNAL)
        return [self._completed(dict(row), journals, partners, books) for row in rows]

    def _claimed(self, row: Mapping[str, Any]) -> Iterable[Problem]:
        """What a new entry cannot be told."""
        for name in WORKED_OUT & set(row):
            value = row[name]
            if value and value not in ("/", "draft", "not_paid"):
                text = f"{self.meta.fields[name].string} is worked out: leave it out."
                yield Problem(name, "worked_out", text)

    def _default_journals(self, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
        """(company, type) -> the journal that a document without one goes to, by one question."""
        companies = {
            link_id(row.get("company_id")) or self.env.company.id for row in rows if not row.get("journal_id")
        }
        if not companies:
            return {}
        found: dict[tuple[int, str], int] = {}
        journals = self.env["account.journal"].sudo().search([("company_id", "in", sorted(companies))])
        for journal in journals:
            found.setdefault((journal.company_id.id, journal.type or ""), journal.id)
        return found

    def _known(self, rows: Iterable[Mapping[str, Any]], name: str, model: str) -> dict[int, Any]:
        """The records that rows name, by id; those that are gone are left to the store."""
        ids = dict.fromkeys(known for row in rows if (known := link_id(row.get(name))))
        return {each.id: each for each in self.env[model].sudo().browse(ids).exists()} if ids else {}

    def _completed(
        self,
        row: dict[str, Any],
        journals: Mapping[tuple[int, str], int],
        partners: Mapping[int, Any],
        books: Mapping[int, Any],
    ) -> dict[str, Any]:
        if row.get("name") == "/":
            del row["name"]
        kind = row.get("move_type") or self.env.context.get("default_move_type") or "entry"
        if not isinstance(kind, str):
            return row  # the kernel says what it wants
        company_id = link_id(row.get("company_id")) or self.env.company.id
        row["move_type"] = kind
        if not row.get("journal_id"):
            wanted = self.env.context.get("default_journal_id")
            row["journal_id"] = wanted or journals.get((company_id, journal_type(kind)))
            if not row["journal_id"]:
                text = f"There is no {journal_type(kind)} journal: load a chart of accounts for the company first."
                raise ValidationError(
                    problems=[Problem("journal_id", "no_journal", text)], model="account.move"
                )
        journal = books.get(link_id(row["journal_id"]) or 0) or self.env[_JOURNAL].sudo().browse()
        company = journal.company_id or self.env.company
        row.setdefault("company_id", company.id)
        if not row.get("currency_id"):
            row["currency_id"] = (journal.currency_id or company.currency_id).id
        partner = partners.get(link_id(row.get("partner_id")) or 0)
        row["commercial_partner_id"] = partner.commercial_partner_id.id if partner else None
        if kind in INVOICE_TYPES:
            self._complete_invoice(row, kind, partner)
        row.setdefault("date", row.get("invoice_date") or self.env.today())
        return row

    def _complete_invoice(self, row: dict[str, Any], kind: str, partner: Any) -> None:
        if kind in SALE_TYPES and row.get("invoice_date"):
            row["date"] = row["invoice_date"]
        if "invoice_payment_term_id" not in row and not row.get("invoice_date_due") and partner:
            name = "property_payment_term_id" if kind in SALE_TYPES else "property_supplier_payment_term_id"
            row["invoice_payment_term_id"] = getattr(partner, name).id or None
        if "invoice_user_id" not in row:
            row["invoice_user_id"] = self.env.uid

    def _writable(self, vals: Mapping[str, Any]) -> dict[str, Any]:
        """The values without those that stay as they are. Raises ValidationError for what may not change."""
        wanted = dict(vals)
        problems: list[Problem] = []
        for name in (WORKED_OUT | KEPT) & set(vals):
            moved = self.filtered(lambda move, name=name: not _same(move, name, vals[name]))  # type: ignore[misc]  # binds now
            if not moved:
                del wanted[name]
            elif name in WORKED_OUT:
                text = f"{self.meta.fields[name].string} is worked out and cannot be written."
                problems.append(Problem(name, "worked_out", text))
            else:
                problems += [
                    Problem(
                        name,
                        str(move.state).replace("cancel", "cancelled"),
                        _HOW[move.state].format(move.display_name),
                    )
                    for move in moved
                    if move.state in _HOW
                ]
        problems += self._type_stays(wanted)
        if problems:
            raise ValidationError(problems=problems, model="account.move")
        if "partner_id" in wanted:
            partner = self.env["res.partner"].sudo().browse(link_id(wanted["partner_id"]) or 0).exists()
            wanted["commercial_partner_id"] = partner.commercial_partner_id.id or None
        return self._dated(wanted)

    def _type_stays(self, wanted: Mapping[str, Any]) -> Iterable[Problem]:
        """A number names its journal and its kind: they stay once there is one."""
        for name in ("move_type", "journal_id", "company_id"):
            if name in wanted and any(move.name for move in self):
                text = f"{self.meta.fields[name].string} stays once a document has its number."
                yield Problem(name, "numbered", text)

    def _dated(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The entry of a sale is of the day of its invoice; that of a bill follows until somebody says otherwise."""
        if wanted.get("invoice_date") and "date" not in wanted:
            kinds = {move.move_type for move in self}
            follows = all(move.date == move.invoice_date or not move.invoice_date for move in self)
            if kinds <= SALE_TYPES or (kinds <= SALE_TYPES | PURCHASE_TYPES and follows):
                wanted["date"] = wanted["invoice_date"]
        return wanted


def _same(move: Any, name: str, value: Any) -> bool:
    field = move.meta.fields[name]
    try:
        wanted = field.parse(value, move.env)
    except ValueError:
        return False
    return bool(field.same(move.env.value(move, field), wanted))
