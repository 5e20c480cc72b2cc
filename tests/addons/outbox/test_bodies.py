"""What a message may hold: JSON text that is stored, signed and sent as it is; paths that stay below an address."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.outbox import bodies, headers

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(JSON.filter(lambda value: value is not None))
def test_a_body_says_what_was_given(value: Any) -> None:
    text = bodies.json_text(value)
    assert text is not None
    assert json.loads(text) == value
    assert bodies.problem_of_text(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ({}, "{}"),
        ([], "[]"),
        (False, "false"),
        ({"é": "ü"}, '{"é":"ü"}'),
        ([Decimal("12.10"), Decimal(3), Decimal("-0.5")], "[12.1,3,-0.5]"),
        (date(2030, 2, 1), '"2030-02-01"'),
        (datetime(2030, 2, 1, 12, 0, tzinfo=UTC), '"2030-02-01T12:00:00Z"'),
        (datetime(2030, 2, 1, 12, 0, tzinfo=timezone(timedelta(hours=1))), '"2030-02-01T11:00:00Z"'),
    ],
)
def test_what_becomes_of_a_value(value: Any, text: str | None) -> None:
    assert bodies.json_text(value) == text


def deep(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        {1, 2},
        b"x",
        object(),
        "\ud800",
        "x" * bodies.MOST_BODY_BYTES,
        deep(100_000),
    ],
    ids=["nan", "infinity", "no decimal", "set", "bytes", "object", "half a pair", "large", "deep"],
)
def test_what_cannot_be_said_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        bodies.json_text(value)


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", "nope", '"' + "x" * bodies.MOST_BODY_BYTES + '"', "[" * 100_000]
)
def test_a_body_that_somebody_wrote_is_looked_at(text: str) -> None:
    assert bodies.problem_of_text(text)


@pytest.mark.parametrize(
    "path", ["", "/", "/a", "/api/odoo/order/F-12%2F7", "/a?b=c&d=[1]", "/a//b", "/...", "/a.b/c~d"]
)
def test_paths_that_stay_below(path: str) -> None:
    assert bodies.is_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "//evil.example/",
        "/a b",
        "/../x",
        "/a/..",
        "/a/%2e%2E/b",
        "/./a",
        "/a\\b",
        "/a#b",
        "/a\r\nx: y",
        "/ü",
        "http://x/",
        "@x",
        "/" + "a" * 1000,
        '/"',
        "/{x}",
    ],
)
def test_paths_that_do_not(path: str) -> None:
    assert not bodies.is_path(path)


@pytest.mark.parametrize(
    ("topic", "good"),
    [
        ("stock", True),
        ("a.b_c.D9", True),
        ("", False),
        ("a..b", False),
        (".a", False),
        ("a b", False),
        ("a" * 101, False),
    ],
)
def test_topics(topic: str, *, good: bool) -> None:
    assert bodies.is_topic(topic) is good


@pytest.mark.parametrize(
    ("kind", "name", "secret", "field"),
    [
        ("none", "", "", None),
        ("bearer", "", "abc", None),
        ("bearer", "", "", "auth_secret"),
        ("bearer", "", "a\r\nx: y", "auth_secret"),
        ("bearer", "", "ü", "auth_secret"),
        ("basic", "me", "pä ss\n", None),
        ("basic", "m:e", "x", "auth_name"),
        ("basic", "", "x", "auth_name"),
        ("header", "X-Key", "x y", None),
        ("header", "Authorization", "ApiKey x", None),
        ("header", "X Key", "x", "auth_name"),
        ("header", "Host", "x", "auth_name"),
        ("header", "content-length", "x", "auth_name"),
        ("header", "Webhook-Id", "x", "auth_name"),
        ("header", "X-Key", "x\n", "auth_secret"),
    ],
)
def test_an_authorization_cannot_change_the_request(
    kind: str, name: str, secret: str, field: str | None
) -> None:
    found = headers.problem(kind, name, secret)
    assert (found[0] if found else None) == field
