from __future__ import annotations

import pytest

from entrepot.errors import AccessError, ValidationError


def names(lib, model="book", *arguments, context=None, **options):
    return [name for _, name in lib[model].with_context(**(context or {})).name_search(*arguments, **options)]


def test_pairs_come_in_the_model_s_order(lib):
    assert lib["book"].name_search("a") == [
        (lib.ids["alpha"], "Alpha"),
        (lib.ids["gamma"], "Gamma"),
        (lib.ids["beta"], "beta"),
        (lib.ids["bare"], "Überhaupt nichts"),
    ]
    assert names(lib, "shelf") == ["Board", "Attic", "Hall", "Ring 1", "Ring 2"]


@pytest.mark.parametrize("nothing", ["", False, None])
def test_an_empty_name_finds_everything_up_to_the_limit(lib, nothing):
    assert len(names(lib, "book", nothing)) == 4
    assert names(lib, "book", nothing, limit=2) == ["Alpha", "Gamma"]
    for limit in (None, 0, False):
        assert len(names(lib, "book", nothing, limit=limit)) == 4
    lib["book"].create([{"title": f"t{at}"} for at in range(120)])
    assert len(names(lib, "book")) == 100


@pytest.mark.parametrize(
    ("operator", "name", "found"),
    [
        ("ilike", "ALPHA", ["Alpha"]),
        ("like", "ALPHA", []),
        ("=", "Alpha", ["Alpha"]),
        ("=", "alpha", []),
        ("=ilike", "al%", ["Alpha"]),
        ("=like", "al%", []),
        ("!=", "Alpha", ["Gamma", "beta", "Überhaupt nichts"]),
        ("not ilike", "a", []),
        ("not like", "Alp", ["Gamma", "beta", "Überhaupt nichts"]),
        ("in", ["Alpha", "Gamma"], ["Alpha", "Gamma"]),
        ("not in", ["Alpha", "Gamma"], ["beta", "Überhaupt nichts"]),
        ("ilike", 5, []),
    ],
)
def test_the_operator_compares_the_name(lib, operator, name, found):
    assert names(lib, "book", name, None, operator) == found


@pytest.mark.parametrize("operator", ["<", "child_of", "any", "~", "", None, 7, ["="]])
def test_an_operator_that_cannot_compare_names_is_refused(lib, operator):
    with pytest.raises(ValidationError) as caught:
        lib["book"].name_search("a", None, operator)
    assert caught.value.problems[0].path == "operator"


def test_args_are_a_domain(lib):
    assert names(lib, "book", "a", [["lent", "=", False]]) == ["Gamma", "beta", "Überhaupt nichts"]
    assert names(lib, "book", "", [["shelf_id.code", "=", "H"]]) == ["Alpha"]
    assert names(lib, "book", "a", ["|", ["pages", "=", 100], ["pages", "=", 0]]) == [
        "Alpha",
        "Überhaupt nichts",
    ]
    with pytest.raises(ValidationError, match="nope"):
        lib["book"].name_search("a", [["nope", "=", 1]])


def test_archived_records_are_hidden_unless_args_or_context_speak_of_them(lib):
    assert names(lib, "book", "old") == []
    assert names(lib, "book", "old", [["active", "=", False]]) == ["Old"]
    assert names(lib, "book", "old", context={"active_test": False}) == ["Old"]


def test_names_are_searched_and_told_in_the_language_of_the_context(lib):
    assert names(lib, "book", "alphabet", context={"lang": "fr_FR"}) == ["Alphabet"]
    assert names(lib, "book", "alphabet") == []
    assert names(lib, "genre", "", context={"lang": "fr_FR"}) == ["Poetry", "Policier"]


def test_a_name_that_is_worked_out_is_searched_by_what_it_is_made_of(lib):
    assert names(lib, "author", "zol") == ["Zola (1840)"]
    assert names(lib, "author") == ["Zola (1840)", "Pupil (1870)", "Anon (?)"]
    before = lib.env.tx.statements
    lib.env.cache.reset()
    lib["author"].name_search()
    assert lib.env.tx.statements - before == 2


def test_a_record_without_a_name_is_called_by_model_and_id(lib):
    a1, a2 = lib.ids["a1"], lib.ids["a2"]
    assert (a1, f"lib.copy,{a1}") in lib["copy"].name_search()
    assert lib["copy"].name_search(f"lib.copy,{a1}") == [(a1, f"lib.copy,{a1}")]
    assert lib["copy"].name_search(str(a1), None, "=") == [(a1, f"lib.copy,{a1}")]
    assert lib["copy"].name_search("torn") == []
    assert lib["copy"].name_search("9" * 30) == []
    assert {i for i, _ in lib["copy"].name_search([str(a1), f"x,{a2}"], None, "in")} == {a1, a2}
    assert a1 not in [i for i, _ in lib["copy"].name_search(str(a1), None, "!=")]


def test_a_model_says_by_what_else_its_records_are_called(lib):
    partner = lib.env["res.partner"].create({"name": "Nele", "ref": "N-77", "email": "nele@example.org"})
    for name in ("N-77", "nele@", "nel"):
        assert (partner.id, "Nele") in lib.env["res.partner"].name_search(name)
    assert partner.id not in [
        i for i, _ in lib.env["res.partner"].name_search("N-77", None, "not ilike", limit=None)
    ]
    assert partner.id in [
        i for i, _ in lib.env["res.partner"].name_search("N-88", None, "not ilike", limit=None)
    ]


def test_rules_and_rights_hold(lib):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    env["ir.model.access"].create({"name": "b", "model": "lib.book", "group_id": group.id, "perm_read": True})
    env["ir.rule"].create({"name": "b", "model": "lib.book", "domain": "[['title', '!=', 'Gamma']]"})
    env.flush()
    found = lib["book"].with_user(user.id).name_search("a")
    assert [name for _, name in found] == ["Alpha", "beta", "Überhaupt nichts"]
    with pytest.raises(AccessError):
        lib["author"].with_user(user.id).name_search("a")
