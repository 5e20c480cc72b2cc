from __future__ import annotations

from decimal import Decimal

import pytest

from entrepot.errors import AccessError
from kernel.conftest import groups
from kernel.library import GROUP_KEYS


def values(lib, groupby, **options):
    """(value, count) of each group of one key."""
    [name] = [groupby] if isinstance(groupby, str) else groupby
    return [(each[name], each[f"{name.partition(':')[0]}_count"]) for each in groups(lib, groupby, **options)]


# values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("isbn", [("978-Ä%_\\x", 1), ("abc", 1), (None, 2)]),
        ("state", [("new", 1), ("used", 1), (None, 2)]),
        ("lent", [(False, 3), (True, 1)]),
        ("pages", [(0, 1), (100, 1), (301, 2)]),
        ("weight", [(-3, 1), (0, 1), (250, 1), (None, 1)]),
        ("rating", [(-1.0, 1), (0.0, 2), (4.5, 1)]),
        ("score", [(0.0, 1), (0.1, 1), (None, 2)]),
        (
            "price",
            [
                (Decimal("-0.0001"), 1),
                (Decimal(0), 1),
                (Decimal("12.5"), 1),
                (Decimal("99999999999999.9999"), 1),
            ],
        ),
        ("fee", [(Decimal(0), 1), (Decimal("0.05"), 1), (None, 2)]),
        ("shelf_code", [("H", 1), ("H-1", 1), ("H-1-a", 1), (None, 1)]),
        ("active", [(True, 4)]),
        ("about", [("lib.shelf,1", 1), (None, 3)]),
        ("display_name", [("Alpha", 1), ("Gamma", 1), ("beta", 1), ("Überhaupt nichts", 1)]),
    ],
)
def test_a_plain_value(lib, key, expected):
    assert values(lib, key) == expected


def test_a_link_is_id_and_name_in_the_order_of_its_model_unset_last(lib):
    ids = lib.ids
    assert values(lib, "shelf_id") == [
        ((ids["board"], "Board"), 1),
        ((ids["hall"], "Hall"), 1),
        ((ids["row"], "Row"), 1),
        (None, 1),
    ]
    assert [value and value[1] for value, _ in values(lib, "author_id")] == [
        "Zola (1840)",
        "Pupil (1870)",
        "Anon (?)",
        None,
    ]
    assert values(lib, "author_mentor_id") == [((ids["zola"], "Zola (1840)"), 1), (None, 3)]


def test_a_record_counts_in_the_group_of_each_link_to_many(lib):
    ids = lib.ids
    assert values(lib, "genre_ids") == [
        ((ids["gone"], "Almanac"), 1),
        ((ids["crime"], "Crime"), 2),
        ((ids["poetry"], "Poetry"), 1),
        (None, 1),
    ]
    assert values(lib, "sequel_genre_ids") == [
        ((ids["crime"], "Crime"), 2),
        ((ids["poetry"], "Poetry"), 1),
        (None, 2),
    ]
    both = groups(lib, ["genre_ids", "lent"], ["pages"], lazy=False)
    assert [(each["genre_ids"] and each["genre_ids"][1], each["lent"], each["pages"]) for each in both] == [
        ("Almanac", False, 301),
        ("Crime", False, 301),
        ("Crime", True, 100),
        ("Poetry", True, 100),
        (None, False, 0),
    ]


# lazy or not --------------------------------------------------------------------------------------------------------


def test_lazily_only_the_first_key_is_grouped_and_the_rest_is_told(lib):
    found = groups(lib, ["lent", "state", "printed:year"])
    assert [(each["lent"], each["lent_count"]) for each in found] == [(False, 3), (True, 1)]
    assert all(each["__context"] == {"group_by": ["state", "printed:year"]} for each in found)
    assert all("state" not in each and "__count" not in each for each in found)
    assert "__context" not in groups(lib, ["lent"])[0]


def test_not_lazily_all_keys_are_grouped(lib):
    found = groups(lib, ["lent", "state"], lazy=False)
    assert [(each["lent"], each["state"], each["__count"]) for each in found] == [
        (False, "used", 1),
        (False, None, 2),
        (True, "new", 1),
    ]
    assert all("__context" not in each and "lent_count" not in each for each in found)


def test_two_periods_of_one_date_are_two_keys(lib):
    found = groups(lib, ["printed:year", "printed:month"], lazy=False, domain=[["printed", "!=", False]])
    assert [(each["printed:year"], each["printed:month"]) for each in found] == [
        ("2025", "December 2025"),
        ("2026", "January 2026"),
        ("2026", "March 2026"),
    ]
    assert set(found[0]["__range"]) == {"printed:year", "printed:month"}


@pytest.mark.parametrize("nothing", [[], "", None, False])
def test_without_a_key_there_is_one_row_even_of_nothing(lib, nothing):
    [row] = lib["book"].read_group([], ["pages", "fee"], nothing)
    assert row == {"__count": 4, "pages": 702, "fee": Decimal("0.05"), "__domain": []}
    [row] = lib["book"].read_group([[0, "=", 1]], ["pages", "n:max(title)"], nothing)
    assert row == {"__count": 0, "pages": None, "n": None, "__domain": [[0, "=", 1]]}


def test_groups_of_nothing_are_none(lib):
    assert groups(lib, "state", ["pages"], [["isbn", "=", "none"]]) == []


# the way back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", GROUP_KEYS)
def test_the_domain_of_a_group_finds_exactly_the_group(lib, key):
    for context in ({}, {"tz": "America/New_York", "lang": "fr_FR"}, {"active_test": False}):
        books = lib["book"].with_context(**context)
        for domain in (
            [],
            [["pages", ">", 0]],
            ["|", ["lent", "=", True], ["isbn", "=", "abc"]],
            ["!", ["lent", "=", True]],
        ):
            found = books.read_group(domain, ["ids:array_agg(id)"], [key], lazy=False)
            assert found
            for group in found:
                assert sorted(books.search(group["__domain"]).ids) == sorted(group["ids"])
                assert group["__count"] == len(group["ids"])


# rights -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(lib):
    """Books through the eyes of a user who does not see Gamma nor the genre Poetry, and no author at all."""
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    for model in ("book", "genre"):
        env["ir.model.access"].create(
            {"name": model, "model": f"lib.{model}", "group_id": group.id, "perm_read": True}
        )
    env["ir.rule"].create({"name": "b", "model": "lib.book", "domain": "[['title', '!=', 'Gamma']]"})
    env["ir.rule"].create({"name": "g", "model": "lib.genre", "domain": "[['name', '=', 'Crime']]"})
    env.flush()
    return lib["book"].with_user(user.id)


def test_hidden_records_do_not_count(lib, reader):
    found = reader.read_group([], ["pages"], "state")
    assert [(each["state"], each["state_count"], each["pages"]) for each in found] == [
        ("new", 1, 100),
        ("used", 1, 301),
        (None, 1, 0),
    ]


def test_links_to_what_a_rule_hides_count_as_none(lib, reader):
    found = reader.read_group([], [], "genre_ids")
    crime = (lib.ids["crime"], "Crime")
    assert [(each["genre_ids"], each["genre_ids_count"]) for each in found] == [(crime, 2), (None, 1)]
    lib["book"].browse(lib.ids["beta"]).genre_ids = [lib.ids["poetry"]]
    found = reader.read_group([], ["ids:array_agg(id)"], "genre_ids")
    assert [(each["genre_ids"], sorted(each["ids"])) for each in found] == [
        (crime, [lib.ids["alpha"]]),
        (None, [lib.ids["beta"], lib.ids["bare"]]),
    ]
    for group in found:
        assert sorted(reader.search(group["__domain"]).ids) == sorted(group["ids"])


def test_a_hidden_field_is_neither_grouped_nor_aggregated_nor_ordered_by(lib, reader):
    for arguments in (
        {"groupby": "secret"},
        {"fields": ["secret:max"], "groupby": "state"},
        {"groupby": "state", "orderby": "secret:max"},
    ):
        with pytest.raises(AccessError, match="secret"):
            reader.read_group(**{"domain": [], "fields": [], **arguments})


def test_a_model_without_the_right_is_refused(lib, reader):
    with pytest.raises(AccessError):
        lib["author"].with_user(reader.env.uid).read_group([], [], "born")
    found = reader.read_group([], [], "author_id")
    assert [each["author_id"] and each["author_id"][1] for each in found] == [
        "Zola (1840)",
        "Pupil (1870)",
        None,
    ]
