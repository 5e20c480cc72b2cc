from __future__ import annotations

import pytest

from entrepot.api import AccessError, Command, MissingError, ValidationError
from kernel.shop import MODELS

__all__ = ["MODELS"]


@pytest.fixture
def order(env):
    return env["shop.order"].create(
        {
            "customer": "Ann",
            "line_ids": [{"quantity": 1}, {"quantity": 2}],
            "note_ids": [{"name": "a"}, {"name": "b"}],
            "tag_ids": [{"name": "red", "weight": 1}, {"name": "blue", "weight": 2}],
        }
    )


@pytest.fixture
def other(env):
    return env["shop.order"].create({"customer": "Bob", "line_ids": [{}], "note_ids": [{"name": "c"}]})


def stored(env, model, *path):
    env.flush()
    env.cache.forget_all()
    return env[model].search(list(path))


# one2many ----------------------------------------------------------------------------------------------------------


def test_create_update_delete(env, order):
    one, two = order.line_ids
    order.write(
        {
            "line_ids": [
                Command.create({"quantity": 9}),
                Command.update(one.id, {"quantity": 7}),
                Command.delete(two.id),
            ]
        }
    )
    assert [line.quantity for line in order.line_ids] == [7, 9]
    assert [line.quantity for line in stored(env, "shop.line", ("order_id", "=", order.id))] == [7, 9]


def test_unlink_deletes_a_line_that_cannot_be_without_its_parent(env, order):
    one, two = order.line_ids
    order.write({"line_ids": [Command.unlink(one.id)]})
    assert order.line_ids == two
    assert not one.exists()


def test_unlink_frees_a_line_that_can(env, order):
    one, two = order.note_ids
    order.write({"note_ids": [Command.unlink(one.id)]})
    assert order.note_ids == two
    assert one.exists()
    assert not one.order_id


def test_link_takes_a_line_from_its_other_parent(env, order, other):
    note = other.note_ids
    order.write({"note_ids": [Command.link(note.id)]})
    assert note in order.note_ids
    assert not other.note_ids


def test_clear_and_an_empty_value_release_all_lines(env, order, other):
    notes = order.note_ids + other.note_ids
    order.write({"note_ids": [(5,)]})
    other.write({"note_ids": False})
    assert not order.note_ids + other.note_ids
    assert notes.exists() == notes


def test_an_empty_list_changes_nothing(env, order):
    order.write({"note_ids": [], "line_ids": [], "tag_ids": []})
    assert (len(order.note_ids), len(order.line_ids), len(order.tag_ids)) == (2, 2, 2)


def test_set_replaces(env, order, other):
    one, two = order.note_ids
    three = other.note_ids
    order.write({"note_ids": [Command.set([two.id, three.id])]})
    assert order.note_ids == two + three
    assert not one.order_id
    order.write({"note_ids": [one.id]})
    assert order.note_ids == one


def test_commands_run_in_order(env, order):
    order.write({"note_ids": [(0, 0, {"name": "x"}), (5,), (0, 0, {"name": "y"})]})
    assert [note.name for note in order.note_ids] == ["y"]
    order.write({"line_ids": [(0, 0, {"quantity": 5}), (6, 0, [order.line_ids[0].id])]})
    assert [line.quantity for line in order.line_ids] == [1]


def test_a_link_and_then_an_update_of_the_same_line(env, order, other):
    note = other.note_ids
    order.write({"note_ids": [(4, note.id), (1, note.id, {"name": "moved"})]})
    assert (note.name, note.order_id) == ("moved", order)


@pytest.mark.parametrize("command", [(1, 0, {"quantity": 8}), (2, 0), (3, 0)])
def test_a_line_of_another_parent_is_not_touched_and_nothing_is_written(env, order, other, command):
    foreign = other.line_ids
    code, _, *rest = command
    before = [(line.id, line.quantity) for line in env["shop.line"].search([])]
    commands = [
        (0, 0, {"quantity": 99}),
        (1, order.line_ids[0].id, {"quantity": 98}),
        (code, foreign.id, *rest),
    ]
    with pytest.raises(MissingError, match="does not belong"):
        order.write({"line_ids": commands})
    assert [(line.id, line.quantity) for line in stored(env, "shop.line")] == before


@pytest.mark.parametrize(
    "command", [(1, 99_999, {}), (2, 99_999), (3, 99_999), (4, 99_999), (6, 0, [99_999])]
)
def test_lines_that_are_not_there_are_missing(env, order, command):
    with pytest.raises(MissingError, match="99999"):
        order.write({"line_ids": [command]})


def test_set_leaves_lines_outside_the_fields_domain_alone(env, order):
    closed = env["shop.note"].create({"name": "z", "closed": True, "order_id": order.id})
    order.write({"open_note_ids": [(5,)]})
    assert order.note_ids == closed


def test_nested_commands(env, order):
    order.write({"line_ids": [(0, 0, {"part_ids": [(0, 0, {"name": "p"}), (0, 0, {"name": "q"})]})]})
    line = order.line_ids[-1:]
    assert [part.name for part in line.part_ids] == ["p", "q"]
    order.write({"line_ids": [(1, line.id, {"part_ids": [(2, line.part_ids[0].id), (0, 0, {"name": "r"})]})]})
    assert [part.name for part in line.part_ids] == ["q", "r"]


def test_commands_for_several_parents_are_one_create_of_lines(env, order, other):
    env.flush()
    env["shop.part"].search([])
    before = env.tx.statements
    (order + other).write({"note_ids": [(0, 0, {"name": "n"}), (0, 0, {"name": "m"})]})
    assert env.tx.statements - before <= 4
    assert len(order.note_ids) == 4
    assert len(other.note_ids) == 3


def test_many_commands_on_lines_ask_for_their_parents_at_once(env, order):
    order.write({"note_ids": [(0, 0, {"name": str(n)}) for n in range(30)]})
    env.flush()
    env.cache.forget_all()
    ids = order.note_ids.ids
    env.cache.forget_all()
    before = env.tx.statements
    order.write({"note_ids": [(1, each, {"closed": True}) for each in ids]})
    env.flush()
    assert env.tx.statements - before < 10


def test_archived_lines_are_seen_on_request_and_released_with_the_others(env, order):
    line = order.line_ids[:1]
    line.write({"part_ids": [{"name": "c", "active": False}, {"name": "d"}]})
    everything = line.with_context(active_test=False)
    assert [part.name for part in line.part_ids] == ["d"]
    assert [part.name for part in everything.part_ids] == ["c", "d"]
    assert [part.name for part in line.part_ids] == ["d"]
    everything.part_ids[:1].active = True
    assert [part.name for part in line.part_ids] == ["c", "d"]
    line.part_ids[:1].active = False
    line.write({"part_ids": [(5,)]})
    assert not everything.part_ids


# many2many ---------------------------------------------------------------------------------------------------------


def test_links_come_and_go(env, order):
    red, blue = order.tag_ids.sorted("name", reverse=True)
    green = env["shop.tag"].create({"name": "green"})
    order.write({"tag_ids": [Command.link(green.id), Command.unlink(red.id)]})
    assert order.tag_ids == green + blue
    assert red.exists()
    order.write({"tag_ids": [Command.delete(green.id)]})
    assert not green.exists()
    assert order.tag_ids == blue


def test_linking_twice_is_one_link(env, order):
    tag = order.tag_ids[:1]
    order.write({"tag_ids": [(4, tag.id), (4, tag.id), (6, 0, [tag.id, tag.id])]})
    assert order.tag_ids == tag
    assert len(stored(env, "shop.order", ("tag_ids", "in", tag.ids))) == 1


def test_set_and_clear(env, order):
    tag = order.tag_ids[:1]
    order.write({"tag_ids": [Command.set(tag.ids)]})
    assert order.tag_ids == tag
    order.write({"tag_ids": [Command.clear(), Command.create({"name": "new"})]})
    assert [each.name for each in order.tag_ids] == ["new"]


def test_update_writes_on_the_other_record(env, order):
    tag = order.tag_ids[:1]
    order.write({"tag_ids": [Command.update(tag.id, {"weight": 50})]})
    assert tag.weight == 50
    assert order.weight > 50


def test_both_ends_see_one_link(env, order, other):
    tag = order.tag_ids[:1]
    assert tag.order_ids == order
    tag.write({"order_ids": [Command.link(other.id)]})
    assert other.tag_ids == tag
    assert (other.tag_count, other.weight) == (1, tag.weight)
    tag.write({"order_ids": [Command.clear()]})
    assert (order.tag_count, other.tag_count) == (1, 0)
    assert not other.tag_ids
    env["shop.tag"].create({"name": "late", "weight": 4, "order_ids": [Command.set([other.id])]})
    assert (other.tag_count, other.weight) == (1, 4)


def test_links_to_what_is_not_there_name_the_field(env, order):
    for command in ((4, 99_999), (6, 0, [99_999])):
        with pytest.raises(ValidationError, match="99999") as error:
            order.write({"tag_ids": [command]})
        assert [(problem.path, problem.code) for problem in error.value.problems] == [("tag_ids", "dangling")]


def test_links_to_what_the_caller_may_not_read_are_refused(env, order):
    values = {"perm_read": True, "perm_write": True, "perm_create": True}
    env["ir.model.access"].create([{"name": m, "model": m, **values} for m in ("shop.order", "shop.tag")])
    env["ir.rule"].create({"name": "r", "model": "shop.tag", "domain": "[['name', '!=', 'secret']]"})
    secret = env["shop.tag"].create({"name": "secret"})
    env.flush()
    with pytest.raises(AccessError):
        order.with_user(2).write({"tag_ids": [(4, secret.id)]})


# what is no command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "x",
        7,
        {"name": "x"},
        [[]],
        [(7, 0, 0)],
        [(-1, 0, 0)],
        [("0", 0, {})],
        [(True, 0, {})],
        [(0, 0, "x")],
        [(1, "3", {})],
        [(4, 0)],
        [(4, -1)],
        [(4, 2**31)],
        [(4, 10**400)],
        [(6, 0, ["a"])],
        [(6, 0, 5)],
        [(0, 0, {}, 1)],
        [3, "x"],
    ],
)
def test_what_is_no_command_is_refused(env, order, value):
    for field in ("line_ids", "tag_ids"):
        with pytest.raises(ValidationError) as error:
            order.write({field: value})
        assert [(problem.path, problem.code) for problem in error.value.problems] == [(field, "bad_command")]


def test_the_makers_of_commands_spell_the_wires_triples():
    assert [
        Command.create({"a": 1}),
        Command.update(2, {}),
        Command.delete(3),
        Command.unlink(4),
        Command.link(5),
        Command.clear(),
        Command.set((6, 7)),
    ] == [(0, 0, {"a": 1}), (1, 2, {}), (2, 3, 0), (3, 4, 0), (4, 5, 0), (5, 0, 0), (6, 0, [6, 7])]
