"""Rights hold at every level: what is not for somebody is refused, left out, or not there."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessError, BadQuery, ValidationError
from kernel.library import MODELS

__all__ = ["MODELS"]


@pytest.fixture
def reader(lib):
    """Books as somebody sees them who may read books, authors and genres, but neither shelves nor copies."""
    env = lib.env
    user = env["res.users"].create({"name": "Reader", "login": "reader"})
    for model in ("lib.book", "lib.author", "lib.genre"):
        record = env["ir.model"].search([("model", "=", model)])
        if not record:
            record = env["ir.model"].create({"name": model, "model": model})
        env["ir.model.access"].create(
            {"name": model, "model_id": record.id, "perm_read": True, "perm_write": True}
        )
    env.flush()
    return lib["book"].with_user(user.id)


@pytest.fixture
def ruled(lib, reader):
    """The same with a rule: authors born before 1850 are not for them."""
    record = lib.env["ir.model"].search([("model", "=", "lib.author")])
    values = {"name": "Young", "model_id": record.id, "domain_force": "[('born', '>', '1850-01-01')]"}
    lib.env["ir.rule"].create(values)
    lib.env.flush()
    return lib["book"].with_user(reader.env.uid)


def dicts(found):
    return list(found["result"].dicts())


def test_a_forbidden_model_is_refused_below_and_its_ids_are_told_as_ever(reader, lib):
    for query in (
        "{shelf_id{name}}",
        "{copy_ids{number}}",
        "{author_id{book_ids{copy_ids{id}}}}",
        "{shelf_book_ids{shelf_id{id}}}",
    ):
        with pytest.raises(AccessError):
            reader.rest_search(query)
    alpha = dicts(reader.rest_search("{shelf_id, copy_ids}", filter=[["key", "=", "alpha"]]))
    assert alpha == [{"shelf_id": lib.ids["hall"], "copy_ids": []}]


def test_all_fields_leave_out_what_is_hidden(reader):
    row = dicts(reader.rest_search("{*}", limit=1))[0]
    assert "secret" not in row
    assert "title" in row


HIDDEN = [
    {"query": "{secret}"},
    {"query": "{-secret}"},
    {"query": "{secret{id}}"},
    {"query": "{author_id{book_ids{secret}}}"},
    {"filter": [["secret", "=", "sesame"]]},
    {"filter": ["!", ["secret", "like", "s"]]},
    {"filter": [["author_id.book_ids.secret", "=", "sesame"]]},
    {"filter": [["author_id", "any", [["book_ids", "any", [["secret", "=", "sesame"]]]]]]},
    {"order": "secret"},
    {"order": "title, secret desc"},
    {"query": "{author_id{book_ids(order: 'secret'){id}}}"},
    {"query": '{author_id{book_ids(filter: [["secret","=","sesame"]]){id}}}'},
    {"query": "(order: 'secret'){id}"},
]


@pytest.mark.parametrize("asked", HIDDEN, ids=str)
def test_a_hidden_field_is_an_unknown_one(asked, reader):
    with pytest.raises(BadQuery) as refusal:
        reader.rest_search(**asked)
    assert {each.code for each in refusal.value.problems} == {"unknown_field"}
    assert "rights" not in refusal.value.message


def test_a_hidden_field_is_no_near_match(reader):
    with pytest.raises(BadQuery) as refusal:
        reader.rest_search("{secre}")
    assert "secret" not in refusal.value.message


def test_a_hidden_field_cannot_be_written(reader, lib):
    for values in ({"secret": "x"}, {"sequel_ids": [{"id": lib.ids["beta"], "secret": "y"}]}):
        with pytest.raises(ValidationError) as refusal:
            reader.rest_write(lib.ids["alpha"], values)
        assert {each.code for each in refusal.value.problems} == {"unknown_field"}


def test_one_who_may_see_it_does_not_lend_their_query(reader, lib):
    query = "{title, secret}"
    assert dicts(lib["book"].rest_search(query, filter=[["key", "=", "alpha"]]))[0]["secret"] == "sesame"
    with pytest.raises(BadQuery):
        reader.rest_search(query)


def test_a_rule_hides_records_at_every_depth(ruled, lib):
    found = dicts(ruled.rest_search("{key, author_id{name}, genre_ids{name}}", order="key"))
    assert {each["key"]: each["author_id"] for each in found} == {
        "alpha": None,
        "bare": None,
        "beta": {"name": "Pupil"},
        "gamma": None,
    }
    below = dicts(ruled.rest_search("{author_id{mentor_id{name}}}", filter=[["key", "=", "beta"]]))
    assert below == [{"author_id": {"mentor_id": None}}]
    assert dicts(ruled.rest_search("{author_mentor_id{name}}", filter=[["key", "=", "beta"]])) == [
        {"author_mentor_id": None}
    ]


def test_a_rule_holds_in_filters_and_for_single_records(ruled, lib):
    assert dicts(ruled.rest_search("{key}", filter=[["author_id.name", "=", "Zola"]])) == []
    authors = lib["author"].with_user(ruled.env.uid)
    assert dicts(authors.rest_search("{name}")) == [{"name": "Pupil"}]
    with pytest.raises(AccessError):
        authors.browse(lib.ids["zola"]).rest_read("{name}")
    with pytest.raises(AccessError):
        authors.rest_write(lib.ids["zola"], {"name": "x"})
    assert authors.rest_write([["name", "!=", "x"]], {"name": "y"})["meta"] == {"matched": 1}


def test_no_right_is_told_before_anything_else(reader):
    for act in (
        lambda: reader.rest_create({"nope": 1}),
        lambda: reader.rest_unlink([]),
        lambda: reader.env["lib.shelf"].rest_search("{nope}"),
        lambda: reader.env["lib.shelf"].browse(1).rest_read("{nope}"),
        lambda: reader.env["lib.shelf"].rest_write([], {"nope": 1}),
    ):
        with pytest.raises(AccessError):
            act()


def test_models_are_described_as_far_as_they_are_seen(reader, lib):
    told = {each["model"]: each for each in reader.rest_describe()["models"]}
    assert {"lib.book", "lib.author", "lib.genre"} <= set(told)
    assert not {"lib.shelf", "lib.copy"} & set(told)
    assert "secret" not in told["lib.book"]["fields"]
    assert told["lib.book"]["rights"] == ["read", "write"]
    whole = lib["book"].rest_describe()
    assert "secret" in {each["model"]: each for each in whole["models"]}["lib.book"]["fields"]
    assert whole["fingerprint"] != reader.rest_describe()["fingerprint"]
