from __future__ import annotations

import math
import xmlrpc.client
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.doors.xmlrpc.decode import request
from entrepot.doors.xmlrpc.encode import fault, response
from entrepot.errors import BadRequest
from entrepot.table import Column, Table

CARRIED = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
TEXTS = st.text(CARRIED | st.sampled_from("\t\n\r<>&'\"]"))
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=40)


def value_of(document: bytes):
    return xmlrpc.client.loads(document)[0][0]


@given(VALUES)
def test_every_value_survives_an_answer(value):
    assert value_of(response(value)) == value


@given(st.lists(VALUES, max_size=4))
def test_every_value_survives_a_request(values):
    # The standard client writes a bare carriage return, which XML reads as a line feed.
    document = xmlrpc.client.dumps(tuple(narrow(value) for value in values), "execute_kw")
    assert request(document.encode(), 200) == ("execute_kw", [narrow(value) for value in values])


def narrow(value):
    """What the standard client can send: 32-bit integers, and no carriage returns."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value % 2**31
    if isinstance(value, str):
        return value.replace("\r", " ")
    if isinstance(value, list):
        return [narrow(each) for each in value]
    if isinstance(value, dict):
        return {narrow(key): narrow(each) for key, each in value.items()}
    return value


def test_depth_of_hundreds_survives_an_answer():
    value = []
    for _ in range(400):
        value = [value]
    assert response(value).count(b"<array>") == 401


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (None, False),
        ([None, {"a": None}], [False, {"a": False}]),
        (2**31 - 1, 2**31 - 1),
        (2**31, 2**31),
        (-(2**31) - 1, -(2**31) - 1),
        (Decimal("12.50"), 12.5),
        (math.nan, False),
        (math.inf, False),
        (Decimal("NaN"), False),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), "2026-01-02 03:04:05"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02 01:04:05"),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),  # noqa: DTZ001 - naive on purpose
        (b"\x00\xff", "AP8="),
        ({1: "a"}, {"1": "a"}),
        ((1, (2,)), [1, [2]]),
        ({3}, [3]),
        ((each for each in (1, 2)), [1, 2]),
        ("a\x00b\x1fc\x7f\tx", "abc\x7f\tx"),
        ("nothing \ufffe\uffff\uff01", "nothing \uff01"),
        ("lone \ud800 half", "lone ? half"),
        ("", ""),
    ],
)
def test_values_are_spelled_as_odoo_clients_read_them(value, spelled):
    assert value_of(response(value)) == spelled


def test_long_integers_are_tagged_i8():
    assert b"<i8>2147483648</i8>" in response(2**31)
    assert b"<int>2147483647</int>" in response(2**31 - 1)


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError):
        response(object())


ROWS = Table(
    (
        Column("id", "integer", 0),
        Column("color", "integer", 1, nullable=True),
        Column("weight", "float", 2),
        Column("height", "float", 3, nullable=True),
        Column("price", "decimal", 4, scale=2),
        Column("active", "boolean", 5),
        Column("name", "text", 6),
        Column("day", "date", 7),
        Column("moment", "datetime", 8),
        Column("extra", "json", 9),
        Column("country_id", "many2one", 10),
        Column("tag_ids", "ids", 12),
        Column("any", "value", 13),
        Column('od\'d "{name}"', "text", 6),
    ),
    [
        (1, None, None, None, None, None, None, None, None, None, None, None, [], None),
        (
            2**40,
            3,
            1.5,
            math.nan,
            1250,
            1,
            "<&>\x01",
            "2026-01-02",
            "2026-01-02 03:04:05",
            '{"a": null}',
            20,
            "A & B",
            [4, 5],
            b"\x00",
        ),
    ],
)
SPELLED = [
    {
        "id": 1,
        "color": False,
        "weight": 0.0,
        "height": False,
        "price": 0.0,
        "active": False,
        "name": False,
        "day": False,
        "moment": False,
        "extra": False,
        "country_id": False,
        "tag_ids": [],
        "any": False,
        'od\'d "{name}"': False,
    },
    {
        "id": 2**40,
        "color": 3,
        "weight": 1.5,
        "height": False,
        "price": 12.5,
        "active": True,
        "name": "<&>",
        "day": "2026-01-02",
        "moment": "2026-01-02 03:04:05",
        "extra": {"a": False},
        "country_id": [20, "A & B"],
        "tag_ids": [4, 5],
        "any": "AA==",
        'od\'d "{name}"': "<&>",
    },
]


def test_rows_of_every_kind_are_spelled():
    assert value_of(response(ROWS)) == SPELLED


def test_rows_are_spelled_the_same_inside_other_values():
    assert value_of(response({"length": 2, "records": ROWS})) == {"length": 2, "records": SPELLED}


def test_a_table_without_rows_is_an_empty_array():
    assert value_of(response(Table(ROWS.columns, []))) == []


PLAIN = (Column("id", "integer", 0), Column("name", "text", 1), Column("parent_id", "many2one", 2))


@given(
    st.lists(
        st.tuples(st.integers(0, 2**31), st.none() | TEXTS, st.none() | st.integers(1, 99), st.none() | TEXTS)
    )
)
@settings(max_examples=60)
def test_any_text_in_rows_survives_whether_or_not_it_needs_escaping(rows):
    expected = [
        {
            "id": row[0],
            "name": False if row[1] is None else row[1],
            "parent_id": False if row[2] is None else [row[2], row[3] or ""],
        }
        for row in rows
    ]
    assert value_of(response(Table(PLAIN, rows))) == expected


def test_decimals_of_stores_that_have_them_are_spelled_too():
    table = Table((Column("price", "decimal", 0, scale=4),), [(Decimal("0.1000"),)])
    assert value_of(response(table)) == [{"price": 0.1}]


def test_a_fault_has_a_number_or_a_text():
    for code in (3, "AccessDenied"):
        with pytest.raises(xmlrpc.client.Fault) as caught:
            xmlrpc.client.loads(fault(code, "Access <Denied>"))
        assert (caught.value.faultCode, caught.value.faultString) == (code, "Access <Denied>")


def call_of(value: str) -> bytes:
    return (
        "<?xml version='1.0'?><methodCall><methodName>m</methodName>"
        f"<params><param>{value}</param></params></methodCall>"
    ).encode()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<value>text</value>", "text"),
        ("<value/>", ""),
        ("<value><string/></value>", ""),
        ("<value>\n <int> 5 </int>\n</value>", 5),
        ("<value><i4>-5</i4></value>", -5),
        ("<value><i8>1099511627776</i8></value>", 2**40),
        ("<value><boolean>1</boolean></value>", True),
        ("<value><double>-1.5e3</double></value>", -1500.0),
        ("<value><nil/></value>", None),
        ('<value><ex:nil xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"/></value>', None),
        ("<value><base64>AP8=</base64></value>", b"\x00\xff"),
        ("<value><base64>A P\n8 =</base64></value>", b"\x00\xff"),
        ("<value><dateTime.iso8601>20260102T03:04:05</dateTime.iso8601></value>", "2026-01-02 03:04:05"),
        ("<value><dateTime.iso8601>2026-01-02T03:04:05Z</dateTime.iso8601></value>", "2026-01-02 03:04:05"),
        ("<value><array><data></data></array></value>", []),
        ("<value><struct></struct></value>", {}),
        ("<value><string><![CDATA[<b>]]></string></value>", "<b>"),
        ("<value><string>a<!-- not said -->b</string></value>", "ab"),
    ],
)
def test_requests_are_read(written, value):
    read = request(call_of(written), 200)[1][0]
    assert read == value
    assert type(read) is type(value)


def test_latin_1_requests_are_read():
    body = call_of("<value>é</value>").decode().replace("?>", " encoding='iso-8859-1'?>")
    assert request(body.encode("latin-1"), 200) == ("m", ["é"])


@pytest.mark.parametrize(
    "written",
    [
        "<value><int>1_000</int></value>",
        "<value><int>٣</int></value>",
        "<value><int></int></value>",
        "<value><int>1.0</int></value>",
        "<value><int>9223372036854775808</int></value>",
        f"<value><int>{'9' * 200_000}</int></value>",
        "<value><double>nan</double></value>",
        "<value><double>1e999</double></value>",
        "<value><double>1_0.5</double></value>",
        "<value><boolean>true</boolean></value>",
        "<value><base64>A</base64></value>",
        "<value><dateTime.iso8601>tomorrow</dateTime.iso8601></value>",
        "<value><dateTime.iso8601>20261399T00:00:00</dateTime.iso8601></value>",
        "<value><nil>x</nil></value>",
        "<value><python>os</python></value>",
        "<value><int>1</int><int>2</int></value>",
        "<value><int><int>1</int></int></value>",
        "<value><array></array></value>",
        "<value><array><data><int>1</int></data></array></value>",
        "<value><struct><member><name>a</name></member></struct></value>",
        "<int>1</int>",
    ],
)
def test_malformed_values_are_refused(written):
    with pytest.raises(BadRequest):
        request(call_of(written), 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<methodCall>",
        b"<methodResponse/>",
        b"<methodCall/>",
        b"<methodCall><methodName></methodName></methodCall>",
        b"<methodCall><methodName>a b</methodName></methodCall>",
        b"<?xml version='1.0' encoding='utf-7'?><methodCall/>",
        b"<?xml version='1.0' encoding='no-such'?><methodCall/>",
        b"\x1f\x8b\x08\x00broken gzip",
        b"<methodCall><methodName>m</methodName><params><param/></params></methodCall>",
    ],
)
def test_bodies_that_are_no_call_are_refused(body):
    with pytest.raises(BadRequest):
        request(body, 200)
