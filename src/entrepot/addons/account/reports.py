"""What the ledger says as a whole: trial balance, general ledger, and who owes what for how long."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

from entrepot.addons.account.ageing import BUCKETS, Due, age, names
from entrepot.addons.account.given import asked_id, asked_ids
from entrepot.api import BadRequest, Model, public

_ZERO = Decimal(0)
_KINDS: Final = {"receivable": "asset_receivable", "payable": "liability_payable"}
_MOST_LINES = 10_000


class MoveLine(Model, extends="account.move.line"):
    """Questions to the ledger; each sees the companies at work and posted entries only."""

    @public(readonly=True, model=True)
    def trial_balance(self, date_from: Any = None, date_to: Any = None) -> dict[str, Any]:
        """The balance of every account before a period, what moved in it, and after it; and that the ledger balances.

        `{"accounts": [{"id", "code", "name", "account_type", "opening", "debit", "credit", "balance"}], "debit",
        "credit", "balanced"}`. Days are included; without them everything is asked.
        """
        first, last = _day(date_from, "date_from"), _day(date_to, "date_to")
        moved = self._by_account([*_since(first), *_until(last)])
        before = self._by_account([("date", "<", first)]) if first else {}
        accounts = self.env["account.account"].with_context(active_test=False).browse({**moved, **before})
        rows = []
        for account in sorted(accounts, key=lambda each: (each.code or "", each.id)):
            debit, credit = moved.get(account.id, (_ZERO, _ZERO))
            opening = before.get(account.id, (_ZERO, _ZERO))
            rows.append(
                {
                    "id": account.id,
                    "code": account.code,
                    "name": account.name,
                    "account_type": account.account_type,
                    "opening": opening[0] - opening[1],
                    "debit": debit,
                    "credit": credit,
                    "balance": opening[0] - opening[1] + debit - credit,
                }
            )
        debit = sum((row["debit"] for row in rows), _ZERO)
        credit = sum((row["credit"] for row in rows), _ZERO)
        closing = sum((row["balance"] for row in rows), _ZERO)
        balanced = debit == credit and not closing and not self._unbalanced_moves()
        return {"accounts": rows, "debit": debit, "credit": credit, "balanced": balanced}

    def _unbalanced_moves(self) -> list[int]:
        """Posted entries whose lines do not come to zero: there are none, which the trial balance proves."""
        rows = self.read_group(_posted(self.env), ["balance:sum"], ["move_id"])
        return [row["move_id"][0] for row in rows if row["balance"]]

    def _by_account(self, more: list[Any]) -> dict[int, tuple[Decimal, Decimal]]:
        rows = self.read_group(
            [*_posted(self.env), ("account_id", "!=", False), *more],
            ["debit:sum", "credit:sum"],
            ["account_id"],
        )
        return {row["account_id"][0]: (row["debit"], row["credit"]) for row in rows}

    @public(readonly=True, model=True)
    def general_ledger(
        self, account_id: int, date_from: Any = None, date_to: Any = None, limit: Any = 1000
    ) -> dict[str, Any]:
        """The lines of one account in the order of days, with the balance after each.

        `{"opening", "lines": [{"id", "date", "move", "partner", "label", "debit", "credit", "balance"}], "closing",
        "complete"}`; `complete` is False when there are more lines than `limit` (at most 10,000).
        """
        first, last = _day(date_from, "date_from"), _day(date_to, "date_to")
        if not isinstance(limit, int) or limit < 1:
            raise BadRequest("limit is a number of lines above 0.")
        most = min(limit, _MOST_LINES)
        domain = [*_posted(self.env), ("account_id", "=", asked_id(account_id, "account_id"))]
        opening = _ZERO
        if first:
            groups = self.read_group([*domain, ("date", "<", first)], ["balance:sum"], [])
            opening = groups[0]["balance"] or _ZERO if groups else _ZERO
        found = self.search([*domain, *_since(first), *_until(last)], limit=most + 1, order="date, id")
        running = opening
        rows = []
        for line in found[:most]:
            running += line.balance
            rows.append(
                {
                    "id": line.id,
                    "date": line.date,
                    "move": line.move_name,
                    "partner": line.partner_id.sudo().display_name or None,
                    "label": line.name,
                    "debit": line.debit,
                    "credit": line.credit,
                    "balance": running,
                }
            )
        return {"opening": opening, "lines": rows, "closing": running, "complete": len(found) <= most}

    @public(readonly=True, model=True)
    def partner_ageing(
        self, kind: str = "receivable", at: Any = None, partner_ids: list[int] | None = None
    ) -> dict[str, Any]:
        """Who owes us (`receivable`) or whom we owe (`payable`), by how late it is on a day (today when left out).

        `{"at", "buckets": ["not_due", "1_30", …, "older"], "partners": [{"partner_id", "name", "total", "not_due",
        …}], "totals": {…}}` in the company's currency; what is owed is positive. Later matches are taken back.
        """
        if str(kind) not in _KINDS:
            raise BadRequest("kind is receivable or payable.")
        day = _day(at, "at") or self.env.today()
        items = self._open_at(_KINDS[kind], day, partner_ids)
        sign = 1 if kind == "receivable" else -1
        columns = names(BUCKETS)
        partners = self.env["res.partner"].sudo()
        rows: list[dict[str, Any]] = []
        for partner, sums in age(items, day).items():
            amounts = [sign * each for each in sums]
            if any(amounts):
                name = partners.browse(partner or ()).display_name or None
                head = {"partner_id": partner or None, "name": name, "total": sum(amounts, _ZERO)}
                rows.append(head | dict(zip(columns, amounts, strict=True)))
        rows.sort(key=lambda row: (str(row["name"] or ""), row["partner_id"] or 0))
        totals = {name: sum((row[name] for row in rows), _ZERO) for name in ("total", *columns)}
        return {"at": day, "buckets": list(columns), "partners": rows, "totals": totals}

    def _open_at(self, account_type: str, day: date, partner_ids: list[int] | None) -> list[Due]:
        """What was open on a day: amounts of lines up to it, less what was matched up to it."""
        domain = [*_posted(self.env), ("account_id.account_type", "=", account_type), ("date", "<=", day)]
        if partner_ids is not None:
            domain.append(("partner_id", "in", asked_ids(partner_ids, "partner_ids")))
        later = self._matched_after(day)
        lines = self.search(
            ["&", *_anded(domain), "|", ("reconciled", "=", False), ("id", "in", list(later))]
        )
        return [
            Due(
                line.partner_id.id,
                line.date_maturity or line.date,
                line.amount_residual + later.get(line.id, _ZERO),
            )
            for line in lines
        ]

    def _matched_after(self, day: date) -> dict[int, Decimal]:
        """What matches after a day took off lines: debits positive."""
        taken: dict[int, Decimal] = defaultdict(Decimal)
        for each in self.env["account.partial.reconcile"].search([("max_date", ">", day)]):
            taken[each.debit_move_id.id] += each.amount
            taken[each.credit_move_id.id] -= each.amount
        return taken


def _posted(env: Any) -> list[Any]:
    return [("parent_state", "=", "posted"), ("company_id", "in", list(env.company_ids))]


def _since(first: date | None) -> list[Any]:
    return [("date", ">=", first)] if first else []


def _until(last: date | None) -> list[Any]:
    return [("date", "<=", last)] if last else []


def _anded(domain: list[Any]) -> list[Any]:
    return ["&"] * (len(domain) - 1) + domain


def _day(value: Any, name: str) -> date | None:
    if not value:
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError) as error:
        raise BadRequest(f"{name} is a date such as 2026-12-31.") from error
