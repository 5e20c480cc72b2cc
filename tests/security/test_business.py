"""What people of one department do to the documents of another, or to documents that are settled.

States, numbers and quantities follow from steps alone, however a value comes in: written, made, copied, imported, by a
default of the context, or through a relation. Promises S-04, S-09 to S-11, S-15, S-17.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from doors.knock import knock
from entrepot.errors import AccessError, MissingError, UserError
from security.clinic import LEAKS
from security.deeds import OTHERS, SETTLED, Args, Deed
from security.market import Market

WAGES = quote('[["salary", ">", 1]]')


@pytest.fixture(scope="session")
def books(market: Market) -> dict[str, int]:
    """Documents of each kind, as the administrator made them."""

    def call(model: str, method: str, *args: Any) -> Any:
        return market.system(model, method, *args)

    def first(model: str, *domain: Any) -> int:
        return int(call(model, "search", list(domain), 0, 1)[0])

    if not call("account.account", "search_count", []):
        call("res.company", "load_chart_of_accounts", [1])
    ids = {
        "elsewhere": market.ids["elsewhere"],
        "bank": market.ids["CPA"],
        "client": market.ids["client of cpa"],
    }
    ids["customer"] = call("res.partner", "create", {"name": "Customer"})
    ids["product"] = call("product.product", "create", {"name": "Goods", "is_storable": True})
    house = call(
        "stock.warehouse", "read", [first("stock.warehouse", ["code_pos", "=", "EKIWH"])], ["lot_stock_id"]
    )
    ids["shelf"] = next(iter(house.dicts()))["lot_stock_id"][0]
    ids["outside"] = first("stock.location", ["usage", "=", "customer"])
    where = {"product_id": ids["product"], "location_id": ids["shelf"]}
    ids["quant"] = call("stock.quant", "create", {**where, "inventory_quantity": 50})
    call("stock.quant", "action_apply_inventory", [ids["quant"]])
    line = (0, 0, {"product_id": ids["product"], "product_uom_qty": 3})
    ids["order"] = call("sale.order", "create", {"partner_id": ids["customer"], "order_line": [line]})
    call("sale.order", "action_confirm", [ids["order"]])
    ids["order line"] = first("sale.order.line", ["order_id", "=", ids["order"]])
    ids["move"] = first("stock.move", ["sale_line_id", "=", ids["order line"]])
    ids["transfer"] = first("stock.picking", ["move_ids", "in", [ids["move"]]])
    priced = (0, 0, {"name": "Work", "quantity": 1, "price_unit": 100})
    for name, kind in (("invoice", "out_invoice"), ("bill", "in_invoice")):
        values = {"move_type": kind, "partner_id": ids["customer"], "invoice_date": "2026-01-05"}
        ids[name] = call("account.move", "create", {**values, "invoice_line_ids": [priced]})
        call("account.move", "action_post", [ids[name]])
    ids["invoice line"] = first("account.move.line", ["move_id", "=", ids["invoice"]])
    journal, accounts = (
        first("account.journal", ["type", "=", "general"]),
        call("account.account", "search", [], 0, 2),
    )
    wages = [(0, 0, {"account_id": accounts[0], "debit": 10, "name": "wages"})]
    wages += [(0, 0, {"account_id": accounts[1], "credit": 10, "name": "wages"})]
    ids["wages"] = call(
        "account.move", "create", {"move_type": "entry", "journal_id": journal, "line_ids": wages}
    )
    bought = (0, 0, {"product_id": ids["product"], "product_qty": 2, "price_unit": 5})
    ids["purchase"] = call(
        "purchase.order", "create", {"partner_id": ids["customer"], "order_line": [bought]}
    )
    till = call("pos.config", "search", []) or [call("pos.config", "create", {"name": "Till"})]
    ids["till"] = till[0]
    market.call("cashier", "pos.config", "open_ui", [ids["till"]])
    ids["session"] = first("pos.session", ["config_id", "=", ids["till"]])
    return ids


@pytest.mark.parametrize("deed", [*SETTLED, *OTHERS], ids=str)
def test_it_is_refused(market: Market, books: dict[str, int], deed: Deed) -> None:
    context = {"context": dict(deed.context)} if deed.context else {}
    with pytest.raises(deed.error) as refused:
        market.call(deed.who, deed.model, deed.method, *deed.args(books), **context)
    told = str(refused.value.message)
    assert [leak for leak in LEAKS if leak in told] == []
    assert 10 < len(told) < 2000


DEFAULTS: tuple[tuple[str, str, Args, dict[str, Any]], ...] = (
    (
        "seller",
        "sale.order",
        lambda ids: ({"partner_id": ids["customer"]},),
        {"state": "sale", "locked": True, "ek_state": "EK_ORDER_DELIVERED", "ek_order_id": 5},
    ),
    (
        "buyer",
        "purchase.order",
        lambda ids: ({"partner_id": ids["customer"]},),
        {"state": "purchase", "ek_ref": "x"},
    ),
    (
        "bookkeeper",
        "account.move",
        lambda _: ({"move_type": "entry"},),
        {"state": "posted", "name": "INV/2026/99999", "payment_state": "paid", "posted_before": True},
    ),
    (
        "bookkeeper",
        "account.payment",
        lambda ids: ({"amount": 5, "partner_id": ids["customer"]},),
        {"state": "paid", "name": "P1"},
    ),
    (
        "storekeeper",
        "stock.quant",
        lambda ids: ({"product_id": ids["product"], "location_id": ids["outside"]},),
        {"quantity": 999.0, "reserved_quantity": 9.0},
    ),
    (
        "storekeeper",
        "stock.move",
        lambda ids: (
            {
                "name": "x",
                "product_id": ids["product"],
                "location_id": ids["shelf"],
                "location_dest_id": ids["outside"],
            },
        ),
        {"state": "done"},
    ),
    ("cashier", "pos.order", lambda ids: ({"session_id": ids["session"]},), {"state": "paid", "name": "X"}),
    ("seller", "crm.lead", lambda _: ({"name": "x"},), {"ek_cart_id": 5, "ek_order_id": 5}),
)


@pytest.mark.parametrize(
    ("who", "model", "args", "wanted"), DEFAULTS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_no_default_of_a_context_takes_a_step(
    market: Market, books: dict[str, int], who: str, model: str, args: Args, wanted: dict[str, Any]
) -> None:
    context = {f"default_{name}": value for name, value in wanted.items()}
    made = market.call(who, model, "create", *args(books), context=context)
    found = market.one(model, [["id", "=", made]], list(wanted))
    assert {name: found[name] for name in wanted if found[name] == wanted[name]} == {}


def test_sellers_and_buyers_see_their_own_side_of_the_books(market: Market, books: dict[str, int]) -> None:
    for who, seen, hidden in (("seller", "invoice", "bill"), ("buyer", "bill", "invoice")):
        found = market.call(who, "account.move", "search", [])
        assert books[seen] in found
        assert {books[hidden], books["wages"]}.isdisjoint(found)
        lines = market.call(who, "account.move.line", "search_read", [], ["name"]).dicts()
        assert "wages" not in {each["name"] for each in lines}
    assert {books["invoice"], books["bill"], books["wages"]} <= set(
        market.call("bookkeeper", "account.move", "search", [])
    )


def test_an_open_form_is_its_openers_alone(market: Market, books: dict[str, int]) -> None:
    forms = (
        ("seller", "sale.advance.payment.inv", {"sale_order_ids": [(6, 0, [books["order"]])]}),
        ("bookkeeper", "account.move.reversal", {"move_ids": [(6, 0, [books["invoice"]])]}),
        ("storekeeper", "stock.backorder.confirmation", {"pick_ids": [(6, 0, [books["transfer"]])]}),
    )
    for who, model, values in forms:
        made = market.call(who, model, "create", values)
        assert market.call(who, model, "search", []) == [made]
        assert market.call("admin", model, "search", []) == []
        with pytest.raises((AccessError, MissingError)):
            market.call("admin", model, "read", [made])


@pytest.mark.parametrize(
    "amount", ["1e-999999", "1e999999", "NaN", "Infinity", "-5", "x", None, [], True, "9" * 40]
)
def test_odd_amounts_of_cash_are_refused_in_words(market: Market, books: dict[str, int], amount: Any) -> None:
    session = [books["session"]]
    with pytest.raises(UserError):
        market.call("cashier", "pos.session", "try_cash_in_out", session, "in", amount, "x")


def test_the_stock_of_another_company_is_told_to_nobody(market: Market, books: dict[str, int]) -> None:
    elsewhere = {"context": {"allowed_company_ids": [books["elsewhere"], 1]}}
    domain = [["company_id", "=", books["elsewhere"]]]
    found = market.system("stock.warehouse", "search_read", domain, ["lot_stock_id"], **elsewhere)
    house = next(iter(found.dicts()))
    shelf = house["lot_stock_id"][0]
    product = market.system("product.product", "create", {"name": "Theirs", "is_storable": True})
    count = {"product_id": product, "location_id": shelf, "inventory_quantity": 42}
    quant = market.system("stock.quant", "create", count, **elsewhere)
    market.system("stock.quant", "action_apply_inventory", [quant], **elsewhere)

    def on_hand(who: str, context: dict[str, Any]) -> Any:
        read = market.call(who, "product.product", "read", [product], ["qty_available"], context=context)
        return next(iter(read.dicts()))["qty_available"]

    for context in (
        {"warehouse_id": house["id"]},
        {"location": shelf},
        {"location": "%"},
        {"location": "Stock"},
    ):
        assert on_hand("stranger", context) == 42
        assert on_hand("storekeeper", context) == 0
        assert on_hand("storekeeper", {**context, "_every_company": True}) == 0


@pytest.mark.parametrize(
    ("who", "address", "said"),
    [
        ("internal", "/api/res.users/export?fields=login,password_hash", "is no column"),
        ("internal", "/api/res.partner/export?fields=name,salary", "is no column"),
        ("internal", "/api/res.partner/export?fields=name&order=salary", "Invalid field 'salary'"),
        ("internal", f"/api/res.partner/export?fields=name&filter={WAGES}", "Invalid field 'salary'"),
        ("internal", "/api/ek.message/export?fields=payload", "not allowed"),
        ("cpa", "/api/account.move/export?fields=name", "not allowed"),
    ],
)
def test_files_tell_no_more_than_answers(market: Market, who: str, address: str, said: str) -> None:
    door = market.rest(who)
    heard = knock(door.app, "GET", address, headers=dict(door.headers))
    assert 400 <= heard.status < 500
    assert said in heard.json["error"]["message"]


@pytest.mark.parametrize(
    ("who", "model", "rows"),
    [
        ("seller", "sale.order", "partner_id/.id,state\n3,sale\n"),
        ("bookkeeper", "account.move", "move_type,state\nentry,posted\n"),
        ("storekeeper", "stock.quant", "product_id/.id,location_id/.id,quantity\n1,5,9\n"),
        ("cpa", "res.partner", "name,create_by\nx,ek\n"),
        ("portal", "res.users", "login,name\nx,x\n"),
        ("seller", "sale.order", "partner_id/.id,ek_state\n3,EK_ORDER_DELIVERED\n"),
    ],
)
def test_files_change_no_more_than_calls(market: Market, who: str, model: str, rows: str) -> None:
    before = market.count(model, [])
    door = market.rest(who)
    headers = {**door.headers, "content-type": "text/csv"}
    heard = knock(door.app, "POST", f"/api/{model}/import", rows.encode(), headers)
    assert heard.status in (403, 422), heard.body
    assert market.count(model, []) == before
