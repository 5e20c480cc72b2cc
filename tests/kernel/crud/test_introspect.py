from __future__ import annotations

import pytest

from entrepot.errors import AccessError, ValidationError
from entrepot.kernel.crud import introspect

ALWAYS = {
    "name", "type", "string", "readonly", "required", "store", "searchable", "sortable", "groupable", "manual",
    "company_dependent", "change_default", "exportable", "default_export_compatible", "depends",
}  # fmt: skip


@pytest.fixture
def fields(lib):
    return lib["book"].fields_get()


def test_every_field_tells_what_all_have(lib, fields):
    assert set(fields) == set(lib["book"].meta.fields)
    for name, field in fields.items():
        assert set(field) >= ALWAYS, name
        assert field["name"] == name
        assert None not in field.values(), name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("title", {"type": "char", "string": "Title", "required": True, "translate": True, "trim": True}),
        ("key", {"help": "How tests call it.", "translate": False, "required": False}),
        ("blurb", {"type": "text"}),
        ("page", {"type": "html"}),
        ("pages", {"type": "integer", "aggregator": "sum", "readonly": False}),
        ("rating", {"type": "float", "aggregator": "sum"}),
        ("price", {"type": "monetary", "currency_field": "currency_id", "aggregator": "sum"}),
        ("lent", {"type": "boolean"}),
        ("printed", {"type": "date"}),
        ("added", {"type": "datetime"}),
        ("state", {"type": "selection", "selection": [["new", "New"], ["used", "Used"]]}),
        ("about", {"type": "reference", "selection": [["lib.shelf", "Shelf"], ["lib.author", "Author"]]}),
        ("extra", {"type": "json", "sortable": False, "groupable": False}),
        ("cover", {"type": "binary", "attachment": True, "sortable": False, "exportable": False}),
        ("secret", {"groups": "base.group_system"}),
        (
            "shelf_id",
            {"type": "many2one", "relation": "lib.shelf", "domain": [], "context": {}, "groupable": True},
        ),
        (
            "copy_ids",
            {"type": "one2many", "relation": "lib.copy", "relation_field": "book_id", "sortable": False},
        ),
        ("free_copy_ids", {"domain": [("state", "=", "free")], "groupable": False}),
        ("every_copy_ids", {"context": {"active_test": False}}),
        ("genre_ids", {"type": "many2many", "relation": "lib.genre", "groupable": True, "sortable": False}),
        ("shelf_code", {"related": "shelf_id.code", "store": False, "searchable": True, "sortable": True}),
        ("shelf_book_ids", {"related": "shelf_id.book_ids", "searchable": True, "groupable": False}),
        ("sequel_genre_ids", {"searchable": True, "groupable": True}),
        (
            "thick",
            {"store": False, "readonly": True, "searchable": True, "sortable": False, "groupable": False},
        ),
        ("thickness", {"store": False, "readonly": True, "searchable": False, "sortable": False}),
        ("neighbour_id", {"relation": "lib.book", "searchable": True, "sortable": False}),
        ("id", {"type": "integer", "readonly": True, "searchable": True, "sortable": True}),
        ("create_date", {"type": "datetime", "readonly": True}),
        ("write_uid", {"type": "many2one", "relation": "res.users", "readonly": True}),
        ("display_name", {"type": "char", "readonly": True, "searchable": True, "sortable": True}),
    ],
)
def test_a_field_tells_its_own(fields, name, told):
    assert {key: fields[name].get(key) for key in told} == told


def test_what_a_field_has_not_is_left_out(fields):
    assert not {"relation", "selection", "help", "groups", "related"} & set(fields["title"])
    assert "relation_field" not in fields["shelf_id"]
    assert "aggregator" not in fields["shelf_id"]
    assert "size" not in fields["title"]


def test_what_fields_get_says_is_what_searching_does(lib, fields):
    books = lib["book"]
    for name, told in fields.items():
        for key, ask in (
            ("searchable", lambda name=name: books.search([[name, "=", False]])),
            ("sortable", lambda name=name: books.search([], order=name)),
            ("groupable", lambda name=name: books.read_group([], [], name)),
        ):
            if told[key]:
                ask()
            else:
                with pytest.raises(ValidationError):
                    ask()


def test_a_name_that_is_worked_out_can_be_searched_and_not_sorted(lib):
    told = lib["author"].fields_get(["display_name"])["display_name"]
    assert (told["searchable"], told["sortable"]) == (True, False)


def test_a_delegated_field_tells_what_the_one_behind_it_does(lib):
    told = lib.env["res.users"].fields_get(["name", "lang", "country_id", "category_id"])
    behind = lib.env["res.partner"].fields_get(["name"])["name"]
    assert {key: told["name"][key] for key in ("type", "string", "required")} == {
        key: behind[key] for key in ("type", "string", "required")
    }
    assert told["name"]["related"] == "partner_id.name"
    assert told["country_id"]["relation"] == "res.country"
    assert not told["name"]["store"]


def test_only_the_fields_and_attributes_asked_for_are_told(lib):
    found = lib["book"].fields_get(["title", "shelf_id", "nope"], ["type", "relation", "nope"])
    assert found == {"title": {"type": "char"}, "shelf_id": {"type": "many2one", "relation": "lib.shelf"}}
    assert lib["book"].fields_get(("title",), ("type",)) == {"title": {"type": "char"}}
    assert lib["book"].fields_get(["nope"]) == {}
    for nothing in (None, [], False):
        assert len(lib["book"].fields_get(nothing, nothing)) == len(lib["book"].meta.fields)


@pytest.mark.parametrize("wrong", ["title", 7, [7], [["title"]], {"title": 1}])
def test_names_that_are_no_list_of_texts_are_refused(lib, wrong):
    with pytest.raises(ValidationError) as caught:
        lib["book"].fields_get(wrong)
    assert caught.value.problems[0].path == "allfields"
    with pytest.raises(ValidationError) as caught:
        lib["book"].fields_get(None, wrong)
    assert caught.value.problems[0].path == "attributes"


def test_fields_of_a_group_are_told_to_it_alone_and_nothing_without_the_right(lib):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    env["ir.model.access"].create({"name": "b", "model": "lib.book", "group_id": group.id, "perm_read": True})
    env.flush()
    assert "secret" not in lib["book"].with_user(user.id).fields_get()
    assert lib["book"].with_user(user.id).fields_get(["secret"]) == {}
    assert "secret" in lib["book"].with_user(2).sudo().fields_get()
    with pytest.raises(AccessError):
        lib["shelf"].with_user(user.id).fields_get()


def shared(records, *names):
    return introspect.shared_fields_get(records.env, records.meta, *names)


def test_calls_from_outside_share_one_answer(lib):
    first = shared(lib["book"])
    assert first == lib["book"].fields_get()
    assert shared(lib["book"]) is first
    some = shared(lib["book"], ["title"], ["type"])
    assert some == {"title": {"type": "char"}}
    assert shared(lib["book"], ("title",), ["type"]) is some


def test_a_shared_answer_hides_what_the_caller_may_not_see(lib):
    env = lib.env
    group = env["res.groups"].create({"name": "Readers"})
    user = env["res.users"].create({"name": "R", "login": "r", "groups_id": [(6, 0, [group.id])]})
    env["ir.model.access"].create({"name": "b", "model": "lib.book", "group_id": group.id, "perm_read": True})
    other = env["res.users"].create({"name": "S", "login": "s"})
    env.flush()
    everything = shared(lib["book"])
    seen = shared(lib["book"].with_user(user.id))
    assert everything.keys() - seen.keys() == {"secret"}
    with pytest.raises(AccessError):
        shared(lib["book"].with_user(other.id))


def test_the_choices_of_a_method_are_those_of_the_moment(env):
    partner = env["res.partner"]
    before = shared(partner)
    env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")]).write({"active": True})
    env.flush()
    after = shared(partner)
    assert {code for code, _ in after["lang"]["selection"]} - {
        code for code, _ in before["lang"]["selection"]
    } == {"fr_FR"}
    assert after == partner.fields_get()


def test_few_answers_are_kept(lib):
    first = shared(lib["book"], ["title"])
    for number in range(introspect.MOST_SHARED + 1):
        shared(lib["book"], ["title"], ["type", f"unknown{number}"])
    assert shared(lib["book"], ["title"]) is not first
    known = lib["book"].env.registry.plans.get("fields_get", dict)
    assert len(known) <= introspect.MOST_SHARED
