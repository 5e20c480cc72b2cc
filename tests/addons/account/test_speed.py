"""How many questions a step asks the store: as many for a hundred documents as for ten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from entrepot.api import Command, Environment


class Counting:
    """A transaction that counts the statements it is asked."""

    STATEMENTS = frozenset({"fetch", "execute", "execute_many", "insert", "update"})

    def __init__(self, tx: Any) -> None:
        self.tx = tx
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.tx, name)
        if name not in self.STATEMENTS:
            return found

        def counted(*args: Any, **options: Any) -> Any:
            self.asked += 1
            return found(*args, **options)

        return counted


def test_a_hundred_invoices_ask_as_much_as_ten(environment: Callable[..., Environment]) -> None:
    env = environment()
    counting: Any = Counting(env.work.tx)
    env.work.tx = env.tx = counting
    partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(10)]).ids
    products = (
        env["product.product"].create([{"name": f"Lens {n}", "lst_price": 10 + n} for n in range(3)]).ids
    )
    env.flush()

    def work(number: int) -> list[int]:
        asked = []
        rows = [
            {
                "move_type": "out_invoice",
                "partner_id": partners[at % 10],
                "invoice_date": date(2026, 3, 5),
                "invoice_line_ids": [
                    Command.create({"product_id": each, "quantity": 2}) for each in products
                ],
            }
            for at in range(number)
        ]
        counting.asked = 0
        moves = env["account.move"].create(rows)
        env.flush()
        asked.append(counting.asked)
        counting.asked = 0
        moves.action_post()
        env.flush()
        asked.append(counting.asked)
        counting.asked = 0
        context = {"active_model": "account.move", "active_ids": moves.ids}
        env["account.payment.register"].with_context(**context).create({}).action_create_payments()
        env.flush()
        asked.append(counting.asked)
        assert set(moves.mapped("payment_state")) == {"paid"}
        return asked

    work(2)
    few, many = work(10), work(100)
    assert max(few) < 60
    # long lists of ids are split now and then
    assert all(more <= less + 6 for more, less in zip(many, few, strict=True))
