from __future__ import annotations

import pytest

FAILURES = {
    "no data": ({}, 400, "`data` parameter is not found on POST request body"),
    "data that is no object": ({"data": 5}, 400, "data is an object"),
    "an unknown field": ({"data": {"nmae": "x"}}, 422, "Did you mean: name?"),
    "a missing name": ({"data": {"type": "contact"}}, 422, "require a name"),
    "a wrong value": ({"data": {"name": "x", "type": "nope"}}, 422, "Wrong value"),
    "a link to nothing": ({"data": {"name": "x", "country_id": 999999}}, 422, "does not exist"),
    "several": ({"data": [{"name": "a"}, {"name": "b", "nope": 1}]}, 422, "nope"),
}


@pytest.mark.parametrize("slash", ["", "/"])
def test_post_makes_a_record_and_tells_its_id(rest, slash):
    heard = rest.send("POST", f"/api/res.partner{slash}", {"id": 7, "params": {"data": {"name": "New"}}})
    made = heard.json["result"]
    assert heard.status == 200
    assert heard.json == {"jsonrpc": "2.0", "id": 7, "result": made}
    assert rest.get(f"/api/res.partner/{made}", query="{name}").json == {"name": "New"}


def test_the_envelope_needs_params_alone(rest):
    for body in (
        {"params": {"data": {"name": "x"}}},
        {"jsonrpc": "2.0", "method": "call", "params": {"data": {"name": "x"}}},
    ):
        told = rest.send("POST", "/api/res.partner/", body).json
        assert told["id"] is None
        assert isinstance(told["result"], int)


@pytest.mark.parametrize("identity", [1, "a", None, 1.5, {"a": [1]}, 2**80])
def test_an_id_comes_back_as_it_was(rest, identity):
    assert rest.send("POST", "/api/res.partner/", {"id": identity, "params": {}}).json["id"] == identity


def test_a_list_makes_several_in_one_transaction(rest):
    made = rest.make("res.partner", [{"name": "One", "ref": "list"}, {"name": "Two", "ref": "list"}])
    assert len(made) == 2
    refused = rest.post(
        "/api/res.partner/", {"data": [{"name": "Three", "ref": "list"}, {"name": "x", "country_id": 999999}]}
    )
    assert "error" in refused.json
    assert len(rest.rows("/api/res.partner/", query="{id}", filter=[["ref", "=", "list"]])) == 2


def test_a_context_gives_defaults(rest):
    told = rest.post(
        "/api/res.partner/", {"data": {"name": "x"}, "context": {"default_ref": "by context"}}
    ).json
    assert rest.get(f"/api/res.partner/{told['result']}/", query="{ref}").json == {"ref": "by context"}


@pytest.mark.parametrize("case", FAILURES)
def test_a_post_that_fails_is_200_with_its_status_beside(rest, case):
    params, status, text = FAILURES[case]
    heard = rest.post("/api/res.partner/", params)
    assert (heard.status, heard.header("x-error-status")) == (200, str(status)), heard.body
    assert text in heard.json["error"]["message"]
    assert "result" not in heard.json
    strict = rest.post("/api/res.partner/", params, strict_status="1")
    assert (strict.status, strict.header("x-error-status")) == (status, None)
    assert strict.json["error"]["code"] == heard.json["error"]["code"] == 200


def test_problems_have_paths(rest):
    data = rest.post("/api/res.partner/", {"data": {"name": "x", "child_ids": [{"nope": 1}]}}).json["error"][
        "data"
    ]
    assert [(each["path"], each["code"]) for each in data["problems"]] == [
        ("child_ids.0.nope", "unknown_field")
    ]
    assert (data["name"], data["exception_type"], data["code"]) == (
        "odoo.exceptions.ValidationError",
        "ValidationError",
        "validation_error",
    )


BODIES = {
    b'{"params": {"data": {"name": "x",}}}': "trailing comma is not allowed: line 1 column 33",
    b'{"params": {\n"data": {"name": "x", <<< CHARACTERISTICS\n}}}': "line 2 column 23",
    b"{": "line 1",
    b"": "line 1",
    b"[]": "one object",
    b"5": "one object",
    b'{"data": {"name": "x"}}': "Wrap your arguments in params",
    b'{"params": []}': "'params' must be an object",
    b'{"params": null}': "'params' must be an object",
    b'{"params": {"data": ' + b"[" * 500 + b"]" * 500 + b"}}": "nested deeper",
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_cannot_be_read_says_where(rest, body):
    heard = rest.send("POST", "/api/res.partner/", body)
    assert (heard.status, heard.header("x-error-status")) == (200, "400")
    assert BODIES[body] in heard.json["error"]["message"]


def test_other_content_types_are_refused(rest):
    from doors.knock import knock

    headers = {**rest.headers, "content-type": "text/plain"}
    heard = knock(
        rest.app, "POST", "/api/res.partner/?strict_status=1", b'{"params": {"data": {"name": "x"}}}', headers
    )
    assert heard.status == 400
    assert "application/json" in heard.json["error"]["message"]


def test_put_changes_one_record(rest):
    made = rest.make("res.partner", {"name": "Before"})
    for path in (f"/api/res.partner/{made}", f"/api/res.partner/{made}/"):
        assert rest.put(path, {"data": {"name": "After"}}).json == {
            "jsonrpc": "2.0",
            "id": None,
            "result": True,
        }
    assert rest.get(f"/api/res.partner/{made}/", query="{name}").json == {"name": "After"}


def test_put_with_a_filter_says_how_many(rest):
    rest.make("res.partner", [{"name": "A", "ref": "put"}, {"name": "B", "ref": "put"}])
    told = rest.put("/api/res.partner/", {"filter": [["ref", "=", "put"]], "data": {"color": 4}}).json
    assert told == {"jsonrpc": "2.0", "id": None, "result": True, "meta": {"matched": 2}}
    nothing = {"filter": [["ref", "=", "no such"]], "data": {"color": 4}}
    assert rest.put("/api/res.partner/", nothing).json["meta"] == {"matched": 0}
    assert rest.put("/api/res.partner/", nothing).json["result"] is True
    for heard in (
        rest.put("/api/res.partner/", {**nothing, "require_match": True}),
        rest.put("/api/res.partner/", nothing, require_match="1"),
    ):
        assert heard.header("x-error-status") == "404"


def test_put_pushes_pops_and_deletes(rest):
    tags = [rest.make("res.partner.category", {"name": f"T{at}"}) for at in range(6)]
    made = rest.make("res.partner", {"name": "Tagged", "category_id": tags[:4]})
    operations = {"push": [tags[4], tags[5]], "pop": [tags[2]], "delete": [tags[3]]}
    assert rest.put(f"/api/res.partner/{made}/", {"data": {"category_id": operations}}).json["result"] is True
    left = rest.get(f"/api/res.partner/{made}/", query="{category_id}").json["category_id"]
    assert sorted(left) == sorted([tags[0], tags[1], tags[4], tags[5]])
    assert rest.get(f"/api/res.partner.category/{tags[2]}/", query="{id}").status == 200
    assert rest.get(f"/api/res.partner.category/{tags[3]}/", query="{id}").status == 404
    rest.put(f"/api/res.partner/{made}/", {"data": {"category_id": [tags[5]]}})
    assert rest.get(f"/api/res.partner/{made}/", query="{category_id}").json == {"category_id": [tags[5]]}


PUTS = {
    "no filter": ({"data": {"color": 1}}, 400),
    "an empty filter": ({"filter": [], "data": {"color": 1}}, 400),
    "no data": ({"filter": [["id", "=", 1]]}, 400),
    "an unknown field in the filter": ({"filter": [["nope", "=", 1]], "data": {"color": 1}}, 400),
    "an unknown field": ({"filter": [["id", ">", 0]], "data": {"nope": 1}}, 422),
    "a match required by a text": ({"filter": [["id", ">", 0]], "data": {}, "require_match": "False"}, 400),
}


@pytest.mark.parametrize("case", PUTS)
def test_a_put_that_fails_says_so(rest, case):
    params, status = PUTS[case]
    heard = rest.put("/api/res.partner/", params)
    assert (heard.status, heard.header("x-error-status")) == (200, str(status)), heard.body
    assert "result" not in heard.json
    legacy = rest.put("/api/res.partner/", params, legacy_put="1")
    assert legacy.json["result"] is False
    assert legacy.json["error"] == heard.json["error"]


def test_a_put_on_what_is_not_there_is_404(rest):
    assert rest.put("/api/res.partner/9999999/", {"data": {"color": 1}}, strict_status="1").status == 404
    assert rest.put("/api/no.such/1/", {"data": {"color": 1}}, strict_status="1").status == 404


def test_delete_removes_one_record(rest):
    made = rest.make("res.partner.category", {"name": "Short-lived"})
    heard = rest.delete(f"/api/res.partner.category/{made}/")
    assert (heard.status, heard.json) == (200, {"result": True})
    assert rest.delete(f"/api/res.partner.category/{made}/").status == 404


def test_delete_removes_what_a_filter_finds(rest):
    rest.make("res.partner.category", [{"name": "Doomed"}, {"name": "Doomed"}])
    told = rest.delete("/api/res.partner.category/", filter=[["name", "=", "Doomed"]])
    assert told.json == {"result": True, "meta": {"matched": 2}}


@pytest.mark.parametrize(
    "asked", [{}, {"filter": ""}, {"filter": "[]"}, {"filter": [["nope", "=", 1]]}, {"fitler": "[]"}]
)
def test_delete_never_means_all(rest, asked):
    before = len(rest.rows("/api/res.partner.category/", query="{id}"))
    assert rest.delete("/api/res.partner.category/", **asked).status == 400
    assert len(rest.rows("/api/res.partner.category/", query="{id}")) == before


def test_a_record_that_others_need_stays(rest):
    country = rest.rows("/api/res.country/", query="{id}", filter=[["code", "=", "BE"]])[0]["id"]
    rest.make("res.partner", {"name": "x", "country_id": country})
    heard = rest.delete(f"/api/res.country/{country}/")
    assert heard.status == 422
    assert "requires the record" in heard.json["error"]["message"]


def test_a_key_that_is_taken_is_refused(rest):
    rest.make("res.users", {"name": "u", "login": "taken"})
    heard = rest.post("/api/res.users/", {"data": {"name": "u", "login": "taken"}}, strict_status="1")
    assert heard.status == 422
    assert "same" in heard.json["error"]["message"]
