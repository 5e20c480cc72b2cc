from __future__ import annotations

import json

import pytest

from doors.house import PASSWORD
from doors.knock import knock, post_json

WHO = ["demo", 2, PASSWORD, "res.partner"]
JSON = {"content-type": "application/json"}


def execute(app, method, *args):
    params = {"service": "object", "method": "execute", "args": [*WHO, method, *args]}
    heard = post_json(app, "/jsonrpc", params)
    assert heard.status == 200
    assert heard.header("content-type").startswith("application/json")
    return heard.json


def test_a_result_is_wrapped_with_the_id(app):
    assert execute(app, "web_search_read") == {
        "jsonrpc": "2.0",
        "id": 7,
        "result": {
            "length": 2,
            "records": [
                {"id": 1, "name": "Ann & Bob", "email": False, "country_id": [20, "Belgium"]},
                {"id": 2, "name": "Eve <x>", "email": "eve@example.com", "country_id": False},
            ],
        },
    }


def test_nothing_at_the_top_has_no_result_and_inside_is_false(app):
    assert execute(app, "nothing") == {"jsonrpc": "2.0", "id": 7}
    assert execute(app, "echo", None, 2**70)["result"] == [[False, 2**70], {}]


@pytest.mark.parametrize(
    ("method", "code", "message", "name"),
    [
        ("refuse", 200, "Odoo Server Error", "odoo.exceptions.UserError"),
        ("constrain", 200, "Odoo Server Error", "odoo.exceptions.ValidationError"),
        ("forbid", 200, "Odoo Server Error", "odoo.exceptions.AccessError"),
        ("unknown", 200, "Odoo Server Error", "builtins.AttributeError"),
        ("break", 200, "Odoo Server Error", "entrepot.errors.InternalError"),
    ],
)
def test_errors_carry_the_names_that_clients_test_for(app, method, code, message, name):
    answer = execute(app, method)
    assert answer["id"] == 7
    assert "result" not in answer
    error = answer["error"]
    assert (error["code"], error["message"], error["data"]["name"]) == (code, message, name)
    assert error["data"].keys() == {"name", "debug", "message", "arguments", "context"}
    assert error["data"]["debug"] == ""
    assert error["data"]["arguments"] == [error["data"]["message"]]
    assert "passwd" not in json.dumps(answer)


def test_an_unknown_model_is_a_user_error(app):
    params = {"service": "object", "method": "execute", "args": ["demo", 2, PASSWORD, "no.such", "read"]}
    data = post_json(app, "/jsonrpc", params).json["error"]["data"]
    assert (data["name"], data["message"]) == ("odoo.exceptions.UserError", "Object no.such doesn't exist")


@pytest.mark.parametrize("identity", [None, "a", 1.5, [1], {"a": 1}, 2**80])
def test_any_id_is_echoed(app, identity):
    body = json.dumps({"id": identity, "params": {"service": "common", "method": "version", "args": []}})
    assert knock(app, "POST", "/jsonrpc", body.encode(), JSON).json["id"] == identity


def test_a_missing_id_is_null_and_other_members_are_ignored(app):
    body = (
        b'{"method": 5, "x": 1, "params": {"service": "common", "method": "version", "args": [], "more": 1}}'
    )
    answer = knock(app, "POST", "/jsonrpc", body, JSON).json
    assert answer["id"] is None
    assert answer["result"]["protocol_version"] == 1


@pytest.mark.parametrize("missing", ["service", "method", "args"])
def test_a_missing_member_is_named(app, missing):
    params = {"service": "common", "method": "version", "args": []}
    del params[missing]
    data = post_json(app, "/jsonrpc", params).json["error"]["data"]
    assert data["name"] == "builtins.TypeError"
    assert f"'{missing}'" in data["message"]


@pytest.mark.parametrize(
    "params",
    [
        [1],
        "x",
        {"service": [], "method": "a", "args": []},
        {"service": "common", "method": "version", "args": {}},
    ],
)
def test_params_of_a_wrong_kind_are_an_error_inside_the_envelope(app, params):
    assert post_json(app, "/jsonrpc", params).json["error"]["code"] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[{}, {}]",
        b"5",
        b"{",
        b"NaN",
        b"[" * 100_000,
        b'{"id": 1, "params": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_what_is_no_envelope_is_400(app, body):
    heard = knock(app, "POST", "/jsonrpc", body, JSON)
    assert heard.status == 400
    assert heard.json["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_content_types_that_browsers_send_unasked_are_refused(app, kind):
    assert knock(app, "POST", "/jsonrpc", b"{}", {"content-type": kind}).status == 400


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/json-rpc"],
)
def test_json_content_types_are_taken(app, kind):
    body = b'{"params": {"service": "common", "method": "version", "args": []}}'
    assert knock(app, "POST", "/jsonrpc", body, {"content-type": kind}).status == 200


@pytest.mark.parametrize("path", ["/jsonrpc/2", "/jsonrpc2"])
def test_other_addresses_are_not_found(app, path):
    assert knock(app, "POST", path, b"{}", JSON).status == 404


def test_getting_is_refused(app):
    heard = knock(app, "GET", "/jsonrpc")
    assert (heard.status, heard.header("allow")) == (405, "OPTIONS, POST")
