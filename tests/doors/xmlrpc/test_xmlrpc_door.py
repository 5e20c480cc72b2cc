from __future__ import annotations

import gzip
import xmlrpc.client

import pytest

from doors.house import PASSWORD
from doors.knock import knock, xml_call

WHO = ("demo", 2, PASSWORD, "res.partner")


def test_rows_are_read(app):
    assert xml_call(app, "/xmlrpc/2/object", "execute_kw", *WHO, "read", [[1, 2]], {}) == [
        {"id": 1, "name": "Ann & Bob", "email": False, "country_id": [20, "Belgium"]},
        {"id": 2, "name": "Eve <x>", "email": "eve@example.com", "country_id": False},
    ]


@pytest.mark.parametrize("base", ["/xmlrpc/2", "/xmlrpc", "//xmlrpc/2", "/xmlrpc//2"])
def test_each_address_of_a_service_answers(app, base):
    assert xml_call(app, f"{base}/common", "version")["server_serie"] == "18.0"
    assert xml_call(app, f"{base}/db", "list") == ["demo", "other"]
    assert xml_call(app, f"{base}/object", "execute", *WHO, "nothing") is False


NO = "The operation cannot be completed: no"
PRIVATE = "Private methods (such as _private) cannot be called remotely."
UNKNOWN = "The method 'unknown' does not exist on the model 'res.partner'"
FAULTS = [
    ("refuse", 2, "Not today", ("warning -- UserError\n\nNot today", "")),
    ("constrain", 2, NO, (f"warning -- UserError\n\n{NO}", "")),
    ("forbid", 4, "You may not", ("warning -- AccessError\n\nYou may not", "")),
    ("_private", 4, PRIVATE, (f"warning -- AccessError\n\n{PRIVATE}", "")),
    ("unknown", 1, f"AttributeError: {UNKNOWN}", (UNKNOWN, f"AttributeError: {UNKNOWN}")),
]


@pytest.mark.parametrize(("method", "code", "text", "v1"), FAULTS)
def test_errors_are_faults_with_odoos_codes(app, method, code, text, v1):
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/2/object", "execute", *WHO, method)
    assert (caught.value.faultCode, caught.value.faultString) == (code, text)
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/object", "execute", *WHO, method)
    assert (caught.value.faultCode, caught.value.faultString) == v1


def test_a_missing_record_is_a_warning(app):
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/2/object", "execute", *WHO, "write", [99], {})
    assert caught.value.faultCode == 2


@pytest.mark.parametrize("uid", [False, 3, "2x"])
def test_wrong_credentials_are_denied(app, uid):
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/2/object", "execute", "demo", uid, PASSWORD, "res.partner", "read", [1])
    assert (caught.value.faultCode, caught.value.faultString) == (3, "Access Denied")
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/object", "execute", "demo", uid, PASSWORD, "res.partner", "read", [1])
    assert (caught.value.faultCode, caught.value.faultString) == ("AccessDenied", "Access Denied")


def test_our_own_faults_tell_nothing_but_a_trace_id(app, caplog):
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xml_call(app, "/xmlrpc/2/object", "execute", *WHO, "break")
    assert caught.value.faultCode == 1
    assert "trace id" in caught.value.faultString
    assert "passwd" not in caught.value.faultString
    assert "/etc/passwd" in caplog.text


def test_nothing_is_false_and_long_integers_arrive(app):
    assert xml_call(app, "/xmlrpc/2/object", "execute", *WHO, "nothing") is False
    assert xml_call(app, "/xmlrpc/2/object", "execute", *WHO, "number") == 2**40


def test_binary_dates_and_nil_are_understood(app):
    sent = (None, xmlrpc.client.Binary(b"\x00"), xmlrpc.client.DateTime("20260102T03:04:05"))
    read = xml_call(app, "/xmlrpc/2/object", "execute_kw", *WHO, "echo", list(sent))
    assert read == [[False, "AA==", "2026-01-02 03:04:05"], {}]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_than_post_are_refused_with_a_hint(app, method):
    heard = knock(app, method, "/xmlrpc/2/object")
    assert heard.status == 405
    assert heard.header("allow") == "OPTIONS, POST"
    if method != "HEAD":
        assert b"POST" in heard.body


def test_options_say_what_is_allowed(app):
    heard = knock(app, "OPTIONS", "/xmlrpc/2/common")
    assert (heard.status, heard.header("allow"), heard.body) == (204, "OPTIONS, POST", b"")


@pytest.mark.parametrize("path", ["/xmlrpc/3", "/xmlrpc", "/xmlrpc/2", "/xmlrpc/2/object/x", "/xmlrpc/"])
def test_other_addresses_are_not_found(app, path):
    assert knock(app, "POST", path, b"").status == 404


def fault_of(heard):
    assert heard.status == 200
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(heard.body)
    return caught.value


@pytest.mark.parametrize("path", ["/xmlrpc/2/report", "/xmlrpc/2/common"])
def test_unknown_services_and_methods_are_faults(app, path):
    body = xmlrpc.client.dumps((), "system.listMethods").encode()
    assert fault_of(knock(app, "POST", path, body)).faultCode == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"<a>", b"\xff\xfe", b"<!DOCTYPE a><methodCall/>"])
def test_malformed_bodies_are_faults_whatever_the_content_type(app, body):
    assert (
        fault_of(knock(app, "POST", "/xmlrpc/2/common", body, {"content-type": "application/json"})).faultCode
        == 1
    )


def test_compressed_bodies_are_faults(app):
    bomb = gzip.compress(b"<" * 1_000_000)
    fault = fault_of(knock(app, "POST", "/xmlrpc/2/common", bomb, {"content-encoding": "gzip"}))
    assert "ompressed" in fault.faultString
