from __future__ import annotations

import json

import pytest

from app_fixtures import PASSWORD
from doors.knock import knock
from entrepot.call import Bearer
from entrepot.doors.asgi import Application
from entrepot.doors.http import NoSuchPage, Request
from entrepot.doors.rest.identity import identify

GOOD = {"login": "admin", "password": PASSWORD}


def log_in(rest, path="/auth/", **params):
    return rest.nobody().send("POST", path, {"params": {**GOOD, "db": rest.db, **params}})


def sid_of(rest):
    return log_in(rest).json["result"]["session_id"]


@pytest.fixture(scope="module")
def key(rest):
    """An API key of the administrator."""
    browser = rest.log_in("admin", PASSWORD)

    def call(model, method, *args):
        params = {"model": model, "method": method, "args": list(args), "kwargs": {}}
        return browser.post("/web/dataset/call_kw", params).json["result"]

    wizard = call("res.users.apikeys.description", "create", {"name": "rest", "duration": "1"})
    action = call("res.users.apikeys.description", "make_key", [wizard])
    check = action["res_id"]
    call("res.users.identitycheck", "write", [check], {"password": PASSWORD})
    return call("res.users.identitycheck", "run_check", [check])["context"]["default_key"]


@pytest.mark.parametrize("path", ["/auth", "/auth/"])
def test_auth_tells_the_session_and_who_it_is(rest, path):
    heard = log_in(rest, path)
    told = heard.json["result"]
    assert told["uid"] == 2
    assert told["db"] == rest.db
    assert f"session_id={told['session_id']};" in heard.header("set-cookie")
    assert set(told) >= {
        "uid", "session_id", "db", "username", "name", "partner_id", "company_id", "user_context", "is_admin", "is_system",
        "server_version", "server_version_info",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/web/session/authenticate", "/web/session/authenticate/"])
@pytest.mark.parametrize("head", [{"jsonrpc": "2.0"}, {}])
def test_a_web_session_opens_this_door_too(rest, path, head):
    heard = rest.nobody().send("POST", path, {**head, "params": {**GOOD, "db": rest.db}})
    cookie = heard.header("set-cookie").partition(";")[0]
    assert rest.known_as(cookie=cookie).get("/api/res.users/2/", query="{login}").json == {"login": "admin"}


def ways(rest, key):
    sid = sid_of(rest)
    return {
        "cookie": ({"cookie": f"session_id={sid}"}, {}),
        "parameter": ({}, {"session_id": sid}),
        "bearer": ({"authorization": f"Bearer {key}", "x-odoo-database": rest.db}, {}),
        "bearer with ?db=": ({"authorization": f"bearer {key}"}, {"db": rest.db}),
    }


@pytest.mark.parametrize("way", ["cookie", "parameter", "bearer", "bearer with ?db="])
def test_each_way_opens_every_address(rest, key, way):
    headers, asked = ways(rest, key)[way]
    client = rest.known_as(**headers)
    assert client.get("/api/res.users/2", query="{login}", **asked).json == {"login": "admin"}
    assert client.get("/api/res.users/", query="{id}", **asked).status == 200
    made = client.post("/api/res.partner.category/", {"data": {"name": "x"}}, **asked).json["result"]
    assert (
        client.put(f"/api/res.partner.category/{made}/", {"data": {"name": "y"}}, **asked).json["result"]
        is True
    )
    assert client.post("/object/res.partner/search_count", {}, **asked).json["result"] > 0
    assert client.delete(f"/api/res.partner.category/{made}/", **asked).json == {"result": True}
    assert client.get("/api/openapi.json", **asked).json["paths"].keys() > {"/auth/"}


def test_a_session_in_the_address_is_warned_of_and_not_logged(rest):
    sid = sid_of(rest)
    for heard in (
        rest.nobody().get("/api/res.users/2/", query="{id}", session_id=sid),
        rest.nobody().post("/object/res.partner/search_count", {}, session_id=sid),
        rest.nobody().get("/api/openapi.json", session_id=sid),
    ):
        assert heard.status == 200
        assert heard.header("deprecation") == "@1767225600"
        assert "cookie" in heard.header("warning")
    assert (
        rest.known_as(cookie=f"session_id={sid}").get("/api/res.users/2/", query="{id}").header("deprecation")
        is None
    )
    assert sid not in json.dumps(rest.house.events())


def test_a_session_in_the_address_can_be_switched_off(rest, make_house):
    sid = sid_of(rest)
    app = Application(make_house(session_parameter=False).app.server)
    try:
        refused = knock(app, "GET", f"/api/res.users/2/?session_id={sid}")
        assert refused.status == 401
        assert "takes no session from an address" in refused.json["error"]["data"]["message"]
        assert (
            knock(app, "GET", "/api/res.users/2/?query={id}", headers={"cookie": f"session_id={sid}"}).status
            == 200
        )
    finally:
        app.workers.stop()


NOBODY = {
    "nothing": ({}, {}),
    "an unknown cookie": ({"cookie": "session_id=nope"}, {}),
    "an odd cookie": ({"cookie": "session_id=a'b"}, {}),
    "an unknown parameter": ({}, {"session_id": "nope"}),
    "an odd parameter": ({}, {"session_id": "a b'\0"}),
    "an empty parameter": ({}, {"session_id": ""}),
}


@pytest.mark.parametrize("case", NOBODY)
def test_nobody_is_told_so_in_json(rest, case):
    headers, asked = NOBODY[case]
    client = rest.known_as(**headers)
    for heard in (
        client.get("/api/res.users/", **asked),
        client.get("/api/res.users/2/", **asked),
        client.delete("/api/res.users/2/", **asked),
        client.get("/api/res.users/2/login", **asked),
        client.post("/api/res.users/", {"data": {}}, strict_status="1", **asked),
    ):
        assert heard.status == 401, heard.body
        assert heard.header("content-type").startswith("application/json")
        assert heard.header("www-authenticate")
        assert heard.json["error"]["code"] == 100
        assert heard.header("location") is None
    posted = client.post("/api/res.users/", {"data": {}}, **asked)
    assert (posted.status, posted.header("x-error-status"), posted.json["error"]["code"]) == (200, "401", 100)


def test_an_ended_session_is_over(rest):
    sid = sid_of(rest)
    client = rest.known_as(cookie=f"session_id={sid}")
    assert client.get("/api/res.users/2/", query="{id}").status == 200
    client.post("/web/session/destroy", {})
    assert client.get("/api/res.users/2/", query="{id}").status == 401


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer " + "x" * 40])
def test_a_wrong_key_is_refused(rest, given):
    heard = rest.known_as(authorization=given, **{"x-odoo-database": rest.db}).get("/api/res.users/")
    assert heard.status == 401
    assert heard.json["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


LOGINS = {
    "no login": ({"login": None}, "`login` is required."),
    "no password": ({"password": None}, "`password` is required."),
    "an empty password": ({"password": ""}, "`password` is required."),
    "a wrong password": ({"password": "no"}, "Wrong login or password."),
    "an unknown login": ({"login": "nobody"}, "Wrong login or password."),
    "an unknown database": ({"db": "no-such"}, "There is no database named 'no-such'."),
    "a login that is no text": ({"login": 5}, "`login` must be a text."),
    "a db that is no text": ({"db": 5}, "`db` must be a text."),
    "a NUL in the login": ({"login": "admin\0"}, "Wrong login or password."),
}


@pytest.mark.parametrize("case", LOGINS)
def test_a_log_in_that_fails_says_what_is_wrong(rest, case):
    params, message = LOGINS[case]
    heard = log_in(rest, **params)
    assert heard.status == 200
    assert heard.json["error"]["message"] == message
    assert heard.header("x-error-status") in {"401", "400"}
    assert heard.header("set-cookie") is None


class Chooser:
    """A house that chooses a database, or none."""

    def __init__(self, settings, chosen):
        self.settings = settings
        self.chosen = chosen

    def tenant_for(self, *, named=None, sid=None, host=None):
        return named or self.chosen


def with_key(query=b"", **headers):
    given = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return Request(
        "GET", "/api/x/", query, {b"authorization": b"Bearer " + b"k" * 40, **given}, b"", "", "http", "", "1"
    )


def test_the_database_of_a_key_is_named_or_chosen(place):
    lone = Chooser(place, "lone")
    assert identify(lone, with_key())[:2] == (Bearer("k" * 40), "lone")
    assert identify(lone, with_key(b"db=other")).tenant == "other"
    assert identify(lone, with_key(b"db=other", x_odoo_database=b"third")).tenant == "third"
    with pytest.raises(NoSuchPage, match="Name the database"):
        identify(Chooser(place, None), with_key())


def test_auth_takes_the_default_database(make_house, rest):
    app = Application(make_house(default_tenant=rest.db).app.server)
    try:
        for path in ("/auth/", "/web/session/authenticate/"):
            body = json.dumps({"params": GOOD}).encode()
            heard = knock(app, "POST", path, body, {"content-type": "application/json"})
            assert heard.json["result"]["db"] == rest.db
    finally:
        app.workers.stop()
