"""Calls of people of one department on documents of another, or on documents that are settled: all must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from entrepot.errors import AccessError, EntrepotError, ValidationError

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


def write(title: str, who: str, model: str, name: str, values: Any, **more: Any) -> Deed:
    return Deed(title, who, model, "write", lambda ids: ([ids[name]], filled(values, ids)), **more)


def filled(values: Any, ids: Mapping[str, int]) -> Any:
    return values(ids) if callable(values) else values


SETTLED = [
    write("an order's state", "seller", "sale.order", "order", {"state": "draft"}),
    write(
        "what a bank is told of an order", "seller", "sale.order", "order", {"ek_state": "EK_ORDER_DELIVERED"}
    ),
    write("whose order it is", "seller", "sale.order", "order", lambda ids: {"ek_peer_id": ids["bank"]}),
    write("whose client it is", "bookkeeper", "res.partner", "client", {"ek_peer_ids": [(5, 0, 0)]}),
    write("how a client is found", "bookkeeper", "res.partner", "client", {"ek_key": "x"}),
    write("what the platform keeps", "bookkeeper", "res.partner", "client", {"email": "x@x.test"}),
    write("a bank's number", "seller", "sale.order", "order", {"ek_order_id": 5}),
    write("an order's total", "seller", "sale.order", "order", {"amount_total": 1}),
    write("what was delivered", "seller", "sale.order.line", "order line", {"qty_delivered": 3}),
    write("what was invoiced", "seller", "sale.order.line", "order line", {"qty_invoiced": 3}),
    write(
        "another's invoice on a line",
        "seller",
        "sale.order.line",
        "order line",
        lambda ids: {"invoice_lines": [(4, ids["invoice line"])]},
    ),
    write(
        "a state through a relation",
        "seller",
        "sale.order",
        "order",
        lambda ids: {"picking_ids": [(1, ids["transfer"], {"state": "done"})]},
        error=AccessError,
    ),
    write(
        "a move made through a line",
        "seller",
        "sale.order.line",
        "order line",
        lambda ids: {"move_ids": [(0, 0, {"product_id": ids["product"]})]},
        error=AccessError,
    ),
    write(
        "a move deleted through a line",
        "seller",
        "sale.order.line",
        "order line",
        lambda ids: {"move_ids": [(2, ids["move"])]},
        error=AccessError,
    ),
    write(
        "an order for another company",
        "seller",
        "sale.order",
        "order",
        lambda ids: {"company_id": ids["elsewhere"]},
    ),
    Deed(
        "an order that is confirmed from the start",
        "seller",
        "sale.order",
        "create",
        lambda ids: ({"partner_id": ids["customer"], "state": "sale"},),
    ),
    Deed(
        "a copy that is confirmed",
        "seller",
        "sale.order",
        "copy",
        lambda ids: ([ids["order"]], {"state": "sale"}),
    ),
    Deed(
        "a bank's order made by hand",
        "seller",
        "sale.order",
        "create",
        lambda ids: ({"partner_id": ids["customer"], "ek_peer_id": ids["bank"]},),
    ),
    write("a purchase's state", "buyer", "purchase.order", "purchase", {"state": "purchase"}),
    Deed(
        "a bank's purchase made by hand",
        "buyer",
        "purchase.order",
        "create",
        lambda ids: ({"partner_id": ids["customer"], "ek_ref": "x"},),
    ),
    write("a posted document's state", "bookkeeper", "account.move", "invoice", {"state": "draft"}),
    write("a posted document's number", "bookkeeper", "account.move", "invoice", {"name": "INV/1"}),
    write("a posted document's payment", "bookkeeper", "account.move", "invoice", {"payment_state": "paid"}),
    write("a posted document's customer", "bookkeeper", "account.move", "invoice", {"partner_id": 3}),
    write("a posted document's day", "bookkeeper", "account.move", "invoice", {"date": "2020-01-01"}),
    write(
        "a posted document's company",
        "bookkeeper",
        "account.move",
        "invoice",
        lambda ids: {"company_id": ids["elsewhere"]},
    ),
    write("a line of a posted document", "bookkeeper", "account.move.line", "invoice line", {"debit": 1}),
    write(
        "the account of a posted line",
        "bookkeeper",
        "account.move.line",
        "invoice line",
        {"tax_ids": [(5, 0, 0)]},
    ),
    write("a line more", "bookkeeper", "account.move", "invoice", {"line_ids": [(0, 0, {"debit": 5})]}),
    write(
        "a line that goes elsewhere",
        "bookkeeper",
        "account.move.line",
        "invoice line",
        lambda ids: {"move_id": ids["wages"]},
    ),
    write("a line that is settled", "bookkeeper", "account.move.line", "invoice line", {"reconciled": True}),
    write(
        "a key of the server's own",
        "bookkeeper",
        "account.move",
        "invoice",
        {"name": "X"},
        context={"_ledger": True, "check_move_validity": False},
    ),
    Deed(
        "a posted document deleted", "bookkeeper", "account.move", "unlink", lambda ids: ([ids["invoice"]],)
    ),
    Deed(
        "a document posted from the start",
        "bookkeeper",
        "account.move",
        "create",
        lambda ids: ({"move_type": "entry", "state": "posted"},),
    ),
    Deed(
        "a payment that is paid",
        "bookkeeper",
        "account.payment",
        "create",
        lambda ids: ({"amount": 5, "partner_id": ids["customer"], "state": "paid"},),
    ),
    write("a move's state", "storekeeper", "stock.move", "move", {"state": "done"}),
    write("a transfer's state", "storekeeper", "stock.picking", "transfer", {"state": "done"}),
    write("a quantity on hand", "storekeeper", "stock.quant", "quant", {"quantity": 999}),
    write("a quantity reserved", "storekeeper", "stock.quant", "quant", {"reserved_quantity": 0}),
    Deed(
        "goods out of nothing",
        "storekeeper",
        "stock.quant",
        "create",
        lambda ids: ({"product_id": ids["product"], "location_id": ids["outside"], "quantity": 9},),
    ),
    Deed(
        "a move that is done from the start",
        "storekeeper",
        "stock.move",
        "create",
        lambda ids: (
            {
                "name": "x",
                "product_id": ids["product"],
                "location_id": ids["shelf"],
                "location_dest_id": ids["outside"],
                "state": "done",
            },
        ),
    ),
    write("a session's cash", "cashier", "pos.session", "session", {"cash_register_balance_start": 5}),
]
OTHERS = [
    Deed("an order", "internal", "sale.order", "read", lambda ids: ([ids["order"]], ["name"]), AccessError),
    Deed(
        "an invoice",
        "internal",
        "account.move",
        "outstanding_lines",
        lambda ids: ([ids["invoice"]],),
        AccessError,
    ),
    Deed(
        "what a customer owes",
        "internal",
        "res.partner",
        "read",
        lambda ids: ([ids["customer"]], ["credit", "total_due"]),
        AccessError,
    ),
    Deed(
        "who owes something",
        "internal",
        "res.partner",
        "search",
        lambda _: ([["credit", ">", 0]],),
        AccessError,
    ),
    Deed(
        "wages of clients",
        "internal",
        "res.partner",
        "read_group",
        lambda _: ([], ["salary:max"], []),
        (AccessError, ValidationError),
    ),
    Deed(
        "birth dates in an export",
        "internal",
        "res.partner",
        "export_data",
        lambda ids: ([ids["customer"]], ["birth_date"]),
        AccessError,
    ),
    Deed(
        "an invoice posted by a seller",
        "seller",
        "account.move",
        "action_post",
        lambda ids: ([ids["invoice"]],),
        AccessError,
    ),
    Deed(
        "an invoice set back by a seller",
        "seller",
        "account.move",
        "button_draft",
        lambda ids: ([ids["invoice"]],),
        AccessError,
    ),
    Deed(
        "the wages, for a seller",
        "seller",
        "account.move",
        "read",
        lambda ids: ([ids["wages"]], ["ref"]),
        AccessError,
    ),
    Deed(
        "a vendor's bill, for a seller",
        "seller",
        "account.move",
        "read",
        lambda ids: ([ids["bill"]], ["ref"]),
        AccessError,
    ),
    Deed(
        "an invoice, for a buyer",
        "buyer",
        "account.move",
        "read",
        lambda ids: ([ids["invoice"]], ["ref"]),
        AccessError,
    ),
    Deed(
        "the wages, for a buyer",
        "buyer",
        "account.move",
        "read",
        lambda ids: ([ids["wages"]], ["ref"]),
        AccessError,
    ),
    Deed(
        "an order changed by a bookkeeper",
        "bookkeeper",
        "sale.order",
        "write",
        lambda ids: ([ids["order"]], {"note": "x"}),
        AccessError,
    ),
    Deed(
        "a price changed by a seller",
        "seller",
        "product.product",
        "write",
        lambda ids: ([ids["product"]], {"lst_price": 1}),
        AccessError,
    ),
    Deed(
        "a transfer done by a seller",
        "seller",
        "stock.picking",
        "button_validate",
        lambda ids: ([ids["transfer"]],),
        AccessError,
    ),
    Deed(
        "a count by a seller",
        "seller",
        "stock.quant",
        "create",
        lambda ids: ({"product_id": ids["product"], "location_id": ids["shelf"]},),
        AccessError,
    ),
    Deed(
        "a receipt by a cashier",
        "cashier",
        "purchase.order",
        "button_confirm",
        lambda ids: ([ids["purchase"]],),
        AccessError,
    ),
    Deed(
        "stock, for a portal user",
        "portal",
        "product.product",
        "quantities_by_warehouse",
        lambda ids: ([ids["product"]],),
        AccessError,
    ),
    *(
        Deed(
            f"another company's {model}",
            "stranger",
            model,
            "read",
            lambda ids, name=name: ([ids[name]], ["display_name"]),
            AccessError,
        )
        for model, name in (
            ("sale.order", "order"),
            ("sale.order.line", "order line"),
            ("stock.picking", "transfer"),
            ("stock.move", "move"),
            ("stock.quant", "quant"),
            ("account.move", "invoice"),
            ("account.move.line", "invoice line"),
            ("purchase.order", "purchase"),
            ("pos.session", "session"),
            ("pos.config", "till"),
        )
    ),
    Deed(
        "another company's order invoiced",
        "stranger",
        "sale.order",
        "create_invoices",
        lambda ids: ([ids["order"]],),
        AccessError,
    ),
    Deed(
        "the same by a wizard",
        "stranger",
        "sale.advance.payment.inv",
        "create",
        lambda ids: ({"sale_order_ids": [(6, 0, [ids["order"]])]},),
        AccessError,
    ),
    Deed(
        "another company's invoice reversed",
        "stranger",
        "account.move.reversal",
        "create",
        lambda ids: ({"move_ids": [(6, 0, [ids["invoice"]])]},),
        AccessError,
    ),
    Deed(
        "another company's goods returned",
        "stranger",
        "stock.return.picking",
        "create",
        lambda ids: ({"picking_id": ids["transfer"]},),
        AccessError,
    ),
    Deed(
        "another company's till opened",
        "stranger",
        "pos.config",
        "open_ui",
        lambda ids: ([ids["till"]],),
        AccessError,
    ),
]
