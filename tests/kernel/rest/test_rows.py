from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.errors import BadQuery, TooLarge
from entrepot.kernel.crud import rest_rows
from entrepot.kernel.model import Model
from kernel.conftest import library_of
from kernel.library import MODELS

__all__ = ["MODELS"]

ALPHA = [["key", "=", "alpha"]]
STATEMENTS = {
    "{id, title, pages}": 1,
    "{}": 1,
    "{shelf_id}": 1,
    "{shelf_id{name}}": 2,
    "{shelf_id{name, parent_id{name}}}": 3,
    "{copy_ids{number}}": 2,
    "{copy_ids(limit: 1){number}}": 2,
    "{genre_ids{name}}": 2,
    "{copy_ids{number, book_id{title}}}": 3,
    "{shelf_id{name}, author_id{name}, copy_ids{number}, genre_ids{name}}": 5,
    "{copy_ids{book_id{copy_ids{book_id{copy_ids{book_id{title}}}}}}}": 7,
    "{author_mentor_id{name}}": 2,
}
"""query -> statements, however many books there are"""


@pytest.mark.parametrize("query", STATEMENTS)
def test_a_relation_level_costs_one_statement(query, lib):
    before = lib.env.tx.statements
    lib["book"].rest_search(query)
    assert lib.env.tx.statements - before == STATEMENTS[query]


def test_more_parents_cost_no_more_statements(lib):
    lib["book"].create(
        [
            {"title": f"Book {at}", "shelf_id": lib.ids["hall"], "copy_ids": [{"number": at}]}
            for at in range(50)
        ]
    )
    lib.env.flush()
    before = lib.env.tx.statements
    found = lib["book"].rest_search("{title, shelf_id{name}, copy_ids{number, book_id{title}}}")
    assert len(found["result"]) == 54
    assert lib.env.tx.statements - before == 4


def test_counting_is_one_statement_and_only_where_the_rows_do_not_tell(lib):
    lib["book"].rest_search("{id}", limit=1)  # the secret of cursors is read once
    cases = [({}, 1), ({"limit": 2}, 2), ({"page": 1, "page_size": 3}, 2), ({"page": 2, "page_size": 3}, 1)]
    for asked, expected in cases:
        before = lib.env.tx.statements
        assert lib["book"].rest_search("{id}", **asked)["total"] == 4
        assert lib.env.tx.statements - before == expected, asked


def test_lines_come_in_the_order_of_their_model(rows):
    assert rows("{copy_ids{number}}", filter=ALPHA) == [{"copy_ids": [{"number": 2}, {"number": 1}]}]


def test_lines_have_an_order_a_filter_and_bounds_of_their_own(lib, rows):
    lib["copy"].create([{"book_id": lib.ids["beta"], "number": at, "state": "free"} for at in range(1, 6)])
    cases = {
        "(order: 'number')": [[1, 2], [1, 2, 3, 4, 5]],
        "(limit: 1)": [[2], [5]],
        "(limit: 2, offset: 1)": [[1], [4, 3]],
        "(offset: 2)": [[], [3, 2, 1]],
        "(limit: 0)": [[2, 1], [5, 4, 3, 2, 1]],
        "(order: 'number', limit: 1)": [[1], [1]],
        '(filter: [["number", ">", 1]])': [[2], [5, 4, 3, 2]],
        '(filter: [["state", "=", "free"]], limit: 1)': [[1], [5]],
        '(filter: [["book_id.title", "=", "Alpha"]])': [[2, 1], []],
    }
    for arguments, expected in cases.items():
        found = rows(f"{{copy_ids{arguments}{{number}}}}", filter=[["key", "in", ["alpha", "beta"]]])
        assert [[line["number"] for line in each["copy_ids"]] for each in found] == expected, arguments


def test_links_of_many_to_many_have_them_too(rows):
    found = rows("{genre_ids(order: 'rank desc', limit: 1){name}}", filter=[["key", "in", ["alpha", "beta"]]])
    assert found == [{"genre_ids": [{"name": "Poetry"}]}, {"genre_ids": [{"name": "Crime"}]}]


def test_a_relation_that_is_worked_out_has_them_too(rows):
    wide = "{shelf_book_ids(order: 'title desc'){title}}"
    assert rows(wide, filter=ALPHA) == [{"shelf_book_ids": [{"title": "Alpha"}]}]
    assert rows("{shelf_book_ids(offset: 1){title}}", filter=ALPHA) == [{"shelf_book_ids": []}]
    assert rows('{shelf_book_ids(filter: [["pages",">",999]]){title}}', filter=ALPHA) == [
        {"shelf_book_ids": []}
    ]
    assert rows("{sequel_genre_ids{name}}", filter=[["key", "=", "beta"]])[0]["sequel_genre_ids"] == [
        {"name": "Crime"},
        {"name": "Poetry"},
    ]


def test_a_filter_on_one_record_leaves_it_out(rows):
    assert rows('{shelf_id(filter: [["code","=","X"]]){name}}', filter=ALPHA) == [{"shelf_id": None}]
    assert rows('{shelf_id(filter: [["code","=","H"]]){name}}', filter=ALPHA) == [
        {"shelf_id": {"name": "Hall"}}
    ]


def test_archived_records_are_behind_a_link_but_not_among_lines(rows):
    assert rows("{shelf_id{name}}", filter=[["key", "=", "gamma"]]) == [{"shelf_id": {"name": "Row"}}]
    assert rows("{copy_ids{number}, every_copy_ids{number}}", filter=[["key", "=", "beta"]]) == [
        {"copy_ids": [], "every_copy_ids": [{"number": 1}]}
    ]


def test_a_field_with_a_domain_shows_what_it_shows_flat(rows):
    assert rows("{free_copy_ids{number}}", filter=ALPHA) == [{"free_copy_ids": [{"number": 1}]}]


def test_the_context_holds_below(lib):
    found = (
        lib["book"]
        .with_context(lang="fr_FR", active_test=False)
        .rest_search("{title, genre_ids{name}, copy_ids{number}}", filter=ALPHA)
    )
    assert list(found["result"].dicts()) == [
        {
            "title": "Alphabet",
            "genre_ids": [{"name": "Poetry"}, {"name": "Policier"}],
            "copy_ids": [{"number": 3}, {"number": 2}, {"number": 1}],
        }
    ]


def test_what_was_just_written_is_read(lib, rows):
    lib["copy"].browse(lib.ids["a1"]).write({"number": 77})
    assert rows("{copy_ids(limit: 1){number}}", filter=ALPHA) == [{"copy_ids": [{"number": 77}]}]


BAD = {
    "{copy_ids(order: 'nope'){id}}": "copy_ids(order).nope",
    "{copy_ids(order: 'id; drop'){id}}": "copy_ids(order)",
    "{copy_ids(order: '(select 1)'){id}}": "copy_ids(order)",
    '{copy_ids(filter: [["nope","=",1]]){id}}': "copy_ids(filter).nope",
    "{copy_ids(filter: [[1,2]]){id}}": "copy_ids(filter)[0]",
    '{shelf_id(filter: [["nope","=",1]]){id}}': "shelf_id(filter).nope",
    "{shelf_book_ids(order: 'nope'){id}}": "shelf_book_ids(order).nope",
}


@pytest.mark.parametrize("query", BAD)
def test_wrong_arguments_are_refused_with_their_place(query, lib):
    with pytest.raises(BadQuery) as refusal:
        lib["book"].rest_search(query)
    assert [each.path for each in refusal.value.problems] == [BAD[query]]


def test_an_answer_is_bounded(lib, monkeypatch):
    monkeypatch.setattr(rest_rows.Budget.__init__, "__defaults__", (3,))
    with pytest.raises(TooLarge, match="more than 3 rows"):
        lib["book"].rest_search("{id}")
    assert lib["book"].rest_search("{id}", limit=3)["count"] == 3
    with pytest.raises(TooLarge):
        lib["book"].rest_search("{copy_ids{id}}", limit=2)


FIELDS = {
    "lib.book": [
        "title",
        "pages",
        "price",
        "added",
        "shelf_id",
        "author_id",
        "copy_ids",
        "genre_ids",
        "shelf_book_ids",
        "sequel_ids",
    ],
    "lib.shelf": ["name", "sequence", "parent_id", "book_ids"],
    "lib.author": ["name", "born", "mentor_id", "book_ids", "display_name"],
    "lib.copy": ["number", "state", "book_id", "shelf_id"],
    "lib.genre": ["name", "rank"],
}
COMODELS = {
    "shelf_id": "lib.shelf", "parent_id": "lib.shelf", "author_id": "lib.author", "mentor_id": "lib.author",
    "copy_ids": "lib.copy", "genre_ids": "lib.genre", "shelf_book_ids": "lib.book", "sequel_ids": "lib.book",
    "book_ids": "lib.book", "book_id": "lib.book",
}  # fmt: skip
Shape = dict[str, "Shape | None"]


@st.composite
def shapes(draw, model="lib.book", depth=3):
    found: Shape = {}
    for name in draw(st.lists(st.sampled_from(FIELDS[model]), max_size=4, unique=True)):
        inside = name in COMODELS and depth > 1 and draw(st.booleans())
        found[name] = draw(shapes(COMODELS[name], depth - 1)) if inside else None
    return found


def spelled(shape: Shape) -> str:
    return (
        "{"
        + ", ".join(f"{name}{'' if inner is None else spelled(inner)}" for name, inner in shape.items())
        + "}"
    )


def walked(record, shape: Shape):
    """The same by record sets: slowly, a value at a time."""
    found = {}
    for name, inner in shape.items():
        value = getattr(record, name)
        if not isinstance(value, Model):
            found[name] = value
        elif name.endswith("_ids"):
            found[name] = value.ids if inner is None else [walked(each, inner) for each in value]
            found[name] = list(found[name])
        else:
            found[name] = (value.id or None) if inner is None else walked(value, inner) if value else None
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes())
def test_nested_rows_are_what_records_hold(house, shape):
    with library_of(house) as lib:
        found = lib["book"].rest_search(spelled(shape), order="id")
        books = lib["book"].search([], order="id")
        assert list(found["result"].dicts()) == [walked(book, shape) for book in books]
