"""Worked-out values are what working out everything anew would give, whatever happened in between."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from entrepot.api import Char, Command, Integer, Many2one, Model, One2many, ValidationError, depends
from kernel import shop
from kernel.conftest import House, environment, undone


class Node(Model, name="test.node"):
    """Node"""

    name = Char()
    parent_id = Many2one("test.node")
    child_ids = One2many("test.node", "parent_id")
    owner_id = Many2one("test.owner", compute="_compute_owner", store=True)
    choice_id = Many2one("test.owner")
    depth = Integer(compute="_compute_depth")
    depth_label = Char(compute="_compute_depth_label", store=True)
    again = Integer(compute="_compute_again")

    @depends("choice_id", "parent_id.owner_id")
    def _compute_owner(self) -> None:
        for node in self:
            node.owner_id = node.choice_id or node.parent_id.owner_id

    @depends("parent_id.depth")
    def _compute_depth(self) -> None:
        for node in self:
            node.depth = (node.parent_id.depth + 1) if node.parent_id and node.parent_id != node else 0

    @depends("depth")
    def _compute_depth_label(self) -> None:
        for node in self:
            node.depth_label = "-" * node.depth

    @depends("name")
    def _compute_again(self) -> None:
        self.again = len(self)


class Owner(Model, name="test.owner"):
    """Owner of nodes: its list hangs on a link that is itself worked out"""

    name = Char()
    node_ids = One2many("test.node", "owner_id")
    node_count = Integer(compute="_compute_node_count", store=True)
    shouted = Char(compute="_compute_shouted", store=True)
    lang_seen = Char(compute="_compute_lang_seen", store=True)

    @depends("node_ids")
    def _compute_node_count(self) -> None:
        for owner in self:
            owner.node_count = len(owner.node_ids)

    @depends("node_ids.name")
    def _compute_shouted(self) -> None:
        for owner in self:
            owner.shouted = ",".join(sorted((node.name or "").upper() for node in owner.node_ids))

    @depends("name")
    def _compute_lang_seen(self) -> None:
        for owner in self:
            owner.lang_seen = f"{self.env.lang} {self.env.context.get('mark')} {self.env.su}"


MODELS = (*shop.MODELS, Node, Owner)
COMPUTED = {
    "shop.category": ("complete_name", "path_length"),
    "shop.product": ("sold",),
    "shop.order": (
        "total",
        "line_count",
        "weight",
        "tag_count",
        "top_category_id",
        "summary",
        "deadline",
        "line_ids",
        "tag_ids",
        "note_ids",
    ),
    "shop.line": ("subtotal", "category_id", "customer", "heavy"),
    "shop.tag": ("order_ids",),
    "test.node": ("owner_id", "depth", "depth_label", "child_ids"),
    "test.owner": ("node_count", "shouted", "node_ids"),
}


def snapshot(env: Any) -> dict[tuple[str, int, str], Any]:
    """Every worked-out value as records show it."""
    found = {}
    for model, names in COMPUTED.items():
        for record in env[model].search([], order="id"):
            for name in names:
                value = getattr(record, name)
                found[model, record.id, name] = value.ids if hasattr(value, "ids") else value
    return found


def anew(env: Any) -> dict[tuple[str, int, str], Any]:
    """The same after working out everything again from what is stored."""
    env.flush()
    env.cache.forget_all()
    for model, names in COMPUTED.items():
        meta = env.registry.models[model]
        for name in names:
            if meta.fields[name].computed and meta.fields[name].stored:
                env.cache.owe(meta.fields[name], env[model].search([]).ids)
    return snapshot(env)


def at_rest(env: Any) -> None:
    """What records show, what is stored, and what working out anew gives are one."""
    shown = snapshot(env)
    env.flush()
    env.cache.forget_all()
    stored = snapshot(env)
    assert shown == stored
    assert stored == anew(env)


numbers = st.integers(0, 3)


class Shop(RuleBasedStateMachine):
    """Anything that people do in a shop, in any order."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.tags = 0
        self.stack = ExitStack()
        registry, store = self.house.tenant(MODELS)
        tx = self.stack.enter_context(undone(store))
        self.env = environment(tx, registry, self.house.files)

    def teardown(self) -> None:
        self.stack.close()

    def pick(self, model: str, at: int) -> Any:
        """One record of a model, or none."""
        ids = sorted(self.env[model].search([], order="id").ids)
        return self.env[model].browse(ids[at % len(ids)] if ids else ())

    @rule(at=numbers, name=st.sampled_from("abc"))
    def add_category(self, at, name):
        self.env["shop.category"].create({"name": name, "parent_id": self.pick("shop.category", at)})

    @rule(at=numbers, to=numbers)
    def move_category(self, at, to):
        category, parent = self.pick("shop.category", at), self.pick("shop.category", to)
        if category and parent not in self.env["shop.category"].search([("id", "child_of", category.id)]):
            category.parent_id = parent

    @rule(at=numbers, name=st.sampled_from("xyz"))
    def rename_category(self, at, name):
        self.pick("shop.category", at).write({"name": name})

    @rule(at=numbers, price=st.integers(0, 5))
    def add_product(self, at, price):
        self.env["shop.product"].create(
            {"name": "p", "price": price, "category_id": self.pick("shop.category", at)}
        )

    @rule(at=numbers, price=st.integers(0, 5), category=numbers)
    def change_product(self, at, price, category):
        self.pick("shop.product", at).write(
            {"price": price, "category_id": self.pick("shop.category", category)}
        )

    @rule(at=numbers, weight=st.integers(0, 9))
    def add_tag(self, at, weight):
        self.tags += 1
        name = f"t{self.tags}"
        self.env["shop.tag"].create(
            {"name": name, "weight": weight, "order_ids": self.pick("shop.order", at)}
        )

    @rule(at=numbers, weight=st.integers(0, 9))
    def weigh_tag(self, at, weight):
        self.pick("shop.tag", at).write({"weight": weight})

    @rule(at=numbers, orders=numbers, clear=st.booleans())
    def tag_from_behind(self, at, orders, clear):
        command = Command.clear() if clear else Command.link(self.pick("shop.order", orders).id)
        if clear or command[1]:
            self.pick("shop.tag", at).write({"order_ids": [command]})

    @rule(product=numbers, tag=numbers, quantities=st.lists(st.integers(0, 4), max_size=3))
    def add_order(self, product, tag, quantities):
        chosen = self.pick("shop.product", product)
        lines = [{"product_id": chosen, "quantity": quantity} for quantity in quantities]
        self.env["shop.order"].create(
            {"customer": "c", "line_ids": lines, "tag_ids": self.pick("shop.tag", tag)}
        )

    @rule(at=numbers, product=numbers, quantity=st.integers(0, 4))
    def change_line(self, at, product, quantity):
        self.pick("shop.line", at).write(
            {"quantity": quantity, "product_id": self.pick("shop.product", product)}
        )

    @rule(at=numbers, to=numbers)
    def move_line(self, at, to):
        order = self.pick("shop.order", to)
        if order:
            self.pick("shop.line", at).write({"order_id": order})

    @rule(at=numbers, code=st.sampled_from([0, 2, 5, 6]), quantity=st.integers(1, 3))
    def command_lines(self, at, code, quantity):
        order = self.pick("shop.order", at)
        lines = order.line_ids
        command = {
            0: (0, 0, {"quantity": quantity}),
            2: (2, lines[:1].id),
            5: (5,),
            6: (6, 0, list(lines.ids[:1])),
        }[code]
        if order and (code != 2 or lines):
            order.write({"line_ids": [command]})

    @rule(at=numbers, tag=numbers)
    def tag_order(self, at, tag):
        self.pick("shop.order", at).write({"tag_ids": self.pick("shop.tag", tag)})

    @rule(
        model=st.sampled_from(["shop.line", "shop.order", "shop.tag", "shop.category", "shop.product"]),
        at=numbers,
    )
    def delete(self, model, at):
        records = self.pick(model, at)
        try:
            with self.env.savepoint():
                records.unlink()
        except ValidationError:
            assert model == "shop.product"

    @rule(parent=numbers, choice=numbers, name=st.sampled_from("ab"))
    def add_node(self, parent, choice, name):
        values = {"parent_id": self.pick("test.node", parent), "choice_id": self.pick("test.owner", choice)}
        self.env["test.node"].create({"name": name, **values})

    @rule(at=numbers, parent=numbers, choice=numbers, chosen=st.booleans())
    def change_node(self, at, parent, choice, chosen):
        node, above = self.pick("test.node", at), self.pick("test.node", parent)
        if node and above not in self.env["test.node"].search([("id", "child_of", node.id)]):
            node.write(
                {"parent_id": above, "choice_id": self.pick("test.owner", choice) if chosen else False}
            )

    @rule(at=numbers, name=st.sampled_from(["q", "r"]))
    def rename_node(self, at, name):
        self.pick("test.node", at).write({"name": name})

    @rule(at=numbers, new=st.booleans())
    def come_and_go(self, at, new):
        if new:
            self.env["test.owner"].create({"name": "o"})
        else:
            self.pick("test.owner", at).unlink()

    @rule(at=numbers)
    def delete_node(self, at):
        self.pick("test.node", at).unlink()

    @rule(at=numbers)
    def look(self, at):
        _ = self.pick("shop.order", at).summary
        _ = self.pick("test.owner", at).shouted

    @rule(forget=st.booleans())
    def flush(self, forget):
        self.env.flush()
        if forget:
            self.env.cache.forget_all()

    @rule()
    def undo(self):
        with pytest.raises(ZeroDivisionError):
            self._undone()

    def _undone(self):
        with self.env.savepoint():
            self.env["shop.order"].search([]).unlink()
            self.env["shop.tag"].search([]).write({"weight": 8})
            raise ZeroDivisionError

    @invariant()
    def is_at_rest(self):
        at_rest(self.env)


class Hasty(Shop):
    """The same, looked at only in the end: everything waits as long as it can."""

    @invariant()
    def is_at_rest(self):
        pass

    def teardown(self) -> None:
        at_rest(self.env)
        super().teardown()


@pytest.mark.parametrize("machine", [Shop, Hasty])
def test_values_are_what_working_out_everything_anew_gives(house, machine):
    machine.house = house
    quick = settings(
        max_examples=12,
        stateful_step_count=18,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    run_state_machine_as_test(machine, settings=quick)


def test_a_change_is_felt_through_every_kind_of_link(env):
    category = env["shop.category"].create({"name": "a"})
    product = env["shop.product"].create({"name": "p", "price": 2, "category_id": category.id})
    tag = env["shop.tag"].create({"name": "t", "weight": 20})
    order = env["shop.order"].create(
        {"customer": "c", "line_ids": [{"product_id": product.id, "quantity": 3}], "tag_ids": tag}
    )
    line = order.line_ids
    assert (order.total, order.summary, order.top_category_id) == (Decimal(6), "c: 6.00", category)
    assert (order.weight, line.heavy, product.sold) == (20, True, 3)
    product.price = 5
    tag.weight = 1
    line.quantity = 1
    assert (order.total, order.summary) == (Decimal(5), "c: 5.00")
    assert (order.weight, line.heavy, product.sold) == (1, False, 1)
    other = env["shop.category"].create({"name": "b"})
    product.category_id = other
    assert (line.category_id, order.top_category_id) == (other, other)
    at_rest(env)


def test_a_hierarchy_is_worked_out_all_the_way_down(env):
    top = env["shop.category"].create(
        {"name": "a", "child_ids": [{"name": "b", "child_ids": [{"name": "c"}]}]}
    )
    low = top.child_ids.child_ids
    assert low.complete_name == "a / b / c"
    top.name = "z"
    assert (low.complete_name, low.path_length) == ("z / b / c", 9)
    top.child_ids.parent_id = False
    assert low.complete_name == "b / c"


def test_a_circle_in_the_data_ends(env):
    one = env["test.node"].create({"name": "1"})
    two = env["test.node"].create({"name": "2", "parent_id": one.id})
    env.flush()
    one.choice_id = env["test.owner"].create({"name": "o"})
    assert two.owner_id == one.choice_id
    one.parent_id = one
    one.name = "again"
    assert one.depth == 0


def test_stored_values_do_not_depend_on_who_sets_them_off(env):
    env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")]).write({"active": True})
    owners = env["test.owner"].with_user(2).sudo().with_context(lang="fr_FR", mark="x", active_test=False)
    assert owners.create({"name": "o"}).lang_seen == "en_US None True"


def test_records_are_worked_out_together(env):
    nodes = env["test.node"].create([{"name": "n"} for _ in range(7)])
    assert [node.again for node in nodes] == [7] * 7


def test_a_value_that_does_not_fit_says_which_field_it_was_for(env):
    order = env["shop.order"].create({"customer": "c"})
    product = env["shop.product"].create({"name": "p", "price": "99999999999999"})
    with pytest.raises(ValidationError) as error, env.savepoint():
        env["shop.line"].create({"order_id": order.id, "product_id": product.id, "quantity": 100})
    assert [(problem.path, problem.code) for problem in error.value.problems] == [
        ("subtotal", "out_of_range")
    ]


def test_a_stored_related_field_follows_and_may_write_through(env):
    person = env["shop.person"].create({"name": "Ann", "born": "2000-01-02"})
    place = env["shop.place"].create({"name": "x", "person_id": person.id})
    assert str(place.person_born) == "2000-01-02"
    person.born = "2001-01-02"
    assert str(place.person_born) == "2001-01-02"
    place.person_name = "Bea"
    assert (person.name, place.person_name) == ("Bea", "Bea")
    place.person_id = False
    assert (place.person_born, place.person_name) == (None, None)
    env.flush()
    assert env["shop.place"].search([("person_name", "=", False)]) == place


def test_working_out_many_is_few_statements(env):
    product = env["shop.product"].create({"name": "p", "price": 1})
    env["shop.order"].create(
        [{"customer": f"c{n}", "name": "n", "line_ids": [{"product_id": product.id}] * 2} for n in range(60)]
    )
    env.flush()
    env.cache.forget_all()
    before = env.tx.statements
    product.price = 7
    env.flush()
    assert env.tx.statements - before < 15
    assert env["shop.order"].search_count([("total", "=", 14)]) == 60
