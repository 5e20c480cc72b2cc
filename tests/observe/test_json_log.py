import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.auth.keys import new_key
from entrepot.observe.events import CallFinished, Crashed, LoginFailed, RequestFinished, TenantCreated
from entrepot.observe.json_log import JsonLog, LogHandler, encoded


def moment() -> float:
    return 1_800_000_000.25


def lines(stream: io.BytesIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def log(stream) -> JsonLog:
    return JsonLog(stream, clock=moment)


@pytest.fixture
def logger(log):
    logger = logging.Logger("entrepot.test")  # noqa: LOG001 - of its own, so that no other test hears it
    logger.addHandler(LogHandler(log))
    return logger


def failed(login: str = "ada") -> LoginFailed:
    return LoginFailed(tenant="acme", login=login, door="xmlrpc", address="192.0.2.1")


def test_an_event_is_one_line_with_its_time_level_name_and_fields(log, stream):
    log(
        CallFinished(
            tenant="acme",
            uid=2,
            model="res.partner",
            method="read",
            door="jsonrpc",
            address="192.0.2.1",
            duration_ms=1.5,
            outcome="ok",
            statements=1,
            request_id="r1",
        )
    )
    assert lines(stream) == [
        {
            "ts": "2027-01-15T08:00:00.250000Z",
            "level": "info",
            "event": "call_finished",
            "tenant": "acme",
            "uid": 2,
            "model": "res.partner",
            "method": "read",
            "door": "jsonrpc",
            "address": "192.0.2.1",
            "duration_ms": 1.5,
            "outcome": "ok",
            "statements": 1,
            "request_id": "r1",
            "trace_id": "",
        }
    ]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["request_finished", "tenant_created", "login_failed", "crashed"]),
        ("info", ["tenant_created", "login_failed", "crashed"]),
        ("warning", ["login_failed", "crashed"]),
        ("error", ["crashed"]),
    ],
)
def test_only_what_matters_enough_is_written(stream, level, expected):
    log = JsonLog(stream, level, moment)
    request = RequestFinished(
        door="rest",
        verb="GET",
        path="/",
        status=200,
        duration_ms=1,
        bytes_in=0,
        bytes_out=2,
        address="",
        request_id="",
    )
    crash = Crashed(trace_id="t", exception=ValueError("x"))
    for event in (request, TenantCreated(tenant="acme", duration_ms=5), failed(), crash):
        log(event)
    assert [line["event"] for line in lines(stream)] == expected


def test_an_unknown_level_is_refused(stream):
    with pytest.raises(ValueError, match="loud"):
        JsonLog(stream, "loud")


EVIL = [
    'ada\r\n{"level": "info", "event": "login_succeeded"}',
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\u2028next\u2029",
    "\u202egnp.exe",
    "\x7f\x00\x85",
    "\ud800 alone",
]


@pytest.mark.parametrize("login", EVIL)
def test_nothing_from_outside_begins_a_line_or_steers_a_terminal(log, stream, login):
    log(failed(login))
    text = stream.getvalue()
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")
    shown = text[:-1].decode()
    assert shown.isprintable()
    assert json.loads(shown)["login"] == login


@given(
    some.dictionaries(
        some.text(max_size=5), some.text() | some.integers() | some.binary() | some.none(), max_size=4
    )
)
def test_any_content_is_one_readable_line(content):
    line = encoded(content)
    assert line.endswith(b"\n")
    json.loads(line)
    assert len(line.decode().splitlines()) == 1


def test_a_line_is_bounded():
    line = encoded({"event": "x", "trace_id": "t", "big": "x" * 1_000_000})
    assert len(line) < 1000
    assert json.loads(line)["trace_id"] == "t"


def crash() -> ValueError:
    try:
        int(f"cannot store {new_key().text} password='c4n4ry here'")
    except ValueError as error:
        return error
    raise AssertionError


def test_a_crash_is_told_with_its_trace_under_its_id_without_secrets(log, stream):
    error = crash()
    log(Crashed(trace_id="abc", exception=error, tenant="acme", door="rest"))
    (line,) = lines(stream)
    assert line["trace_id"] == "abc"
    assert line["error"] == "ValueError"
    assert "test_json_log.py" in line["trace"]
    assert "c4n4ry here" not in line["message"]
    secret = str(error).partition("store ")[2][:40]
    assert len(secret) == 40
    assert secret not in stream.getvalue().decode()


def test_records_of_the_standard_library_become_the_same_lines(logger, stream):
    logger.warning("%s started on %s", "it", 8069)
    logger.info("bearer %s", new_key().text)
    logger.debug("not shown")
    first, second = lines(stream)
    assert first == {
        "ts": "2027-01-15T08:00:00.250000Z",
        "level": "warning",
        "event": "log",
        "logger": "entrepot.test",
        "message": "it started on 8069",
    }
    assert second["message"] == "bearer ***"


@pytest.mark.parametrize("given_id", [None, "t-1"])
def test_a_record_with_an_exception_has_its_trace_under_a_trace_id(logger, stream, given_id):
    try:
        {}["x"]
    except KeyError:
        logger.exception("failed", extra={"trace_id": given_id} if given_id else None)
    (line,) = lines(stream)
    assert line["error"] == "KeyError"
    assert "test_json_log.py" in line["trace"]
    assert line["trace_id"] == given_id if given_id else len(line["trace_id"]) == 16
    assert "\n" not in stream.getvalue().decode()[:-1]


@pytest.mark.parametrize(
    ("number", "level"), [(50, "error"), (40, "error"), (35, "warning"), (25, "info"), (20, "info")]
)
def test_every_level_of_logging_has_one_of_ours(logger, stream, number, level):
    logger.log(number, "x")
    assert lines(stream)[0]["level"] == level


def test_a_broken_record_never_reaches_its_caller(logger, stream, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.warning("%d", "no number")
    assert lines(stream) == []
