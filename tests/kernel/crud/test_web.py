from __future__ import annotations

from typing import Any

import pytest

from entrepot.errors import AccessError, ValidationError


def read(lib, name, specification, **context):
    [row] = lib["book"].with_context(**context).browse(lib.ids[name]).web_read(specification)
    return row


def test_plain_fields_and_bare_links(lib):
    ids = lib.ids
    assert read(lib, "alpha", {"title": {}, "shelf_id": {}, "author_id": {}, "copy_ids": {}}) == {
        "id": ids["alpha"],
        "title": "Alpha",
        "shelf_id": ids["hall"],
        "author_id": ids["zola"],
        "copy_ids": [ids["a2"], ids["a1"]],
    }
    assert read(lib, "bare", {"shelf_id": {}, "copy_ids": {}, "shelf_code": {}}) == {
        "id": ids["bare"],
        "shelf_id": None,
        "copy_ids": [],
        "shelf_code": None,
    }
    assert read(lib, "alpha", {}) == {"id": ids["alpha"]}


def test_a_link_with_fields_is_an_object(lib):
    ids = lib.ids
    spec = {
        "shelf_id": {"fields": {"display_name": {}, "code": {}}},
        "author_id": {"fields": {"display_name": {}}},
    }
    assert read(lib, "alpha", spec) == {
        "id": ids["alpha"],
        "shelf_id": {"id": ids["hall"], "display_name": "Hall", "code": "H"},
        "author_id": {"id": ids["zola"], "display_name": "Zola (1840)"},
    }
    assert read(lib, "bare", spec) == {"id": ids["bare"], "shelf_id": None, "author_id": None}
    assert read(lib, "alpha", {"shelf_id": {"fields": {}}})["shelf_id"] == {"id": ids["hall"]}
    assert read(lib, "gamma", {"shelf_id": {"fields": {"name": {}}}})["shelf_id"]["name"] == "Row"


def test_links_to_many_with_fields_are_rows(lib):
    ids = lib.ids
    assert read(
        lib, "alpha", {"copy_ids": {"fields": {"number": {}, "book_id": {"fields": {"title": {}}}}}}
    ) == {
        "id": ids["alpha"],
        "copy_ids": [
            {"id": ids[name], "number": number, "book_id": {"id": ids["alpha"], "title": "Alpha"}}
            for name, number in (("a2", 2), ("a1", 1))
        ],
    }
    assert read(lib, "bare", {"copy_ids": {"fields": {"number": {}}}})["copy_ids"] == []
    assert read(lib, "alpha", {"genre_ids": {"fields": {}}})["genre_ids"] == [
        {"id": ids["crime"]},
        {"id": ids["poetry"]},
    ]


def test_rows_of_shared_links_are_apart(lib):
    rows = (
        lib["book"]
        .browse([lib.ids["alpha"], lib.ids["beta"]])
        .web_read({"genre_ids": {"fields": {"name": {}}}})
    )
    rows[0]["genre_ids"][0]["name"] = "changed"
    assert rows[1]["genre_ids"] == [{"id": lib.ids["crime"], "name": "Crime"}]


def test_limit_and_order_of_links_to_many(lib):
    ids = lib.ids
    copies: dict[str, Any] = {"fields": {"number": {}}, "order": "number"}
    assert [each["number"] for each in read(lib, "alpha", {"copy_ids": copies})["copy_ids"]] == [1, 2]
    copies = {"fields": {}, "order": "number desc", "limit": 1}
    assert read(lib, "alpha", {"copy_ids": copies})["copy_ids"] == [{"id": ids["a2"]}]
    assert len(read(lib, "alpha", {"copy_ids": {"fields": {}, "limit": 0}})["copy_ids"]) == 2


def test_a_nested_context_counts_where_it_stands(lib):
    spec = {
        "title": {},
        "genre_ids": {"fields": {"name": {}}, "context": {"lang": "fr_FR", "uid": 1, "su": True}},
    }
    row = read(lib, "alpha", spec)
    assert row["title"] == "Alpha"
    assert [each["name"] for each in row["genre_ids"]] == ["Policier", "Poetry"]


def test_rows_come_in_the_order_of_the_ids(lib):
    ids = [lib.ids[name] for name in ("gamma", "alpha", "gamma")]
    rows = lib["book"].browse([*ids, 10**6]).web_read({"sequel_of_id": {"fields": {"title": {}}}})
    assert [row["id"] for row in rows] == ids


@pytest.mark.parametrize(
    ("specification", "code"),
    [
        (["title"], "bad_specification"),
        ("title", "bad_specification"),
        (None, "bad_specification"),
        ({"title": 7}, "bad_specification"),
        ({"shelf_id": {"fields": ["name"]}}, "bad_specification"),
        ({"shelf_id": {"fields": 7}}, "bad_specification"),
        ({"copy_ids": {"fields": {}, "context": 7}}, "bad_specification"),
        ({"copy_ids": {"fields": {}, "limit": -1}}, "bad_bound"),
        ({"copy_ids": {"fields": {}, "limit": "x"}}, "bad_bound"),
        ({"copy_ids": {"fields": {}, "order": "nope"}}, "unknown_field"),
        ({"copy_ids": {"fields": {}, "order": 7}}, "bad_order"),
        ({"nope": {}}, "unknown_field"),
        ({7: {}}, "bad_fields"),
        ({"shelf_id": {"fields": {"nope": {}}}}, "unknown_field"),
    ],
    ids=str,
)
def test_a_specification_that_cannot_be_used_is_refused(lib, specification, code):
    with pytest.raises(ValidationError) as caught:
        read(lib, "alpha", specification)
    assert caught.value.problems[0].code == code


def deep(levels):
    spec: dict[str, Any] = {"title": {}}
    for _ in range(levels):
        spec = {"sequel_of_id": {"fields": spec}}
    return spec


def test_a_specification_may_nest_ten_levels_and_no_more(lib):
    book = lib["book"].browse(lib.ids["alpha"])
    book.sequel_of_id = book
    assert read(lib, "alpha", deep(10))["sequel_of_id"]["sequel_of_id"]["id"] == book.id
    with pytest.raises(ValidationError) as caught:
        read(lib, "alpha", deep(11))
    assert caught.value.problems[0].code == "too_deep"


# searching ----------------------------------------------------------------------------------------------------------


def test_a_search_answers_a_page_and_the_length_of_the_whole(lib):
    search = lib["book"].web_search_read
    found = search([["pages", ">", 0]], {"title": {}}, order="id")
    assert [row["title"] for row in found["records"]] == ["Alpha", "beta", "Gamma"]
    assert found["length"] == 3
    page = search([["pages", ">", 0]], {"title": {}}, offset=1, limit=1, order="id")
    assert ([row["title"] for row in page["records"]], page["length"]) == (["beta"], 3)
    assert search([], {}, limit=2, count_limit=3)["length"] == 3
    assert search([], {}, limit=9)["length"] == 4
    assert search([], {}, offset=9) == {"length": 4, "records": []}
    assert search([[0, "=", 1]], {}) == {"length": 0, "records": []}


def test_groups_come_with_their_number(lib):
    found = lib["book"].web_read_group([], ["pages"], ["pages"], limit=1)
    assert (len(found["groups"]), found["length"]) == (1, 3)
    assert lib["book"].web_read_group([], ["pages"], ["pages"])["length"] == 3


# statements -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("specification", "statements"),
    [
        ({"title": {}, "shelf_id": {}}, 1),
        ({"shelf_id": {"fields": {"display_name": {}}}}, 2),
        ({"shelf_id": {"fields": {"name": {}, "code": {}}}}, 2),
        ({"shelf_id": {"fields": {"parent_id": {"fields": {"name": {}}}}}}, 3),
        ({"copy_ids": {"fields": {"number": {}}}}, 3),
        ({"copy_ids": {"fields": {"book_id": {"fields": {"shelf_id": {"fields": {"name": {}}}}}}}}, 5),
        ({"genre_ids": {"fields": {"name": {}}}, "copy_ids": {"fields": {"number": {}}}}, 5),
        ({"copy_ids": {"fields": {"number": {}}, "order": "number"}}, 4),
    ],
    ids=str,
)
def test_a_level_costs_a_statement_however_many_rows(lib, specification, statements):
    lib["book"].create(
        [
            {"title": "t", "shelf_id": lib.ids["board"], "copy_ids": [(0, 0, {"number": n}) for n in (1, 2)]}
            for _ in range(30)
        ]
    )
    books = lib["book"]
    lib.env.flush()
    for limit in (3, 30):
        ids = (*books.search([["title", "=", "t"]], limit=limit).ids, lib.ids["alpha"])
        lib.env.cache.reset()
        before = lib.env.tx.statements
        assert len(books.browse(ids).web_read(specification)) == limit + 1
        assert lib.env.tx.statements - before == statements


# rights -----------------------------------------------------------------------------------------------------------------


def test_a_hidden_record_behind_a_link_has_a_name_and_nothing_else(lib):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    for model in ("book", "shelf", "copy"):
        env["ir.model.access"].create(
            {"name": model, "model": f"lib.{model}", "group_id": group.id, "perm_read": True}
        )
    env["ir.rule"].create({"name": "s", "model": "lib.shelf", "domain": "[['code', '!=', 'H']]"})
    env["ir.rule"].create({"name": "c", "model": "lib.copy", "domain": "[['state', '!=', 'out']]"})
    env.flush()
    book = lib["book"].with_user(user.id).browse(lib.ids["alpha"])
    [row] = book.web_read(
        {"shelf_id": {"fields": {"display_name": {}}}, "copy_ids": {"fields": {"state": {}}}}
    )
    assert row["shelf_id"] == {"id": lib.ids["hall"], "display_name": "Hall"}
    assert row["copy_ids"] == [{"id": lib.ids["a1"], "state": "free"}]
    with pytest.raises(AccessError):
        book.web_read({"shelf_id": {"fields": {"display_name": {}, "code": {}}}})
    with pytest.raises(AccessError):
        book.web_read({"author_id": {"fields": {"name": {}}}})
    with pytest.raises(AccessError, match="secret"):
        book.web_read({"secret": {}})
