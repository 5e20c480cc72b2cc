from __future__ import annotations

import pytest

from entrepot.api import (
    AccessError,
    Boolean,
    Char,
    Integer,
    Many2many,
    Many2one,
    MissingError,
    Model,
    One2many,
    Problem,
    ValidationError,
    depends,
    ondelete,
)
from kernel import shop


class Ring(Model, name="test.ring"):
    """Ring"""

    name = Char()
    next_id = Many2one("test.ring", on_delete="cascade")
    box_id = Many2one("test.box", on_delete="cascade")


class Box(Model, name="test.box"):
    """Box"""

    ring_id = Many2one("test.ring", on_delete="cascade")
    locked = Boolean()
    thing_ids = One2many("test.thing", "box_id")
    label_ids = Many2many("test.label")
    first_label_id = Many2one("test.label", compute="_compute_first_label", store=True)
    thing_count = Integer(compute="_compute_thing_count", store=True)

    @depends("label_ids")
    def _compute_first_label(self) -> None:
        for box in self:
            box.first_label_id = box.label_ids[:1]

    @depends("thing_ids")
    def _compute_thing_count(self) -> None:
        for box in self:
            box.thing_count = len(box.thing_ids)

    @ondelete
    def _locked_ones_stay(self):
        for box in self:
            if box.locked:
                yield Problem("locked", "locked", f"Box {box.id} is locked.")


class Thing(Model, name="test.thing"):
    """Thing"""

    box_id = Many2one("test.box")


class Label(Model, name="test.label"):
    """Label"""

    name = Char()


MODELS = (*shop.MODELS, Ring, Box, Thing, Label)


def test_deleted_records_are_gone(env):
    tags = env["shop.tag"].create([{"name": "a"}, {"name": "b"}])
    assert tags[:1].unlink() is True
    assert tags.exists() == tags[1:]
    with pytest.raises(MissingError):
        _ = tags[:1].name
    with pytest.raises(MissingError):
        tags.unlink()
    assert tags[1:].exists()
    assert env["shop.tag"].unlink() is True


def test_cascades_run_through_the_models_own_checks(env):
    ring = env["test.ring"].create({"name": "r"})
    box = env["test.box"].create({"ring_id": ring.id, "locked": True})
    with pytest.raises(ValidationError, match=f"Box {box.id} is locked"):
        ring.unlink()
    box.locked = False
    ring.unlink()
    assert not box.exists()


def test_links_that_are_set_null_are_emptied_and_their_fields_worked_out(env):
    box = env["test.box"].create({"thing_ids": [{}, {}]})
    thing = box.thing_ids[:1]
    assert box.thing_count == 2
    thing.unlink()
    assert box.thing_count == 1
    other = box.thing_ids
    box.unlink()
    assert not other.box_id
    env.flush()
    env.cache.forget_all()
    assert not other.box_id


def test_circles_end(env):
    one = env["test.ring"].create({"name": "1"})
    two = env["test.ring"].create({"name": "2", "next_id": one.id})
    one.next_id = two
    box = env["test.box"].create({"ring_id": one.id})
    two.box_id = box
    one.unlink()
    assert not (one + two).exists()
    assert not box.exists()


def test_a_record_that_others_need_says_which_field_needs_it(env):
    product = env["shop.product"].create({"name": "Pen"})
    order = env["shop.order"].create({"customer": "Ann", "line_ids": [{"product_id": product.id}]})
    with pytest.raises(ValidationError) as error, env.savepoint():
        product.unlink()
    assert [(problem.path, problem.code) for problem in error.value.problems] == [("product_id", "needed")]
    assert str(error.value) == (
        "The operation cannot be completed: another model requires the record being deleted. If possible, archive it "
        "instead.\n\nModel: Order Line (shop.line)\nConstraint: Product (product_id)"
    )
    assert product.exists()
    order.unlink()
    product.unlink()


def test_a_check_may_refuse(env):
    orders = env["shop.order"].create(
        [{"customer": "Ann", "state": "done"}, {"customer": "Bob", "state": "done"}]
    )
    with pytest.raises(ValidationError) as error:
        orders.unlink()
    assert len(error.value.problems) == 2
    assert orders.exists() == orders


def test_parents_links_and_hierarchies_are_worked_out_again(env):
    tag = env["shop.tag"].create({"name": "a", "weight": 5})
    order = env["shop.order"].create({"customer": "Ann", "tag_ids": tag, "line_ids": [{}, {}]})
    assert (order.weight, order.tag_count, order.line_count) == (5, 1, 2)
    tag.unlink()
    order.line_ids[:1].unlink()
    assert (order.weight, order.tag_count, order.line_count) == (0, 0, 1)
    assert not order.tag_ids
    env.flush()
    env.cache.forget_all()
    assert (order.weight, order.tag_count, order.line_count) == (0, 0, 1)


def test_a_worked_out_link_is_worked_out_again(env):
    labels = env["test.label"].create([{"name": "a"}, {"name": "b"}])
    box = env["test.box"].create({"label_ids": labels})
    assert box.first_label_id == labels[:1]
    env.flush()
    labels[:1].unlink()
    assert box.first_label_id == labels[1:]
    env.flush()


def test_attachments_and_external_ids_go_along(env):
    tags = env["shop.tag"].create([{"name": "a"}, {"name": "b"}, {"name": "c"}])
    env["ir.attachment"].create(
        [
            {"name": "x", "res_model": "shop.tag", "res_id": tag.id, "datas": b"bytes"}
            for tag in tags
            for _ in range(2)
        ]
    )
    env["ir.model.data"].create(
        [{"module": "m", "name": f"t{tag.id}", "model": "shop.tag", "res_id": tag.id} for tag in tags]
    )
    named = env["ir.model.data"].search([("model", "=", "shop.tag")])
    assert len(named) == 3
    tags[:2].unlink()
    left = env["ir.attachment"].search([("res_model", "=", "shop.tag")])
    assert [each.res_id for each in left] == [tags[2].id] * 2
    assert [each.res_id for each in named.exists()] == [tags[2].id]
    with pytest.raises(MissingError):
        _ = named[0].name


def test_deleting_many_is_few_statements(env):
    tags = env["shop.tag"].create([{"name": f"t{n}"} for n in range(40)])
    env.flush()
    before = env.tx.statements
    tags.unlink()
    assert env.tx.statements - before <= 8


def test_rights_are_asked(env):
    tag = env["shop.tag"].create({"name": "a"})
    with pytest.raises(AccessError):
        tag.with_user(2).unlink()


def test_unwritten_changes_of_a_deleted_record_are_forgotten(env):
    tag = env["shop.tag"].create({"name": "a"})
    tag.weight = 7
    tag.unlink()
    env.flush()
    assert not env.cache.dirty.get("shop.tag")
