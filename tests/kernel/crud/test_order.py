from __future__ import annotations

import pytest

from entrepot.errors import UserError, ValidationError
from entrepot.kernel.crud.order import Term, parse


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", [Term("a")]),
        (" a ASC , b\tdesc ", [Term("a"), Term("b", descending=True)]),
        ("a DESC NULLS LAST", [Term("a", descending=True, nulls_first=False)]),
        ("a nulls first", [Term("a", nulls_first=True)]),
        ("a.b", [Term("a.b")]),
    ],
)
def test_an_order_reads_as_terms(text, terms):
    assert list(parse(text)) == terms


@pytest.mark.parametrize(
    "text", ["a b", "a,,b", ",", " ", "a desc asc", "a nulls", "1a", "a;b", "a--", "a\0", "a desc,"]
)
def test_an_order_that_cannot_be_read_is_refused(lib, text):
    with pytest.raises(UserError, match='"order"'):
        lib["book"].search([], order=text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nope", "unknown_field"),
        ("shelf_id.name", "unknown_field"),
        ("TITLE", "unknown_field"),
        ("thickness", "not_sortable"),
        ("genre_ids", "not_sortable"),
        ("copy_ids", "not_sortable"),
        ("cover", "not_sortable"),
        ("extra", "not_sortable"),
        (7, "bad_order"),
        (["title"], "bad_order"),
    ],
)
def test_an_order_by_what_has_none_is_refused(lib, text, code):
    for ask in (lib["book"].search, lib["book"].search_read):
        with pytest.raises(ValidationError) as caught:
            ask([], order=text)
        assert caught.value.problems[0].code == code


def test_too_many_terms_are_refused(lib):
    lib["book"].search([], order=",".join(["id"] * 20))
    with pytest.raises(UserError, match="20"):
        lib["book"].search([], order=",".join(["id"] * 21))


@pytest.mark.parametrize("nothing", [None, False, ""])
def test_without_an_order_the_model_s_own_counts(lib, nothing):
    assert lib.keys(lib["book"].search([], order=nothing).ids) == ["alpha", "gamma", "beta", "bare"]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("title", "alpha gamma beta bare"),  # by code point: capitals first
        ("title desc", "bare beta gamma alpha"),
        ("weight", "gamma beta alpha bare"),
        ("weight desc", "bare alpha beta gamma"),
        ("weight nulls first", "bare gamma beta alpha"),
        ("weight desc nulls last", "alpha beta gamma bare"),
        ("printed", "gamma alpha beta bare"),
        ("printed desc", "bare beta alpha gamma"),
        ("added", "gamma alpha beta bare"),
        ("price", "beta bare alpha gamma"),
        ("fee desc nulls last, id", "alpha beta gamma bare"),
        ("lent, title", "gamma beta bare alpha"),
        ("lent desc, title", "alpha gamma beta bare"),
        ("pages desc, id desc", "gamma beta alpha bare"),
        ("state, id", "alpha beta gamma bare"),
        ("shelf_code, id", "alpha gamma beta bare"),
        ("author_born desc nulls last, id", "beta alpha gamma bare"),
        ("display_name", "alpha gamma beta bare"),
        ("id desc", "bare gamma beta alpha"),
    ],
)
def test_records_come_in_order_with_unset_values_last_or_first_downwards(lib, order, names):
    assert lib.keys(lib["book"].search([], order=order).ids) == names.split()
    rows = lib["book"].search_read([], ["id"], order=order).dicts()
    assert lib.keys(row["id"] for row in rows) == names.split()


@pytest.mark.parametrize(
    ("order", "names"),
    [
        # shelves stand by "sequence desc, name": Board (3), Hall (1), Row (0)
        ("shelf_id", "beta alpha gamma bare"),
        ("shelf_id desc", "bare gamma alpha beta"),
        ("shelf_id nulls first", "bare beta alpha gamma"),
        ("shelf_id desc nulls last", "gamma alpha beta bare"),
        # authors by "born, id": Zola, Pupil, Anon (unset)
        ("author_id", "alpha beta gamma bare"),
        ("author_id desc", "bare gamma beta alpha"),
        ("author_mentor_id, id", "beta alpha gamma bare"),
        # books by "title, id"; the first has no sequel_of
        ("sequel_of_id, id", "beta gamma alpha bare"),
        ("sequel_of_id desc, id", "alpha bare gamma beta"),
    ],
)
def test_a_link_orders_by_its_model_s_own_order(lib, order, names):
    assert lib.keys(lib["book"].search([], order=order).ids) == names.split()


def test_equal_records_stand_by_id_so_that_pages_neither_repeat_nor_lose_one(lib):
    made = lib["book"].create([{"title": "same", "pages": at % 2} for at in range(25)])
    for order in ("title", "pages desc", "lent", "shelf_id", "author_id desc"):
        paged = []
        for offset in range(0, 30, 7):
            paged += (
                lib["book"].search([["id", "in", list(made.ids)]], offset=offset, limit=7, order=order).ids
            )
        assert paged == list(lib["book"].search([["id", "in", list(made.ids)]], order=order).ids)
        assert sorted(paged) == sorted(made.ids)
    assert lib["book"].search([["title", "=", "same"]], order="title desc").ids == made.ids


def test_a_column_named_twice_counts_once(lib):
    assert lib.keys(lib["book"].search([], order="title, title desc, id, id desc").ids)[0] == "alpha"


def test_texts_in_another_language_order_in_it(lib):
    book = lib["book"].browse(lib.ids["alpha"])
    book.with_context(lang="fr_FR").write({"title": "zzz"})
    found = lib["book"].with_context(lang="fr_FR").search([], order="title")
    assert lib.keys(found.ids) == ["gamma", "beta", "alpha", "bare"]
    assert lib.keys(lib["book"].search([], order="title").ids)[0] == "alpha"
