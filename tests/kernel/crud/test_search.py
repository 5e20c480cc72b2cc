from __future__ import annotations

import pytest

from entrepot.errors import AccessError, ValidationError


def test_a_page_is_a_part_of_the_whole(lib):
    books = lib["book"]
    whole = books.search([], order="id").ids
    for offset in range(6):
        for limit in (1, 2, 5, None):
            page = books.search([], offset=offset, limit=limit, order="id").ids
            assert page == whole[offset : offset + limit if limit else None]


@pytest.mark.parametrize("nothing", [0, None, False])
def test_zero_none_and_false_are_no_limit(lib, nothing):
    assert len(lib["book"].search([], limit=nothing)) == 4
    assert lib["book"].search_count([], limit=nothing) == 4
    assert len(lib["book"].search([], offset=nothing)) == 4


@pytest.mark.parametrize(
    "wrong", [-1, "5", 1.5, True, 2**60, [1], 10**5000], ids=lambda wrong: type(wrong).__name__
)
@pytest.mark.parametrize("name", ["offset", "limit"])
def test_a_bound_that_is_no_number_is_refused(lib, name, wrong):
    with pytest.raises(ValidationError) as caught:
        lib["book"].search([], **{name: wrong})
    assert caught.value.problems[0].path == name
    assert len(caught.value.message) < 200


def test_a_page_past_the_end_is_empty(lib):
    assert lib["book"].search([], offset=10**6).ids == ()
    assert lib["book"].search([], offset=2**53, limit=2**53).ids == ()


def test_a_count_stops_at_its_limit(lib):
    books = lib["book"]
    assert books.search_count([]) == 4
    assert books.search_count([], limit=3) == 3
    assert books.search_count([], limit=9) == 4
    assert books.search_count([["isbn", "=", "none"]]) == 0
    assert books.search_count([["id", "in", []]]) == 0


def test_a_search_is_one_statement_and_one_that_can_find_nothing_is_none(lib):
    books = lib["book"]
    for domain, statements in (
        ([["shelf_id.parent_id.code", "=", "H"], ["genre_ids.rank", "=", 1]], 1),
        ([["shelf_id", "child_of", lib.ids["hall"]]], 1),
        ([["author_id", "ilike", "zo"]], 1),
        ([["id", "in", []]], 1),
        ([[0, "=", 1]], 0),
        ([["shelf_id", "child_of", []]], 0),
    ):
        before = lib.env.tx.statements
        books.search(domain)
        assert lib.env.tx.statements - before == statements, domain


def test_what_is_not_written_yet_is_found(lib):
    book = lib["book"].browse(lib.ids["bare"])
    book.isbn = "fresh"
    assert lib.found(["isbn", "=", "fresh"]) == ["bare"]
    book.shelf_id = lib.ids["hall"]
    assert lib.found(["shelf_id.code", "=", "H"]) == ["alpha", "bare"]
    assert lib["book"].search_count([["isbn", "=", "fresh"]]) == 1


def test_one_plan_serves_all_values_of_a_shape(lib):
    lib.found(["pages", "=", 100])
    known = len(lib.env.registry.plans)
    assert lib.found(["pages", "=", 301]) == ["beta", "gamma"]
    assert lib.found(["pages", "=", -5]) == []
    assert len(lib.env.registry.plans) == known
    assert lib.found(["pages", "=", 0]) == ["bare"]
    assert len(lib.env.registry.plans) == known + 1


# rules ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def user(lib):
    """A function of rules (domain, groups' names) that makes a user of groups `a` and `b` who may read books."""
    env = lib.env
    groups = {name: env["res.groups"].create({"name": name}) for name in ("a", "b", "c")}

    def make(*rules):
        mine = [groups["a"].id, groups["b"].id]
        found = env["res.users"].create({"name": "U", "login": "u", "groups_id": [(6, 0, mine)]})
        env["ir.model.access"].create(
            {"name": "books", "model": "lib.book", "group_id": groups["a"].id, "perm_read": True}
        )
        for domain, names in rules:
            ids = [groups[name].id for name in names]
            env["ir.rule"].create(
                {"name": "r", "model": "lib.book", "domain": repr(domain), "groups": [(6, 0, ids)]}
            )
        env.flush()
        return lib["book"].with_user(found.id)

    return make


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ([], "alpha beta gamma bare"),
        ([([["lent", "=", True]], "")], "alpha"),
        ([([["lent", "=", False]], ""), ([["pages", "=", 301]], "")], "beta gamma"),
        ([([["lent", "=", True]], "a"), ([["pages", "=", 0]], "b")], "alpha bare"),
        ([([["lent", "=", True]], "c")], "alpha beta gamma bare"),
        ([([["pages", ">", 0]], ""), ([["lent", "=", True]], "a"), ([["pages", "=", 0]], "b")], "alpha"),
        ([([["shelf_id.code", "=", "H"]], "")], "alpha"),
        ([([["shelf_id", "child_of", "Hall"]], "")], "alpha beta gamma"),
        ([([["secret", "=", "sesame"]], "")], "alpha"),
    ],
)
def test_rules_for_everybody_are_joined_with_and_those_of_groups_with_or(lib, user, rules, names):
    books = user(*rules)
    assert lib.keys(books.search([], order="id").ids) == names.split()
    assert books.search_count([]) == len(names.split())
    assert lib.keys(row["id"] for row in books.search_read([], ["id"], order="id").dicts()) == names.split()


def test_a_rule_holds_for_archived_records_too(lib, user):
    books = user(([["pages", ">", 50]], ""))
    assert lib.keys(books.with_context(active_test=False).search([], order="id").ids) == [
        "alpha",
        "beta",
        "gamma",
    ]


def test_a_model_without_the_right_is_refused_before_its_fields_are_named(lib, user):
    books = user()
    for ask in (
        lambda: lib["shelf"].with_user(books.env.uid).search([["nope", "=", 1]]),
        lambda: lib["shelf"].with_user(books.env.uid).search_count([]),
        lambda: lib["shelf"].with_user(books.env.uid).search_read([]),
    ):
        with pytest.raises(AccessError, match=r"lib\.shelf"):
            ask()
