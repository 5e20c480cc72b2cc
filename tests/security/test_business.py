"""What people of one department do to the documents of another, or to documents that are settled.

States, numbers and quantities follow from steps alone, however a value comes in: written, made, copied, imported, by a
default of the context, or through a relation. Promises S-04, S-09 to S-11, S-15, S-17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from entrepot.errors import AccessError, EntrepotError, MissingError, UserError, ValidationError
from security.clinic import LEAKS
from security.market import Market

Args = Callable[[Mapping[str, int]], tuple[Any, ...]]


@dataclass(frozen=True)
class Deed:
    """One call that must fail; `ids` in its arguments are the documents by their names."""

    title: str
    who: str
    model: str
    method: str
    args: Args
    error: type[EntrepotError] | tuple[type[EntrepotError], ...] = ValidationError
    context: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title


@pytest.fixture(scope="session")
def books(market: Market) -> dict[str, int]:
    """Documents of each kind, as the administrator made them."""

    def call(model: str, method: str, *args: Any) -> Any:
        return market.system(model, method, *args)

    def first(model: str, *domain: Any) -> int:
        return int(call(model, "search", list(domain), 0, 1)[0])

    if not call("account.account", "search_count", []):
        call("res.company", "load_chart_of_accounts", [1])
    ids = {"elsewhere": market.ids["elsewhere"], "bank": market.ids["CPA"]}
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


def write(title: str, who: str, model: str, name: str, values: Any, **more: Any) -> Deed:
    return Deed(title, who, model, "write", lambda ids: ([ids[name]], filled(values, ids)), **more)


def filled(values: Any, ids: Mapping[str, int]) -> Any:
    return values(ids) if callable(values) else values


SETTLED = [
    write("an order's state", "seller", "sale.order", "order", {"state": "draft"}),
    write("what a bank is told of an order", "seller", "sale.order", "order", {"ek_state": "EK_ORDER_DELIVERED"}),
    write("whose order it is", "seller", "sale.order", "order", lambda ids: {"ek_peer_id": ids["bank"]}),
    write("a bank's number", "seller", "sale.order", "order", {"ek_order_id": 5}),
    write("an order's total", "seller", "sale.order", "order", {"amount_total": 1}),
    write("what was delivered", "seller", "sale.order.line", "order line", {"qty_delivered": 3}),
    write("what was invoiced", "seller", "sale.order.line", "order line", {"qty_invoiced": 3}),
    write("another's invoice on a line", "seller", "sale.order.line", "order line", lambda ids: {"invoice_lines": [(4, ids["invoice line"])]}),
    write("a state through a relation", "seller", "sale.order", "order", lambda ids: {"picking_ids": [(1, ids["transfer"], {"state": "done"})]}, error=AccessError),
    write("a move made through a line", "seller", "sale.order.line", "order line", lambda ids: {"move_ids": [(0, 0, {"product_id": ids["product"]})]}, error=AccessError),
    write("a move deleted through a line", "seller", "sale.order.line", "order line", lambda ids: {"move_ids": [(2, ids["move"])]}, error=AccessError),
    write("an order for another company", "seller", "sale.order", "order", lambda ids: {"company_id": ids["elsewhere"]}),
    Deed("an order that is confirmed from the start", "seller", "sale.order", "create", lambda ids: ({"partner_id": ids["customer"], "state": "sale"},)),
    Deed("a copy that is confirmed", "seller", "sale.order", "copy", lambda ids: ([ids["order"]], {"state": "sale"})),
    Deed("a bank's order made by hand", "seller", "sale.order", "create", lambda ids: ({"partner_id": ids["customer"], "ek_peer_id": ids["bank"]},)),
    write("a purchase's state", "buyer", "purchase.order", "purchase", {"state": "purchase"}),
    Deed("a bank's purchase made by hand", "buyer", "purchase.order", "create", lambda ids: ({"partner_id": ids["customer"], "ek_ref": "x"},)),
    write("a posted document's state", "bookkeeper", "account.move", "invoice", {"state": "draft"}),
    write("a posted document's number", "bookkeeper", "account.move", "invoice", {"name": "INV/1"}),
    write("a posted document's payment", "bookkeeper", "account.move", "invoice", {"payment_state": "paid"}),
    write("a posted document's customer", "bookkeeper", "account.move", "invoice", {"partner_id": 3}),
    write("a posted document's day", "bookkeeper", "account.move", "invoice", {"date": "2020-01-01"}),
    write("a posted document's company", "bookkeeper", "account.move", "invoice", lambda ids: {"company_id": ids["elsewhere"]}),
    write("a line of a posted document", "bookkeeper", "account.move.line", "invoice line", {"debit": 1}),
    write("the account of a posted line", "bookkeeper", "account.move.line", "invoice line", {"tax_ids": [(5, 0, 0)]}),
    write("a line more", "bookkeeper", "account.move", "invoice", {"line_ids": [(0, 0, {"debit": 5})]}),
    write("a line that goes elsewhere", "bookkeeper", "account.move.line", "invoice line", lambda ids: {"move_id": ids["wages"]}),
    write("a line that is settled", "bookkeeper", "account.move.line", "invoice line", {"reconciled": True}),
    write("a key of the server's own", "bookkeeper", "account.move", "invoice", {"name": "X"}, context={"_ledger": True, "check_move_validity": False}),
    Deed("a posted document deleted", "bookkeeper", "account.move", "unlink", lambda ids: ([ids["invoice"]],)),
    Deed("a document posted from the start", "bookkeeper", "account.move", "create", lambda ids: ({"move_type": "entry", "state": "posted"},)),
    Deed("a payment that is paid", "bookkeeper", "account.payment", "create", lambda ids: ({"amount": 5, "partner_id": ids["customer"], "state": "paid"},)),
    Deed("a match by hand", "bookkeeper", "account.partial.reconcile", "create", lambda ids: ({"amount": 1},), (ValidationError, AccessError)),
    write("a move's state", "storekeeper", "stock.move", "move", {"state": "done"}),
    write("a transfer's state", "storekeeper", "stock.picking", "transfer", {"state": "done"}),
    write("a quantity on hand", "storekeeper", "stock.quant", "quant", {"quantity": 999}),
    write("a quantity reserved", "storekeeper", "stock.quant", "quant", {"reserved_quantity": 0}),
    Deed("goods out of nothing", "storekeeper", "stock.quant", "create", lambda ids: ({"product_id": ids["product"], "location_id": ids["outside"], "quantity": 9},)),
    Deed("a move that is done from the start", "storekeeper", "stock.move", "create", lambda ids: ({"name": "x", "product_id": ids["product"], "location_id": ids["shelf"], "location_dest_id": ids["outside"], "state": "done"},)),
    write("a session's state", "cashier", "pos.session", "session", {"state": "closed"}),
    write("a session's cash", "cashier", "pos.session", "session", {"cash_register_balance_start": 5}),
]  # fmt: skip
OTHERS = [
    Deed("an order", "internal", "sale.order", "read", lambda ids: ([ids["order"]], ["name"]), AccessError),
    Deed("an invoice", "internal", "account.move", "outstanding_lines", lambda ids: ([ids["invoice"]],), AccessError),
    Deed("what a customer owes", "internal", "res.partner", "read", lambda ids: ([ids["customer"]], ["credit", "total_due"]), AccessError),
    Deed("who owes something", "internal", "res.partner", "search", lambda _: ([["credit", ">", 0]],), AccessError),
    Deed("wages of clients", "internal", "res.partner", "read_group", lambda _: ([], ["salary:max"], []), (AccessError, ValidationError)),
    Deed("birth dates in an export", "internal", "res.partner", "export_data", lambda ids: ([ids["customer"]], ["birth_date"]), AccessError),
    Deed("an invoice posted by a seller", "seller", "account.move", "action_post", lambda ids: ([ids["invoice"]],), AccessError),
    Deed("an invoice set back by a seller", "seller", "account.move", "button_draft", lambda ids: ([ids["invoice"]],), AccessError),
    Deed("the wages, for a seller", "seller", "account.move", "read", lambda ids: ([ids["wages"]], ["ref"]), AccessError),
    Deed("a vendor's bill, for a seller", "seller", "account.move", "read", lambda ids: ([ids["bill"]], ["ref"]), AccessError),
    Deed("an invoice, for a buyer", "buyer", "account.move", "read", lambda ids: ([ids["invoice"]], ["ref"]), AccessError),
    Deed("the wages, for a buyer", "buyer", "account.move", "read", lambda ids: ([ids["wages"]], ["ref"]), AccessError),
    Deed("an order changed by a bookkeeper", "bookkeeper", "sale.order", "write", lambda ids: ([ids["order"]], {"note": "x"}), AccessError),
    Deed("a price changed by a seller", "seller", "product.product", "write", lambda ids: ([ids["product"]], {"lst_price": 1}), AccessError),
    Deed("a transfer done by a seller", "seller", "stock.picking", "button_validate", lambda ids: ([ids["transfer"]],), AccessError),
    Deed("a count by a seller", "seller", "stock.quant", "create", lambda ids: ({"product_id": ids["product"], "location_id": ids["shelf"]},), AccessError),
    Deed("a receipt by a cashier", "cashier", "purchase.order", "button_confirm", lambda ids: ([ids["purchase"]],), AccessError),
    Deed("stock, for a portal user", "portal", "product.product", "quantities_by_warehouse", lambda ids: ([ids["product"]],), AccessError),
    *(
        Deed(f"another company's {model}", "stranger", model, "read", lambda ids, name=name: ([ids[name]], ["display_name"]), AccessError)
        for model, name in (
            ("sale.order", "order"), ("sale.order.line", "order line"), ("stock.picking", "transfer"), ("stock.move", "move"),
            ("stock.quant", "quant"), ("account.move", "invoice"), ("account.move.line", "invoice line"),
            ("purchase.order", "purchase"), ("pos.session", "session"), ("pos.config", "till"),
        )
    ),
    Deed("another company's order invoiced", "stranger", "sale.order", "create_invoices", lambda ids: ([ids["order"]],), AccessError),
    Deed("the same by a wizard", "stranger", "sale.advance.payment.inv", "create", lambda ids: ({"sale_order_ids": [(6, 0, [ids["order"]])]},), AccessError),
    Deed("another company's invoice reversed", "stranger", "account.move.reversal", "create", lambda ids: ({"move_ids": [(6, 0, [ids["invoice"]])]},), AccessError),
    Deed("another company's goods returned", "stranger", "stock.return.picking", "create", lambda ids: ({"picking_id": ids["transfer"]},), AccessError),
    Deed("another company's till opened", "stranger", "pos.config", "open_ui", lambda ids: ([ids["till"]],), AccessError),
]  # fmt: skip


@pytest.mark.parametrize("deed", [*SETTLED, *OTHERS], ids=str)
def test_it_is_refused(market: Market, books: dict[str, int], deed: Deed) -> None:
    context = {"context": dict(deed.context)} if deed.context else {}
    with pytest.raises(deed.error) as refused:
        market.call(deed.who, deed.model, deed.method, *deed.args(books), **context)
    told = str(refused.value.message)
    assert [leak for leak in LEAKS if leak in told] == []
    assert 10 < len(told) < 2000


DEFAULTS: tuple[tuple[str, str, Args, dict[str, Any]], ...] = (
    ("seller", "sale.order", lambda ids: ({"partner_id": ids["customer"]},), {"state": "sale", "locked": True, "ek_state": "EK_ORDER_DELIVERED", "ek_order_id": 5}),
    ("buyer", "purchase.order", lambda ids: ({"partner_id": ids["customer"]},), {"state": "purchase", "ek_ref": "x"}),
    ("bookkeeper", "account.move", lambda _: ({"move_type": "entry"},), {"state": "posted", "name": "INV/2026/99999", "payment_state": "paid", "posted_before": True}),
    ("bookkeeper", "account.payment", lambda ids: ({"amount": 5, "partner_id": ids["customer"]},), {"state": "paid", "name": "P1"}),
    ("storekeeper", "stock.quant", lambda ids: ({"product_id": ids["product"], "location_id": ids["outside"]},), {"quantity": 999.0, "reserved_quantity": 9.0}),
    ("storekeeper", "stock.move", lambda ids: ({"name": "x", "product_id": ids["product"], "location_id": ids["shelf"], "location_dest_id": ids["outside"]},), {"state": "done"}),
    ("cashier", "pos.order", lambda ids: ({"session_id": ids["session"]},), {"state": "paid", "name": "X"}),
    ("seller", "crm.lead", lambda _: ({"name": "x"},), {"ek_cart_id": 5, "ek_order_id": 5}),
)  # fmt: skip


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
