"""What a bank's account may not do with messages: other banks' clients and orders, rights, other people's accounts.

Each attack goes through the REST door. What is refused leaves everything as it was; promises S-04, S-09 to S-15, S-20.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrepot.errors import AccessError, ValidationError
from security.clinic import LEAKS
from security.market import CANARY, POS, Market, client
from security.messages import ALL, BANK, RIGHTS, VALUES, Message

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
    assert (list(made["groups_id"]), made["share"]) == ([], True)
    assert list(made["ek_peer_ids"]) == [market.ids["CPA"]], (
        "the bank of who sent it, not that of the context"
    )


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


@pytest.mark.parametrize(
    "path", ["/../admin", "//x.test/a", "/a/../b", "/a/..", "/é", "a", "/a?x=1", "/{ref}{ref}", "/{self}"]
)
def test_a_route_that_could_not_be_sent_is_refused_when_it_is_set(market: Market, path: str) -> None:
    routes = {"product.archived": ["PATCH", path]}
    with pytest.raises(ValidationError, match="begins with one /"):
        market.call("exchanger", "ek.peer", "write", [market.ids["CPA"]], {"routes": routes})
