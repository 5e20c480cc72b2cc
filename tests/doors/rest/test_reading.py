from __future__ import annotations

import json

import pytest

SIX = ["count", "prev", "current", "next", "total_pages", "total"]


@pytest.fixture(scope="module")
def people(rest):
    """Seven people of one company."""
    children = [{"name": f"Person {at}", "ref": "people", "color": at} for at in range(7)]
    return rest.make(
        "res.partner", {"name": "Firm", "ref": "firm", "is_company": True, "child_ids": children}
    )


def ask(rest, **asked):
    heard = rest.get("/api/res.partner/", **{"filter": [["ref", "=", "people"]], "query": "{name}", **asked})
    assert heard.status == 200, heard.body
    return heard.json


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_answer_is_an_envelope_to_the_letter(rest, people, slash):
    heard = rest.get(
        f"/api/res.partner{slash}",
        query="{name, color}",
        filter=[["ref", "=", "people"]],
        order="color",
        page_size=2,
        page=2,
    )
    assert heard.header("content-type") == "application/json; charset=utf-8"
    told = heard.json
    assert list(told) == [*SIX, "next_cursor", "result"]
    assert [told[name] for name in SIX] == [2, 1, 2, 3, 4, 7]
    assert told["result"] == [{"name": "Person 2", "color": 2}, {"name": "Person 3", "color": 3}]


def test_without_pages_there_is_one(rest, people):
    told = ask(rest)
    assert [told[name] for name in SIX] == [7, None, 1, None, 1, 7]
    assert "next_cursor" not in told


def test_a_page_past_the_end_is_empty_and_leads_back(rest, people):
    told = ask(rest, page=9, page_size=3)
    assert (told["result"], told["prev"], told["next"], told["total_pages"]) == ([], 3, None, 3)


def test_limit_cuts_after_paging(rest, people):
    assert ask(rest, page=1, page_size=3, limit=2)["count"] == 2
    assert ask(rest, limit=0)["count"] == 7
    assert [row["name"] for row in ask(rest, order="color", offset=5)["result"]] == ["Person 5", "Person 6"]


@pytest.mark.parametrize("order", ["color desc", '"color desc"', " color  DESC , id"])
def test_an_order_is_bare_or_a_json_text(rest, people, order):
    assert [row["name"] for row in ask(rest, order=order, limit=2)["result"]] == ["Person 6", "Person 5"]


def test_an_order_counts_without_a_filter_too(rest, people):
    rows = rest.rows("/api/res.partner/", query="{id}", order="id desc")
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)


def test_domain_is_another_word_for_filter(rest, people):
    assert len(rest.rows("/api/res.partner/", query="{id}", domain=[["ref", "=", "people"]])) == 7


def test_fields_are_sugar_for_a_query(rest, people):
    assert ask(rest, fields="name,color", query="", limit=1)["result"][0].keys() == {"name", "color"}


def test_a_context_counts(rest, people):
    archived = rest.make("res.partner", {"name": "Gone", "ref": "gone", "active": False})
    filter_ = [["ref", "=", "gone"]]
    assert rest.rows("/api/res.partner/", query="{id}", filter=filter_) == []
    found = rest.rows("/api/res.partner/", query="{id}", filter=filter_, context={"active_test": False})
    assert found == [{"id": archived}]


def test_relations_nest_and_empty_ones_are_false(rest, people):
    query = "{name, parent_id{name, parent_id{name}}, country_id{code}, child_ids{id}, category_id}"
    assert ask(rest, query=query, limit=1, order="color")["result"] == [
        {
            "name": "Person 0",
            "parent_id": {"name": "Firm", "parent_id": False},
            "country_id": False,
            "child_ids": [],
            "category_id": [],
        }
    ]


def test_flat_relations_are_ids(rest, people):
    firm = rest.rows("/api/res.partner/", query="{child_ids, parent_id}", filter=[["id", "=", people]])[0]
    assert len(firm["child_ids"]) == 7
    assert firm["parent_id"] is False
    assert ask(rest, query="{parent_id}", limit=1)["result"] == [{"parent_id": people}]


def test_one_record_comes_alone(rest, people):
    for path in (f"/api/res.partner/{people}", f"/api/res.partner/{people}/"):
        assert rest.get(path, query="{name, ref}").json == {"name": "Firm", "ref": "firm"}
    assert rest.get(f"/api/res.partner/{people}/", fields="ref").json == {"ref": "firm"}


def test_every_value_has_its_form(rest):
    currency = rest.rows("/api/res.currency/", query="{id, rounding, name, active}", limit=1)[0]
    assert isinstance(currency["rounding"], float)
    assert currency["active"] is True
    user = rest.get("/api/res.users/2/", query="{login_date, login, signature, groups_id, company_id}").json
    assert len(user["login_date"]) == 19
    assert user["login_date"][10] == " "
    assert user["signature"] is False
    assert isinstance(user["company_id"], int)
    legacy = rest.get("/api/res.users/2/", query="{login_date}", datetime_format="legacy").json["login_date"]
    assert legacy == user["login_date"][:16].replace(" ", "-").replace(":", "-")


def test_a_cursor_walks_to_the_end(rest, people):
    seen, cursor = [], ""
    while cursor is not None:
        told = ask(rest, order="color desc", page_size=3, cursor=cursor)
        assert told["total"] is None
        seen += [row["name"] for row in told["result"]]
        cursor = told["next_cursor"]
    assert seen == [f"Person {at}" for at in reversed(range(7))]


def test_head_answers_like_get_without_a_body(rest, people):
    heard = rest.ask("HEAD", f"/api/res.partner/{people}/", {"query": "{id}"})
    assert (heard.status, heard.body) == (200, b"")


REFUSED = {
    "a field that is not there": ({"query": "{nmae}"}, "nmae", "unknown_field"),
    "a syntax error": ({"query": "{id,}"}, "query", "trailing_comma"),
    "no braces": ({"query": "id"}, "query", "syntax"),
    "fifty levels": ({"query": "{a" * 50 + "}" * 50}, "query", "too_deep"),
    "a page of none": ({"page_size": "0"}, "page_size", "bad_bound"),
    "a page of a billion": ({"page_size": "1000000000"}, "page_size", "bad_bound"),
    "page nought": ({"page": "0"}, "page", "bad_bound"),
    "a page in letters": ({"page": "one"}, "page", "bad_number"),
    "a negative limit": ({"limit": "-1"}, "limit", "bad_number"),
    "a filter that is no JSON": ({"filter": "[["}, "filter", "not_json"),
    "a filter that is no list": ({"filter": "{}"}, "filter", "not_a_list"),
    "a filter on nothing": ({"filter": [["nope", "=", 1]]}, "filter.nope", "unknown_field"),
    "a filter with an unknown operator": ({"filter": [["id", "~", 1]]}, "filter[0]", "unknown_operator"),
    "two filters": ({"filter": "[]", "domain": "[]"}, "filter", "twice"),
    "an order by nothing": ({"order": "nope"}, "order.nope", "unknown_field"),
    "an order by an expression": ({"order": "(select 1)"}, "order", "user_error"),
    "an order with a statement": ({"order": "name; drop table x"}, "order", "user_error"),
    "an order by lines": ({"order": "child_ids"}, "order", "not_sortable"),
    "a context that is no JSON": ({"context": "{"}, "context", "not_json"),
    "an unknown parameter": ({"fitler": "[]"}, "fitler", "unknown_parameter"),
    "an unknown form of moments": ({"datetime_format": "us"}, "datetime_format", "unknown_format"),
    "a cursor from nowhere": ({"cursor": "abc"}, "cursor", "bad_cursor"),
    "a NUL in a name": ({"query": "{na\0me}"}, "query", "syntax"),
    "a quote in an order": ({"order": 'na"me'}, "order", "user_error"),
    "a NUL in a filter": ({"filter": [["name", "=", "a\0b"]]}, "filter.name", "bad_value"),
    "a NUL in a field": ({"filter": [["na\0me", "=", "a"]]}, "filter.na\0me", "unknown_field"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_query_that_cannot_be_used_is_400_with_its_place(rest, case):
    asked, path, code = REFUSED[case]
    heard = rest.get("/api/res.partner/", **asked)
    assert heard.status == 400, heard.body
    error = heard.json["error"]
    assert {(each["path"], each["code"]) for each in error["data"]["problems"]} == {(path, code)}
    assert error["data"]["code"] == "bad_query"
    assert error["message"] == error["data"]["message"]
    assert error["data"]["debug"] == ""
    assert set(error["data"]) >= {"name", "message", "arguments", "exception_type"}


def test_a_syntax_error_tells_the_position(rest):
    data = rest.get("/api/res.partner/", query="{id, partner_id.name}").json["error"]["data"]
    assert data["position"] == 15
    assert "character 16" in data["message"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/res.partner/99999999/", 404),
        (f"/api/res.partner/{2**40}/", 404),
        (f"/api/res.partner/{10**40}/", 404),
        ("/api/res.partner/0/", 404),
        ("/api/no.such.model/", 404),
        ("/api/no.such.model/1/", 404),
        ("/api/ResPartner/", 404),
        ("/api/res.partner/1/name/more", 404),
        ("/api/", 404),
    ],
)
def test_what_is_not_there_is_404(rest, path, status):
    heard = rest.get(path)
    assert heard.status == status
    assert heard.json["error"]


def test_an_unknown_model_is_named(rest):
    assert rest.get("/api/no.such/").json["error"]["message"] == "The model `no.such` does not exist."


def test_an_address_has_a_bound(rest):
    heard = rest.get("/api/res.partner/", query="{" + " " * 70_000 + "}")
    assert heard.status == 400
    assert "65536" in heard.json["error"]["message"]


def test_other_verbs_are_refused(rest):
    assert rest.ask("PATCH", "/api/res.partner/", {}).status == 405
    assert rest.send("POST", "/api/res.partner/1/", {}).status == 405
    assert rest.get("/object/res.partner/name_search").status == 405


def test_nothing_leaks(rest):
    for asked, *_ in REFUSED.values():
        body = rest.get("/api/res.partner/", **asked).body.decode()
        assert not [
            word
            for word in ("Traceback", 'File "', "SELECT ", "site-packages", "sqlite", "psycopg")
            if word in body
        ]


def test_the_largest_page_is_a_setting(rest, make_house):
    from doors.knock import knock
    from entrepot.doors.asgi import Application

    app = Application(make_house(page_size=2).app.server)
    try:
        heard = knock(app, "GET", "/api/res.partner/?page_size=3", headers=rest.headers)
        assert heard.status == 400
        assert "from 1 to 2" in json.loads(heard.body)["error"]["message"]
    finally:
        app.workers.stop()


def test_files_of_rows_go_out_and_in_here(rest, people):
    heard = rest.get(
        "/api/res.partner/export/",
        columns="name,color",
        filter=[["ref", "=", "people"]],
        order="color",
        limit=2,
    )
    assert heard.status == 200
    assert heard.body.decode("utf-8-sig").splitlines() == ["name,color", "Person 0,0", "Person 1,1"]
    assert rest.get("/api/res.partner/import").status == 405
