"""read_group: groups, aggregates, periods, and the domains that lead back to the records."""

from __future__ import annotations

from typing import Any

from wire.case import BAD_CALL, INVALID, Case, Every, Has, Kind, Lacks, Ref, ask

PARTNER = "res.partner"
W = ["ref", "=like", "w-%"]
COLOURED = ["ref", "in", ["w-anna", "w-bob", "w-zoe"]]


def group(title: str, gives: Any, fields: Any, groupby: Any, **options: Any) -> Case:
    return Case(title, ask(PARTNER, "read_group", [W], fields, groupby, **options), gives)


CASES = [
    group(
        "a link, by its model's order, unset last",
        [
            Has({"country_id": [Ref("be"), "Belgium"], "country_id_count": 3}),
            Has({"country_id": [Ref("fr"), "France"], "country_id_count": 1}),
            Has({"country_id": False, "country_id_count": 1}),
        ],
        [],
        ["country_id"],
    ),
    group("a text as groupby", Every(Has({"country_id_count": Kind(int)})), [], "country_id"),
    group(
        "a boolean",
        [Has({"is_company": False, "is_company_count": 4}), Has({"is_company": True, "is_company_count": 1})],
        [],
        ["is_company"],
    ),
    group("a key of a selection", [Has({"type": "contact", "type_count": 5})], [], ["type"]),
    group(
        "a text",
        [Has({"city": "Gent", "city_count": 3}), Has({"city": False, "city_count": 2})],
        [],
        ["city"],
    ),
    group(
        "many tags: a record counts in each",
        [
            Has({"category_id": [Ref("glasses"), "Glasses"], "category_id_count": 2}),
            Has({"category_id": [Ref("lenses"), Kind(str)], "category_id_count": 1}),
            Has({"category_id": False, "category_id_count": 3}),
        ],
        [],
        ["category_id"],
    ),
    group(
        "lazily only the first is grouped, the rest is told",
        [
            Has({"is_company": False, "is_company_count": 4, "__context": {"group_by": ["country_id"]}}),
            Has({"is_company": True, "is_company_count": 1, "__context": {"group_by": ["country_id"]}}),
        ],
        [],
        ["is_company", "country_id"],
    ),
    group(
        "not lazily all are",
        [
            Has({"is_company": False, "country_id": [Ref("be"), "Belgium"], "__count": 2}),
            Has({"is_company": False, "country_id": [Ref("fr"), "France"], "__count": 1}),
            Has({"is_company": False, "country_id": False, "__count": 1}),
            Has({"is_company": True, "country_id": [Ref("be"), "Belgium"], "__count": 1}),
        ],
        [],
        ["is_company", "country_id"],
        lazy=False,
    ),
    group("no groups is one row", [Has({"__count": 5, "color": 10})], ["color:sum"], []),
    Case(
        "no groups is one row even of nothing",
        ask(PARTNER, "read_group", [["id", "=", 0]], ["color:sum"], []),
        [Has({"__count": 0, "color": False})],
    ),
    Case("groups of nothing are none", ask(PARTNER, "read_group", [["id", "=", 0]], [], ["city"]), []),
    Case(
        "aggregates by function and by alias",
        ask(
            PARTNER,
            "read_group",
            [COLOURED],
            [
                "highest:max(color)",
                "lowest:min(color)",
                "many:count(color)",
                "different:count_distinct(color)",
            ],
            [],
        ),
        [Has({"highest": 7, "lowest": 0, "many": 3, "different": 3, "__count": 3})],
    ),
    Case("an average", ask(PARTNER, "read_group", [COLOURED], ["color:avg"], []), [Has({"color": 10 / 3})]),
    group("all values", [Has({"city": Kind(list)})], ["city:array_agg"], []),
    group("a field that has no aggregate is left out", [Lacks(("name",))], ["name"], []),
    group(
        "a month with its range",
        [
            Has(
                {
                    "date:month": "January 2026",
                    "date_count": 1,
                    "__range": {"date:month": {"from": "2026-01-01", "to": "2026-02-01"}},
                }
            ),
            Has({"date:month": "March 2026", "date_count": 1}),
            Has({"date:month": False, "date_count": 3, "__range": {"date:month": False}}),
        ],
        [],
        ["date:month"],
    ),
    group(
        "a bare date is by month",
        [Has({"date": "January 2026"}), Has({"date": "March 2026"}), Has({"date": False})],
        [],
        ["date"],
    ),
    group(
        "a day",
        [Has({"date:day": "31 Jan 2026"}), Has({"date:day": "01 Mar 2026"}), Has({"date:day": False})],
        [],
        ["date:day"],
    ),
    group(
        "a week begins on Sunday here",
        [
            Has(
                {"date:week": "W5 2026", "__range": {"date:week": {"from": "2026-01-25", "to": "2026-02-01"}}}
            ),
            Has({"date:week": "W10 2026"}),
            Has({"date:week": False}),
        ],
        [],
        ["date:week"],
    ),
    group(
        "a quarter",
        [Has({"date:quarter": "Q1 2026", "date_count": 2}), Has({"date:quarter": False})],
        [],
        ["date:quarter"],
    ),
    group(
        "a year", [Has({"date:year": "2026", "date_count": 2}), Has({"date:year": False})], [], ["date:year"]
    ),
    group(
        "the number of a month",
        [Has({"date:month_number": 1}), Has({"date:month_number": 3}), Has({"date:month_number": False})],
        [],
        ["date:month_number"],
    ),
    group(
        "order by an aggregate",
        [
            Has({"country_id": [Ref("be"), "Belgium"]}),
            Has({"country_id": Kind(list)}),
            Has({"country_id": False}),
        ],
        ["color:sum"],
        ["country_id"],
        orderby="country_id_count desc, country_id",
    ),
    group(
        "order by the group downwards",
        [Has({"is_company": True}), Has({"is_company": False})],
        [],
        ["is_company"],
        orderby="is_company desc",
    ),
    group(
        "a page of groups",
        [Has({"country_id": [Ref("fr"), "France"]})],
        [],
        ["country_id"],
        offset=1,
        limit=1,
    ),
    group(
        "the domain of a group",
        [Has({"__domain": Kind(list)}), Has({"__domain": Kind(list)})],
        [],
        ["is_company"],
    ),
    group("an unknown field", INVALID.with_words("nmae"), [], ["nmae"]),
    group("an unknown aggregate", INVALID.with_words("median"), ["color:median"], ["city"]),
    group("a period of what is no date", INVALID.with_words("city"), [], ["city:month"]),
    group("an unknown period", INVALID.with_words("decade"), [], ["date:decade"]),
    group("a groupby that is no text", BAD_CALL, [], [7]),
]
