"""Queries that mean harm at the REST door: refused in words, with a place, at once, and without a word too much.

The last line of what the business core was to show; promises S-12, S-13, S-22 to S-25 and S-55.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from doors.knock import knock
from security.clinic import LEAKS
from security.market import CANARY, Market

USERS, CONTACTS, ORDERS = "/api/res.users/", "/api/res.partner/", "/api/sale.order/"
MOST_SECONDS = 0.5
"""A bound for a machine that is busy; alone, each answer takes milliseconds."""


@dataclass(frozen=True)
class Query:
    """One GET, and how it must be refused."""

    title: str
    path: str
    asked: dict[str, Any]
    code: str
    place: str = ""
    who: str = "internal"

    def __str__(self) -> str:
        return self.title


def nested(depth: int) -> str:
    return "{id" + ", parent_id{id" * depth + "}" * depth + "}"


def hidden(title: str, path: str, place: str = "filter", **asked: Any) -> Query:
    return Query(title, path, asked, "unknown_field", place)


HASH = ["password_hash", "=like", "$argon2%"]
QUERIES = [
    Query("fifty relations deep", CONTACTS, {"query": nested(50)}, "too_deep", "query"),
    Query("a thousand relations deep", CONTACTS, {"query": nested(1000)}, "too_deep", "query"),
    Query("a thousand braces", CONTACTS, {"query": "{" * 1000}, "syntax", "query"),
    Query("five thousand fields", CONTACTS, {"query": "{" + ",".join(["id"] * 5000) + "}"}, "too_long", "query"),
    Query("a long text of a query", CONTACTS, {"query": "{" + " " * 40_000 + "id}"}, "too_long", "query"),
    Query("a page of a billion", CONTACTS, {"page_size": "1000000000"}, "bad_bound", "page_size"),
    Query("a page of none", CONTACTS, {"page_size": "0"}, "bad_bound", "page_size"),
    Query("a page below the first", CONTACTS, {"page": "-1"}, "bad_number", "page"),
    Query("a limit in a text", CONTACTS, {"limit": "1; DROP TABLE res_partner"}, "bad_number", "limit"),
    Query("a page of a billion inside", CONTACTS, {"query": "(page_size: 1000000000){id}"}, "bad_bound", "page_size"),
    Query("a page in a nested place", CONTACTS, {"query": "{child_ids(page: 2){id}}"}, "unknown_argument"),
    hidden("a filter on a hash", USERS, filter=[HASH]),
    hidden("a filter on a hash, bit by bit", USERS, filter=[["password_hash", "<", "$b"]]),
    hidden("a filter through a link", CONTACTS, filter=[["create_uid.password_hash", "!=", False]]),
    hidden("a filter through links", CONTACTS, filter=[["user_ids.groups_id.users.password_hash", "!=", False]]),
    hidden("a filter on any of them", CONTACTS, filter=[["user_ids", "any", [HASH]]]),
    hidden("a filter in an argument", CONTACTS, "", query=f"{{user_ids(filter: '{json.dumps([HASH])}'){{id}}}}"),
    hidden(
        "a filter in an argument of an argument",
        CONTACTS,
        "",
        query=f"{{child_ids{{user_ids(filter: '{json.dumps([HASH])}'){{id}}}}}}",
    ),
    hidden("a filter before the brace", USERS, "", query=f"(filter: '{json.dumps([HASH])}'){{id}}"),
    hidden("an order by a hash", USERS, "order", order="password_hash"),
    hidden("an order in an argument", CONTACTS, "", query="{user_ids(order: 'password_hash desc'){id}}"),
    hidden("a hash asked for", USERS, "password_hash", query="{id, password_hash}"),
    hidden("a hash left out", USERS, "password_hash", query="{-password_hash}"),
    hidden("a hash in the fields", USERS, "password_hash", fields="id,password_hash"),
    hidden("a hash below", CONTACTS, "user_ids.password_hash", query="{user_ids{password_hash}}"),
    hidden("wages, filtered", CONTACTS, filter=[["salary", ">", 1]]),
    hidden("wages, ordered", CONTACTS, "order", order="salary desc"),
    Query("wages below an order", ORDERS, {"query": "{partner_id{salary}}"}, "unknown_field", "partner_id", "cpa"),
    Query("wages below an order, filtered", ORDERS, {"filter": [["partner_id.salary", ">", 1]]}, "", "filter", "cpa"),
    Query("costs", "/api/product.template/", {"query": "{standard_price}"}, "unknown_field", "standard", "cpa"),
    Query("costs, filtered", "/api/product.template/", {"filter": [["standard_price", ">", 1]]}, "", "filter", "cpa"),
    hidden("birth dates", CONTACTS, filter=[["birth_date", "<", "2000-01-01"]]),
    hidden("keys that nobody knows", CONTACTS, filter=[["ek_payload", "!=", False]]),
    Query("an order by an expression", CONTACTS, {"order": "lower(name)"}, ""),
    Query("an order by a subquery", CONTACTS, {"order": "(select password_hash from res_users)"}, ""),
    Query("an order with a statement", CONTACTS, {"order": "name; DROP TABLE res_partner"}, ""),
    Query("an order with a comment", CONTACTS, {"order": "name -- desc"}, ""),
    Query("an order with quotes", CONTACTS, {"order": 'name" desc, "id'}, ""),
    Query("an order of a thousand", CONTACTS, {"order": ",".join(["name"] * 1000)}, ""),
    Query("a field with a quote", CONTACTS, {"filter": [["name'", "=", "x"]]}, ""),
    Query("a field with a NUL", CONTACTS, {"filter": [["na\0me", "=", "x"]]}, ""),
    Query("a field of Unicode", CONTACTS, {"filter": [["nаme", "=", "x"]]}, ""),
    Query("a field of methods", CONTACTS, {"filter": [["__class__", "=", "x"]]}, ""),
    Query("an operator of SQL", CONTACTS, {"filter": [["name", "= '' OR 1=1 --", "x"]]}, ""),
    Query("a value with a NUL", CONTACTS, {"filter": [["name", "=", "x\0y"]]}, ""),
    Query("half a character", CONTACTS, {"filter": '[["name", "=", "\\ud800"]]'}, ""),
    Query("a quote in a query", CONTACTS, {"query": "{id'}"}, "syntax", "query"),
    Query("a NUL in a query", CONTACTS, {"query": "{id\0}"}, "syntax", "query"),
    Query("Unicode in a query", CONTACTS, {"query": "{nаme}"}, "syntax", "query"),
    Query("an open text in an argument", CONTACTS, {"query": "{child_ids(order: 'name){id}}"}, "syntax", "query"),
    Query("ten thousand terms", CONTACTS, {"filter": [["id", "=", 1]] * 10_000}, ""),
    Query("operators without terms", CONTACTS, {"filter": ["&", "|", "!"]}, ""),
    Query("lists in lists", CONTACTS, {"filter": "[" * 10_000 + "]" * 10_000}, ""),
    Query("a hundred links", CONTACTS, {"filter": [[".".join(["parent_id"] * 100) + ".name", "=", "x"]]}, ""),
    Query("any of any of any", CONTACTS, {"filter": '[["child_ids","any",' * 60 + "[]" + "]]" * 60}, ""),
    Query("no number", CONTACTS, {"filter": '[["color", "=", NaN]]'}, ""),
    Query("a filter that is no list", CONTACTS, {"filter": '{"name": "x"}'}, "not_a_list", "filter"),
    Query("a filter that is no JSON", CONTACTS, {"filter": "[('name','=','x')]"}, "not_json", "filter"),
    Query("a parameter nobody knows", CONTACTS, {"flter": "[]"}, "unknown_parameter", "flter"),
    Query("a filter given twice", CONTACTS, {"filter": "[]", "domain": "[]"}, "twice", "filter"),
    Query("query and fields", CONTACTS, {"query": "{id}", "fields": "id"}, "twice", "fields"),
    Query("a cursor of nobody", CONTACTS, {"cursor": "AAAA.BBBB"}, "bad_cursor", "cursor"),
    Query("a cursor that is long", CONTACTS, {"cursor": "A" * 20_000}, "bad_cursor", "cursor"),
    Query("a cursor with a NUL", CONTACTS, {"cursor": "\0"}, "bad_cursor", "cursor"),
    Query("a context that is no JSON", CONTACTS, {"context": "{"}, "not_json", "context"),
    Query("a language of SQL", CONTACTS, {"context": {"lang": "en_US'; --"}}, ""),
    Query("a form nobody knows", CONTACTS, {"datetime_format": "'; --"}, "unknown_format", "datetime_format"),
    Query("an address of a megabyte", CONTACTS, {"query": "{" + "x" * 1_000_000 + "}"}, ""),
    Query("a model of nobody", "/api/res.users;DROP/", {}, ""),
    Query("a model that is not there", "/api/ir.secret/", {}, ""),
    Query("an abstract model", "/api/ek.teller/", {}, ""),
    Query("the box of messages", "/api/ek.message/", {}, "", who="seller"),
    Query("the messages to peers", "/api/outbox.message/", {}, "", who="seller"),
    Query("the peers' addresses", "/api/outbox.endpoint/", {}, "", who="cpa"),
    Query("journal entries", "/api/account.move/", {}, "", who="cpa"),
    Query("stock", "/api/stock.quant/", {}, "", who="portal"),
]  # fmt: skip


def problem_of(body: Any) -> dict[str, Any]:
    error = body["error"]
    found: list[dict[str, Any]] = error["data"].get("problems") or []
    return found[0] if found else {"code": error["data"]["code"], "path": "", "message": error["message"]}


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_that_means_harm_is_refused_in_words(market: Market, query: Query) -> None:
    door = market.rest(query.who)
    began = time.perf_counter()
    heard = door.get(query.path, **query.asked)
    seconds = time.perf_counter() - began
    told = heard.body.decode()
    assert 400 <= heard.status < 500, told[:500]
    assert (heard.header("content-type") or "").startswith("application/json"), told[:200]
    found = problem_of(heard.json)
    assert found["code"] == query.code or not query.code, found
    assert found["path"].startswith(query.place), found
    assert len(found["message"]) > 10
    assert len(told) < 8000
    assert [leak for leak in (*LEAKS, CANARY) if leak in told] == []
    assert seconds < MOST_SECONDS


def test_syntax_errors_say_at_which_character(market: Market) -> None:
    for text, position in (
        ("{id", 3),
        ("{id,}", 4),
        ("{a.b}", 2),
        ("id", 0),
        ("{id} x", 5),
        ("{x(a){b}}", 4),
    ):
        heard = market.rest("internal").get(CONTACTS, query=text)
        assert heard.json["error"]["data"]["position"] == position, heard.json
        assert f"at character {position + 1}" in heard.json["error"]["message"]


def test_a_parameter_that_is_given_twice_is_no_way_round(market: Market) -> None:
    door = market.rest("internal")
    first, second = (quote(json.dumps([[name, "!=", False]])) for name in ("name", "password_hash"))
    for one, other in ((first, second), (second, first)):
        heard = knock(door.app, "GET", f"{USERS}?filter={one}&filter={other}", headers=dict(door.headers))
        assert heard.status == 400, heard.body


def test_a_cursor_opens_nothing_for_others(market: Market) -> None:
    ours = market.rest("admin" if "admin" in market.doors else "exchanger")
    asked = {"query": "{id, name}", "order": "name"}
    cursor = ours.get(CONTACTS, **asked, page_size="1", cursor="").json["next_cursor"]
    heard = market.rest("portal").get(CONTACTS, **asked, cursor=cursor)
    assert CANARY not in heard.body.decode()
    assert all(row["name"] == "portal" for row in heard.json["result"])
    body, _, signature = cursor.partition(".")
    raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    raw[-3] ^= 1
    forged = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    for wrong in (f"{forged}.{signature}", f"{body}.{signature[::-1]}", body, f"{body}.", f".{signature}"):
        assert problem_of(ours.get(CONTACTS, **asked, cursor=wrong).json)["code"] == "bad_cursor"
    other = ours.get(CONTACTS, query="{id, name}", order="id", cursor=cursor)
    assert problem_of(other.json)["code"] == "other_cursor"
    assert problem_of(ours.get("/api/res.company/", **asked, cursor=cursor).json)["code"] == "other_cursor"


def test_what_is_hidden_is_not_described_either(market: Market) -> None:
    told = market.rest("cpa").get("/api/openapi.json").body.decode()
    for word in (
        "salary",
        "birth_date",
        "ek_payload",
        "password_hash",
        "standard_price",
        "ek.message",
        "account.move",
    ):
        assert f'"{word}"' not in told
        assert f"/api/{word}/" not in told
