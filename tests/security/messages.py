"""Messages that a bank's account may not send, each with what its refusal says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from security.market import POS, Market, client, opportunity, product

OTHERS = [["email", "=", "alsalam@clients.test"]]
ANALYST = [["login", "=", "analyst@x.test"]]
"""An account of the other bank."""
CLERK = [["login", "=", "clerk@x.test"]]
"""One of its own."""
OWN = [["email", "=", "cpa@clients.test"]]
NEW = {"name": "x", "manufacturer_ref": "NEW-1"}


@dataclass(frozen=True)
class Message:
    """One POST or PUT of the account of CPA, and what its refusal says. A filter makes it a PUT."""

    title: str
    model: str
    data: Any
    says: str
    target: Callable[[Market], Any] | None = None
    context: Any = None

    def __str__(self) -> str:
        return self.title

    def send(self, market: Market, who: str = "cpa") -> Any:
        params: dict[str, Any] = {"data": self.data}
        if self.context is not None:
            params["context"] = self.context
        if self.target is None:
            return market.rest(who).send("POST", self.model, **params)
        return market.rest(who).send(
            "PUT", self.model, **params, filter=self.target(market), require_match=True
        )


def user(title: str, says: str, login: str = "new@x.test", **values: Any) -> Message:
    return Message(title, "res.users", {"create_by": "ek", "name": "n", "login": login, **values}, says)


def put(title: str, model: str, target: Any, says: str, **values: Any) -> Message:
    found = target if callable(target) else lambda _: target
    return Message(title, model, {"create_by": "ek", **values}, says, found)


def cart(title: str, says: str, **values: Any) -> Message:
    return Message(title, "crm.lead", opportunity("CPA", "cpa@clients.test", 777, **values), says)


def item(ref: str, quantity: Any) -> dict[str, Any]:
    return {"manufacturer_ref": ref, "quantity": quantity, "product_warehouse_id": POS}


def goods(title: str, says: str, **changes: Any) -> Message:
    return Message(title, "product.template", product("NEW", "NEW-1") | changes, says)


BANK = [
    put("another bank's client, by address", "res.partner", OTHERS, "No res.partner matches", name="x"),
    put(
        "another bank's client, by id",
        "res.partner",
        lambda m: [m.ids["client of alsalam"]],
        "may change",
        name="x",
    ),
    put("a contact that is no client, by id", "res.partner", [3], "may change", email="x@x.test"),
    Message("another bank's client, once more", "res.partner", client("ALSALAM@clients.test"), "another bank's"),
    Message(
        "an address below another bank's client",
        "res.partner",
        client("below@x.test", parent_id="alsalam@clients.test"),
        "names no client",
    ),
    cart("an order of another bank's client", "another bank's", partner={"email": "alsalam@clients.test"}),
    Message("an order for another bank", "crm.lead", opportunity("Alsalam", "cpa@clients.test", 5), "no order source"),
    Message(
        "an order for another bank, said by the other side",
        "crm.lead",
        opportunity("Alsalam", "cpa@clients.test", 5) | {"create_by": "odoo"},
        "no order source",
    ),
    Message(
        "an order for another bank, behind one of its own",
        "crm.lead",
        [opportunity("CPA", "cpa@clients.test", 6), opportunity("Alsalam", "cpa@clients.test", 7)],
        "Message 1: order_source 'Alsalam' is no order source",
    ),
    put(
        "another bank's order, by id",
        "sale.order",
        lambda m: [m.ids["order of alsalam"]],
        "may change",
        state="EK_ORDER_IN_PREPARATION",
    ),
    put(
        "another bank's order, by number",
        "sale.order",
        [["ek_order_id", "=", "100"]],
        "No sale.order matches",
        state="EK_ORDER_IN_PREPARATION",
    ),
    put(
        "another bank's order in its name",
        "sale.order",
        [["ek_order_id", "=", "100"]],
        "no order source",
        state="EK_ORDER_IN_PREPARATION",
        order_source="Alsalam",
    ),
    put("a lead", "crm.lead", lambda m: [m.ids["lead of cpa"]], "PUT /api/sale.order/", name="x"),
    put("a product that is not exchanged", "product.template", lambda m: [m.ids["plain product"]], "may change", name="x"),
    put("a filter with other operators", "res.partner", [["email", "like", "%"]], "compares with ="),
    put("a filter on another field", "res.partner", [["salary", "=", 91919]], "compares with ="),
    put("a filter on nothing", "res.partner", [["email", "=", False]], "not with nothing"),
    put("a filter of or", "res.partner", ["|", *OTHERS, *OTHERS], "compares with ="),
    put("a filter of lists", "res.partner", [[["email"], "=", "x"]], "compares with ="),
    put("the central warehouse's code", "res.partner", [["code_pos", "=", POS]], "central warehouse", code_pos="EKIWH"),
    Message(
        "a point of sale in the central warehouse's place",
        "res.partner",
        client("c@pos.test", is_pos="True", code_pos="EKIWH"),
        "central warehouse",
    ),
    put("a client that becomes a point of sale", "res.partner", OWN, "cannot change", is_pos="True"),
]  # fmt: skip
RIGHTS = [
    user("a password", "never set by a message", password="mine"),
    user("groups", "never set by a message", groups_id=[(4, 1)]),
    user("groups by their newer name", "never set by a message", group_ids=[1]),
    user("companies", "never set by a message", company_ids=[2]),
    user("a role of nobody", "is one of ROLE_", role="base.group_system"),
    user("the administrator, once more", "administers this system", "admin"),
    user("an account of the house, once more", "no account of the exchange", "seller"),
    user("another bank's integration", "no account of the exchange", "alsalam"),
    put("the administrator's address", "res.users", [["login", "=", "admin"]], "administers", email="x@x.test"),
    put("the administrator, by id", "res.users", [2], "administers", login="mine"),
    put("the system, by id", "res.users", [1], "administers", login="mine"),
    put("its own account's code", "res.users", [["login", "=", "cpa"]], "no account", codification="X"),
    user("a role that manages every bank's exchange", "speaks for every bank", role="ROLE_SUPERADMIN"),
    put("that role for an account that is there", "res.users", CLERK, "speaks for every bank", role="ROLE_SUPERADMIN"),
    put("the login of another", "res.users", CLERK, "same Login", login="admin"),
    put("an account of another bank", "res.users", ANALYST, "No res.users matches", login="mine@x.test"),
    put("the address of another bank's client", "res.partner", OWN, "another contact", email="Alsalam@clients.test"),
    Message("an order without a cart", "sale.order", {"create_by": "ek", "state": "EK_ORDER_DELIVERED"}, "POST /api/crm.lead/"),
    Message("a product alone", "product.master", {"create_by": "ek", "ref": "x", "name": "x"}, "POST /api/product.template/"),
    put("a purchase", "purchase.order", [1], "There is no such message", state="purchase"),
    Message("a role", "ek.role", {"create_by": "ek", "name": "ROLE_X"}, "not allowed"),
    put("a role's groups", "ek.role", [1], "not allowed", group_ids=[1]),
    put("its peer", "ek.peer", [1], "not allowed", user_ids=[1]),
    Message("a mapping", "ek.mapping", {"create_by": "ek", "model": "res.users", "res_id": 2}, "not allowed"),
    put("who has the say", "ek.responsibility", [1], "not allowed", owner="peer"),
    put("a message", "ek.message", [1], "not allowed", key="x"),
    Message("an endpoint", "outbox.endpoint", {"create_by": "ek", "name": "x", "url": "https://x.test"}, "not allowed"),
    Message("a parameter", "ir.config_parameter", {"create_by": "ek", "key": "x", "value": "y"}, "not allowed"),
    Message("a product past its message", "product.template", {"create_by": "ek", "name": "x"}, "not allowed"),
]  # fmt: skip
VALUES = [
    cart("a quantity of a billion digits", "quantity is a number", cart=[item("A12-64", "1e-999999999999")]),
    cart("a quantity without end", "quantity is a number", cart=[item("A12-64", "1e999")]),
    cart("a quantity of other digits", "quantity is a number", cart=[item("A12-64", "١٢")]),
    cart("no quantity", "greater than 0", cart=[item("A12-64", 0)]),
    cart("a look-alike of a reference", "names no configuration", cart=[item("А12-64", 1)]),
    cart("a reference with an unseen letter", "cannot be seen", cart=[item("A12-64\u200b", 1)]),
    cart("a list of a thousand and one", "1 to 1000", cart=[{}] * 1001),
    cart("a cart that is an object", "list of 1 to 1000", cart={"manufacturer_ref": "A12-64"}),
    cart("a client that is a list", "is an object", partner=["x"]),
    cart("a birth date of nobody", "birth_date", partner={"email": "cpa@clients.test", "birth_date": "31/02/93"}),
    goods("a negative price", "list_price is a number from 0", product=[{**NEW, "list_price": -1}]),
    goods("no number for a price", "list_price is a number", product=[{**NEW, "list_price": "NaN"}]),
    goods("a reference that leads up", "not of dots alone", product_ref=".."),
    goods("a reference with a new line", "line break", product_ref="A\r\nHost: x"),
    goods("a reference without end", "up to 100", product_ref="A" * 101),
    goods("a name with a NUL", "NUL", name="x\0y"),
    goods("half a character", "surrogate", name="x\ud800y"),
    goods("a category of a hundred levels", "up to 10 names", categ_id="/".join("abcdefghijklm")),
    goods("another company", "names no company", product=[{**NEW, "company_id": "Elsewhere"}]),
    goods("the second is wrong", "product.1.manufacturer_ref", product=[NEW, {"name": "y"}]),
    goods("twins", "is that of product.0", product=[NEW] * 2),
    cart("next to no quantity", "at least 0.001", cart=[item("A12-64", "0.00001")]),
    put("a number that is none", "sale.order", [["ek_order_id", "=", "abc"]], "is a whole number; got 'abc'", state="x"),
    put("a number that is too long", "sale.order", [["ek_order_id", "=", "9" * 20]], "is a whole number", state="x"),
    Message("nothing", "res.partner", None, "data is an object"),
    Message("a text", "res.partner", "x", "data is an object"),
    Message("a thousand and one messages", "product.template", [product("NEW", "NEW-1")] * 1001, "at most 1000"),
    Message("a message that is a list", "product.template", [product("NEW", "NEW-1"), ["x"]], "Message 1: data is an object"),
    Message("an address with a new line", "res.partner", client("x@x.test\r\nBcc: y@y.test"), "line break"),
    Message("a sender of nobody", "res.partner", client("x@x.test") | {"create_by": "еkiclik"}, "create_by is one of"),
    Message("a sender that is a list", "res.partner", client("x@x.test") | {"create_by": ["ek"]}, "create_by is one of"),
    Message("a bank that is an object", "res.partner", client("x@x.test") | {"order_source": {"a": 1}}, "no order source"),
]  # fmt: skip
ALL = [*BANK, *RIGHTS, *VALUES]
