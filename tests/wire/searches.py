"""search, search_count and search_read: pages, orders, and what they refuse."""

from __future__ import annotations

from wire.case import BAD_CALL, INVALID, USER_ERROR, Case, Has, Ref, ask, refs

PARTNER = "res.partner"
W = [["ref", "=like", "w-%"]]
BY_REF = refs("acme", "anna", "bob", "nil", "zoe")


def ordered(title: str, order: object, *expected: str) -> Case:
    return Case(title, ask(PARTNER, "search", W, order=order), refs(*expected))


CASES = [
    ordered("one field", "ref", "acme", "anna", "bob", "nil", "zoe"),
    ordered("downwards", "ref desc", "zoe", "nil", "bob", "anna", "acme"),
    ordered("keywords in capitals", "ref DESC", "zoe", "nil", "bob", "anna", "acme"),
    ordered("several fields", "is_company desc, ref asc", "acme", "anna", "bob", "nil", "zoe"),
    ordered("unset values come last", "date, ref", "anna", "zoe", "acme", "bob", "nil"),
    ordered("unset values come first downwards", "date desc, ref", "acme", "bob", "nil", "zoe", "anna"),
    ordered("nulls first", "date nulls first, ref", "acme", "bob", "nil", "anna", "zoe"),
    ordered("nulls last", "date desc nulls last, ref", "zoe", "anna", "acme", "bob", "nil"),
    ordered("a link goes by its model's order", "country_id, ref", "acme", "anna", "bob", "zoe", "nil"),
    ordered("a link downwards", "country_id desc, ref", "nil", "zoe", "acme", "anna", "bob"),
    ordered("no order is the model's own", False, "nil", "acme", "anna", "bob", "zoe"),
    ordered("an empty order is the model's own", "", "nil", "acme", "anna", "bob", "zoe"),
    Case("limit", ask(PARTNER, "search", W, order="ref", limit=2), BY_REF[:2]),
    Case("offset and limit", ask(PARTNER, "search", W, offset=1, limit=2, order="ref"), BY_REF[1:3]),
    Case("offset alone", ask(PARTNER, "search", W, offset=3, order="ref"), BY_REF[3:]),
    Case("positions", ask(PARTNER, "search", W, 1, 2, "ref"), BY_REF[1:3]),
    Case("limit 0 is no limit", ask(PARTNER, "search", W, 0, 0, "ref"), BY_REF),
    Case("limit False is no limit", ask(PARTNER, "search", W, 0, False, "ref"), BY_REF),
    Case("limit None is no limit", ask(PARTNER, "search", W, 0, None, "ref"), BY_REF),
    Case("an offset past the end", ask(PARTNER, "search", W, offset=99), []),
    Case("a limit of a billion", ask(PARTNER, "search", W, order="ref", limit=10**9), BY_REF),
    Case("a negative limit", ask(PARTNER, "search", W, limit=-1), BAD_CALL),
    Case("a negative offset", ask(PARTNER, "search", W, offset=-1), BAD_CALL),
    Case("a limit that is no number", ask(PARTNER, "search", W, limit="all"), BAD_CALL),
    Case(
        "a fifth position",
        ask(PARTNER, "search", W, 0, 1, "ref", True),
        BAD_CALL,
        doors=("xmlrpc", "xmlrpc-v1", "jsonrpc", "session"),
    ),
    Case("an unknown keyword", ask(PARTNER, "search", W, count=True), BAD_CALL),
    Case("order by an unknown field", ask(PARTNER, "search", W, order="nmae"), USER_ERROR.with_words("nmae")),
    Case("order by a path", ask(PARTNER, "search", W, order="country_id.code"), USER_ERROR),
    Case("order by an unstored field", ask(PARTNER, "search", W, order="company_type"), USER_ERROR),
    Case("order with a stray word", ask(PARTNER, "search", W, order="ref sideways"), USER_ERROR),
    Case("order that tries SQL", ask(PARTNER, "search", W, order="id; drop table res_partner"), USER_ERROR),
    Case("order that is a number", ask(PARTNER, "search", W, order=3), BAD_CALL),
    Case("context False", ask(PARTNER, "search", W, order="ref", context=False), BY_REF),
    Case("context empty", ask(PARTNER, "search", W, order="ref", context={}), BY_REF),
    Case(
        "context with unknown keys", ask(PARTNER, "search", W, order="ref", context={"sorcery": [1]}), BY_REF
    ),
    Case("search_count", ask(PARTNER, "search_count", W), 5),
    Case("search_count with a limit", ask(PARTNER, "search_count", W, limit=3), 3),
    Case("search_count of nothing", ask(PARTNER, "search_count", [["id", "=", 0]]), 0),
    Case(
        "search_read keeps the order and gives what is asked, and the id",
        ask(PARTNER, "search_read", W, ["name"], order="ref desc", limit=2),
        [{"id": Ref("zoe"), "name": "Zoë Žižka"}, {"id": Ref("nil"), "name": "100%_Nil"}],
    ),
    Case(
        "search_read by names",
        ask(PARTNER, "search_read", domain=W, fields=["name", "color"], offset=1, limit=1, order="ref"),
        [{"id": Ref("anna"), "name": "Anna Arends", "color": 3}],
    ),
    Case(
        "search_read of nothing found",
        ask(PARTNER, "search_read", [["id", "=", 0]], ["name"]),
        [],
    ),
    Case(
        "search_read without fields gives all of them",
        ask(PARTNER, "search_read", [["ref", "=", "w-nil"]]),
        [
            Has(
                {
                    "id": Ref("nil"),
                    "name": "100%_Nil",
                    "email": False,
                    "color": 0,
                    "child_ids": [],
                    "active": True,
                }
            )
        ],
    ),
    Case(
        "search_read of an unknown field",
        ask(PARTNER, "search_read", W, ["name", "nmae"]),
        INVALID.with_words("nmae", "name"),
    ),
    Case(
        "search_read with load gives bare ids",
        ask(PARTNER, "search_read", [["ref", "=", "w-anna"]], ["parent_id"], load=""),
        [{"id": Ref("anna"), "parent_id": Ref("acme")}],
    ),
]
