from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

from doors.house import KEY, PASSWORD, SmallHouse
from doors.knock import knock, post_json
from entrepot.doors.asgi import Application

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def lone(tmp_path):
    """A server with a default database."""
    application = Application(SmallHouse(tmp_path, default_tenant="demo"))
    yield application
    application.workers.stop()


def log_in(app):
    heard = post_json(
        app, "/web/session/authenticate", {"db": "demo", "login": "admin", "password": PASSWORD}
    )
    return heard, {"cookie": f"other=1; session_id={heard.json['result']['session_id']}"}


def test_logging_in_gives_the_session_in_the_cookie_and_in_the_body(app):
    heard, _ = log_in(app)
    info = heard.json["result"]
    sid = info["session_id"]
    assert heard.header("set-cookie") == f"session_id={sid}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"
    assert (info["uid"], info["username"], info["db"]) == (2, "admin", "demo")
    assert info["server_version"] == "18.0"
    assert info["server_version_info"] == [18, 0, 0, "final", 0, ""]
    assert info["user_context"]["tz"] is False


@pytest.mark.parametrize(
    ("login", "password"), [("admin", "wrong"), ("admin", ""), ("", ""), ("no", PASSWORD), ("admin", KEY)]
)
def test_wrong_credentials_are_a_result_without_a_user(app, login, password):
    heard = post_json(app, "/web/session/authenticate", {"db": "demo", "login": login, "password": password})
    assert heard.json["result"] == {"uid": False, "session_id": None, "db": "demo"}
    assert heard.header("set-cookie") is None


def test_an_unknown_database_and_missing_members_are_errors(app):
    heard = post_json(app, "/web/session/authenticate", {"db": "no", "login": "admin", "password": PASSWORD})
    assert "does not exist" in heard.json["error"]["data"]["message"]
    heard = post_json(app, "/web/session/authenticate", {"db": "demo", "login": "admin"})
    assert "'password'" in heard.json["error"]["data"]["message"]


def test_logging_in_again_ends_the_session_before(app, house):
    _, first = log_in(app)
    post_json(
        app, "/web/session/authenticate", {"db": "demo", "login": "admin", "password": PASSWORD}, **first
    )
    assert len(house.sessions) == 1
    assert post_json(app, "/web/session/check", {}, **first).status == 404


def test_the_session_says_who_it_is_without_its_id(app):
    _, cookie = log_in(app)
    info = post_json(app, "/web/session/get_session_info", {}, **cookie).json["result"]
    assert (info["uid"], info["db"], info["web.base.url"]) == (2, "demo", "http://testserver:8069")
    assert "session_id" not in info


def test_a_living_session_checks_without_a_result(app):
    _, cookie = log_in(app)
    assert post_json(app, "/web/session/check", {}, **cookie).json == {"jsonrpc": "2.0", "id": 7}


def test_a_destroyed_session_is_over(lone):
    _, cookie = log_in(lone)
    heard = post_json(lone, "/web/session/destroy", {}, **cookie)
    assert "result" not in heard.json
    assert "session_id=; Path=/; Max-Age=0" in heard.header("set-cookie")
    error = post_json(lone, "/web/session/check", {}, **cookie).json["error"]
    assert (error["code"], error["message"], error["data"]["name"]) == (
        100,
        "Odoo Session Expired",
        "odoo.http.SessionExpiredException",
    )


def test_modules_and_languages_are_listed(app):
    _, cookie = log_in(app)
    assert post_json(app, "/web/session/modules", {}, **cookie).json["result"] == ["base"]
    assert post_json(app, "/web/session/get_lang_list", {}).json["result"] == [["en_US", "English / English"]]


GUARDED = [
    ("/web/session/get_session_info", {}),
    ("/web/session/check", {}),
    ("/web/session/modules", {}),
    ("/web/dataset/call_kw", {"model": "res.partner", "method": "read", "args": [[1]], "kwargs": {}}),
    ("/web/dataset/call_button", {"model": "res.partner", "method": "action", "args": [], "kwargs": {}}),
    ("/web/dataset/call", {"model": "res.partner", "method": "read", "args": [[1]]}),
    ("/web/dataset/search_read", {"model": "res.partner"}),
    ("/web/dataset/resequence", {"model": "res.partner", "ids": [1]}),
]


@pytest.mark.parametrize(("path", "params"), GUARDED)
@pytest.mark.parametrize(
    "header",
    [
        {},
        {"cookie": "session_id=" + "x" * 84},
        {"cookie": "session_id=../../etc"},
        {"x-openerp-session-id": "y"},
    ],
)
def test_without_a_session_there_is_an_error_or_404_but_never_data(app, lone, path, params, header):
    assert post_json(app, path, params, **header).status == 404
    assert post_json(lone, path, params, **header).json["error"]["code"] == 100


def test_a_header_or_parameter_is_no_session(app, lone):
    heard, _ = log_in(lone)
    sid = heard.json["result"]["session_id"]
    path, params = GUARDED[3]
    for target, header in ((path, {"x-openerp-session-id": sid}), (f"{path}?session_id={sid}", {})):
        assert post_json(lone, target, params, **header).json["error"]["code"] == 100


def test_a_session_of_one_database_is_none_of_another(app):
    _, cookie = log_in(app)
    info = post_json(app, "/web/session/get_session_info?db=other", {}, **cookie).json["result"]
    assert info["db"] == "demo"


@pytest.mark.parametrize(
    "path", ["/web/dataset/call_kw", "/web/dataset/call_kw/res.partner/read", "/web/dataset/call_kw/anything"]
)
def test_methods_are_called_with_positions_and_names(app, house, path):
    _, cookie = log_in(app)
    params = {
        "model": "res.partner",
        "method": "read",
        "args": [[2]],
        "kwargs": {"context": {"lang": "fr_FR"}},
    }
    assert post_json(app, path, params, **cookie).json["result"][0]["email"] == "eve@example.com"
    assert house.calls[-1].kwargs["context"] == {"lang": "fr_FR"}


@pytest.mark.parametrize("missing", ["model", "method", "args", "kwargs"])
def test_all_four_members_are_required(app, missing):
    _, cookie = log_in(app)
    params = {"model": "res.partner", "method": "read", "args": [[1]], "kwargs": {}}
    del params[missing]
    error = post_json(app, "/web/dataset/call_kw", params, **cookie).json["error"]
    assert error["data"]["name"] == "builtins.TypeError"
    assert f"'{missing}'" in error["data"]["message"]


def test_an_unknown_model_is_like_an_unknown_address(app):
    _, cookie = log_in(app)
    params = {"model": "no.such", "method": "read", "args": [[1]], "kwargs": {}}
    error = post_json(app, "/web/dataset/call_kw", params, **cookie).json["error"]
    assert (error["code"], error["message"], error["data"]["name"]) == (
        404,
        "404: Not Found",
        "werkzeug.exceptions.NotFound",
    )


def test_a_button_gives_its_action_or_false(app):
    _, cookie = log_in(app)
    for method, result in (
        ("action", {"type": "ir.actions.act_window"}),
        ("nothing", False),
        ("number", False),
    ):
        params = {"model": "res.partner", "method": method, "args": [], "kwargs": {}}
        assert post_json(app, "/web/dataset/call_button/x", params, **cookie).json["result"] == result


def test_dropped_addresses_still_answer(app):
    _, cookie = log_in(app)
    params = {"model": "res.partner", "method": "read", "args": [[1]]}
    assert post_json(app, "/web/dataset/call", params, **cookie).json["result"][0]["id"] == 1
    params = {"model": "res.partner", "fields": [], "domain": [], "sort": "", "limit": False}
    found = post_json(app, "/web/dataset/search_read", params, **cookie).json["result"]
    assert (found["length"], len(found["records"])) == (2, 2)


def test_records_are_numbered_in_the_order_of_their_ids(app, house):
    _, cookie = log_in(app)
    params = {"model": "res.partner", "ids": [2, 1], "offset": 5}
    assert post_json(app, "/web/dataset/resequence", params, **cookie).json["result"] is True
    assert [call.args for call in house.calls if call.method == "write"] == [
        ([2], {"sequence": 5}),
        ([1], {"sequence": 6}),
    ]
    params = {"model": "res.partner", "ids": [2, 1], "field": "nothing"}
    assert post_json(app, "/web/dataset/resequence", params, **cookie).json["result"] is False


def test_versions_and_health_need_nobody(app):
    assert post_json(app, "/web/webclient/version_info", {}).json["result"]["server_serie"] == "18.0"
    assert knock(app, "GET", "/web/version").json == {
        "version": "18.0",
        "version_info": [18, 0, 0, "final", 0, ""],
    }
    assert knock(app, "GET", "/web/health").json == {"status": "pass"}
    assert knock(app, "GET", "/livez").json == {"status": "pass"}


def form_of(app, query=""):
    page = knock(app, "GET", f"/web/login{query}")
    token = re.search(r'csrf_token: "(\w+)"', page.body.decode()).group(1)
    assert f'name="csrf_token" value="{token}"' in page.body.decode()
    cookie = page.header("set-cookie").partition(";")[0]
    return token, cookie


def submit(app, token, cookie, **fields):
    body = urlencode({"csrf_token": token, "db": "demo", **fields}).encode()
    return knock(app, "POST", "/web/login", body, {**FORM, "cookie": cookie})


def test_the_log_in_form_leads_to_a_page_with_the_session_info(app):
    token, cookie = form_of(app)
    heard = submit(app, token, cookie, login="admin", password=PASSWORD)
    assert (heard.status, heard.header("location")) == (303, "/web")
    session = heard.header("set-cookie").partition(";")[0]
    page = knock(app, "GET", "/web", headers={"cookie": session}).body.decode()
    info = json.loads(re.search(r"odoo._*session_info_* = (.*);", page).group(1))
    assert (info["uid"], info["username"], info["name"]) == (2, "admin", "</script><b>Ann</b>")
    assert "</script><b>" not in page
    assert session.partition("=")[2] not in page


def test_the_page_of_a_session_has_a_token_for_the_next_log_in(app):
    token, cookie = form_of(app)
    session = (
        submit(app, token, cookie, login="admin", password=PASSWORD).header("set-cookie").partition(";")[0]
    )
    page = knock(app, "GET", "/web", headers={"cookie": f"{session}; {cookie}"}).body.decode()
    again = re.search(r'csrf_token: "(\w+)"', page).group(1)
    assert submit(app, again, cookie, login="admin", password=PASSWORD).status == 303


def test_a_wrong_password_shows_the_form_again(app):
    token, cookie = form_of(app)
    heard = submit(app, token, cookie, login="admin", password="wrong")
    assert heard.status == 200
    assert b"Wrong login or password" in heard.body


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_wrong_token_is_refused(app, token):
    _, cookie = form_of(app)
    assert submit(app, token, cookie, login="admin", password=PASSWORD).status == 400


def test_a_token_without_its_cookie_is_refused(app):
    token, _ = form_of(app)
    assert submit(app, token, "", login="admin", password=PASSWORD).status == 400
    _, other = form_of(app)
    assert submit(app, token, other, login="admin", password=PASSWORD).status == 400


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/web?x=1", "/web?x=1"),
        ("//evil.example", "/web"),
        ("/\\evil.example", "/web"),
        ("https://evil.example", "/web"),
        ("/a\r\nb", "/web"),
    ],
)
def test_logging_in_leads_to_this_server_only(app, target, location):
    token, cookie = form_of(app)
    heard = submit(app, token, cookie, login="admin", password=PASSWORD, redirect=target)
    assert heard.header("location") == location


def test_pages_without_a_session_lead_to_the_form(app, lone):
    for each in (app, lone):
        heard = knock(each, "GET", "/web?db=demo")
        assert (heard.status, heard.header("location")) == (303, "/web/login?db=demo")
    for path in ("/", "/odoo"):
        assert knock(app, "HEAD", path).header("location") == "/web"


def test_a_redirection_cannot_be_broken_out_of(app):
    heard = knock(app, "GET", "/web?db=%0d%0aSet-Cookie:a=b")
    assert "\r" not in heard.header("location")


def test_logging_out_ends_the_session(app, house):
    _, cookie = log_in(app)
    heard = knock(app, "GET", "/web/session/logout", headers=cookie)
    assert (heard.status, heard.header("location")) == (303, "/web/login")
    assert house.sessions == {}


def test_pages_run_no_foreign_script(app):
    policy = knock(app, "GET", "/web/login").header("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    page = knock(app, "GET", "/web/login?redirect=%22%3E%3Cscript%3E").body
    assert b'"><script>' not in page


def test_cookies_of_secure_requests_are_secure(tmp_path):
    app = Application(SmallHouse(tmp_path, trusted_proxies="203.0.113.9"))
    params = {"db": "demo", "login": "admin", "password": PASSWORD}
    heard = post_json(app, "/web/session/authenticate", params, **{"x-forwarded-proto": "https"})
    app.workers.stop()
    assert heard.header("set-cookie").endswith("; Secure")
