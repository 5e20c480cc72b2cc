"""Parameters of an address that nobody knows are refused on every verb, before anything is done."""

from __future__ import annotations

import json

import pytest

from doors.knock import knock


def problems(heard):
    return [(each["path"], each["code"]) for each in heard.json["error"]["data"]["problems"]]


@pytest.fixture
def name(rest):
    """A record that no request of these tests may touch."""
    made = rest.make("res.partner.category", {"name": "Untouched"})
    yield made
    assert (
        rest.system("res.partner.category", "search_count", [["id", "=", made], ["name", "=", "Untouched"]])
        == 1
    )


REQUESTS = {
    "search": ("GET", "/api/res.partner.category/", None),
    "read": ("GET", "/api/res.partner.category/{}/", None),
    "create": ("POST", "/api/res.partner.category/", {"data": {"name": "Made"}}),
    "change": ("PUT", "/api/res.partner.category/{}/", {"data": {"name": "Changed"}}),
    "change several": ("PUT", "/api/res.partner.category/", {"filter": [], "data": {"name": "Changed"}}),
    "delete": ("DELETE", "/api/res.partner.category/{}/", None),
    "delete several": ("DELETE", "/api/res.partner.category/", None),
    "call": ("POST", "/object/res.partner.category/search", {"args": [[]]}),
    "call a record": ("POST", "/object/res.partner.category/{}/unlink", {}),
    "a file": ("GET", "/api/res.partner/{}/image_1920", None),
    "log in": ("POST", "/auth/", {"login": "admin", "password": "wrong"}),
    "import": ("POST", "/api/res.partner.category/import", "name\nMade\n"),
    "export": ("GET", "/api/res.partner.category/export", None),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_an_unknown_parameter_is_refused_with_near_ones(case, rest, name):
    verb, path, params = REQUESTS[case]
    body = params.encode() if isinstance(params, str) else b"" if params is None else as_json(params)
    kind = "text/csv" if isinstance(params, str) else "application/json"
    target = f"{path.format(name)}?contxet=%7B%7D"
    heard = knock(rest.app, verb, target, body, {**rest.headers, "content-type": kind})
    assert heard.header("x-error-status") or heard.status == 400
    assert problems(heard) == [("contxet", "unknown_parameter")]
    assert "did you mean context?" in heard.json["error"]["message"]
    assert rest.system("res.partner.category", "search_count", [["name", "in", ["Made", "Changed"]]]) == 0


def as_json(params):
    return json.dumps({"params": params}).encode()


def test_a_parameter_of_another_verb_is_unknown(rest, name):
    heard = rest.put(f"/api/res.partner.category/{name}/", {"data": {}}, filter="[]", strict_status="1")
    assert (heard.status, problems(heard)) == (400, [("filter", "unknown_parameter")])


def test_a_parameter_that_is_like_none_is_told_the_known_ones(rest, name):
    heard = rest.delete(f"/api/res.partner.category/{name}/", xyzzy="1")
    assert heard.status == 400
    assert "known: context," in heard.json["error"]["message"]


def test_a_parameter_given_twice_is_refused(rest, name):
    target = f"/api/res.partner.category/{name}/?db=a&db=b"
    heard = knock(rest.app, "DELETE", target, b"", rest.headers)
    assert (heard.status, problems(heard)) == (400, [("db", "twice")])


def test_the_context_of_a_call_may_stand_in_the_address(rest):
    made = rest.make("res.partner", {"name": "Gone", "active": False})
    asked = {"args": [[["id", "=", made]]]}
    hidden = rest.post("/object/res.partner/search_count", asked)
    seen = rest.post("/object/res.partner/search_count", asked, context='{"active_test": false}')
    assert (hidden.json["result"], seen.json["result"]) == (0, 1)
