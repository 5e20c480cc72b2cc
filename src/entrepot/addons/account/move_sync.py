"""From what people write on a draft to the lines that the ledger needs: taxes, open items and totals, for many at once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.account.account_types import LIQUIDITY
from entrepot.addons.account.booking import Amount, Booking, Terms, book
from entrepot.addons.account.move_types import INVOICE_TYPES, REFUND_TYPES, SALE_TYPES, direction
from entrepot.addons.account.move_values import KEPT
from entrepot.addons.account.tax_engine import PricedLine, UnsolvableTaxesError
from entrepot.api import Model, Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOVING: Final = KEPT | {"line_ids", "invoice_line_ids"}
_ZERO: Final = Decimal(0)


class Move(Model, extends="account.move"):
    """How drafts are worked out."""

    def _synchronize(self, moved: set[str] | None = None) -> None:
        """Bring the lines and totals of drafts to what their invoice lines say; `moved`: what was written on them."""
        if moved is not None and not moved & _MOVING:
            return
        drafts = self.sudo().with_context(_ledger=True, active_test=False)
        drafts = drafts.filtered(lambda move: move.state == "draft")
        if not drafts:
            return
        lines = drafts._lines()
        wanted: list[dict[str, Any]] = []
        surplus: list[int] = []
        rates: dict[tuple[int, int, date], Decimal] = {}
        for move in drafts:
            own = lines[move.id]
            if move.move_type in INVOICE_TYPES:
                _Invoice(move, own, rates).settle(wanted, surplus)
            else:
                _total_entry(move, own)
        made = self.env["account.move.line"].sudo().with_context(_ledger=True)
        made.browse(surplus).unlink()
        made.create(wanted)

    def _lines(self) -> dict[int, list[Any]]:
        """The lines of these documents in order, by one question."""
        found: dict[int, list[Any]] = defaultdict(list)
        domain = [("move_id", "in", self.ids)]
        for line in self.env["account.move.line"].search(domain, order="sequence, id"):
            found[line.move_id.id].append(line)
        return found

    def _rate(self, day: date) -> Decimal:
        """Units of the document's currency for one of the company's, on a day."""
        currency, home = self.currency_id, self.company_id.currency_id
        if currency == home:
            return Decimal(1)
        known = (currency | home).rates(day, self.company_id)
        one = (None, Decimal(1))
        return Decimal(known.get(currency.id, one)[1] / known.get(home.id, one)[1])


class _Invoice:
    """One draft invoice being worked out: lines are written where they are, made and dropped where they are not."""

    def __init__(self, move: Any, lines: list[Any], rates: dict[tuple[int, int, date], Decimal]) -> None:
        self.move = move
        self.day: date = move.invoice_date or move.date
        self.products = [line for line in lines if line.display_type == "product"]
        self.taxes = {
            (line.tax_line_id.id, line.account_id.id): line for line in lines if line.display_type == "tax"
        }
        self.terms = [line for line in lines if line.display_type == "payment_term"]
        key = (move.company_id.id, move.currency_id.id, self.day)
        if key not in rates:
            rates[key] = move._rate(self.day)
        self.rate = rates[key]

    def settle(self, wanted: list[dict[str, Any]], surplus: list[int]) -> None:
        """Write what is there, and add what is to be made and dropped."""
        booking = self._booked()
        for line, amount, totals in zip(self.products, booking.products, booking.totals.lines, strict=True):
            line.write(
                self._common(amount)
                | _residual(line.account_id, amount)
                | {"price_subtotal": totals.excluded, "price_total": totals.included}
            )
        self._settle_taxes(booking, wanted, surplus)
        self._settle_terms(booking, wanted, surplus)
        self.move.write(self._totals(booking))

    def _booked(self) -> Booking:
        move = self.move
        refund = move.move_type in REFUND_TYPES
        priced, accounts = [], {}
        for line in self.products:
            for tax in line.tax_ids._in_order():
                accounts[tax.id] = tax.account_for(refund=refund).id
            quantity, discount = Decimal(str(line.quantity)), Decimal(str(line.discount))
            priced.append(
                (PricedLine(line.price_unit, quantity, discount, line.tax_ids.rules()), line.account_id.id)
            )
        company = move.company_id
        terms = Terms(
            direction=direction(move.move_type),
            rate=self.rate,
            step=move.currency_id.step(),
            company_step=company.currency_id.step(),
            rounding=company.tax_calculation_rounding_method or "round_per_line",
        )
        try:
            return book(priced, accounts, terms, self._installments)
        except UnsolvableTaxesError as error:
            problem = Problem("invoice_line_ids", "taxes", str(error))
            raise ValidationError(problems=[problem], model="account.move") from error

    def _installments(self, total: Decimal) -> list[tuple[date, Decimal]]:
        term = self.move.invoice_payment_term_id
        if term:
            return term.installments(total, self.day, self.move.currency_id.step())  # type: ignore[no-any-return]
        return [(self.move.invoice_date_due or self.day, total)]

    def _common(self, amount: Amount) -> dict[str, Any]:
        return {
            "partner_id": self.move.commercial_partner_id.id or None,
            "currency_id": self.move.currency_id.id,
            **ledger_amounts(amount.company, amount.currency),
        }

    def _settle_taxes(self, booking: Booking, wanted: list[dict[str, Any]], surplus: list[int]) -> None:
        left = dict(self.taxes)
        for entry in booking.taxes:
            tax = self.move.env["account.tax"].browse(entry.tax)
            account = self.move.env["account.account"].browse(entry.account)
            values = self._common(entry.amount) | _residual(account, entry.amount)
            values["tax_base_amount"] = entry.base
            line = left.pop((entry.tax, entry.account), None)
            if line is not None:
                line.write(values)
                continue
            key = {"tax_line_id": entry.tax, "account_id": entry.account or None}
            name = tax.invoice_label or tax.name
            head = {"move_id": self.move.id, "display_type": "tax", "name": name, "sequence": 9_000}
            wanted.append({**head, **key, **values})
        surplus += [line.id for line in left.values()]

    def _settle_terms(self, booking: Booking, wanted: list[dict[str, Any]], surplus: list[int]) -> None:
        account = self.move._open_item_account()
        there = list(self.terms)
        if not self.products:
            surplus += [line.id for line in there]
            return
        for day, amount in booking.open_items:
            values = self._common(amount) | _residual(account, amount)
            values |= {"account_id": account.id or None, "date_maturity": day}
            if there:
                there.pop(0).write(values)
                continue
            head = {"move_id": self.move.id, "display_type": "payment_term", "sequence": 10_000}
            wanted.append({**head, "name": self.move.payment_reference or "", **values})
        surplus += [line.id for line in there]

    def _totals(self, booking: Booking) -> dict[str, Any]:
        move = self.move
        totals = booking.totals
        tax = sum((each.amount.company for each in booking.taxes), _ZERO)
        untaxed = sum((each.company for each in booking.products), _ZERO)
        due = max((day for day, _ in booking.open_items), default=self.day)
        dated = move.invoice_payment_term_id or move.invoice_date or move.invoice_date_due
        return {
            "invoice_currency_rate": float(self.rate),
            "amount_untaxed": totals.excluded,
            "amount_tax": totals.included - totals.excluded,
            "amount_total": totals.included,
            "amount_residual": totals.included,
            # income is credited: what customers owe is positive, what vendors are owed negative
            "amount_untaxed_signed": -untaxed,
            "amount_tax_signed": -tax,
            "amount_total_signed": -(untaxed + tax),
            "amount_residual_signed": -(untaxed + tax),
            "invoice_date_due": due if dated else None,
        }


class Accounts(Model, extends="account.move"):
    """Where open items of a document go."""

    def _open_item_account(self) -> Any:
        """Receivable or payable: the partner's where it is of the document's company, else the company's."""
        kind = "receivable" if self.move_type in SALE_TYPES else "payable"
        company = self.company_id
        own = getattr(self.commercial_partner_id, f"property_account_{kind}_id")
        return own if own and own.company_id == company else getattr(company, f"default_{kind}_account_id")


def ledger_amounts(balance: Decimal, currency: Decimal) -> dict[str, Decimal]:
    """The four amounts of a ledger line from the two that say all: in the company's and in the line's currency."""
    return {
        "balance": balance,
        "debit": max(balance, _ZERO),
        "credit": max(-balance, _ZERO),
        "amount_currency": currency,
    }


def _residual(account: Any, amount: Amount) -> dict[str, Any]:
    """What is open of a line: all of it where its account is matched, nothing elsewhere."""
    opens = account.reconcile or account.account_type in LIQUIDITY
    return {
        "amount_residual": amount.company if opens else _ZERO,
        "amount_residual_currency": amount.currency if opens else _ZERO,
        "reconciled": bool(opens and account.reconcile and not amount.company and not amount.currency),
    }


def _total_entry(move: Any, lines: list[Any]) -> None:
    """The totals of a plain entry: what it debits."""
    for line in lines:
        amounts: Mapping[str, Any] = _residual(line.account_id, Amount(line.amount_currency, line.balance))
        line.write(amounts)
    debits = sum((line.debit for line in lines), _ZERO)
    total = debits
    if move.currency_id != move.company_id.currency_id:
        positive = [line.amount_currency for line in lines if line.amount_currency > 0]
        if all(line.currency_id == move.currency_id for line in lines):
            total = sum(positive, _ZERO)
    move.write(
        {
            "amount_untaxed": total,
            "amount_total": total,
            "amount_untaxed_signed": debits,
            "amount_total_signed": debits,
            "amount_tax": _ZERO,
            "amount_tax_signed": _ZERO,
            "amount_residual": _ZERO,
            "amount_residual_signed": _ZERO,
        }
    )
