"""What one record is asked is fetched for its neighbours too: statements do not grow with the records."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessError, MissingError

MANY = 40


@pytest.fixture
def shelf(lib):
    """Many books on a shelf of their own, each with an author, genres and two copies; nothing of them is known yet."""
    shelf = lib["shelf"].create({"name": "Long"})
    authors = lib["author"].create([{"name": f"A{at}", "mentor_id": lib.ids["zola"]} for at in range(MANY)])
    lib["book"].create(
        [
            {
                "title": f"t{at:02}",
                "pages": at,
                "shelf_id": shelf.id,
                "author_id": author.id,
                "genre_ids": [lib.ids["crime"]],
                "copy_ids": [(0, 0, {"number": 1}), (0, 0, {"number": 2, "state": "free"})],
            }
            for at, author in enumerate(authors)
        ]
    )
    lib.env.flush()
    lib.env.cache.reset()
    return shelf


def spent(lib, work):
    before = lib.env.tx.statements
    found = work()
    return lib.env.tx.statements - before, found


def each(records, ask):
    return [ask(record) for record in records]


@pytest.mark.parametrize(
    ("title", "ask", "statements"),
    [
        ("a column", lambda book: book.title, 1),
        ("all columns", lambda book: (book.title, book.pages, book.printed, book.shelf_id.id), 1),
        ("a link's column", lambda book: book.author_id.name, 2),
        ("a link's link", lambda book: book.author_id.mentor_id.name, 3),
        ("a name that is worked out", lambda book: book.author_id.display_name, 2),
        ("a value that is worked out", lambda book: book.thickness, 1),
        ("a related value", lambda book: book.author_born, 2),
        ("a related link", lambda book: book.author_mentor_id.name, 3),
        ("links to many", lambda book: book.genre_ids.ids, 1),
        ("lines", lambda book: [copy.number for copy in book.copy_ids], 2),
        ("lines one by one", lambda book: [copy.number for copy in book.copy_ids[1:]], 2),
        ("lines' links", lambda book: [copy.book_id.title for copy in book.copy_ids], 3),
        ("names of links to many", lambda book: book.genre_ids.mapped("name"), 2),
        ("a related set", lambda book: book.shelf_book_ids.ids[:1], 2),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_walk_costs_a_statement_a_level(lib, shelf, title, ask, statements):
    books = lib["book"].search([["shelf_id", "=", shelf.id]])
    count, found = spent(lib, lambda: each(books, ask))
    assert len(found) == MANY
    assert count == statements


def test_a_walk_as_a_user_costs_the_same_and_one_more_for_the_rules(lib, shelf):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    for model in ("book", "author"):
        env["ir.model.access"].create(
            {"name": model, "model": f"lib.{model}", "group_id": group.id, "perm_read": True}
        )
    env["ir.rule"].create({"name": "b", "model": "lib.book", "domain": "[['pages', '!=', 7]]"})
    env.flush()
    env.cache.reset()
    books = lib["book"].with_user(user.id).search([["shelf_id", "=", shelf.id]])
    count, found = spent(lib, lambda: each(books, lambda book: (book.title, book.author_id.name)))
    assert (count, len(found)) == (3, MANY - 1)


def test_a_neighbour_that_a_rule_hides_is_not_fetched_along(lib, shelf):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    env["ir.model.access"].create({"name": "b", "model": "lib.book", "group_id": group.id, "perm_read": True})
    env["ir.rule"].create({"name": "b", "model": "lib.book", "domain": "[['pages', '!=', 7]]"})
    env.flush()
    env.cache.reset()
    every = lib["book"].search([["shelf_id", "=", shelf.id]]).ids
    books = lib["book"].with_user(user.id).browse(every)
    seen, refused = [], 0
    for book in books:
        try:
            seen.append(book.pages)
        except AccessError:
            refused += 1
    assert (len(seen), refused) == (MANY - 1, 1)


def test_reading_goes_on_past_what_one_statement_brings(lib):
    made = lib["book"].create([{"title": "t", "pages": at} for at in range(2500)])
    lib.env.flush()
    lib.env.cache.reset()
    count, found = spent(lib, lambda: each(lib["book"].browse(made.ids), lambda book: book.pages))
    assert found == list(range(2500))
    assert count == 3


def test_a_record_that_is_not_there_is_missing_and_its_neighbours_are_not(lib):
    books = lib["book"].browse([lib.ids["alpha"], 10**6, lib.ids["beta"]])
    assert books[0].title == "Alpha"
    with pytest.raises(MissingError, match="1000000"):
        _ = books[1].title
    assert books[2].title == "beta"
    lib.env.cache.reset()
    assert books[0].thickness == 1
    assert books[2].thickness == 3


def test_what_was_set_stays_when_the_rest_of_the_record_is_fetched(lib):
    lib.env.cache.reset()
    book = lib["book"].browse(lib.ids["alpha"])
    book.title = "Set"
    assert (book.pages, book.title) == (100, "Set")


def test_each_language_has_its_own_value(lib):
    book = lib["book"].browse(lib.ids["alpha"])
    french = book.with_context(lang="fr_FR")
    assert (book.title, french.title) == ("Alpha", "Alphabet")
    assert (book.title, french.title) == ("Alpha", "Alphabet")
    assert set(french.genre_ids.mapped("name")) == {"Policier", "Poetry"}
    assert set(book.genre_ids.mapped("name")) == {"Crime", "Poetry"}


def test_a_neighbour_that_is_gone_does_not_hide_what_others_follow(lib):
    shelf = lib["shelf"].create({"name": "Two", "code": "T2"})
    one, two = lib["book"].create([{"title": each, "shelf_id": shelf.id} for each in ("one", "two")])
    two.unlink()
    assert one.shelf_code == "T2"
    with pytest.raises(MissingError):
        _ = two.shelf_code
