from __future__ import annotations

import pytest

from entrepot.errors import BadQuery
from kernel.library import BLOB, MODELS

__all__ = ["MODELS"]

ALPHA = [["key", "=", "alpha"]]


def test_nothing_asked_is_every_field_flat(lib, rows):
    (found,) = rows(filter=ALPHA)
    assert set(found) == set(lib["book"].meta.fields)
    assert found["shelf_id"] == lib.ids["hall"]
    assert found["copy_ids"] == [lib.ids["a2"], lib.ids["a1"]]
    assert found["cover"] == len(BLOB)


def test_no_field_is_an_empty_object(rows):
    assert rows("{}") == [{}] * 4


def test_fields_come_in_the_order_asked_and_once(rows):
    assert list(rows("{title, id, pages, id}", filter=ALPHA)[0]) == ["title", "id", "pages"]
    assert rows("{title}", filter=ALPHA) == [{"title": "Alpha"}]


def test_a_list_of_names_says_the_same_as_a_query(rows):
    assert rows(fields="title, pages", filter=ALPHA) == rows("{title, pages}", filter=ALPHA)
    assert rows(fields=["title", "pages"], filter=ALPHA) == rows("{title, pages}", filter=ALPHA)


def test_all_but_one(lib, rows):
    (found,) = rows("{-title}", filter=ALPHA)
    assert set(found) == set(lib["book"].meta.fields) - {"title"}
    assert rows("{*, -title}", filter=ALPHA) == [found]


@pytest.mark.parametrize("query", ["{-title, shelf_id{name}}", "{*, shelf_id{name}}", "{shelf_id{name}, *}"])
def test_what_is_looked_into_wins_beside_all(query, rows):
    (found,) = rows(query, filter=ALPHA)
    assert found["shelf_id"] == {"name": "Hall"}
    assert found["author_id"]


def test_what_is_looked_into_wins_over_the_same_field_flat(rows):
    assert rows("{shelf_id, shelf_id{name}}", filter=ALPHA) == [{"shelf_id": {"name": "Hall"}}]


def test_exclusion_holds_below_too(lib, rows):
    (found,) = rows("{shelf_id{-name}}", filter=ALPHA)
    assert set(found["shelf_id"]) == set(lib["shelf"].meta.fields) - {"name"}


def test_an_empty_link_is_empty_and_not_an_object_of_nothing(rows):
    assert rows("{shelf_id{name}, copy_ids{number}}", filter=[["key", "=", "bare"]]) == [
        {"shelf_id": None, "copy_ids": []}
    ]


def test_a_file_asked_for_by_name_is_its_content(rows):
    assert rows("{cover}", filter=ALPHA) == [{"cover": BLOB}]
    assert rows("{*, cover}", filter=ALPHA)[0]["cover"] == BLOB


WRONG = {
    "{nope}": [("nope", "unknown_field")],
    "{-nope}": [("nope", "unknown_field")],
    "{titel}": [("titel", "unknown_field")],
    "{shelf_id{nope}}": [("shelf_id.nope", "unknown_field")],
    "{copy_ids{book_id{nope}}}": [("copy_ids.book_id.nope", "unknown_field")],
    "{nope{id}}": [("nope", "unknown_field")],
    "{title{id}}": [("title", "not_nested")],
    "{about{id}}": [("about", "not_nested")],
    "{id{id}}": [("id", "not_nested")],
    "{-title, pages}": [("query", "include_and_exclude")],
    "{shelf_id{-name, id}}": [("shelf_id", "include_and_exclude")],
    "{-shelf_id, shelf_id{id}}": [("shelf_id", "include_and_exclude")],
    "{shelf_id{id}, shelf_id{name}}": [("shelf_id", "twice")],
    "{shelf_id(limit: 1){id}}": [("shelf_id", "one_record")],
    "{shelf_id(order: 'id'){id}}": [("shelf_id", "one_record")],
    "{copy_ids(limt: 1){id}}": [("copy_ids(limt)", "unknown_argument")],
    "{copy_ids(page: 1){id}}": [("copy_ids(page)", "unknown_argument")],
    "{copy_ids(limit: x){id}}": [("copy_ids(limit)", "bad_number")],
    "{copy_ids(limit: -1){id}}": [("copy_ids(limit)", "bad_number")],
    "{copy_ids(filter: x){id}}": [("copy_ids(filter)", "not_json")],
    "{copy_ids(filter: '{}'){id}}": [("copy_ids(filter)", "not_a_list")],
    "{nope, copy_ids{nope, x{y}}}": [
        ("nope", "unknown_field"),
        ("copy_ids.nope", "unknown_field"),
        ("copy_ids.x", "unknown_field"),
    ],
}
"""query -> where and what, everything at once"""


@pytest.mark.parametrize("query", WRONG)
def test_a_query_that_fits_no_model_is_refused(query, rows):
    with pytest.raises(BadQuery) as refusal:
        rows(query)
    assert [(each.path, each.code) for each in refusal.value.problems] == WRONG[query]


def test_near_names_are_told(rows):
    with pytest.raises(BadQuery, match="Did you mean: title"):
        rows("{titel}")


@pytest.mark.parametrize(
    "asked", [{"query": "{id}", "fields": "id"}, {"query": 5}, {"query": ["id"]}, {"fields": [1]}]
)
def test_what_is_no_selection_is_refused(asked, lib):
    with pytest.raises(BadQuery):
        lib["book"].rest_search(**asked)


@pytest.mark.parametrize(
    ("inside", "beside"),
    [
        ("(limit: 2)", {"limit": 2}),
        ("(limit: 2, offset: 1)", {"limit": 2, "offset": 1}),
        ('(filter: \'[["pages",">",100]]\')', {"filter": [["pages", ">", 100]]}),
        ('(domain: [["pages",">",100]])', {"filter": [["pages", ">", 100]]}),
        ("(page: 2, page_size: 3)", {"page": 2, "page_size": 3}),
    ],
)
def test_arguments_before_the_first_brace_are_those_beside_the_query(inside, beside, rows):
    assert rows(f"{inside}{{id}}") == rows("{id}", **beside)
    with pytest.raises(BadQuery, match="given twice"):
        rows(f"{inside}{{id}}", **beside)


def test_an_order_may_stand_inside_too(lib, rows):
    found = rows("(order: 'title desc'){title}", order=None)
    assert found == rows("{title}", order="title desc") == rows("{title}", order='"title desc"')
    with pytest.raises(BadQuery, match="given twice"):
        rows("(order: 'title desc'){title}", order="id")


def test_a_query_read_before_says_the_same_again(rows):
    first = rows("{id, title, copy_ids{number}}")
    assert [rows("{id, title, copy_ids{number}}") for _ in range(3)] == [first] * 3
    assert all(each["title"] for each in first)
