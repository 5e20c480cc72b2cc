"""What a bank's account may not do with messages: other banks' clients and orders, rights, other people's accounts.

Each attack goes through the REST door. What is refused leaves everything as it was; promises S-04, S-09 to S-15, S-20.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from entrepot.errors import AccessError
from security.clinic import LEAKS
from security.market import CANARY, POS, Market, client, opportunity, product

WATCHED = {
    "res.partner": ["name", "email", "street", "ek_status", "ek_peer_ids", "code_pos", "salary"],
    "res.users": ["name", "login", "email", "groups_id", "active", "ek_role_id", "codification"],
    "sale.order": ["state", "ek_state", "ek_peer_id", "ek_order_id", "partner_id"],
    "crm.lead": ["name", "ek_peer_id", "partner_id", "ek_cart_id"],
    "product.template": ["name", "list_price", "standard_price", "active", "company_id"],
    "product.master": ["name", "ref", "active"],
    "stock.warehouse": ["name", "code_pos", "partner_id"],
    "purchase.order": ["name", "ek_ref"],
    "ek.peer": ["name", "user_ids", "active"],
    "ek.role": ["name", "group_ids"],
    "ek.message": ["kind", "key"],
    "res.groups": ["users", "implied_ids"],
}
OTHERS = [["email", "=", "alsalam@clients.test"]]
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
    put("a lead", "crm.lead", lambda m: [m.ids["lead of cpa"]], "not allowed", name="x"),
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
    Message("a thousand and one messages", "product.template", [product("NEW", "NEW-1")] * 1001, "at most 1000"),
    Message("a message that is a list", "product.template", [product("NEW", "NEW-1"), ["x"]], "Message 1: data is an object"),
    Message("an address with a new line", "res.partner", client("x@x.test\r\nBcc: y@y.test"), "line break"),
    Message("a sender of nobody", "res.partner", client("x@x.test") | {"create_by": "еkiclik"}, "create_by is one of"),
    Message("a sender that is a list", "res.partner", client("x@x.test") | {"create_by": ["ek"]}, "create_by is one of"),
    Message("a bank that is an object", "res.partner", client("x@x.test") | {"order_source": {"a": 1}}, "no order source"),
]  # fmt: skip
ALL = [*BANK, *RIGHTS, *VALUES]


def state(market: Market) -> dict[str, Any]:
    whole = {"active_test": False, "allowed_company_ids": [1, market.ids["elsewhere"]]}
    return {
        model: list(market.system(model, "search_read", [], fields, order="id", context=whole).dicts())
        for model, fields in WATCHED.items()
    }


@pytest.mark.parametrize("message", ALL, ids=str)
def test_it_is_refused_in_words_and_tells_nothing(market: Market, message: Message) -> None:
    answer = message.send(market)
    told = json.dumps(answer, ensure_ascii=False)
    assert "error" in answer, told[:500]
    assert message.says in answer["error"]["message"], answer["error"]["message"]
    assert [leak for leak in (*LEAKS, CANARY, "91919", "Elsewhere is") if leak in told] == []
    assert len(told) < 8000


def test_what_is_refused_writes_nothing(market: Market) -> None:
    before = state(market)
    for message in ALL:
        message.send(market)
    assert state(market) == before


@pytest.mark.parametrize("who", ["portal", "internal", "seller", "stranger"])
@pytest.mark.parametrize("message", [BANK[0], BANK[3], BANK[6], RIGHTS[0], VALUES[0]], ids=str)
def test_who_is_no_peer_sends_no_messages(market: Market, who: str, message: Message) -> None:
    answer = message.send(market, who)
    assert "speaks for no exchange peer" in answer["error"]["message"]
    assert "Alsalam" not in answer["error"]["message"]


def test_a_context_gives_an_account_nothing(market: Market) -> None:
    context = {
        "default_groups_id": [[4, market.ref("base.group_system")]],
        "default_password": "mine",
        "default_ek_peer_ids": [[4, market.ids["Alsalam"]]],
        "_exchange_origin": [market.ids["Alsalam"], market.ids["CPA"]],
        "active_test": False,
        "su": True,
        "uid": 1,
    }
    market.rest("cpa").post(
        "res.users", {"create_by": "ek", "name": "n", "login": "context@x.test"}, context=context
    )
    made = market.one("res.users", [["login", "=", "context@x.test"]], ["groups_id", "share", "ek_peer_ids"])
    assert (list(made["groups_id"]), made["share"], list(made["ek_peer_ids"])) == ([], True, [])


def test_an_origin_in_the_context_silences_nobody(market: Market) -> None:
    waits = [["topic", "=", "category.changed"], ["state", "=", "pending"]]
    before = market.count("outbox.message", waits)
    told = {"_exchange_origin": [market.ids["Alsalam"], market.ids["CPA"]]}
    market.call("admin", "product.category", "create", {"name": "Origin"}, context=told)
    assert market.count("outbox.message", waits) == before + 2


def test_a_peer_looks_at_its_own_alone(market: Market) -> None:
    door = market.rest("alsalam")
    for model, expected in (
        ("sale.order", 1),
        ("sale.order.line", 1),
        ("crm.lead", 1),
        ("res.users", 1),
        ("res.company", 1),
    ):
        assert door.get(f"/api/{model}/", query="{id}").json["total"] == expected, model
    contacts = door.get("/api/res.partner/").body.decode()
    assert "alsalam@clients.test" in contacts
    assert CANARY not in contacts
    assert "91919" not in contacts
    assert "plain product" not in door.get("/api/product.template/").body.decode()
    for foreign in ("client of cpa", "order of cpa", "lead of cpa"):
        model = {"client": "res.partner", "order": "sale.order", "lead": "crm.lead"}[foreign.split()[0]]
        heard = door.get(f"/api/{model}/{market.ids[foreign]}/")
        assert heard.status in (403, 404)
        assert CANARY not in heard.body.decode()


def test_a_peer_that_is_archived_is_nobody(market: Market) -> None:
    market.system("ek.peer", "write", [market.ids["CPA"]], {"active": False})
    try:
        door = market.rest("cpa")
        for context in ({}, {"active_test": False}):
            answer = door.post("res.partner", client("late@x.test"), context=context)
            assert "speaks for no exchange peer" in answer["error"]["message"]
        assert door.get("/api/sale.order/", query="{id}").json["total"] == 0
        assert CANARY not in door.get("/api/res.partner/").body.decode()
    finally:
        market.system("ek.peer", "write", [market.ids["CPA"]], {"active": True})


def test_secrets_under_unknown_keys_are_kept_nowhere(market: Market) -> None:
    secret = "canary-secret"
    message = client(
        "cpa@clients.test", api_key=secret, extra={"Password": secret, "fine": "kept"}, userToken=secret
    )
    answer = market.rest("cpa").post("res.partner", message)
    assert answer["meta"]["unknown_keys"] == ["api_key", "extra", "userToken"]
    kept = market.one("res.partner", [["email", "=", "cpa@clients.test"]], ["ek_payload"])["ek_payload"]
    box = list(
        market.system(
            "ek.message", "search_read", [], ["payload", "unknown"], order="id desc", limit=1
        ).dicts()
    )
    for told in (json.dumps(kept), json.dumps(box, default=str)):
        assert "kept" in told
        assert secret not in told
    whole = market.system("ek.message", "search_read", [], ["payload"]).dicts()
    assert "91919" not in json.dumps(list(whole), default=str)


def test_unknown_keys_do_not_pile_up_without_end(market: Market) -> None:
    for number in range(5):
        more = {f"key{number}": "x" * 30_000}
        assert "error" not in market.rest("cpa").post("res.partner", client("cpa@clients.test", **more))
    kept = market.one("res.partner", [["email", "=", "cpa@clients.test"]], ["ek_payload"])["ek_payload"]
    assert len(json.dumps(kept)) <= 64 * 1024


def test_addresses_that_differ_by_an_accent_are_two_people(market: Market) -> None:
    first = market.rest("cpa").post("res.partner", client("zoe@x.test"))["result"]
    second = market.rest("cpa").post("res.partner", client("zoé@x.test"))["result"]
    again = market.rest("cpa").post("res.partner", client("ZOÉ@x.test"))["result"]
    assert second == again != first


def test_a_role_that_came_to_administer_is_not_given(market: Market) -> None:
    group, system = market.ref("exchange.group_pos"), market.ref("base.group_system")
    before = list(market.one("res.groups", [["id", "=", group]], ["implied_ids"])["implied_ids"])
    market.system("res.groups", "write", [group], {"implied_ids": [(4, system)]})
    try:
        answer = market.rest("cpa").post(
            "res.users", {"create_by": "ek", "name": "n", "login": "role@x.test", "role": "ROLE_POS_EK"}
        )
        assert "leads to groups that administer" in answer["error"]["message"]
    finally:
        market.system("res.groups", "write", [group], {"implied_ids": [(6, 0, before)]})


def test_a_purchase_is_not_taken_for_another_banks(market: Market) -> None:
    vendor = market.system("res.partner", "create", {"name": "Vendor"})
    market.system("ek.peer", "write", [market.ids["CPA"], market.ids["Alsalam"]], {"vendor_id": vendor})
    line = {"product_id": "A12-64", "product_qty": 2, "price_unit": 5}
    body = {
        "create_by": "ek",
        "partner_id": POS,
        "ek_ref": "P-1",
        "date_order": "30/07/23 12:23:15",
        "order_line": [line],
    }
    first, again, other = (market.rest(who).post("purchase.order", body) for who in ("cpa", "cpa", "alsalam"))
    assert first["result"] == again["result"]
    assert again["meta"]["repeated"] is True
    assert other["result"] != first["result"]
    assert "repeated" not in other.get("meta", {})


def test_what_a_reference_holds_stays_one_part_of_a_path(market: Market) -> None:
    refs = ("A/../../admin", "A?x=1", "A#b", "A%2e%2e", "A b", "A\\b", "é;=&")
    for ref in refs:
        master = market.system("product.master", "create", {"name": "P", "ref": ref})
        market.system("product.master", "write", [master], {"active": False})
        row = market.one(
            "outbox.message",
            [
                ["record_key", "=", f"product.master,{master}"],
                ["topic", "=", "product.archived"],
                ["endpoint_id.code", "=", "cpa"],
            ],
            ["path"],
        )
        before, _, last = row["path"].rpartition("/")
        assert before == "/api/odoo/products/archive"
        assert not set(last) & set("?#\\ ;&=")
        assert "%2e" not in last.lower().replace("%252e", "")


def test_the_conflict_box_writes_what_was_noted_and_nothing_else(market: Market) -> None:
    theirs = market.ids["client of cpa"]
    market.call("exchanger", "res.partner", "read", [theirs], ["name"])
    market.system("res.partner", "write", [theirs], {"name": "Named here"})
    (box,) = market.system(
        "ek.conflict",
        "search",
        [["model", "=", "res.partner"], ["res_id", "=", theirs], ["state", "=", "open"]],
    )
    aim = {
        "model": "res.users",
        "res_id": market.uids["exchanger"],
        "field_name": "groups_id",
        "theirs": [[4, market.ref("base.group_system")]],
    }
    for who in ("exchanger", "admin"):
        with pytest.raises(AccessError):
            market.call(who, "ek.conflict", "write", [box], aim)
        with pytest.raises(AccessError):
            market.call(who, "ek.conflict", "create", {**aim, "reason": "mirrored"})
    for who in ("internal", "seller", "cpa"):
        for method in ("take_theirs", "keep_ours"):
            with pytest.raises(AccessError):
                market.call(who, "ek.conflict", method, [box])
    assert market.call("exchanger", "ek.conflict", "take_theirs", [box]) is True
    assert market.one("res.partner", [["id", "=", theirs]], ["name"])["name"] == "cpa"
