"""Random books and random domains on them, for properties that hold for any domain.

Domains name records by `Of`, since the stores give them different ids.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as some

from kernel.conftest import Library
from kernel.domain.truth import Of

LETTERS = [
    "a",
    "A",
    "ä",
    "Ä",
    "b",
    "%",
    "_",
    "\\",
    "[",
    "*",
    "ß",
    "ſ",
    "İ",
    "i",
    "\N{KELVIN SIGN}",
    "K",
    "σ",
    "Σ",
    "\n",
]
TEXTS = [None, "", "a", "aB", "Äa", "ab\\", "%", "iſ", "kK", "ΣΑΣ", "a\nb"]
NUMBERS = [None, 0, 1, -1, 7, 300, 301, 2**31 - 1, -(2**31)]
AMOUNTS = [None, 0, "0.0001", "-0.01", "12.5", "99999999999999.99"]
DAYS = [None, "2026-01-31", "2026-02-01", "2025-12-31", "2024-02-29"]
MOMENTS = [None, "2026-01-31 00:00:00", "2026-01-31 23:59:59", "2026-02-01 00:00:00", "2024-02-29 12:30:15"]
MANY = 30


def scatter(lib: Library) -> dict[str, int]:
    """Make random books, the same in every library; the ids of all books, authors, shelves, genres and copies by name."""
    dice = random.Random(20260131)  # noqa: S311 - the same rows in each run
    ids = dict(lib.ids)
    shelves, authors, genres = (
        [ids[name] for name in names]
        for names in (
            ("hall", "attic", "cellar", "row", "board", "ring1", "ring2"),
            ("zola", "anon", "late", "pupil"),
            ("crime", "poetry", "gone"),
        )
    )
    rows = [
        {
            "title": dice.choice(TEXTS) or "untitled",
            "key": f"r{at}",
            "isbn": dice.choice(TEXTS),
            "pages": dice.choice(NUMBERS),
            "weight": dice.choice(NUMBERS),
            "rating": dice.choice([0, 0.1, -2.5, None]),
            "score": dice.choice([0, 0.1, -2.5, None]),
            "price": dice.choice(AMOUNTS),
            "fee": dice.choice(AMOUNTS[:-1]),
            "lent": dice.choice([True, False, None]),
            "printed": dice.choice(DAYS),
            "added": dice.choice(MOMENTS),
            "state": dice.choice([None, "new", "used"]),
            "active": dice.random() < 0.8,
            "shelf_id": dice.choice([None, *shelves]),
            "author_id": dice.choice([None, *authors]),
            "genre_ids": dice.sample(genres, dice.randrange(3)),
        }
        for at in range(MANY)
    ]
    books = lib["book"].create(rows)
    ids |= {f"r{at}": record_id for at, record_id in enumerate(books.ids)}
    for book in books:
        if dice.random() < 0.5:
            book.sequel_of_id = dice.choice(books.ids)
    copies = [
        {
            "book_id": dice.choice([None, *books.ids]),
            "number": dice.randrange(3),
            "state": dice.choice([None, "free", "out"]),
            "note": dice.choice(TEXTS),
            "active": dice.random() < 0.7,
        }
        for _ in range(MANY)
    ]
    lib["copy"].create(copies)
    # what an older version left unset, and no write can unset again
    lib.env.flush()
    for column in ("pages", "rating", "price", "lent"):
        lib.env.tx.execute(f"UPDATE lib_book SET \"{column}\" = NULL WHERE \"key\" IN ('r1', 'r2', 'bare')")
    lib.env.cache.reset()
    return ids


def terms(*operators: str, value: some.SearchStrategy[Any]) -> some.SearchStrategy[tuple[str, Any]]:
    """An operator with one value, or `in` with several, some of them unset."""
    one = some.tuples(some.sampled_from(operators), some.one_of(value, some.sampled_from([False, None])))
    many = some.lists(some.one_of(value, some.sampled_from([False, None])), max_size=4)
    return some.one_of(one, some.tuples(some.sampled_from(["in", "not in", "=", "!="]), many))


EQUAL = ("=", "!=", "=?")
ORDER = ("<", "<=", ">", ">=")
LIKE = ("like", "ilike", "not like", "not ilike", "=like", "=ilike")

texts = some.one_of(
    some.sampled_from([t for t in TEXTS if t is not None]), some.text(some.sampled_from(LETTERS), max_size=3)
)
wholes = some.one_of(
    some.sampled_from([n for n in NUMBERS if n is not None]), some.sampled_from([0.5, 300.5, 2**40, "7", "0"])
)
floats = some.sampled_from([0, 0.0, 0.1, -2.5, 1e300, "0.1", 7])
amounts = some.sampled_from([0, 0.0001, "0.0001", -0.01, 12.5, "12.50", 12.50001, 10**20, "1e-99"])
days = some.sampled_from([*DAYS[1:], "2026-01-31 12:00:00", "9999-12-31"])
moments = some.sampled_from([*MOMENTS[1:], *DAYS[1:], "2026-01-31 12:00"])

BY_TYPE: list[tuple[tuple[str, ...], some.SearchStrategy[tuple[str, Any]]]] = [
    (("isbn", "title", "display_name", "shelf_code"), terms(*EQUAL, *ORDER, *LIKE, value=texts)),
    (("pages", "weight"), terms(*EQUAL, *ORDER, value=wholes)),
    (("pages", "weight"), some.tuples(some.sampled_from(LIKE), some.sampled_from(["", "3", "0_", "%1"]))),
    (("rating", "score"), terms(*EQUAL, *ORDER, value=floats)),
    (("price", "fee"), terms(*EQUAL, *ORDER, value=amounts)),
    (("lent", "active"), terms(*EQUAL, value=some.booleans())),
    (("printed", "author_born"), terms(*EQUAL, *ORDER, value=days)),
    (("added",), terms(*EQUAL, *ORDER, value=moments)),
    (("printed.month_number", "added.hour_number", "added.day_of_week"), terms(*EQUAL, *ORDER, value=wholes)),
    (("state",), terms(*EQUAL, *LIKE, value=some.sampled_from(["new", "used", "", "u"]))),
]


def records(*names: str) -> some.SearchStrategy[Any]:
    return some.sampled_from([Of(name) for name in names] + [2**40])  # type: ignore[list-item]  # an id that is none


shelves = records("hall", "attic", "row", "board", "ring1")
genres = records("crime", "poetry", "gone")
books = records("alpha", "beta", "gamma", "old", "r1", "r2", "r3")
copies = records("a1", "a2", "a3", "b1")
LINKS: list[tuple[tuple[str, ...], some.SearchStrategy[tuple[str, Any]]]] = [
    (("shelf_id",), terms(*EQUAL, value=shelves)),
    (("shelf_id",), terms(*EQUAL, *LIKE, value=some.sampled_from(["Hall", "a", "", "Ring%"]))),
    (("shelf_id", "shelf_id.parent_id"), some.tuples(some.sampled_from(["child_of", "parent_of"]), shelves)),
    (("sequel_of_id", "id"), terms(*EQUAL, value=books)),
    (("sequel_of_id",), some.tuples(some.sampled_from(["child_of", "parent_of"]), books)),
    (("genre_ids", "sequel_genre_ids"), terms(*EQUAL, value=genres)),
    (("genre_ids",), terms(*EQUAL, *LIKE, value=some.sampled_from(["Crime", "o", ""]))),
    (("copy_ids", "free_copy_ids"), terms(*EQUAL, value=copies)),
    (("sequel_ids", "shelf_book_ids"), terms(*EQUAL, value=books)),
    (("shelf_id.code", "copy_ids.note", "genre_ids.name"), terms(*EQUAL, *LIKE, value=texts)),
    (("copy_ids.number", "shelf_id.sequence", "genre_ids.rank"), terms(*EQUAL, *ORDER, value=wholes)),
    (("author_id",), terms("=", "!=", "ilike", "not ilike", value=some.sampled_from(["Zola", "n", ""]))),
]


def _leaves(
    tables: list[tuple[tuple[str, ...], some.SearchStrategy[tuple[str, Any]]]],
) -> some.SearchStrategy[Any]:
    return some.one_of(
        *(
            some.builds(lambda field, rest: [field, *rest], some.sampled_from(fields), rests)
            for fields, rests in tables
        )
    )


def _grown(leaves: some.SearchStrategy[Any]) -> some.SearchStrategy[list[Any]]:
    """Prefix lists of leaves."""
    return some.recursive(
        leaves.map(lambda leaf: [leaf]),
        lambda parts: some.one_of(
            some.builds(lambda one: ["!", *one], parts),
            some.builds(lambda sign, one, two: [sign, *one, *two], some.sampled_from("&|"), parts, parts),
        ),
        max_leaves=6,
    )


plain = _grown(_leaves(BY_TYPE))
_nested = some.one_of(
    some.builds(
        lambda field, operator, inner: [field, operator, inner],
        some.sampled_from(["sequel_of_id", "sequel_ids", "shelf_book_ids"]),
        some.sampled_from(["any", "not any"]),
        _grown(some.one_of(_leaves(BY_TYPE), _leaves(LINKS))),
    ),
    some.builds(
        lambda field, operator, inner: [field, operator, [inner]],
        some.just("copy_ids"),
        some.sampled_from(["any", "not any"]),
        some.sampled_from(
            [["number", ">", 0], ["state", "=", False], ["active", "=", False], ["note", "ilike", "A"]]
        ),
    ),
)
domains = _grown(some.one_of(_leaves(BY_TYPE), _leaves(LINKS), _nested))
"""Any domain on books."""
