"""Whatever people do, the ledger balances: random documents, payments, credit notes and matches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entrepot.api import Environment, UserError

D = Decimal


class _Undo(Exception):  # noqa: N818 - a signal, not an error
    """Undoes one example."""


lines = st.fixed_dictionaries(
    {
        "price_unit": st.decimals(min_value="-9", max_value=200, places=3),
        "quantity": st.decimals(min_value="0.5", max_value=9, places=1).map(float),
        "discount": st.sampled_from([0.0, 0.0, 12.5]),
        "taxes": st.lists(st.integers(0, 3), max_size=2, unique=True),
    }
)
documents = st.tuples(
    st.just("document"),
    st.sampled_from(["out_invoice", "out_invoice", "out_refund", "in_invoice", "in_refund"]),
    st.booleans(),
    st.integers(0, 50),
    st.lists(lines, min_size=1, max_size=3),
)
steps = st.one_of(
    documents,
    st.tuples(
        st.just("pay"), st.integers(0, 9), st.sampled_from([None, D(5), D("17.31")]), st.integers(0, 50)
    ),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
    st.tuples(st.just("match"), st.sampled_from(["121000", "211000"])),
    st.tuples(st.just("open"), st.integers(0, 9)),
    st.tuples(st.just("redraft"), st.integers(0, 9)),
)


# a day takes long enough that shrinking one would take minutes
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(documents, min_size=1, max_size=3), st.lists(steps, max_size=8), st.booleans())
def test_the_ledger_always_balances(
    env: Environment,
    ann: Any,
    euro: Any,
    pay: Callable[..., Any],
    first: list[Any],
    more: list[Any],
    globally: bool,  # noqa: FBT001 - drawn
) -> None:
    try:
        with env.savepoint():
            env.company.tax_calculation_rounding_method = "round_globally" if globally else "round_per_line"
            day = _Day(env, ann, euro, pay)
            for step in [*first, *more]:
                try:
                    with env.savepoint():
                        getattr(day, f"do_{step[0]}")(*step[1:])
                except UserError:
                    continue  # refused, and undone as a whole
            _check(env)
            raise _Undo  # noqa: TRY301 - undoes the savepoint
    except _Undo:
        pass


class _Day:
    """What people do."""

    def __init__(self, env: Environment, partner: Any, euro: Any, pay: Callable[..., Any]) -> None:
        self.env, self.partner, self.pay = env, partner, pay
        self.euro = euro
        tax = env["account.tax"]
        both = [
            ("percent", 21, False, False),
            ("percent", 7, True, False),
            ("fixed", 1.5, False, True),
            ("division", 10, True, False),
        ]
        self.taxes = {
            use: tax.create(
                [
                    {
                        "name": f"T{at}",
                        "type_tax_use": use,
                        "amount_type": kind,
                        "amount": amount,
                        "price_include": inside,
                        "include_base_amount": base,
                        "sequence": at,
                    }
                    for at, (kind, amount, inside, base) in enumerate(both)
                ]
            ).ids
            for use in ("sale", "purchase")
        }
        self.moves: list[Any] = []

    def at(self, place: int) -> Any:
        return self.moves[place % len(self.moves)] if self.moves else self.env["account.move"]

    def do_document(self, kind: str, foreign: Any, late: int, content: list[dict[str, Any]]) -> None:
        use = "sale" if kind.startswith("out") else "purchase"
        rows = [
            {**row, "name": "x", "tax_ids": [self.taxes[use][at] for at in row["taxes"]] or [(5, 0, 0)]}
            for row in content
        ]
        for row in rows:
            del row["taxes"]
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner.id,
                "invoice_date": date(2026, 3, 5) + timedelta(days=late),
                "currency_id": self.euro.id if foreign else False,
                "invoice_payment_term_id": self.env.ref("account.account_payment_term_advance").id,
                "invoice_line_ids": [(0, 0, row) for row in rows],
            }
        )
        move.action_post()
        self.moves.append(move)

    def do_pay(self, place: int, amount: Decimal | None, late: int) -> None:
        move = self.at(place)
        self.pay(
            move, amount=amount, payment_date=date(2026, 3, 5) + timedelta(days=late), group_payment=True
        )

    def do_reverse(self, place: int) -> None:
        moves = self.at(place)
        moves._reverse_moves([{"date": date(2026, 4, 3)} for _ in moves], cancel=True)

    def do_match(self, code: str) -> None:
        domain = [("account_id.code", "=", code), ("reconciled", "=", False), ("parent_state", "=", "posted")]
        self.env["account.move.line"].search(domain).reconcile()

    def do_open(self, place: int) -> None:
        self.at(place).line_ids.remove_move_reconcile()

    def do_redraft(self, place: int) -> None:
        move = self.at(place)
        move.button_draft()
        move.invoice_line_ids[:1].write({"quantity": 3})
        move.action_post()


def _check(env: Environment) -> None:
    moves = env["account.move"].search([("state", "=", "posted")])
    for move in moves:
        booked = move.line_ids
        assert sum(booked.mapped("debit"), D(0)) == sum(booked.mapped("credit"), D(0))
        if len(booked.mapped("currency_id")) == 1:
            assert sum(booked.mapped("amount_currency"), D(0)) == 0
        for line in booked:
            assert line.balance == line.debit - line.credit
            assert min(line.debit, line.credit) == 0
        if move.is_invoice(include_receipts=True):
            assert move.amount_total == move.amount_untaxed + move.amount_tax
            terms = booked.filtered(lambda line: line.display_type == "payment_term")
            assert abs(sum(terms.mapped("amount_currency"), D(0))) == move.amount_total
            assert abs(sum(terms.mapped("amount_residual_currency"), D(0))) == move.amount_residual
            assert sum(terms.mapped("amount_residual"), D(0)) == move.amount_residual_signed
            products = booked.filtered(lambda line: line.display_type == "product")
            assert sum(products.mapped("price_subtotal"), D(0)) == move.amount_untaxed
            assert sum(products.mapped("price_total"), D(0)) == move.amount_total
    for line in env["account.move.line"].search(
        [("account_id.reconcile", "=", True), ("parent_state", "=", "posted")]
    ):
        taken = sum(line.matched_credit_ids.mapped("amount"), D(0)) - sum(
            line.matched_debit_ids.mapped("amount"), D(0)
        )
        assert line.amount_residual == line.balance - taken
        assert line.amount_residual * line.balance >= 0
        assert line.reconciled == (not line.amount_residual and not line.amount_residual_currency)
    assert env["account.move.line"].trial_balance()["balanced"]
