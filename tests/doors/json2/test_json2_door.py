from __future__ import annotations

import json

import pytest

from doors.house import KEY
from doors.knock import knock

HEADERS = {"content-type": "application/json", "authorization": f"bearer {KEY}", "x-odoo-database": "demo"}


def call(app, path, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return knock(app, "POST", f"/json/2/{path}", data, {**HEADERS, **headers})


def test_the_answer_is_the_bare_value_and_nothing_is_null(app):
    heard = call(app, "res.partner/read", {"ids": [1], "fields": ["name"], "context": {"lang": "fr_FR"}})
    assert heard.status == 200
    assert heard.json == [{"id": 1, "name": "Ann & Bob", "email": None, "country_id": [20, "Belgium"]}]
    assert call(app, "res.partner/nothing", {}).body == b"null"


def test_ids_come_first_and_names_stay_names(app, house):
    call(app, "res.partner/echo", {"ids": 5, "a": None, "context": {"tz": "UTC"}})
    assert house.calls[0].args == ([5],)
    assert house.calls[0].kwargs == {"a": None, "context": {"tz": "UTC"}}


@pytest.mark.parametrize(
    ("method", "status", "name"),
    [
        ("forbid", 403, "odoo.exceptions.AccessError"),
        ("_private", 403, "odoo.exceptions.AccessError"),
        ("unknown", 404, "builtins.AttributeError"),
        ("refuse", 422, "odoo.exceptions.UserError"),
        ("constrain", 422, "odoo.exceptions.ValidationError"),
        ("break", 500, "entrepot.errors.InternalError"),
    ],
)
def test_errors_have_real_statuses(app, method, status, name):
    heard = call(app, f"res.partner/{method}", {})
    assert (heard.status, heard.json["name"]) == (status, name)
    assert heard.json.keys() == {"name", "debug", "message", "arguments", "context"}
    assert b"passwd" not in heard.body


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("no.such/read", {"ids": [1]}, 404),
        ("res.partner/write", {"ids": [99], "values": {}}, 404),
        ("res.partner/read", {"ids": [1], "no_such": 1}, 422),
        ("res.partner/read", {"ids": {"name": "x"}}, 422),
        ("res.partner/read", {"ids": ["1"]}, 422),
        ("res.partner/read", {"ids": [True]}, 422),
        ("res.partner/read", [], 400),
        ("res.partner/read", b"", 400),
        ("res.partner/read", b"{", 400),
        ("res.partner/read", b'{"ids": NaN}', 400),
        ("res.partner/read", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    ],
)
def test_requests_that_cannot_be_done_have_the_status_that_says_why(app, path, body, status):
    assert call(app, path, body).status == status


@pytest.mark.parametrize(
    "authorization", ["", "bearer", "Bearer wrong", f"Basic {KEY}", "bearer a b", "bearer é"]
)
def test_without_a_right_key_it_is_401(app, authorization):
    heard = call(app, "res.partner/read", {"ids": [1]}, authorization=authorization)
    assert heard.status == 401
    assert heard.header("www-authenticate") == 'Bearer realm="entrepot"'


def test_a_session_is_no_key(app, house):
    sid, _ = house.log_in("demo", "admin", "admin-secret", "")
    assert (
        call(app, "res.partner/read", {"ids": [1]}, authorization="", cookie=f"session_id={sid}").status
        == 401
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_content_types_that_browsers_send_unasked_are_refused(app, kind):
    assert call(app, "res.partner/read", {"ids": [1]}, **{"content-type": kind}).status == 400


def test_the_database_is_named_by_header_or_host(app):
    assert call(app, "res.partner/read", {"ids": [1]}, **{"x-odoo-database": ""}).status == 404
    assert (
        call(app, "res.partner/read", {"ids": [1]}, **{"x-odoo-database": "", "host": "demo:8069"}).status
        == 200
    )
    assert call(app, "res.partner/read", {"ids": [1]}, **{"x-odoo-database": "nowhere"}).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_calls_methods(app, method):
    assert knock(app, method, "/json/2/res.partner/write", headers=HEADERS).status == 405


@pytest.mark.parametrize(
    "path",
    ["/json/2/res.partner", "/json/2/", "/json/2/a/b/c", "/doc-bearer/res.partner", "/doc-bearer/../x.json"],
)
def test_other_addresses_are_not_found(app, path):
    assert knock(app, "POST", path, b"{}", HEADERS).status == 404


def test_a_model_is_described_to_its_callers(app, house):
    heard = knock(app, "GET", "/doc-bearer/res.partner.json", headers=HEADERS)
    assert heard.json["methods"]["read"]["parameters"] == {"fields": {}}
    assert (house.calls[0].model, house.calls[0].method) == ("ir.model", "describe")
    assert house.calls[0].kwargs == {"name": "res.partner"}
    assert knock(app, "GET", "/doc-bearer/res.partner.json").status == 401


def test_bodies_past_the_limit_are_413(app):
    assert call(app, "res.partner/read", b"{}", **{"content-length": str(1 << 40)}).status == 413
