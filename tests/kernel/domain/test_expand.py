"""What a domain may name, and what is refused."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessError, ValidationError
from kernel.domain.truth import Of, meant


@pytest.mark.parametrize(
    ("term", "code", "words"),
    [
        (["tilte", "=", 1], "unknown_field", ["tilte", "title"]),
        (["shelf_id.coed", "=", 1], "unknown_field", ["coed", "code", "lib.shelf"]),
        (["tilte", "=?", False], "unknown_field", ["title"]),
        (["isbn.x", "=", 1], "unknown_field", ["isbn.x"]),
        (["printed.decade", "=", 1], "unknown_field", ["printed.decade"]),
        (["printed.month_number.x", "=", 1], "unknown_field", []),
        (["thickness", "=", 1], "not_searchable", ["thickness"]),
        (["cover", "=", "x"], "not_searchable", ["cover"]),
        (["cover", "like", ""], "not_searchable", ["cover"]),
        (["extra", "=", 1], "not_searchable", ["extra"]),
        (["extra", "in", [1]], "not_searchable", ["extra"]),
        (["lent", "<", True], "not_searchable", ["lent", "<"]),
        (["lent", "ilike", "t"], "not_searchable", ["lent"]),
        (["price", "like", "1"], "not_searchable", ["price"]),
        (["rating", "ilike", "1"], "not_searchable", ["rating"]),
        (["isbn", "any", []], "not_searchable", ["isbn", "relation"]),
        (["thick", "any", []], "not_searchable", ["thick", "relation"]),
        (["isbn", "child_of", 1], "not_searchable", ["isbn"]),
        (["shelf_id", "like", 5], "not_searchable", ["shelf_id"]),
        (["shelf_id", "<", "x"], "not_searchable", ["shelf_id"]),
        (["genre_ids", "<", 5], "not_searchable", ["genre_ids"]),
        (["author_id.display_name", "<", "x"], "not_searchable", ["display_name"]),
        (["author_id.display_name", "any", []], "not_searchable", ["display_name"]),
        (["genre_ids", "child_of", 1], "no_hierarchy", ["lib.genre"]),
        (["id", "child_of", 1], "no_hierarchy", ["lib.book"]),
        (["shelf_id", "child_of", True], "bad_value", ["child_of"]),
        (["shelf_id", "child_of", 1.5], "bad_value", ["child_of"]),
        (["shelf_id", "in", [True]], "bad_value", ["ids"]),
        (["shelf_id", "=", 1.5], "bad_value", ["ids"]),
        (["genre_ids", "in", [1.5]], "bad_value", ["ids"]),
        (["pages", "=", "many"], "bad_value", ["pages", "many"]),
        (["pages", "=", "1_000"], "bad_value", ["pages"]),
        (["pages", "=", ""], "bad_value", ["pages"]),
        (["pages", "=", float("nan")], "bad_value", ["pages"]),
        (["pages", "<", float("inf")], "bad_value", ["pages"]),
        (["rating", "=", "nan"], "bad_value", ["rating"]),
        (["rating", "=", float("inf")], "bad_value", ["rating"]),
        (["rating", "=", 10**400], "bad_value", ["rating"]),
        (["price", "=", "1,5"], "bad_value", ["price"]),
        (["price", "=", "9" * 100], "bad_value", ["price"]),
        (["price", "in", [1, "x"]], "bad_value", ["price"]),
        (["printed", "=", "yesterday"], "bad_value", ["printed"]),
        (["printed", "=", "2026-02-30"], "bad_value", ["printed"]),
        (["printed", "=", "2026-W01-1"], "bad_value", ["printed"]),
        (["printed", "=", 20260101], "bad_value", ["printed"]),
        (["added", "=", "2026-01-01T10:00+01"], "bad_value", ["added"]),
        (["added", "=", "2026-01-01 25:00:00"], "bad_value", ["added"]),
        (["added", "=", True], "bad_value", ["added"]),
        (["added.hour_number", "=", "noon"], "bad_value", ["added"]),
        (["isbn", "=", "a\0b"], "bad_value", ["isbn"]),
        (["isbn", "like", "\0"], "bad_value", ["isbn"]),
        (["isbn", "=", "\ud800"], "bad_value", ["isbn"]),
        (["isbn", "ilike", "\ud800"], "bad_value", ["isbn"]),
        (["isbn", "=", b"abc"], "bad_value", ["isbn"]),
        (["isbn", "like", "x" * 10_001], "bad_value", ["isbn"]),
    ],
    ids=lambda part: str(part)[:50],
)
def test_a_term_that_cannot_be_used_is_refused_by_the_store_and_in_memory(lib, term, code, words):
    for ask in (lib["book"].search, lib["book"].browse(lib.ids["alpha"]).filtered_domain):
        if term[0] == "thickness" and ask != lib["book"].search:
            continue  # memory can work it out
        with pytest.raises(ValidationError) as caught:
            ask([term])
        [problem] = caught.value.problems
        assert problem.code == code
        assert all(word in problem.message for word in words)
        assert len(problem.message) < 400


def test_a_wrong_term_is_refused_wherever_it_stands(lib):
    for domain in (
        ["|", [1, "=", 1], ["nope", "=", 1]],
        ["&", [0, "=", 1], ["nope", "=", 1]],
        [["shelf_id", "any", ["!", ["nope", "=", 1]]]],
        [["shelf_id", "child_of", []], ["nope", "=", 1]],
    ):
        with pytest.raises(ValidationError, match="nope"):
            lib["book"].search(domain)


def test_memory_compares_what_only_python_works_out(lib):
    books = lib["book"].search([], order="id")
    assert lib.keys(books.filtered_domain([("thickness", "=", 3)]).ids) == ["beta", "gamma"]
    assert lib.keys(books.filtered_domain([("thickness", "<", 3)]).ids) == ["alpha", "bare"]


def test_memory_keeps_order_and_asks_once_for_all_records(lib):
    books = lib["book"].search([], order="title desc")
    books.mapped("pages")
    before = lib.env.tx.statements
    kept = books.filtered_domain(["|", ("shelf_id.code", "=", "H"), ("genre_ids", "=", "Crime")])
    assert lib.env.tx.statements - before == 2
    assert kept.ids == tuple(i for i in books.ids if i in kept.ids)
    before = lib.env.tx.statements
    books.filtered_domain([("pages", ">", 3)])
    assert lib.env.tx.statements == before


# hierarchies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        ("child_of", Of("hall"), "hall row board"),
        ("child_of", [Of("row"), Of("attic")], "attic row board"),
        ("child_of", "hall", "hall row board"),
        ("child_of", Of("ring1"), "ring1 ring2"),
        ("child_of", 10**9, ""),
        ("parent_of", Of("board"), "hall row board"),
        ("parent_of", Of("hall"), "hall"),
        ("parent_of", Of("ring2"), "ring1 ring2"),
        ("parent_of", False, ""),
    ],
)
@pytest.mark.parametrize("field", ["id", "parent_id"])
def test_a_family_is_walked_through_archived_generations_and_circles(lib, field, operator, value, names):
    shelves = lib["shelf"].with_context(active_test=False)
    found = shelves.search([(field, operator, meant(value, lib.ids))]).ids
    assert set(found) == {lib.ids[name] for name in names.split()}


def test_archived_members_of_a_family_are_hidden_themselves(lib):
    found = lib["shelf"].search([("id", "child_of", lib.ids["hall"])]).ids
    assert set(found) == {lib.ids["hall"], lib.ids["board"]}


def test_a_link_of_its_own_is_a_hierarchy_without_being_the_model_s(lib):
    assert lib.found(["sequel_of_id", "child_of", lib.ids["alpha"]]) == ["alpha", "beta", "gamma"]
    found = lib["author"].search([("mentor_id", "parent_of", lib.ids["pupil"])]).ids
    assert set(found) == {lib.ids["zola"], lib.ids["pupil"]}


# archived records -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "context", "names"),
    [
        ([], {}, "alpha beta gamma bare"),
        ([], {"active_test": False}, "alpha beta gamma bare old"),
        ([], {"active_test": None}, "alpha beta gamma bare"),
        ([["active", "=", False]], {}, "old"),
        ([["active", "in", [True, False]]], {}, "alpha beta gamma bare old"),
        ([["active", "=?", False]], {}, "alpha beta gamma bare old"),
        (["|", ["pages", "=", 7], ["active", "=", True]], {}, "alpha beta gamma bare old"),
        ([["pages", "=", 7]], {}, ""),
        ([["shelf_id.active", "=", True]], {}, "alpha beta"),
        ([["copy_ids.note", "=", "lost"]], {"active_test": False}, "alpha"),
        ([["copy_ids.active", "=", False]], {}, "alpha beta"),
        ([["copy_ids", "any", [["active", "=", False]]]], {}, "alpha beta"),
        ([["genre_ids", "ilike", "alm"]], {"active_test": False}, "gamma"),
    ],
)
def test_archived_records_are_hidden_unless_the_domain_or_the_context_speaks_of_them(
    lib, domain, context, names
):
    assert lib.found(*domain, **context) == names.split()


# parts of moments in a time zone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "tz", "names"),
    [
        (["added.hour_number", "=", 23], None, "alpha"),
        (["added.hour_number", "=", 0], "Europe/Paris", "alpha"),
        (["added.month_number", "=", 2], "Europe/Paris", "alpha"),
        (["added.month_number", "=", 2], "UTC", ""),
        (["added.day_of_month", "=", 28], "America/New_York", "beta"),
        (["printed.day_of_month", "=", 31], "Asia/Tokyo", "alpha gamma"),
    ],
)
def test_parts_of_moments_are_read_in_the_time_zone_of_the_context(lib, term, tz, names):
    assert lib.found(term, tz=tz) == names.split()
    books = lib["book"].search([], order="id").with_context(tz=tz)
    assert lib.keys(books.filtered_domain([term]).ids) == names.split()


def test_zones_do_not_share_a_plan_and_unknown_ones_are_refused(lib):
    term = ["added.month_number", "=", 2]
    for tz, names in (("Europe/Paris", ["alpha"]), ("UTC", []), ("Asia/Tokyo", ["alpha"]), (None, [])):
        assert lib.found(term, tz=tz) == names
    with pytest.raises(ValidationError, match="time zone"):
        lib.found(term, tz="Mars/Olympus")
    assert lib.found(term, tz=7) == []


# languages --------------------------------------------------------------------------------------------------------


def test_a_translated_text_is_searched_in_the_language_of_the_context(lib):
    assert lib.found(["title", "=", "Alphabet"], lang="fr_FR") == ["alpha"]
    assert lib.found(["title", "=", "Alpha"], lang="fr_FR") == []
    assert lib.found(["title", "=", "Alpha"]) == ["alpha"]
    assert lib.found(["title", "=", "Gamma"], lang="fr_FR") == ["gamma"]
    assert lib.found(["genre_ids.name", "=", "Policier"], lang="fr_FR") == ["alpha", "beta"]
    assert lib.found(["genre_ids", "ilike", "polic"], lang="fr_FR") == ["alpha", "beta"]
    assert lib.found(["genre_ids", "ilike", "polic"]) == []
    books = lib["book"].search([]).with_context(lang="fr_FR")
    assert lib.keys(books.filtered_domain([("title", "=", "Alphabet")]).ids) == ["alpha"]


# sizes ------------------------------------------------------------------------------------------------------------


def test_wide_and_deep_domains_are_taken_by_both_stores(lib):
    wide = ["|"] * 2499 + [["pages", "=", n] for n in range(2500)]
    assert lib.found(*wide) == ["alpha", "beta", "gamma", "bare"]
    deep: list = [["pages", "=", 100]]
    for at in range(98):
        deep = ["|&"[at % 2], ["lent", "=", bool(at % 2)], *deep]
    lib.found(*deep)
    path = ".".join(["sequel_of_id"] * 20 + ["title"])
    assert lib.found([path, "=", "Alpha"]) == []
    assert lib.found(["id", "in", list(range(100_000))]) == ["alpha", "beta", "gamma", "bare"]


def test_what_is_too_deep_for_a_store_is_refused_alike_by_both(lib):
    inner: list = [["pages", "=", 100]]
    for at in range(60):
        inner = ["|&"[at % 2], ["lent", "=", True], *inner]
    for _ in range(15):
        inner = [["sequel_of_id", "any", inner]]
    with pytest.raises(ValidationError) as caught:
        lib.found(*inner)
    assert caught.value.problems[0].code == "too_deep"


# rights -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(lib):
    """A user who reads books, shelves and copies that rules let them see, and nothing else."""
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "Reader", "login": "reader", "groups_id": [(6, 0, [group.id])]})
    for model in ("book", "shelf", "copy"):
        env["ir.model.access"].create(
            {"name": model, "model": f"lib.{model}", "group_id": group.id, "perm_read": True}
        )
    env["ir.rule"].create(
        [
            {"name": "shelves", "model": "lib.shelf", "domain": "[['code', '!=', 'H']]"},
            {"name": "copies", "model": "lib.copy", "domain": "[['book_id.lent', '=', False]]"},
            {"name": "books", "model": "lib.book", "domain": "[['author_id.name', '!=', 'Anon']]"},
        ]
    )
    env.flush()
    return user.id


def test_a_path_finds_only_through_records_that_the_caller_may_read(lib, reader):
    books = lib["book"].with_user(reader)

    def found(*domain):
        return lib.keys(books.search(list(domain), order="id").ids)

    assert found() == ["alpha", "beta"]
    assert found(["shelf_id.name", "=", "Hall"]) == []
    assert found(["shelf_id", "=", "Hall"]) == []
    assert found(["shelf_id", "ilike", ""]) == ["beta"]
    assert found(["shelf_id", "=", lib.ids["hall"]]) == ["alpha"]
    assert found(["shelf_id", "child_of", "Hall"]) == []
    assert found(["shelf_id", "not any", []]) == ["alpha"]
    assert found(["copy_ids.note", "=", "torn"]) == []
    assert found(["shelf_code", "=", "H"]) == ["alpha"]


def test_a_path_into_a_model_that_is_not_the_caller_s_is_refused(lib, reader):
    books = lib["book"].with_user(reader)
    for term in (["author_id.name", "=", "Zola"], ["genre_ids", "ilike", "c"], ["author_id", "any", []]):
        with pytest.raises(AccessError):
            books.search([term])
    assert books.search_count([["author_id", "=", lib.ids["zola"]]]) == 1


def test_a_field_of_a_group_is_refused_to_others_wherever_it_is_named(lib, reader):
    books = lib["book"].with_user(reader)
    for ask in (
        lambda: books.search([["secret", "=", "sesame"]]),
        lambda: books.search([["secret", "=?", False]]),
        lambda: books.search([["sequel_of_id.secret", "=", "sesame"]]),
        lambda: books.search([["sequel_of_id", "any", [["secret", "=", "sesame"]]]]),
        lambda: books.search([], order="secret"),
        lambda: books.search([["title", "!=", False]]).filtered_domain([["secret", "=", "sesame"]]),
    ):
        with pytest.raises(AccessError, match="secret"):
            ask()
    with pytest.raises(ValidationError) as caught:
        books.search([["secrt", "=", 1]])
    assert "secret" not in caught.value.message
