from __future__ import annotations

import random

import pytest

from entrepot.errors import BadQuery
from kernel.library import MODELS

__all__ = ["MODELS"]

ORDERS = [
    "", "id", "id desc", "title", "title desc", "state, pages desc", "shelf_id", "shelf_id desc, rating", "lent, price",
    "weight nulls first", "weight desc nulls last, isbn", "author_id", "author_id desc nulls last", "fee desc", "added",
    "printed desc", "author_mentor_id, title", "price desc nulls first, score",
]  # fmt: skip


def pages(books, size, **asked):
    """All rows, cursor by cursor."""
    found, cursor = [], ""
    while cursor is not None:
        told = books.rest_search("{id, title}", page_size=size, cursor=cursor, **asked)
        assert told["count"] <= size
        found += [row["id"] for row in told["result"].dicts()]
        cursor = told["next_cursor"]
    return found


@pytest.mark.parametrize("order", ORDERS)
def test_cursors_lead_through_every_order(order, lib):
    books = lib["book"].with_context(active_test=False)
    whole = [row["id"] for row in books.rest_search("{id}", order=order)["result"].dicts()]
    assert len(whole) == 5
    for size in (1, 2, 3, 5):
        assert pages(books, size, order=order) == whole


@pytest.mark.parametrize(
    "order", ["pages", "pages desc, title", "weight nulls first, state", "state desc", "author_id, pages"]
)
def test_cursors_hold_among_equal_and_unset_values(order, lib):
    dice = random.Random(5)  # noqa: S311 - the same books each time
    lib["book"].create(
        [
            {
                "title": f"B{dice.randrange(4)}",
                "pages": dice.randrange(3),
                "weight": dice.choice([None, 0, 1]),
                "state": dice.choice([False, "new", "used"]),
                "author_id": dice.choice([False, lib.ids["zola"], lib.ids["anon"]]),
            }
            for _ in range(40)
        ]
    )
    whole = lib["book"].search([], order=order).ids
    assert pages(lib["book"], 7, order=order) == list(whole)


def test_a_page_gives_the_cursor_behind_it(lib):
    first = lib["book"].rest_search("{id}", order="title", page_size=2)
    rest = lib["book"].rest_search("{id}", order="title", page_size=2, cursor=first["next_cursor"])
    second = lib["book"].rest_search("{id}", order="title", page_size=2, page=2)
    assert list(rest["result"].dicts()) == list(second["result"].dicts())
    assert "next_cursor" not in second
    assert rest["next_cursor"] is None


def test_rows_that_come_and_go_before_a_cursor_move_nothing(lib):
    first = lib["book"].rest_search("{title}", order="title", page_size=2)
    assert [row["title"] for row in first["result"].dicts()] == ["Alpha", "Gamma"]
    lib["book"].create([{"title": "Aardvark"}, {"title": "Beetle"}])
    lib["book"].browse(lib.ids["alpha"]).copy_ids.unlink()
    lib["book"].browse(lib.ids["gamma"]).unlink()
    rest = lib["book"].rest_search("{title}", order="title", page_size=9, cursor=first["next_cursor"])
    assert [row["title"] for row in rest["result"].dicts()] == ["beta", "Überhaupt nichts"]


def cursor_of(lib, **asked):
    return lib["book"].rest_search("{id}", page_size=1, **{"order": "title", **asked})["next_cursor"]


def test_a_cursor_fits_only_what_was_asked(lib):
    cursor = cursor_of(lib, filter=[["pages", ">", 0]])
    for other in (
        {"order": "title desc", "filter": [["pages", ">", 0]]},
        {"order": "title", "filter": [["pages", ">", 1]]},
        {"order": "title"},
    ):
        with pytest.raises(BadQuery, match="another filter or order"):
            lib["book"].rest_search("{id}", page_size=1, cursor=cursor, **other)
    with pytest.raises(BadQuery, match="another filter or order"):
        lib["shelf"].rest_search("{id}", page_size=1, cursor=cursor)
    french = lib["book"].with_context(lang="fr_FR")
    with pytest.raises(BadQuery, match="another filter or order"):
        french.rest_search("{id}", page_size=1, cursor=cursor, order="title", filter=[["pages", ">", 0]])


def test_a_cursor_that_was_changed_is_refused(lib):
    cursor = cursor_of(lib)
    dice = random.Random(3)  # noqa: S311 - the same changes each time
    changed = [
        cursor[:at] + chr((ord(cursor[at]) - 32 + dice.randrange(1, 90)) % 90 + 33) + cursor[at + 1 :]
        for at in range(0, len(cursor) - 1, 3)
    ]
    for text in [
        *changed,
        "x",
        ".",
        "..",
        "é.é",
        "a.b.c",
        cursor + "A",
        cursor * 200,
        cursor.partition(".")[0],
        5,
        "\0",
    ]:
        with pytest.raises(BadQuery, match=r"no cursor of this server"):
            lib["book"].rest_search("{id}", page_size=1, order="title", cursor=text)


def test_a_cursor_of_another_database_is_refused(lib, monkeypatch):
    cursor = cursor_of(lib)
    monkeypatch.setattr(lib.env.work, "tenant", "other")
    with pytest.raises(BadQuery, match="no cursor of this server"):
        lib["book"].rest_search("{id}", page_size=1, order="title", cursor=cursor)


@pytest.mark.parametrize("asked", [{"page": 2}, {"offset": 1}, {"page": 1}])
def test_a_cursor_and_a_page_are_not_given_together(asked, lib):
    with pytest.raises(BadQuery, match="no page and no offset"):
        lib["book"].rest_search("{id}", cursor="", page_size=2, **asked)
