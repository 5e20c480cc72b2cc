"""Both databases answer alike where they spell differently."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.errors import ValidationError
from entrepot.storage.schema import apply
from entrepot.storage.sql import SQL, Slot, ident, plan

PARTS = {
    "year_number": 2024, "quarter_number": 1, "month_number": 3, "iso_week_number": 13, "day_of_year": 91,
    "day_of_month": 31, "day_of_week": 0, "hour_number": 0, "minute_number": 30, "second_number": 5,
}  # fmt: skip
GRAINS = ("hour", "day", "week", "month", "quarter", "year")
NAME = ident("name")


def ask(tx, template, *args, values=()):
    made = plan(SQL(template, *args), tx.dialect)
    return tx.fetch(made.text, made.bind(values))


def matching(tx, pattern, *, case):
    like = tx.dialect.like(NAME, Slot(0), case=case, ascii_only=pattern.isascii())
    return [
        name for (name,) in ask(tx, "SELECT name FROM partner WHERE {} ORDER BY name", like, values=[pattern])
    ]


@pytest.fixture
def names(shop):
    with shop.transaction(readonly=False) as tx:
        rows = [
            "Abc",
            "abc",
            "a%c",
            "a_c",
            "a\\c",
            "a*c",
            "a?c",
            "a[c]",
            "É",
            "é",
            "ΣΑΣ",
            "σας",
            "ẞ",
            "ß",
            "line\nbreak",
            "日本",
            "İ",
            "",
        ]
        tx.insert("partner", ["name"], ["text"], [(each,) for each in rows])
    return shop


@pytest.mark.parametrize(
    ("pattern", "case", "found"),
    [
        ("abc", True, ["abc"]),
        ("abc", False, ["Abc", "abc"]),
        ("%B%", True, []),
        ("%B%", False, ["Abc", "abc", "line\nbreak"]),
        ("a\\%c", True, ["a%c"]),
        ("a\\_c", False, ["a_c"]),
        ("a\\\\c", False, ["a\\c"]),
        ("a\\\\c", True, ["a\\c"]),
        ("a*c", True, ["a*c"]),
        ("a?c", True, ["a?c"]),
        ("a[c]", True, ["a[c]"]),
        ("a[c]", False, ["a[c]"]),
        ("É", True, ["É"]),
        ("é", False, ["É", "é"]),
        ("É", False, ["É", "é"]),
        ("日_", False, ["日本"]),
        ("line%break", True, ["line\nbreak"]),
        ("σΑσ", False, ["ΣΑΣ"]),
        ("", True, [""]),
        ("%", True, None),
        ("%", False, None),
    ],
)
def test_patterns_match_alike(names, pattern, case, found):
    with names.transaction(readonly=True) as tx:
        got = matching(tx, pattern, case=case)
    assert len(got) == 18 if found is None else got == sorted(found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text("aAbÉé%_\\*?[]^-σΣ", max_size=6),
    pattern=st.lists(
        st.sampled_from(
            ["a", "É", "é", "%", "_", "\\%", "\\_", "\\\\", "*", "?", "[", "]", "^", "-", "\u03c3"]
        ),
        max_size=5,
    ).map("".join),
    case=st.booleans(),
)
def test_any_pattern_means_what_its_regular_expression_means(store, text, pattern, case):
    wild = {"%": ".*", "_": "."}
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    expression = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    flags = re.DOTALL if case else re.DOTALL | re.IGNORECASE | (re.ASCII if pattern.isascii() else 0)
    expected = re.fullmatch(expression, text, flags) is not None
    like = store.dialect.like(
        SQL("{}", text) if store.dialect.name == "sqlite" else SQL("{}::text", text),
        pattern,
        case=case,
        ascii_only=pattern.isascii(),
    )
    with store.transaction(readonly=True) as tx:
        assert bool(ask(tx, "SELECT {}", like)[0][0]) is expected


@pytest.mark.parametrize("case", [True, False])
@pytest.mark.parametrize("letter", ["a", "é"])
def test_no_pattern_takes_for_ever(shop, case, letter):
    with shop.transaction(readonly=False) as tx:
        tx.insert("partner", ["name"], ["text"], [(letter * 2000,)])
    started = time.process_time()
    with shop.transaction(readonly=True) as tx:
        assert matching(tx, f"%{letter}" * 200 + "%b", case=case) == []
    assert time.process_time() - started < 5


def test_text_orders_by_code_point(names):
    with names.transaction(readonly=True) as tx:
        got = [name for (name,) in tx.fetch("SELECT name FROM partner ORDER BY name")]
    assert got == sorted(got)


@pytest.mark.parametrize(
    ("kind", "column", "values"),
    [
        ("integer", "id", [1, 3, 99]),
        ("text", "name", ["a", 'q"uo,te', "back\\slash", "{}", "NULL", "é", ""]),
        ("float", "weight", [0.1, 2.5]),
        ("date", "born", ["2024-01-01"]),
        ("datetime", "seen", ["2024-01-01 10:00:00"]),
        ("boolean", "active", [True]),
        ("bigint", "big", [2**60]),
    ],
)
@pytest.mark.parametrize("repeat", [0, 1, 500])
def test_a_value_is_found_among_a_list(shop, kind, column, values, repeat):
    with shop.transaction(readonly=False) as tx:
        if column == "id":
            tx.insert("partner", ["name"], ["text"], [("n",)] * 5)
            expected = [1, 3]
        else:
            columns = [column] if column == "name" else ["name", column]
            tx.insert(
                "partner",
                columns,
                ["text", kind][-len(columns) :],
                [
                    (value,) if column == "name" else ("n", value)
                    for value in [*values, None if column != "name" else "other"]
                ],
            )
            expected = list(range(1, len(values) + 1))
        among = tx.dialect.among(ident(column), Slot(0), kind)
        got = ask(tx, "SELECT id FROM partner WHERE {} ORDER BY id", among, values=[values * repeat])
    assert got == ([(each,) for each in expected] if repeat else [])


@pytest.mark.parametrize(("part", "value"), PARTS.items())
def test_parts_of_a_moment(shop, part, value):
    with shop.transaction(readonly=False) as tx:
        tx.insert(
            "partner",
            ["name", "seen", "born"],
            ["text", "datetime", "date"],
            [("a", "2024-03-30 23:30:05", "2024-03-31"), ("b", None, None)],
        )
        got = ask(
            tx,
            "SELECT {} FROM partner ORDER BY id",
            tx.dialect.date_part(ident("seen"), part, "Europe/Brussels"),
        )
        assert got == [(value,), (None,)]
        if not part.startswith(("hour", "minute", "second")):
            assert ask(
                tx, "SELECT {} FROM partner ORDER BY id", tx.dialect.date_part(ident("born"), part, None)
            ) == [(value,), (None,)]


@pytest.mark.parametrize("tz", ["Mars/Olympus", "../etc/passwd", "Europe", "a'b", ""])
def test_unknown_zones_are_refused(shop, tz):
    with pytest.raises(ValidationError):
        shop.dialect.truncate(ident("seen"), "day", week_start=0, tz=tz, is_date=False)


MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2037, 12, 31))  # noqa: DTZ001 - UTC by convention
ZONES = st.sampled_from(
    [
        None,
        "UTC",
        "Europe/Brussels",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(MOMENTS, min_size=20, max_size=20), tz=ZONES, week_start=st.integers(0, 6))
def test_periods_begin_alike_on_both_stores(sqlite_engine, postgres_engine, tables, moments, tz, week_start):
    answers = []
    texts = [str(moment.replace(microsecond=0)) for moment in moments]
    for engine in (sqlite_engine, postgres_engine):
        if not engine.exists("t"):
            engine.create("t")
        with engine.open("t").transaction(readonly=False) as tx:
            apply(tx, tables)
            tx.execute("DELETE FROM partner")
            tx.insert(
                "partner",
                ["name", "seen", "born"],
                ["text", "datetime", "date"],
                [("x", text, text[:10]) for text in texts] + [("x", None, None)],
            )
            columns = [
                tx.dialect.truncate(ident("seen"), grain, week_start=week_start, tz=tz, is_date=False)
                for grain in GRAINS
            ]
            columns += [
                tx.dialect.truncate(ident("born"), grain, week_start=week_start, tz=None, is_date=True)
                for grain in GRAINS
            ]
            columns += [tx.dialect.date_part(ident("seen"), part, tz) for part in PARTS]
            answers.append(ask(tx, "SELECT {} FROM partner ORDER BY id", SQL(", ").join(columns)))
    assert answers[0] == answers[1]


def test_aggregates_agree(shop):
    with shop.transaction(readonly=False) as tx:
        tx.insert(
            "partner",
            ["name", "age", "weight", "active"],
            ["text", "integer", "float", "boolean"],
            [("a", 1, 1.5, True), ("b", 2, 2.5, False), ("c", 2, None, True)],
        )
        columns = [
            tx.dialect.aggregate(function, ident("age"))
            for function in ("sum", "avg", "min", "max", "count", "count_distinct", "array_agg")
        ]
        columns += [tx.dialect.aggregate(function, ident("active")) for function in ("bool_and", "bool_or")]
        columns += [
            tx.dialect.aggregate("sum", ident("weight")),
            tx.dialect.aggregate("count", ident("weight")),
        ]
        (row,) = ask(tx, "SELECT {} FROM partner", SQL(", ").join(columns))
        assert row[:6] == (5, pytest.approx(5 / 3), 1, 2, 3, 2)
        assert sorted(json.loads(row[6])) == [1, 2, 2]
        assert row[7:] == (False, True, 4.0, 2)
        (empty,) = ask(tx, "SELECT {} FROM partner WHERE id < 0", SQL(", ").join(columns))
        assert empty[0] is None
        assert json.loads(empty[6]) == []


def test_rows_can_be_kept_for_a_transaction(shop):
    with shop.transaction(readonly=False) as tx:
        assert ask(tx, "SELECT id FROM partner {}", tx.dialect.lock_rows()) == []


def test_rows_are_updated_each_to_values_of_its_own(shop):
    with shop.transaction(readonly=False) as tx:
        ids = tx.insert("partner", ["name"], ["text"], [("n",)] * 3)
        rows = [("a'b\\n", "2024-03-30 23:30:05", "2024-03-31"), ("é", None, None)]
        tx.update("partner", ["name", "seen", "born"], ["text", "datetime", "date"], ids[1:], rows)
        assert ask(tx, "SELECT name, seen, born FROM partner ORDER BY id") == [("n", None, None), *rows]
