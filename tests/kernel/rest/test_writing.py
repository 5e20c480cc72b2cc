from __future__ import annotations

import pytest

from entrepot.errors import BadQuery, BadRequest, MissingError, ValidationError
from kernel.library import MODELS

__all__ = ["MODELS"]


@pytest.fixture
def book(lib):
    """A book with two genres and three copies."""
    made = lib["book"].rest_create(
        {
            "title": "New",
            "genre_ids": [lib.ids["crime"], lib.ids["poetry"]],
            "copy_ids": [{"number": 1}, {"number": 2}, {"number": 3}],
        }
    )
    return lib["book"].browse(made["result"])


def numbers(book):
    return sorted(book.copy_ids.mapped("number"))


def genres(book):
    return sorted(book.genre_ids.mapped("name"))


def test_an_object_makes_a_record_and_a_list_makes_several(lib):
    one = lib["book"].rest_create({"title": "One"})
    assert isinstance(one["result"], int)
    assert one["meta"] == {}
    two = lib["book"].rest_create([{"title": "Two"}, {"title": "Three"}])
    assert lib["book"].browse(two["result"]).mapped("title") == ["Two", "Three"]
    assert lib["book"].rest_create([])["result"] == []


def test_links_of_a_new_record_are_ids_objects_or_both(lib, book):
    assert genres(book) == ["Crime", "Poetry"]
    assert numbers(book) == [1, 2, 3]
    both = lib["book"].rest_create({"title": "Both", "genre_ids": [lib.ids["crime"], {"name": "Fresh"}]})
    assert genres(lib["book"].browse(both["result"])) == ["Crime", "Fresh"]
    pushed = lib["book"].rest_create({"title": "Pushed", "genre_ids": {"push": [lib.ids["poetry"]]}})
    assert genres(lib["book"].browse(pushed["result"])) == ["Poetry"]


def test_objects_nest_as_deep_as_relations_do(lib):
    made = lib["shelf"].rest_create(
        {
            "name": "S",
            "book_ids": [{"title": "B", "copy_ids": [{"number": 5}], "genre_ids": {"push": [{"name": "G"}]}}],
        }
    )
    book = lib["shelf"].browse(made["result"]).book_ids
    assert (numbers(book), genres(book)) == ([5], ["G"])


def test_commands_of_other_wires_are_understood(lib, book):
    lib["book"].rest_write(
        book.id, {"genre_ids": [[6, 0, [lib.ids["crime"]]]], "copy_ids": [[0, 0, {"number": 4}]]}
    )
    assert (genres(book), numbers(book)) == (["Crime"], [1, 2, 3, 4])


def test_push_pop_and_delete_work_together(lib, book):
    """Start [20, 37, 45, 55], push [102, 30], pop [45], delete [55]: what is left is [20, 37, 102, 30]."""
    first, second, third = sorted(book.copy_ids.ids, key=lambda each: lib["copy"].browse(each).number)
    loose = lib["copy"].create({"number": 8}).id
    values = {"copy_ids": {"delete": [first], "push": [loose, {"number": 9}], "pop": [second]}}
    assert lib["book"].rest_write(book.id, values) == {"result": True, "meta": {}}
    assert numbers(book) == [3, 8, 9]
    assert not lib["copy"].browse(first).exists()
    assert lib["copy"].browse(second).exists()
    assert not lib["copy"].browse(second).book_id
    assert third in book.copy_ids.ids


def test_each_operation_alone(lib, book):
    crime, poetry = lib.ids["crime"], lib.ids["poetry"]
    write = lib["book"].rest_write
    write(book.id, {"genre_ids": {"pop": [crime]}})
    assert genres(book) == ["Poetry"]
    write(book.id, {"genre_ids": {"push": [crime, crime]}})
    assert genres(book) == ["Crime", "Poetry"]
    write(book.id, {"genre_ids": {"delete": [poetry]}})
    assert genres(book) == ["Crime"]
    assert not lib["genre"].browse(poetry).exists()
    write(book.id, {"genre_ids": {}})
    assert genres(book) == ["Crime"]


def test_a_plain_list_replaces_all_links(lib, book):
    write = lib["book"].rest_write
    write(book.id, {"genre_ids": [lib.ids["poetry"]]})
    assert genres(book) == ["Poetry"]
    write(book.id, {"genre_ids": []})
    assert genres(book) == []
    kept = book.copy_ids.ids[0]
    write(book.id, {"copy_ids": [{"id": kept, "number": 50}, {"number": 60}]})
    assert numbers(book) == [50, 60]
    assert kept in book.copy_ids.ids


def test_lines_that_cannot_be_alone_are_not_popped(env):
    lines = env["res.country"].sudo()
    country = lines.rest_create({"name": "Nowhere", "code": "XQ", "state_ids": [{"name": "S", "code": "S"}]})
    state = lines.browse(country["result"]).state_ids
    with pytest.raises(ValidationError, match="use delete"):
        lines.rest_write(country["result"], {"state_ids": {"pop": [state.id]}})
    lines.rest_write(country["result"], {"state_ids": {"delete": [state.id]}})
    assert not state.exists()


def test_a_filter_changes_what_it_finds_and_says_how_many(lib):
    told = lib["book"].rest_write([["pages", "=", 301]], {"isbn": "x"})
    assert told == {"result": True, "meta": {"matched": 2}}
    assert lib["book"].rest_write([["pages", "=", 5555]], {"isbn": "y"})["meta"] == {"matched": 0}
    assert lib["book"].rest_write('[["pages","=","301"]]', {"isbn": "z"})["meta"] == {"matched": 2}
    assert lib["book"].search_count([["isbn", "=", "z"]]) == 2


def test_a_match_may_be_required(lib):
    with pytest.raises(MissingError, match="matches the filter"):
        lib["book"].rest_write([["pages", "=", 5555]], {"isbn": "y"}, require_match=True)


@pytest.mark.parametrize("target", [[], None, "", False, "[]", {}])
def test_an_empty_filter_never_means_all(target, lib):
    for act in (
        lambda: lib["book"].rest_write(target, {"isbn": "y"}),
        lambda: lib["book"].rest_unlink(target),
    ):
        with pytest.raises(BadQuery):
            act()


@pytest.mark.parametrize("target", [[["secret", "=", 1], ["nope", "=", 1]], "{", "[1", [["a"]], "nope", 1.5])
def test_a_filter_that_cannot_be_read_is_a_bad_query(target, lib):
    with pytest.raises(BadQuery):
        lib["book"].rest_write(target, {"isbn": "y"})


@pytest.mark.parametrize("target", [0, -1, 2**40, 99_999, [1, 99_999]])
def test_an_id_that_is_not_there_is_missing(target, lib):
    with pytest.raises(MissingError):
        lib["book"].rest_write(target, {"isbn": "y"})


def test_several_ids_are_changed_at_once(lib):
    ids = [lib.ids["alpha"], lib.ids["beta"]]
    assert lib["book"].rest_write(ids, {"isbn": "both"}) == {"result": True, "meta": {}}
    assert lib["book"].browse(ids).mapped("isbn") == ["both", "both"]


def test_records_are_deleted_by_id_and_by_filter(lib, book):
    assert lib["book"].rest_unlink(book.id) == {"result": True, "meta": {}}
    assert not book.exists()
    lib["genre"].create([{"name": "Doomed"}, {"name": "Doomed"}])
    assert lib["genre"].rest_unlink([["name", "=", "Doomed"]]) == {"result": True, "meta": {"matched": 2}}


WRONG = {
    "an unknown field": ({"nope": 1}, ["nope"]),
    "an unknown field of a line": ({"copy_ids": [{"number": 1}, {"nope": 1}]}, ["copy_ids.1.nope"]),
    "several": (
        {"nope": 1, "copy_ids": {"push": [{"nope": 1}, "x"]}},
        ["nope", "copy_ids.push.0.nope", "copy_ids.push.1"],
    ),
    "an unknown operation": ({"genre_ids": {"psuh": [1]}}, ["genre_ids"]),
    "no list": ({"genre_ids": {"push": 5, "pop": "x"}}, ["genre_ids.push", "genre_ids.pop"]),
    "no ids": (
        {"genre_ids": {"pop": [True, -1, 2**40, None, 1.5]}},
        [f"genre_ids.pop.{at}" for at in range(5)],
    ),
    "no ids in a list": ({"genre_ids": [1, "x"]}, ["genre_ids.1"]),
    "an id that is none": ({"genre_ids": [{"id": "x"}]}, ["genre_ids.0.id"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_values_that_cannot_be_are_refused_with_their_place(case, lib):
    values, paths = WRONG[case]
    with pytest.raises(ValidationError) as refusal:
        lib["book"].rest_write(lib.ids["alpha"], values)
    assert [each.path for each in refusal.value.problems] == paths


@pytest.mark.parametrize("data", [None, 5, "x", [1], [["a", "b"]], [{"title": "ok"}, None]])
def test_data_that_is_no_object_is_refused(data, lib):
    before = lib["book"].search_count([])
    with pytest.raises(BadRequest):
        lib["book"].rest_create(data)
    with pytest.raises(BadRequest):
        lib["book"].rest_write(lib.ids["alpha"], data)
    assert lib["book"].search_count([]) == before


def test_lines_of_another_parent_are_not_touched(lib, book):
    other = lib.ids["a1"]
    for values in ({"delete": [other]}, {"pop": [other]}):
        with pytest.raises(MissingError):
            lib["book"].rest_write(book.id, {"copy_ids": values})


def test_values_nest_only_so_deep(lib):
    values = {"title": "deep"}
    for _ in range(30):
        values = {"title": "deep", "sequel_ids": [values]}
    with pytest.raises(ValidationError, match="at most 10"):
        lib["book"].rest_create(values)
