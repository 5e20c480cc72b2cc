from __future__ import annotations

import inspect
import logging

import pytest

from entrepot import errors
from entrepot.doors.body import UnsupportedEncoding
from entrepot.doors.error_map import INTERNAL, WIRES, DatabaseExists, refusal, tell, wire
from entrepot.errors import EntrepotError

ALL = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, EntrepotError)]


@pytest.mark.parametrize("kind", [each for each in ALL if each is not EntrepotError])
def test_every_error_has_a_row_of_its_own(kind):
    assert kind in WIRES


def test_a_subclass_takes_the_row_of_its_nearest_class():
    class TooFar(errors.ValidationError):
        """Too far."""

    assert wire(TooFar()) == WIRES[errors.ValidationError]


@pytest.mark.parametrize(
    ("error", "xmlrpc", "v1", "name"),
    [
        (errors.UserError("No"), 2, ("warning -- UserError\n\nNo", ""), "odoo.exceptions.UserError"),
        (
            errors.ValidationError("No"),
            2,
            ("warning -- UserError\n\nNo", ""),
            "odoo.exceptions.ValidationError",
        ),
        (errors.MissingError("No"), 2, ("warning -- MissingError\n\nNo", ""), "odoo.exceptions.MissingError"),
        (errors.AccessDenied(), 3, ("AccessDenied", "Access Denied"), "odoo.exceptions.AccessDenied"),
        (errors.AccessError("No"), 4, ("warning -- AccessError\n\nNo", ""), "odoo.exceptions.AccessError"),
        (errors.BadRequest("No"), 1, ("No", "ValueError: No"), "builtins.ValueError"),
        (errors.UnknownMethod("No"), 1, ("No", "AttributeError: No"), "builtins.AttributeError"),
        (DatabaseExists("taken"), 1, ("taken", "DatabaseExists: taken"), "odoo.service.db.DatabaseExists"),
    ],
)
def test_errors_are_told_with_odoos_codes(error, xmlrpc, v1, name):
    told = tell(error)
    assert (told.wire.xmlrpc, (told.v1_code, told.v1_string), told.wire.name) == (xmlrpc, v1, name)
    assert told.data()["debug"] == ""


@pytest.mark.parametrize(
    "error", [RuntimeError("SELECT secret"), KeyError("x"), EntrepotError("vague /etc/passwd")]
)
def test_our_own_faults_leave_a_trace_id_only(error, caplog):
    with caplog.at_level(logging.ERROR, logger="entrepot.doors"):
        told = tell(error)
    assert told.wire == INTERNAL
    trace_id = told.message.split()[-1].rstrip(".")
    assert len(trace_id) == 16
    assert str(error) not in told.message + told.v1_string + told.line
    assert trace_id in caplog.text
    assert caplog.records[0].exc_info[1] is error


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (errors.AccessDenied(), 401, (b"www-authenticate", b'Bearer realm="entrepot"')),
        (errors.RateLimited(), 429, (b"retry-after", b"5")),
        (errors.TenantUnavailable(), 503, (b"retry-after", b"5")),
        (UnsupportedEncoding(), 415, (b"cache-control", b"no-store")),
    ],
)
def test_plain_refusals_have_the_headers_of_their_status(error, status, header):
    reply = refusal(error)
    assert reply.status == status
    assert header in reply.headers
