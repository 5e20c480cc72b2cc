"""A library for tests of searching and reading: every type of field, set, empty and unset; hierarchies; archived records.

The rows are made once a store and committed, so that both stores hold the same records under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Environment,
    Float,
    Html,
    Integer,
    Json,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Reference,
    Selection,
    Text,
    depends,
)


class Shelf(Model, name="lib.shelf", order="sequence desc, name"):
    """Shelf"""

    name = Char(required=True)
    code = Char()
    sequence = Integer()
    parent_id = Many2one("lib.shelf")
    book_ids = One2many("lib.book", "shelf_id")
    active = Boolean(default=True)


class Genre(Model, name="lib.genre", order="name"):
    """Genre"""

    name = Char(required=True, translate=True)
    rank = Integer()
    active = Boolean(default=True)


class Author(Model, name="lib.author", order="born, id"):
    """Author, whose display name is worked out"""

    name = Char(required=True)
    born = Date()
    mentor_id = Many2one("lib.author")
    book_ids = One2many("lib.book", "author_id")
    active = Boolean(default=True)

    @depends("name", "born")
    def _compute_display_name(self) -> None:
        for author in self:
            author.display_name = f"{author.name} ({author.born.year if author.born else '?'})"


class Book(Model, name="lib.book", rec_name="title", order="title, id"):
    """Book"""

    title = Char(required=True, translate=True)
    key = Char(help="How tests call it.")
    isbn = Char()
    blurb = Text()
    page = Html()
    pages = Integer()
    weight = Integer(nullable=True)
    rating = Float()
    score = Float(nullable=True)
    price = Monetary()
    fee = Monetary(nullable=True, scale=2)
    lent = Boolean()
    printed = Date()
    added = Datetime()
    state = Selection([("new", "New"), ("used", "Used")])
    about = Reference([("lib.shelf", "Shelf"), ("lib.author", "Author")])
    extra = Json()
    cover = Binary()
    secret = Char(groups="base.group_system")
    active = Boolean(default=True)
    shelf_id = Many2one("lib.shelf")
    author_id = Many2one("lib.author")
    sequel_of_id = Many2one("lib.book")
    sequel_ids = One2many("lib.book", "sequel_of_id")
    copy_ids = One2many("lib.copy", "book_id")
    free_copy_ids = One2many("lib.copy", "book_id", domain=[("state", "=", "free")])
    every_copy_ids = One2many("lib.copy", "book_id", context={"active_test": False})
    genre_ids = Many2many("lib.genre")
    shelf_code = Char(related="shelf_id.code")
    author_born = Date(related="author_id.born")
    author_mentor_id = Many2one(related="author_id.mentor_id")
    shelf_book_ids = One2many("lib.book", related="shelf_id.book_ids")
    sequel_genre_ids = Many2many("lib.genre", related="sequel_of_id.genre_ids")
    thick = Boolean(compute="_compute_thick", search="_search_thick")
    thickness = Integer(compute="_compute_thick")
    neighbour_id = Many2one("lib.book", compute="_compute_neighbour", search="_search_neighbour")

    @depends("pages")
    def _compute_thick(self) -> None:
        for book in self:
            book.thick = book.pages > 300
            book.thickness = book.pages // 100

    def _search_thick(self, operator: str, value: Any) -> list[Any]:
        wanted = (operator == "=") == bool(value)
        return [("pages", ">" if wanted else "<=", 300)]

    @depends("sequel_of_id")
    def _compute_neighbour(self) -> None:
        for book in self:
            book.neighbour_id = book.sequel_of_id

    def _search_neighbour(self, operator: str, value: Any) -> list[Any]:
        return [("sequel_of_id", operator, value)]


class Copy(Model, name="lib.copy", order="number desc, id"):
    """Copy of a book, which has no name"""

    book_id = Many2one("lib.book", on_delete="cascade")
    number = Integer()
    state = Selection([("free", "Free"), ("out", "Out")])
    note = Char()
    shelf_id = Many2one("lib.shelf", related="book_id.shelf_id")
    active = Boolean(default=True)


MODELS = (Shelf, Genre, Author, Book, Copy)

BLOB = b"cover"
BOOKS = ("alpha", "beta", "gamma", "bare", "old")

GROUP_KEYS = [
    "isbn", "state", "lent", "pages", "weight", "rating", "score", "price", "fee", "shelf_id", "author_id",
    "genre_ids", "sequel_genre_ids", "shelf_code", "author_mentor_id", "author_born", "about", "display_name", "active",
    *(f"{name}:{grain}" for name in ("printed", "added") for grain in ("hour", "day", "week", "month", "quarter", "year")),
    "printed:month_number", "added:hour_number", "added:day_of_week", "printed:iso_week_number",
]  # fmt: skip
"""Every kind of term that books can be grouped by."""


def fill(env: Environment) -> dict[str, int]:
    """Make the records; their ids by the names that tests call them."""
    env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")]).write({"active": True})
    env.flush()
    ids: dict[str, int] = {}

    def make(model: str, **rows: Mapping[str, Any]) -> None:
        ids.update(zip(rows, env[model].create([dict(row) for row in rows.values()]).ids, strict=True))

    make(
        "lib.shelf",
        hall={"name": "Hall", "code": "H", "sequence": 1},
        attic={"name": "Attic", "sequence": 2},
        cellar={"name": "Cellar", "code": "", "sequence": 2, "active": False},
    )
    make("lib.shelf", row={"name": "Row", "code": "H-1", "parent_id": ids["hall"], "active": False})
    make("lib.shelf", board={"name": "Board", "code": "H-1-a", "parent_id": ids["row"], "sequence": 3})
    make("lib.shelf", ring1={"name": "Ring 1"}, ring2={"name": "Ring 2"})
    env["lib.shelf"].browse(ids["ring1"]).write({"parent_id": ids["ring2"]})
    env["lib.shelf"].browse(ids["ring2"]).write({"parent_id": ids["ring1"]})
    make(
        "lib.genre",
        crime={"name": "Crime", "rank": 1},
        poetry={"name": "Poetry", "rank": 2},
        gone={"name": "Almanac", "rank": 3, "active": False},
    )
    env["lib.genre"].browse(ids["crime"]).with_context(lang="fr_FR").write({"name": "Policier"})
    make(
        "lib.author",
        zola={"name": "Zola", "born": "1840-04-02"},
        anon={"name": "Anon"},
        late={"name": "Late", "born": "1600-01-01", "active": False},
    )
    make("lib.author", pupil={"name": "Pupil", "born": "1870-12-31", "mentor_id": ids["zola"]})
    make("lib.book", **_books(ids))
    books = env["lib.book"]
    books.browse(ids["alpha"]).with_context(lang="fr_FR").write({"title": "Alphabet"})
    books.browse(ids["beta"]).write({"sequel_of_id": ids["alpha"]})
    books.browse(ids["gamma"]).write({"sequel_of_id": ids["beta"]})
    make(
        "lib.copy",
        a1={"book_id": ids["alpha"], "number": 1, "state": "free", "note": "torn"},
        a2={"book_id": ids["alpha"], "number": 2, "state": "out", "note": "Clean"},
        a3={"book_id": ids["alpha"], "number": 3, "state": "out", "active": False, "note": "lost"},
        b1={"book_id": ids["beta"], "number": 1, "state": "out", "active": False},
        loose={"number": 9},
    )
    return ids


def _books(ids: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        "alpha": {
            "title": "Alpha",
            "isbn": "978-Ä%_\\x",
            "blurb": "All about A.\nTwo lines.",
            "page": "<p>A</p>",
            "pages": 100,
            "weight": 250,
            "rating": 4.5,
            "score": 0.1,
            "price": Decimal("12.5"),
            "fee": Decimal("0.05"),
            "lent": True,
            "printed": "2026-01-31",
            "added": "2026-01-31 23:30:00",
            "state": "new",
            "about": f"lib.shelf,{ids['hall']}",
            "extra": {"a": [1, None]},
            "cover": BLOB,
            "secret": "sesame",
            "shelf_id": ids["hall"],
            "author_id": ids["zola"],
            "genre_ids": [ids["crime"], ids["poetry"]],
        },
        "beta": {
            "title": "beta",
            "isbn": "abc",
            "pages": 301,
            "weight": 0,
            "rating": -1.0,
            "score": 0.0,
            "price": Decimal("-0.0001"),
            "fee": Decimal(0),
            "printed": "2026-03-01",
            "added": "2026-03-01 00:00:00",
            "state": "used",
            "shelf_id": ids["board"],
            "author_id": ids["pupil"],
            "genre_ids": [ids["crime"]],
        },
        "gamma": {
            "title": "Gamma",
            "isbn": "",
            "blurb": "",
            "pages": 301,
            "weight": -3,
            "price": Decimal("99999999999999.9999"),
            "printed": "2025-12-31",
            "added": "2026-01-31 10:00:00",
            "shelf_id": ids["row"],
            "author_id": ids["anon"],
            "genre_ids": [ids["gone"]],
        },
        "bare": {"title": "Überhaupt nichts"},
        "old": {"title": "Old", "isbn": "OLD", "pages": 7, "active": False, "shelf_id": ids["hall"]},
    }
    return {name: {"key": name, **values} for name, values in found.items()}
