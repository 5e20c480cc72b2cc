"""What each field takes, keeps and gives back, on both stores."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest

from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Float,
    Html,
    Integer,
    Json,
    Many2one,
    Model,
    Monetary,
    Reference,
    Selection,
    Text,
    ValidationError,
)
from entrepot.kernel.fields.base import shown
from entrepot.kernel.fields.binary import size_text
from entrepot.kernel.fields.float import rounded

UTC = dt.UTC


class Everything(Model, name="test.everything"):
    """Everything"""

    char = Char()
    short = Char(size=5)
    text = Text()
    html = Html()
    raw_html = Html(sanitize=False)
    flag = Boolean()
    whole = Integer()
    maybe = Integer(nullable=True)
    measure = Float()
    cents = Float(digits=(16, 2))
    maybe_measure = Float(nullable=True)
    amount = Monetary()
    fine = Monetary(scale=6)
    maybe_amount = Monetary(nullable=True)
    day = Date()
    moment = Datetime()
    choice = Selection([("a", "A"), ("1", "One")])
    asked = Selection("_choices")
    data = Json()
    content = Binary()
    link = Many2one("test.everything")
    anything = Reference()
    something = Reference([("test.everything", "Everything")])
    checked = Integer(check=lambda value: "must be even" if value % 2 else None)

    def _choices(self) -> list[tuple[str, str]]:
        return [("x", "X")]


MODELS = (Everything,)
BIG = "ä\n" * (5 * 1024 * 1024)
JSON = {"a": [1, None, True, "ä\\u0000 is text", 1.5], "b": {}}
HUGE = 10**5000
DEEP: list[object] = []
for _ in range(100_000):
    DEEP = [DEEP]


def named(value):
    """A short id for a case, whatever the value."""
    return ascii(shown(value))[:30]


def kept(env, name, value):
    """What a field reads as after a round trip through the store."""
    made = env["test.everything"].create({name: value})
    written = env["test.everything"].create({})
    written.write({name: value})
    answers = [getattr(made, name), getattr(written, name)]
    env.flush()
    env.cache.forget_all()
    answers += [getattr(made, name), getattr(written, name)]
    answers += [dict(row)[name] for row in (made + written).read([name]).dicts()]
    first = answers[0]
    assert all(type(each) is type(first) and each == first for each in answers), answers
    return first


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("char", "  blanks stay ", "  blanks stay "),
        ("char", "Zoë 👓\ttab\r\n", "Zoë 👓\ttab\r\n"),
        ("char", "'; DROP TABLE test_everything; --", "'; DROP TABLE test_everything; --"),
        ("char", "\x01\x7f\u2028", "\x01\x7f\u2028"),
        ("char", "", ""),
        ("char", False, None),
        ("char", None, None),
        ("char", 12, "12"),
        ("char", 1.5, "1.5"),
        ("char", Decimal("1.50"), "1.50"),
        ("char", True, "True"),
        ("char", b"bytes", "bytes"),
        ("char", dt.date(2024, 1, 2), "2024-01-02"),
        ("short", "äöüßé", "äöüßé"),
        ("text", BIG, BIG),
        ("html", "plain & <b>", "<p>plain &amp; <b></b></p>"),
        ("html", "<p onclick='x()'>a<script>b</script></p>", "<p>a</p>"),
        ("html", "<a href='javascript:x'>y</a>", '<a rel="noopener noreferrer">y</a>'),
        ("html", "", ""),
        ("html", False, None),
        ("raw_html", "<script>x</script>", "<script>x</script>"),
        ("flag", True, True),
        ("flag", 1, True),
        ("flag", "true", True),
        ("flag", " No ", False),
        ("flag", "0", False),
        ("flag", "", False),
        ("flag", [], False),
        ("flag", None, False),
        ("whole", 2**31 - 1, 2**31 - 1),
        ("whole", -(2**31), -(2**31)),
        ("whole", "42", 42),
        ("whole", " 7 ", 7),
        ("whole", 3.0, 3),
        ("whole", Decimal(8), 8),
        ("whole", True, 1),
        ("whole", False, 0),
        ("whole", None, 0),
        ("whole", "", 0),
        ("maybe", False, None),
        ("maybe", 0, 0),
        ("measure", 0.1, 0.1),
        ("measure", "1e3", 1000.0),
        ("measure", 7, 7.0),
        ("measure", 1e308, 1e308),
        ("measure", 5e-324, 5e-324),
        ("measure", None, 0.0),
        ("cents", 1.005, 1.01),
        ("cents", 2.675, 2.68),
        ("cents", -0.125, -0.13),
        ("cents", 1e17, 1e17),
        ("maybe_measure", "", None),
        ("amount", "0.1", Decimal("0.1")),
        ("amount", 0.1, Decimal("0.1")),
        ("amount", "12345678901234.5678", Decimal("12345678901234.5678")),
        ("amount", "-99999999999999.9999", Decimal("-99999999999999.9999")),
        ("amount", "0.00005", Decimal("0.0001")),
        ("amount", "-0.00005", Decimal("-0.0001")),
        ("amount", "1e-999999", Decimal(0)),
        ("amount", "-0", Decimal(0)),
        ("amount", None, Decimal(0)),
        ("fine", "123456789012.123456", Decimal("123456789012.123456")),
        ("maybe_amount", False, None),
        ("day", "2024-02-29", dt.date(2024, 2, 29)),
        ("day", "2024-02-29 23:59:59", dt.date(2024, 2, 29)),
        ("day", dt.date(1, 1, 1), dt.date(1, 1, 1)),
        ("day", dt.datetime(2024, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), dt.date(2023, 12, 31)),
        ("day", "", None),
        ("moment", "2024-02-29 23:59:59", dt.datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("moment", "2024-02-29", dt.datetime(2024, 2, 29, tzinfo=UTC)),
        ("moment", "2024-02-29 10:30", dt.datetime(2024, 2, 29, 10, 30, tzinfo=UTC)),
        (
            "moment",
            dt.datetime(2024, 1, 1, 1, 2, 3, 999_999, tzinfo=UTC),
            dt.datetime(2024, 1, 1, 1, 2, 3, tzinfo=UTC),
        ),
        (
            "moment",
            dt.datetime(2024, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            dt.datetime(2023, 12, 31, 23, tzinfo=UTC),
        ),
        ("moment", dt.date(9999, 12, 31), dt.datetime(9999, 12, 31, tzinfo=UTC)),
        ("choice", "a", "a"),
        ("choice", 1, "1"),
        ("choice", False, None),
        ("asked", "x", "x"),
        (
            "data",
            {"a": [1, None, True, "ä\\u0000 is text", 1.5], "b": {}},
            {"a": [1, None, True, "ä\\u0000 is text", 1.5], "b": {}},
        ),
        ("data", [], []),
        ("data", 0, 0),
        ("data", "", ""),
        ("data", False, None),
        ("data", 10**30, 10**30),
        ("content", b"\x00\xff", b"\x00\xff"),
        ("content", "aGk=", b"hi"),
        ("content", "aG\nk =\n", b"hi"),
        ("content", "", None),
        ("content", False, None),
        ("link", False, None),
        ("link", 0, None),
    ],
    ids=named,
)
def test_a_value_comes_back(env, name, value, expected):
    found = kept(env, name, value) if name != "link" else kept_link(env, value)
    assert found == expected
    assert type(found) is type(expected)


def kept_link(env, value):
    made = env["test.everything"].create({"link": value})
    env.cache.forget_all()
    assert not made.link
    return next(made.read(["link"]).dicts())["link"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("char", "a\0b", "nul"),
        ("char", "\ud800", "not_text"),
        ("char", b"\xff", "not_text"),
        ("char", HUGE, "not_text"),
        ("char", {"en_US": "x"}, "not_text"),
        ("char", ["x"], "not_text"),
        ("char", {"x"}, "not_text"),
        ("short", "123456", "too_long"),
        ("html", "a\0b", "nul"),
        ("whole", 2**31, "out_of_range"),
        ("whole", -(2**31) - 1, "out_of_range"),
        ("whole", HUGE, "out_of_range"),
        ("whole", "abc", "not_integer"),
        ("whole", "1_000", "not_integer"),
        ("whole", "9" * 5000, "not_integer"),
        ("whole", 1.5, "not_integer"),
        ("whole", Decimal("1.5"), "not_integer"),
        ("whole", math.nan, "not_integer"),
        ("whole", math.inf, "not_integer"),
        ("whole", b"12", "not_integer"),
        ("whole", [1], "not_integer"),
        ("measure", math.nan, "not_number"),
        ("measure", "nan", "not_number"),
        ("measure", "inf", "not_number"),
        ("measure", "1e999", "not_number"),
        ("measure", HUGE, "not_number"),
        ("measure", "1_0", "not_number"),
        ("measure", "x", "not_number"),
        ("measure", {}, "not_number"),
        ("amount", "100000000000000", "out_of_range"),
        ("amount", "99999999999999.99995", "out_of_range"),
        ("amount", "1e999999999", "out_of_range"),
        ("amount", "NaN", "out_of_range"),
        ("amount", "sNaN", "out_of_range"),
        ("amount", math.inf, "out_of_range"),
        ("amount", HUGE, "out_of_range"),
        ("amount", "12,5", "not_number"),
        ("amount", [0, [1], 0], "not_number"),
        ("amount", (0, (1,), 0), "not_number"),
        ("fine", "1000000000000", "out_of_range"),
        ("day", "2024-02-30", "not_date"),
        ("day", "29.02.2024", "not_date"),
        ("day", "2024-W01-1", "not_date"),
        ("day", "2024-02-29T10:00:00", "not_date"),
        ("day", "20240229", "not_date"),
        ("day", "0000-01-01", "not_date"),
        ("day", "\uff12\uff10\uff12\uff14-01-01", "not_date"),
        ("day", 5, "not_date"),
        ("day", dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=5))), "not_date"),
        ("moment", "2024-02-29T10:00:00", "not_datetime"),
        ("moment", "2024-02-29 10:00:00Z", "not_datetime"),
        ("moment", "2024-02-29 10:00:00+02:00", "not_datetime"),
        ("moment", "2024-02-29 10:00:00.5", "not_datetime"),
        ("moment", "2024-02-29 24:00:00", "not_datetime"),
        ("moment", "2024-02-29 10:00:60", "not_datetime"),
        ("moment", dt.datetime(2024, 1, 1), "not_datetime"),  # noqa: DTZ001 - a naive one is what is tried
        ("moment", dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=5))), "not_datetime"),
        ("moment", 1_700_000_000, "not_datetime"),
        ("choice", "b", "wrong_key"),
        ("choice", "x" * 100_000, "wrong_key"),
        ("choice", HUGE, "wrong_key"),
        ("choice", ["a"], "wrong_key"),
        ("asked", "a", "wrong_key"),
        ("data", {"a": "x\0y"}, "nul"),
        ("data", {"\0": 1}, "nul"),
        ("data", "\udfff", "not_text"),
        ("data", math.nan, "not_json"),
        ("data", {"a": b"x"}, "not_json"),
        ("data", HUGE, "not_json"),
        ("data", DEEP, "not_json"),
        ("content", "abcde", "not_base64"),
        ("content", 5, "not_base64"),
        ("link", -1, "not_id"),
        ("link", 2**31, "not_id"),
        ("link", HUGE, "not_id"),
        ("link", "9" * 5000, "not_id"),
        ("link", "x", "not_id"),
        ("link", 1.5, "not_id"),
        ("link", True, "not_id"),
        ("link", [1, 2, 3], "not_id"),
        ("anything", "test.everything", "not_reference"),
        ("anything", "no.model,1", "not_reference"),
        ("anything", "test.everything,0", "missing"),
        ("anything", "test.everything,99999", "missing"),
        ("anything", "test.everything," + "9" * 5000, "not_reference"),
        ("anything", 5, "not_reference"),
        ("something", "res.users,1", "not_reference"),
        ("checked", 3, "check"),
    ],
    ids=named,
)
def test_a_value_that_does_not_fit_names_its_field(env, name, value, code):
    for attempt in (env["test.everything"].create, env["test.everything"].create({}).write):
        with pytest.raises(ValidationError) as error:
            attempt({name: value})
        assert [(problem.path, problem.code) for problem in error.value.problems] == [(name, code)]
        assert f"(test.everything.{name}): " in str(error.value)
        assert len(str(error.value)) < 300


def test_unset_reads_as_the_sheet_says(env):
    record = env["test.everything"].create({})
    env.cache.forget_all()
    row = next(record.read().dicts())
    assert {name: row[name] for name in Everything.__annotations__ or {}} == {}
    assert (row["whole"], row["measure"], row["amount"], row["flag"]) == (0, 0.0, Decimal(0), False)
    unset = (
        "char",
        "text",
        "html",
        "maybe",
        "maybe_measure",
        "maybe_amount",
        "day",
        "moment",
        "choice",
        "data",
    )
    assert [row[name] for name in (*unset, "content", "link", "anything")] == [None] * 13


def test_links_take_ids_records_digits_and_pairs(env):
    one, two = env["test.everything"].create([{}, {}])
    for value in (two.id, two, str(two.id), [two.id, "Name"], (two.id,)):
        one.link = False
        one.link = value
        assert one.link == two
    for value in (env["res.users"].browse(1), one + two):
        with pytest.raises(ValidationError):
            one.link = value


def test_references_take_texts_and_records(env):
    one, two = env["test.everything"].create([{}, {}])
    one.write({"anything": env["res.users"].browse(1), "something": f"test.everything,{two.id}"})
    env.flush()
    env.cache.forget_all()
    assert one.anything == env["res.users"].browse(1)
    assert one.something == two
    assert next(one.read(["something"]).dicts())["something"] == f"test.everything,{two.id}"
    one.anything = env["res.users"]
    assert one.anything is None


def test_money_adds_up_exactly_in_the_store(env):
    env["test.everything"].create([{"amount": "0.1"}] * 30 + [{"amount": "12345678901234.5678"}])
    [group] = env["test.everything"].read_group([], ["amount:sum"], [])
    assert group["amount"] == Decimal("12345678901237.5678")


def test_a_json_value_belongs_to_whoever_read_it(env):
    record = env["test.everything"].create({"data": {"a": [1]}})
    record.data["a"].append(2)
    assert record.data == {"a": [1]}


def test_json_tells_one_from_true(env):
    record = env["test.everything"].create({"data": {"a": True, "b": 1}})
    env.flush()
    record.data = {"a": 1, "b": 1}
    env.flush()
    env.cache.forget_all()
    assert record.data["a"] is not True
    before = env.tx.statements
    record.data = {"b": 1, "a": 1}
    env.flush()
    assert env.tx.statements == before


def test_a_file_may_be_asked_for_its_size(env):
    record = env["test.everything"].create({"content": b"x" * 1280})
    [row] = record.with_context(bin_size=True).read(["content"]).dicts()
    assert row["content"] == "1.25 Kb"
    assert [size_text(size) for size in (11, 0, 1536 * 1024, 3 * 1024**3)] == [
        "11.00 bytes",
        "0.00 bytes",
        "1.50 Mb",
        "3.00 Gb",
    ]


def test_measures_are_rounded_as_people_do():
    assert [rounded(number, 2) for number in (0.125, 0.115, -0.115, 1.0049999)] == [0.13, 0.12, -0.12, 1.0]
    assert rounded(123456789012345.678, 12) == 123456789012345.67 or rounded(1e14 + 0.1, 15)
