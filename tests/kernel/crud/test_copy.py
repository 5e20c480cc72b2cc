from __future__ import annotations

import pytest

from entrepot.api import AccessError, MissingError
from kernel.shop import MODELS

__all__ = ["MODELS"]


def test_a_copy_has_what_may_be_copied_and_its_own_lines(env):
    tag = env["shop.tag"].create({"name": "a"})
    order = env["shop.order"].create(
        {
            "customer": "Ann",
            "number": 3,
            "state": "done",
            "tag_ids": tag,
            "line_ids": [{"quantity": 3, "part_ids": [{"name": "p"}]}],
            "note_ids": [{"name": "n"}],
            "extra": {"a": [1]},
        }
    )
    made = order.copy()
    assert len(made) == 1
    assert made != order
    assert (made.customer, made.number, made.state, made.extra) == ("Ann", None, "draft", {"a": [1]})
    assert made.tag_ids == tag
    assert [line.quantity for line in made.line_ids] == [3]
    assert made.line_ids != order.line_ids
    assert [part.name for part in made.line_ids.part_ids] == ["p"]
    assert not made.note_ids
    assert len(order.note_ids) == 1


def test_given_values_win(env):
    order = env["shop.order"].create({"customer": "Ann", "line_ids": [{}]})
    made = order.copy({"customer": "Bob", "line_ids": []})
    assert made.customer == "Bob"
    assert not made.line_ids


def test_several_are_copied_in_their_order(env):
    notes = env["shop.note"].create([{"name": "a"}, {"name": "b"}])
    assert [note.name for note in notes.copy()] == ["a", "b"]
    assert not env["shop.note"].copy()


def test_a_unique_field_is_not_copied(env):
    product = env["shop.product"].create({"name": "Pen", "code": "P", "picture": b"abc"})
    made = product.copy()
    assert (made.code, made.picture) == (None, b"abc")


def test_a_delegating_record_gets_its_own_other_half(env):
    member = env["shop.member"].create(
        {"name": "Ann", "code": "1", "email": "a@b.org", "tag_ids": [{"name": "t"}]}
    )
    made = member.copy({"code": "2"})
    assert made.person_id != member.person_id
    assert (made.name, made.email, made.tag_ids) == ("Ann", "a@b.org", member.tag_ids)
    shared = member.copy({"person_id": member.person_id.id})
    assert shared.person_id == member.person_id


def test_texts_are_copied_in_all_their_languages(env):
    env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")]).write({"active": True})
    products = env["shop.product"].create([{"name": "Pen", "description": "Blue"}, {"name": "Ink"}])
    products[0].with_context(lang="fr_FR").write({"name": "Stylo", "description": "Bleu"})
    made = products.copy()
    changed = products[0].copy({"name": "Pencil"})
    env.flush()
    env.cache.forget_all()
    frans = made[0].with_context(lang="fr_FR")
    assert (made[0].name, frans.name, frans.description) == ("Pen", "Stylo", "Bleu")
    assert made[1].with_context(lang="fr_FR").name == "Ink"
    assert changed.with_context(lang="fr_FR").name == "Pencil"
    assert changed.with_context(lang="fr_FR").description == "Bleu"


def test_what_is_not_there_or_not_allowed_is_refused(env):
    with pytest.raises(MissingError):
        env["shop.note"].browse(99_999).copy()
    note = env["shop.note"].create({"name": "a"})
    with pytest.raises(AccessError):
        note.with_user(2).copy()
