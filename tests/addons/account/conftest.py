"""What a day of billing begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entrepot.api import Command, Environment

Invoice = Callable[..., Any]


@pytest.fixture
def ann(env: Environment) -> Any:
    """A customer."""
    return env["res.partner"].create({"name": "Ann"})


@pytest.fixture
def invoice(env: Environment, ann: Any) -> Invoice:
    """Make a posted invoice of one untaxed line: `invoice(100)`; `post=False` leaves the draft."""

    def make(amount: Any = 100, *, post: bool = True, taxes: Any = (), **values: Any) -> Any:
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": ann.id,
                "invoice_date": date(2026, 3, 5),
                "invoice_line_ids": [
                    Command.create({"name": "Lens", "price_unit": amount, "tax_ids": [Command.set(taxes)]})
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    return make


@pytest.fixture
def pay(env: Environment) -> Callable[..., Any]:
    """Pay documents through the wizard; the payments."""

    def make(moves: Any, **values: Any) -> Any:
        context = {"active_model": "account.move", "active_ids": list(moves.ids)}
        given = {"payment_date": date(2026, 3, 10), **values}
        wizard = env["account.payment.register"].with_context(**context).create(given)
        action = wizard.action_create_payments()
        return env["account.payment"].search(action["domain"], order="id")

    return make


@pytest.fixture
def euro(env: Environment) -> Any:
    """A foreign currency: 0.8 for one of ours in March, 0.5 from April on."""
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
    currency.active = True
    rates = env["res.currency.rate"].search([("currency_id", "=", currency.id)])
    rates.unlink()
    env["res.currency.rate"].create(
        [
            {"currency_id": currency.id, "name": date(2026, 3, 1), "rate": 0.8},
            {"currency_id": currency.id, "name": date(2026, 4, 1), "rate": 0.5},
        ]
    )
    return currency
