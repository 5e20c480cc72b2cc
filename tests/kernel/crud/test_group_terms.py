from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.errors import ValidationError
from kernel.conftest import groups

# aggregates ---------------------------------------------------------------------------------------------------------

FIGURES = [
    ("pages:sum", 702),
    ("pages:avg", 175.5),
    ("pages:min", 0),
    ("pages:max", 301),
    ("pages:count", 4),
    ("pages:count_distinct", 3),
    ("weight:sum", 247),
    ("weight:min", -3),
    ("weight:count", 3),
    ("rating:sum", 3.5),
    ("rating:min", -1.0),
    ("rating:max", 4.5),
    ("score:avg", 0.05),
    ("score:count", 2),
    ("price:min", Decimal("-0.0001")),
    ("price:max", Decimal("99999999999999.9999")),
    ("price:sum", Decimal("100000000000012.4998")),
    ("price:count", 4),
    ("fee:sum", Decimal("0.05")),
    ("fee:avg", 0.025),
    ("fee:count_distinct", 2),
    ("printed:min", dt.date(2025, 12, 31)),
    ("printed:max", dt.date(2026, 3, 1)),
    ("printed:count", 3),
    ("added:max", dt.datetime(2026, 3, 1, tzinfo=dt.UTC)),
    ("added:count_distinct", 3),
    ("lent:bool_and", False),
    ("lent:bool_or", True),
    ("lent:count", 4),
    ("lent:count_distinct", 2),
    ("title:min", "Alpha"),
    ("title:max", "Überhaupt nichts"),
    ("state:count", 2),
    ("shelf_id:count_distinct", 3),
    ("shelf_id:max", 5),
    ("author_born:min", dt.date(1840, 4, 2)),
    ("cover:count", 1),
    ("extra:count", 1),
    ("id:count", 4),
]


@pytest.mark.parametrize(("spec", "expected"), FIGURES)
def test_an_aggregate(lib, spec, expected):
    name = spec.partition(":")[0]
    [row] = groups(lib, [], [f"it:{spec.partition(':')[2]}({name})"])
    assert row["it"] == expected
    assert type(row["it"]) is type(expected)
    [row] = groups(lib, [], [spec])
    assert row[name] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pages", [0, 100, 301, 301]),
        ("weight", [-3, 0, 250, None]),
        ("rating", [-1.0, 0.0, 0.0, 4.5]),
        ("fee", [Decimal(0), Decimal("0.05"), None, None]),
        ("price", [Decimal("-0.0001"), Decimal(0), Decimal("12.5"), Decimal("99999999999999.9999")]),
        ("lent", [False, False, False, True]),
        ("printed", [dt.date(2025, 12, 31), dt.date(2026, 1, 31), dt.date(2026, 3, 1), None]),
        ("state", ["new", "used", None, None]),
    ],
)
def test_all_values_of_a_group(lib, name, expected):
    [row] = groups(lib, [], [f"{name}:array_agg"])
    found = sorted(row[name], key=lambda each: (each is None, each if each is not None else 0))
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


def test_all_moments_of_a_group(lib):
    [row] = groups(lib, "lent", ["added:array_agg"], [["lent", "=", True]])
    assert row["added"] == [dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)]


def test_figures_of_nothing_are_unset_and_counts_zero(lib):
    specs = [
        "a:sum(pages)",
        "b:avg(price)",
        "c:min(printed)",
        "d:bool_and(lent)",
        "e:count(title)",
        "f:array_agg(isbn)",
    ]
    [row] = groups(lib, [], specs, [["isbn", "=", "none"]])
    assert {name: row[name] for name in "abcdef"} == {
        "a": None,
        "b": None,
        "c": None,
        "d": None,
        "e": 0,
        "f": [],
    }


def test_without_fields_every_number_is_summed_but_those_grouped_by(lib):
    [row] = lib["book"].read_group([["key", "=", "alpha"]], [], "pages")
    assert {"weight", "rating", "score", "price", "fee"} <= set(row)
    assert "thickness" not in row
    assert row["pages"] == 100


def test_a_field_without_a_usual_aggregate_and_the_count_are_passed_over(lib):
    [row] = groups(
        lib, "lent", ["title", "__count", "id", "lent", "genre_ids", "thickness"], [["lent", "=", True]]
    )
    assert set(row) == {"lent", "lent_count", "__domain"}


# order and pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "orderby", "expected"),
    [
        ("state", "state desc", [None, "used", "new"]),
        ("state", "state_count desc, state", [None, "new", "used"]),
        ("state", "__count, state desc", ["used", "new", None]),
        ("state", "pages", ["new", "used", None]),
        ("state", "pages:max desc, state", ["used", None, "new"]),
        ("state", "price:min desc", ["new", None, "used"]),
        ("printed:year", "printed desc", [None, "2026", "2025"]),
        ("printed:year", "printed:year desc", [None, "2026", "2025"]),
        ("lent", "lent DESC", [True, False]),
    ],
)
def test_groups_come_in_the_order_asked_for(lib, key, orderby, expected):
    found = groups(lib, key, ["pages:sum"], orderby=orderby)
    assert [each[key] for each in found] == expected
    assert set(found[0]) - {"__range"} == {key, f"{key.partition(':')[0]}_count", "pages", "__domain"}


def test_links_can_be_ordered_downwards(lib):
    found = groups(lib, "shelf_id", orderby="shelf_id desc")
    assert [each["shelf_id"] and each["shelf_id"][1] for each in found] == [None, "Row", "Hall", "Board"]


def test_an_order_may_name_an_alias_of_the_call(lib):
    found = groups(lib, "state", ["most:max(pages)"], orderby="most desc, state")
    assert [each["most"] for each in found] == [301, 301, 100]


def test_a_page_of_groups_is_a_part_of_them(lib):
    whole = groups(lib, "pages")
    for offset in range(4):
        for limit in (1, 2, None, 0):
            page = groups(lib, "pages", offset=offset, limit=limit)
            assert page == whole[offset : offset + limit if limit else None]


def test_groups_cost_one_statement_and_one_for_names_and_one_for_order_a_link(lib):
    for key, statements in (
        ("state", 1),
        ("printed:month", 1),
        ("shelf_id", 3),
        ("genre_ids", 3),
        ("author_id", 3),
    ):
        lib.env.cache.reset()
        before = lib.env.tx.statements
        groups(lib, key, ["pages"])
        assert lib.env.tx.statements - before == statements, key


# refusals ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "path", "words"),
    [
        ({"groupby": "nope"}, "nope", "nope"),
        ({"groupby": ["shelf_id.name"]}, "shelf_id.name", "shelf_id.name"),
        ({"groupby": [7]}, "groupby", "list"),
        ({"groupby": 7}, "groupby", "list"),
        ({"groupby": {"state": 1}}, "groupby", "list"),
        ({"groupby": "printed:decade"}, "groupby", "decade"),
        ({"groupby": "printed:"}, "groupby", "printed"),
        ({"groupby": "title:month"}, "groupby", "title"),
        ({"groupby": "copy_ids"}, "groupby", "copy_ids"),
        ({"groupby": "cover"}, "groupby", "cover"),
        ({"groupby": "extra"}, "groupby", "extra"),
        ({"groupby": "thickness"}, "groupby", "thickness"),
        ({"groupby": ["state"] * 101}, "groupby", "100"),
        ({"fields": "pages"}, "fields", "list"),
        ({"fields": [7]}, "fields", "list"),
        ({"fields": ["nope"]}, "nope", "nope"),
        ({"fields": ["nope:sum"]}, "nope", "nope"),
        ({"fields": ["pages:median"]}, "fields", "median"),
        ({"fields": ["pages:sum("]}, "fields", "pages:sum("),
        ({"fields": ["title:sum"]}, "fields", "char"),
        ({"fields": ["lent:max"]}, "fields", "boolean"),
        ({"fields": ["pages:bool_and"]}, "fields", "integer"),
        ({"fields": ["cover:max"]}, "fields", "binary"),
        ({"fields": ["genre_ids:count"]}, "fields", "stored"),
        ({"fields": ["thickness:sum"]}, "fields", "thickness"),
        ({"fields": ["pages", "pages:max"]}, "fields", "pages"),
        ({"fields": ["state:max(pages)"], "groupby": "state"}, "fields", "state"),
        ({"fields": ["__domain:max(pages)"]}, "fields", "__domain"),
        ({"orderby": "title"}, "orderby", "title"),
        ({"orderby": "nope"}, "nope", "nope"),
        ({"orderby": "pages upwards"}, "orderby", "upwards"),
        ({"orderby": "genre_ids"}, "orderby", "genre_ids"),
        ({"orderby": "pages:array_agg"}, "orderby", "array_agg"),
        ({"orderby": 7}, "orderby", "text"),
        ({"orderby": "nope", "domain": [[0, "=", 1]]}, "nope", "nope"),
        ({"limit": -1}, "limit", "-1"),
        ({"offset": "x"}, "offset", "x"),
        ({"domain": [["nope", "=", 1]]}, "nope", "nope"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_grouped_is_refused(lib, arguments, path, words):
    given = {"domain": [], "fields": [], "groupby": "state", **arguments}
    with pytest.raises(ValidationError) as caught:
        lib["book"].read_group(**given)
    assert caught.value.problems[0].path == path
    assert words in caught.value.message
