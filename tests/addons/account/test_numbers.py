"""Numbers without gaps and without doubles, however many people post at once and however much is undone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app_fixtures import PASSWORD, House
from entrepot.errors import EntrepotError, ValidationError
from entrepot.tenants.provision import Owner

POSTERS = 6
EACH = 4


@pytest.fixture
def books(house: House, new_name: Callable[[], str]) -> str:
    """A tenant that keeps books."""
    name = new_name()
    house.app.administer.make(name, addons=("account",), demo=False, owner=Owner(password=PASSWORD))
    return name


def test_posting_at_once_leaves_no_gap_and_makes_no_double(
    house: House, neighbour: House, books: str
) -> None:
    partner = house.as_system(books, "res.partner", "create", [{"name": "Ann"}])
    failures: list[str] = []

    def post(server: House, who: int) -> None:
        try:
            for number in range(EACH):
                line = {"name": "Lens", "price_unit": 10 + who, "tax_ids": False}
                values = {
                    "move_type": "out_invoice",
                    "partner_id": _one(partner),
                    "invoice_date": "2026-03-05",
                    # every third one is refused: a lens for less than nothing
                    "invoice_line_ids": [[0, 0, {**line, "price_unit": -1} if number == 2 else line]],
                }
                made = server.as_system(books, "account.move", "create", [values])
                try:
                    server.as_system(books, "account.move", "action_post", [_one(made)])
                except EntrepotError as error:
                    if number != 2:
                        failures.append(f"{type(error).__name__}: {error}")
        except EntrepotError as error:
            failures.append(f"{type(error).__name__}: {error}")

    threads = [
        threading.Thread(target=post, args=((house, neighbour)[who % 2], who)) for who in range(POSTERS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    domain = [["state", "=", "posted"]]
    rows = house.as_system(books, "account.move", "search_read", domain, ["name"]).dicts()
    expected = POSTERS * (EACH - 1)
    assert sorted(row["name"] for row in rows) == [f"INV/2026/{n:05d}" for n in range(1, expected + 1)]
    report = house.as_system(books, "account.move.line", "trial_balance")
    assert report["balanced"]


def test_of_two_who_pay_one_invoice_at_once_one_does(house: House, neighbour: House, books: str) -> None:
    partner = _one(house.as_system(books, "res.partner", "create", [{"name": "Ann"}]))
    line = [0, 0, {"name": "Lens", "price_unit": 10, "tax_ids": False}]
    values = {"move_type": "out_invoice", "partner_id": partner, "invoice_line_ids": [line]}
    move = _one(house.as_system(books, "account.move", "create", [values]))
    house.as_system(books, "account.move", "action_post", [move])
    model, context = "account.payment.register", {"active_model": "account.move", "active_ids": [move]}
    servers = (house, neighbour, house, neighbour)
    wizards = [_one(each.as_system(books, model, "create", [{}], context=context)) for each in servers]
    refused: list[str] = []

    def pay(server: House, wizard: int) -> None:
        try:
            server.as_system(books, model, "action_create_payments", [wizard])
        except ValidationError as error:
            refused.extend(problem.code for problem in error.problems)

    threads = [threading.Thread(target=pay, args=pair) for pair in zip(servers, wizards, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == ["nothing_due"] * 3
    assert house.as_system(books, "account.payment", "search_count", []) == 1
    rows = house.as_system(books, "account.move", "read", [move], ["amount_residual", "payment_state"])
    row = next(iter(rows.dicts()))
    assert (row["amount_residual"], row["payment_state"]) == (0, "paid")


def _one(made: Any) -> int:
    ids = getattr(made, "ids", made)
    return int(ids[0] if isinstance(ids, (list, tuple)) else ids)
