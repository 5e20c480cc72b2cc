from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.doors.json_body import MAX_VALUES, parse
from entrepot.doors.values import to_json
from entrepot.errors import BadRequest, TooLarge
from entrepot.table import Column, Table

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=40,
)


@given(VALUES)
def test_every_value_survives_where_nothing_is_null(value):
    assert json.loads(to_json(value, empty=None)) == value
    assert parse(to_json(value, empty=None), 200) == value


@given(VALUES)
def test_nothing_is_false_at_every_depth_on_odoo_wires(value):
    assert json.loads(to_json(value, empty=False)) == with_false(value)


def with_false(value):
    if value is None:
        return False
    if isinstance(value, list):
        return [with_false(each) for each in value]
    if isinstance(value, dict):
        return {key: with_false(each) for key, each in value.items()}
    return value


@pytest.mark.parametrize("depth", [100, 300, 600])
def test_deep_values_survive(depth):
    value = None
    for _ in range(depth):
        value = [value]
    assert to_json(value, empty=False) == b"[" * depth + b"false" + b"]" * depth


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (Decimal("12.50"), 12.5),
        (math.nan, None),
        ([math.inf, None], [None, False]),
        ([Decimal("Infinity"), 2**70], [None, 2**70]),
        (2**70, 2**70),
        ({1: None, "a": 2**70}, {"1": False, "a": 2**70}),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02 03:04:05"),
        ([datetime(26, 1, 2, 3, 4, 5, tzinfo=UTC), None], ["0026-01-02 03:04:05", False]),
        (b"\x00\xff", "AP8="),
        ((1, (2,)), [1, [2]]),
        ([{3}, None], [[3], False]),
        ((each for each in (1, None)), [1, False]),
        ({"a": iter([b"x"])}, {"a": ["eA=="]}),
        ("annulled null", "annulled null"),
        ("a\x00b", "a\x00b"),
        ("lone \ud800 half", "lone ? half"),
        ("é", "é"),
    ],
)
def test_values_are_spelled_as_odoo_clients_read_them(value, spelled):
    assert json.loads(to_json(value, empty=False)) == spelled


def test_text_is_utf_8_and_not_escaped():
    assert to_json("é€", empty=False) == '"é€"'.encode()


@pytest.mark.parametrize("value", [object(), [object()], {"a": {1: object()}}, 1j])
def test_what_is_no_value_is_refused(value):
    with pytest.raises(TypeError):
        to_json(value, empty=False)


ROWS = Table(
    (
        Column("id", "integer", 0),
        Column("color", "integer", 1, nullable=True),
        Column("weight", "float", 2),
        Column("price", "decimal", 3, scale=2),
        Column("active", "boolean", 4),
        Column("it's {name}", "text", 5),
        Column("extra", "json", 6),
        Column("country_id", "many2one", 7),
        Column("tag_ids", "ids", 9),
        Column("any", "value", 10),
    ),
    [
        (1, None, None, None, None, None, None, None, None, [], None),
        (2, 3, math.nan, 1250, 1, "null", '{"a": null}', 20, "Belgium", [4], b"\x00"),
    ],
)


@pytest.mark.parametrize("empty", [False, None])
def test_rows_of_every_kind_are_spelled(empty):
    first = {
        "id": 1,
        "color": empty,
        "weight": 0.0,
        "price": 0.0,
        "active": False,
        "it's {name}": empty,
        "extra": empty,
        "country_id": empty,
        "tag_ids": [],
        "any": empty,
    }
    second = {
        "id": 2,
        "color": 3,
        "weight": None,
        "price": 12.5,
        "active": True,
        "it's {name}": "null",
        "extra": {"a": empty},
        "country_id": [20, "Belgium"],
        "tag_ids": [4],
        "any": "AA==",
    }
    assert json.loads(to_json(ROWS, empty=empty)) == [first, second]
    assert json.loads(to_json({"records": ROWS, 1: 2}, empty=empty)) == {"records": [first, second], "1": 2}


def test_a_table_without_rows_is_an_empty_array():
    assert to_json(Table(ROWS.columns, []), empty=False) == b"[]"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"18446744073709551616", 2**64),
        (b"-9223372036854775809", -(2**63) - 1),
        (b'["1234567890123456789012", 1.5]', ["1234567890123456789012", 1.5]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"__proto__": 1}', {"__proto__": 1}),
        (b" [1] ", [1]),
    ],
)
def test_json_is_read(body, value):
    assert parse(body, 200) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[1e400]",
        b"[99999999999999999999, NaN]",
        b"[99999999999999999999, 1e400]",
        b"9" * 10_000,
        b"\xff",
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 201 + b"]" * 201,
        b"[" * 600 + b"12345678901234567890" + b"]" * 600,
        '{"a": 1}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00broken gzip",
    ],
)
def test_what_is_no_json_or_too_deep_is_refused(body):
    with pytest.raises(BadRequest) as caught:
        parse(body, 200)
    assert len(caught.value.message) < 200


def test_the_deepest_nesting_allowed_is_read():
    assert parse(b"[" * 200 + b"]" * 200, 200)
    assert parse(b"[" * 200 + b"1" + b"]" * 200, 200)


def test_more_values_than_a_request_may_hold_are_too_large():
    with pytest.raises(TooLarge):
        parse(b"[" + b"[]," * MAX_VALUES + b"1]", 200)
