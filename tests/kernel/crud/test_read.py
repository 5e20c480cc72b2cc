from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.errors import AccessError, UserError, ValidationError
from kernel.library import BLOB


def row(lib, name, *fields, **context):
    [found] = lib["book"].with_context(**context).browse(lib.ids[name]).read(list(fields)).dicts()
    return found


def test_every_type_reads_as_its_inside_value(lib):
    ids = lib.ids
    found = row(lib, "alpha")
    assert found["isbn"] == "978-Ä%_\\x"
    assert found["blurb"] == "All about A.\nTwo lines."
    assert (found["pages"], found["weight"]) == (100, 250)
    assert (found["rating"], found["score"]) == (4.5, 0.1)
    assert found["price"] == Decimal("12.5")
    assert found["fee"] == Decimal("0.05")
    assert found["lent"] is True
    assert found["printed"] == dt.date(2026, 1, 31)
    assert found["added"] == dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)
    assert found["state"] == "new"
    assert found["about"] == f"lib.shelf,{ids['hall']}"
    assert found["extra"] == {"a": [1, None]}
    assert found["cover"] == BLOB
    assert found["shelf_id"] == (ids["hall"], "Hall")
    assert found["author_id"] == (ids["zola"], "Zola (1840)")
    assert found["genre_ids"] == [ids["crime"], ids["poetry"]]
    assert found["sequel_ids"] == [ids["beta"]]
    assert (found["shelf_code"], found["author_born"]) == ("H", dt.date(1840, 4, 2))
    assert (found["thick"], found["thickness"]) == (False, 1)
    assert found["display_name"] == "Alpha"
    assert found["create_uid"][0] == 1


def test_unset_values_read_as_none_zero_or_no_links(lib):
    found = row(lib, "bare")
    for name in (
        "isbn",
        "blurb",
        "weight",
        "score",
        "fee",
        "printed",
        "added",
        "state",
        "about",
        "extra",
        "cover",
    ):
        assert found[name] is None, name
    for name in ("shelf_id", "author_id", "author_mentor_id", "neighbour_id", "shelf_code", "author_born"):
        assert found[name] is None, name
    for name in ("pages", "rating", "price", "thickness"):
        assert found[name] == 0, name
    assert found["lent"] is False
    for name in ("copy_ids", "genre_ids", "shelf_book_ids", "sequel_genre_ids"):
        assert found[name] == [], name
    assert row(lib, "gamma", "isbn", "blurb") == {"id": lib.ids["gamma"], "isbn": "", "blurb": ""}


def test_rows_come_in_the_order_of_the_ids_with_repeats_and_without_what_is_not_there(lib):
    ids = [lib.ids[name] for name in ("gamma", "alpha", "gamma", "old", "beta")]
    asked = [*ids[:2], 10**6, *ids[2:], 0, -1]
    books = lib["book"].browse(asked)
    assert [each["id"] for each in books.read(["title", "genre_ids"]).dicts()] == ids
    assert [each["id"] for each in books.read(["id"]).dicts()] == ids
    assert len(lib["book"].browse([10**6]).read(["title"])) == 0
    assert len(lib["book"].read(["title"])) == 0


def test_the_id_is_always_there_once_and_first(lib):
    for fields in (["title"], ["title", "id", "title"], ["id"]):
        [found] = lib["book"].browse(lib.ids["alpha"]).read(fields).dicts()
        assert list(found) == ["id", *dict.fromkeys(name for name in fields if name != "id")]


@pytest.mark.parametrize("nothing", [None, [], False, ()])
def test_no_names_are_all_fields(lib, nothing):
    [found] = lib["book"].browse(lib.ids["alpha"]).read(nothing).dicts()
    assert set(found) == set(lib["book"].meta.fields)


@pytest.mark.parametrize("wrong", ["title", {"title": 1}, ["title", 7], [["title"]], 7])
def test_names_that_are_no_list_of_texts_are_refused(lib, wrong):
    for ask in (lib["book"].browse(1).read, lambda fields: lib["book"].search_read([], fields)):
        with pytest.raises(ValidationError) as caught:
            ask(wrong)
        assert caught.value.problems[0].code == "bad_fields"


def test_all_unknown_names_are_told_at_once_with_near_ones(lib):
    with pytest.raises(ValidationError) as caught:
        lib["book"].browse(1).read(["tilte", "title", "pagse"])
    assert [problem.path for problem in caught.value.problems] == ["tilte", "pagse"]
    assert "title" in caught.value.message
    assert "pages" in caught.value.message


def test_links_are_pairs_only_where_the_classic_form_is_asked_for(lib):
    book = lib["book"].browse(lib.ids["beta"])
    names = ["shelf_id", "author_id", "author_mentor_id", "neighbour_id", "genre_ids"]
    [classic] = book.read(names).dicts()
    assert classic["shelf_id"] == (lib.ids["board"], "Board")
    assert classic["author_mentor_id"] == (lib.ids["zola"], "Zola (1840)")
    assert classic["neighbour_id"] == (lib.ids["alpha"], "Alpha")
    for load in ("_classic_write", "raw", None, ""):
        [bare] = book.read(names, load=load).dicts()
        assert bare["shelf_id"] == lib.ids["board"]
        assert bare["author_id"] == lib.ids["pupil"]
        assert bare["author_mentor_id"] == lib.ids["zola"]
        assert bare["neighbour_id"] == lib.ids["alpha"]
        [found] = lib["book"].search_read([["key", "=", "beta"]], names, load=load).dicts()
        assert found == bare


def test_links_to_many_come_in_the_comodel_s_order_without_archived_ones(lib):
    ids = lib.ids
    assert row(lib, "alpha", "copy_ids")["copy_ids"] == [ids["a2"], ids["a1"]]
    assert row(lib, "alpha", "copy_ids", active_test=False)["copy_ids"] == [ids["a3"], ids["a2"], ids["a1"]]
    assert row(lib, "alpha", "every_copy_ids")["every_copy_ids"] == [ids["a3"], ids["a2"], ids["a1"]]
    assert row(lib, "alpha", "free_copy_ids")["free_copy_ids"] == [ids["a1"]]
    assert row(lib, "gamma", "genre_ids")["genre_ids"] == []
    assert row(lib, "gamma", "genre_ids", active_test=False)["genre_ids"] == [ids["gone"]]
    assert row(lib, "beta", "shelf_book_ids")["shelf_book_ids"] == [ids["beta"]]
    assert row(lib, "beta", "sequel_genre_ids")["sequel_genre_ids"] == [ids["crime"], ids["poetry"]]


def test_a_link_to_an_archived_record_is_read(lib):
    assert row(lib, "gamma", "shelf_id")["shelf_id"] == (lib.ids["row"], "Row")


def test_a_file_is_told_by_its_size_when_the_context_says_so(lib):
    assert row(lib, "alpha", "cover", bin_size=True)["cover"] == "5.00 bytes"


def test_what_is_not_written_yet_is_read(lib):
    book = lib["book"].browse(lib.ids["bare"])
    book.title = "New"
    book.pages = 400
    assert row(lib, "bare", "title", "thickness", "thick") == {
        "id": lib.ids["bare"],
        "title": "New",
        "thickness": 4,
        "thick": True,
    }


# languages --------------------------------------------------------------------------------------------------------


def test_a_translated_text_reads_in_the_language_or_falls_back(lib):
    assert row(lib, "alpha", "title", lang="fr_FR")["title"] == "Alphabet"
    assert row(lib, "alpha", "title")["title"] == "Alpha"
    assert row(lib, "alpha", "title", lang=False)["title"] == "Alpha"
    assert row(lib, "gamma", "title", lang="fr_FR")["title"] == "Gamma"
    assert row(lib, "beta", "sequel_of_id", lang="fr_FR")["sequel_of_id"] == (lib.ids["alpha"], "Alphabet")
    assert row(lib, "alpha", "display_name", lang="fr_FR")["display_name"] == "Alphabet"
    [genre] = lib["genre"].with_context(lang="fr_FR").browse(lib.ids["crime"]).read(["name"]).dicts()
    assert genre["name"] == "Policier"


def test_writing_in_one_language_leaves_the_others(lib):
    book = lib["book"].browse(lib.ids["gamma"])
    book.with_context(lang="fr_FR").write({"title": "Gamme"})
    assert row(lib, "gamma", "title")["title"] == "Gamma"
    assert row(lib, "gamma", "title", lang="fr_FR")["title"] == "Gamme"
    book.write({"title": "Gamma 2"})
    assert row(lib, "gamma", "title", lang="fr_FR")["title"] == "Gamme"
    assert book.title == "Gamma 2"
    assert book.with_context(lang="fr_FR").title == "Gamme"


def test_a_language_that_is_not_installed_is_refused(lib):
    with pytest.raises(UserError, match="Invalid language code: de_DE"):
        row(lib, "alpha", "title", lang="de_DE")


# rights -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(lib):
    """Books through the eyes of a user who may read books (not Gamma), copies (not those that are out) and shelves."""
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    for model in ("book", "copy", "shelf"):
        env["ir.model.access"].create(
            {"name": model, "model": f"lib.{model}", "group_id": group.id, "perm_read": True}
        )
    env["ir.rule"].create({"name": "b", "model": "lib.book", "domain": "[['title', '!=', 'Gamma']]"})
    env["ir.rule"].create({"name": "c", "model": "lib.copy", "domain": "[['state', '!=', 'out']]"})
    env["ir.rule"].create({"name": "s", "model": "lib.shelf", "domain": "[['code', '!=', 'H']]"})
    env.flush()
    return lib["book"].with_user(user.id)


def test_a_hidden_record_is_refused_and_one_that_is_not_there_left_out(lib, reader):
    alpha, gamma = lib.ids["alpha"], lib.ids["gamma"]
    assert [each["id"] for each in reader.browse([alpha, 10**6]).read(["title"]).dicts()] == [alpha]
    for ids in ([gamma], [alpha, gamma], [gamma, 10**6]):
        with pytest.raises(AccessError, match=str(gamma)):
            reader.browse(ids).read(["title"])
    with pytest.raises(AccessError):
        _ = reader.browse(gamma).title


def test_a_hidden_field_is_left_out_of_all_and_refused_by_name(lib, reader):
    book = reader.browse(lib.ids["alpha"])
    [found] = book.read().dicts()
    assert "secret" not in found
    with pytest.raises(AccessError, match="secret"):
        book.read(["title", "secret"])
    with pytest.raises(AccessError, match="secret"):
        reader.search_read([], ["secret"])


def test_links_to_many_leave_out_what_the_caller_may_not_read(lib, reader):
    [found] = reader.browse(lib.ids["alpha"]).read(["copy_ids", "genre_ids", "sequel_ids"]).dicts()
    assert found == {
        "id": lib.ids["alpha"],
        "copy_ids": [lib.ids["a1"]],
        "genre_ids": [],
        "sequel_ids": [lib.ids["beta"]],
    }
    [found] = (
        reader.browse(lib.ids["beta"]).read(["sequel_ids", "shelf_book_ids", "sequel_genre_ids"]).dicts()
    )
    assert found == {
        "id": lib.ids["beta"],
        "sequel_ids": [],
        "shelf_book_ids": [lib.ids["beta"]],
        "sequel_genre_ids": [],
    }


def test_a_link_that_may_be_seen_has_a_name(lib, reader):
    [found] = reader.browse(lib.ids["alpha"]).read(["shelf_id", "author_id"]).dicts()
    assert found["shelf_id"] == (lib.ids["hall"], "Hall")
    assert found["author_id"] == (lib.ids["zola"], "Zola (1840)")


def test_without_the_right_nothing_is_read(lib, reader):
    with pytest.raises(AccessError, match=r"lib\.author"):
        lib["author"].with_user(reader.env.uid).browse(lib.ids["zola"]).read(["name"])


# statements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "statements"),
    [
        (["title", "pages", "shelf_id", "shelf_code", "author_born"], 1),
        (["title", "copy_ids"], 2),
        (["copy_ids", "genre_ids", "sequel_ids"], 4),
        (["author_id"], 2),  # the rows, and what the authors' names are made of
        (["thickness", "thick"], 2),
        (["cover"], 2),
    ],
)
def test_the_number_of_statements_does_not_grow_with_the_rows(lib, fields, statements):
    lib["book"].create([{"title": f"t{at}", "author_id": lib.ids["zola"], "pages": at} for at in range(50)])
    lib.env.flush()
    for limit in (2, 50):
        lib.env.cache.reset()
        before = lib.env.tx.statements
        lib["book"].search_read([], fields, limit=limit, order="id desc")
        assert lib.env.tx.statements - before == statements, limit
