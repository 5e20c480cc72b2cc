from __future__ import annotations

import pytest

from entrepot.api import Char, Integer, Model, depends
from entrepot.kernel.environment import Environment
from entrepot.tenants.tenant import SYSTEM
from kernel import shop


class Circle(Model, name="test.circle"):
    """Circle"""

    name = Char()
    one = Integer(compute="_compute_one", store=True)
    two = Integer(compute="_compute_two", store=True)

    @depends("two", "name")
    def _compute_one(self) -> None:
        for circle in self:
            circle.one = len(circle.name or "") + 1

    @depends("one")
    def _compute_two(self) -> None:
        for circle in self:
            circle.two = circle.one + 1


MODELS = (*shop.MODELS, Circle)


def test_changes_of_one_shape_are_one_statement(env):
    tags = env["shop.tag"].create([{"name": str(n), "weight": n} for n in range(9)])
    env.flush()
    before = env.tx.statements
    for tag in tags:
        tag.weight = 77
    env.flush()
    assert env.tx.statements - before <= 1 + 9
    assert env["shop.tag"].search_count([("weight", "=", 77)]) == 9


def test_writing_twice_stores_the_last_once(env):
    note = env["shop.note"].create({"name": "a"})
    env.flush()
    before = env.tx.statements
    note.name = "b"
    note.name = "c"
    env.flush()
    env.flush()
    assert env.tx.statements - before == 1
    env.cache.forget_all()
    assert note.name == "c"


def test_searches_and_reads_see_what_is_not_flushed_yet(env):
    order = env["shop.order"].create({"customer": "Ann"})
    order.customer = "Zoe"
    assert env["shop.order"].search([("customer", "=", "Zoe")]) == order
    order.customer = "Mia"
    assert next(order.read(["customer"]).dicts())["customer"] == "Mia"


def test_fields_that_depend_on_each_other_come_to_rest(env):
    circle = env["test.circle"].create({"name": "abc"})
    assert (circle.one, circle.two) == (4, 5)
    circle.name = "abcd"
    env.flush()
    env.cache.forget_all()
    assert (circle.one, circle.two) == (5, 6)


def test_whoever_flushes_the_writer_is_the_one_who_wrote(env):
    order = env["shop.order"].create({"customer": "Ann"})
    env.flush()
    order.with_user(2).sudo().customer = "Bob"
    Environment(env.work, SYSTEM).flush()
    env.cache.forget_all()
    assert order.write_uid.id == 2


# savepoints ------------------------------------------------------------------------------------------------------


def test_a_savepoint_undoes_store_and_cache(env):
    order = env["shop.order"].create({"customer": "Ann", "line_ids": [{}]})
    order.customer = "Bob"
    others = []

    def work():
        with env.savepoint():
            order.customer = "Zoe"
            order.line_ids.unlink()
            others.append(env["shop.order"].create({"customer": "New"}))
            env.flush()
            env.cache.after_commit.append(others.clear)
            order.customer = "Mia"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert order.customer == "Bob"
    assert (len(order.line_ids), order.line_count) == (1, 1)
    assert not others[0].exists()
    assert not env.cache.dirty
    assert not env.cache.after_commit


def test_a_savepoint_that_ends_well_keeps_everything(env):
    order = env["shop.order"].create({"customer": "Ann"})
    with env.savepoint(), env.savepoint():
        order.customer = "Zoe"
    env.cache.forget_all()
    assert order.customer == "Zoe"


def test_a_savepoint_restores_the_policy(env):
    note = env["shop.note"].create({"name": "a"})
    assert not note.with_user(2).has_access("read")

    def work():
        with env.savepoint():
            env["ir.model.access"].create({"name": "n", "model": "shop.note", "perm_read": True})
            assert note.with_user(2).has_access("read")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert not note.with_user(2).has_access("read")
