from __future__ import annotations

from decimal import Decimal

import pytest

from entrepot.api import AccessError
from entrepot.errors import BadRequest
from kernel.shop import MODELS

__all__ = ["MODELS"]


def load(env, model, header, *rows):
    return env[model].load(header.split(), [list(row) for row in rows])


def told(answer):
    assert answer["ids"] is False
    return [(message["rows"]["from"], message["field"], message["code"]) for message in answer["messages"]]


def test_rows_make_records_and_their_external_ids(env):
    answer = load(env, "shop.tag", "id name weight", ["a", "Red", "3"], ["x.b", "Blue", 4])
    assert answer["messages"] == []
    assert [tag.name for tag in env["shop.tag"].browse(answer["ids"])] == ["Red", "Blue"]
    assert env.ref("__import__.a").weight == 3
    assert env.ref("x.b").name == "Blue"


def test_known_external_ids_are_updated(env):
    first = load(env, "shop.tag", "id name weight", ["a", "Red", 1], ["b", "Blue", 2])["ids"]
    second = load(env, "shop.tag", "id weight", ["b", 20], ["a", 10])["ids"]
    assert second == first[::-1]
    assert [tag.weight for tag in env["shop.tag"].browse(first)] == [10, 20]
    assert env["shop.tag"].search_count([]) == 2


def test_database_ids_update_too(env):
    tag = env["shop.tag"].create({"name": "a"})
    assert load(env, "shop.tag", ".id weight", [str(tag.id), 4])["ids"] == [tag.id]
    assert tag.weight == 4
    assert told(load(env, "shop.tag", ".id weight", ["x", 4])) == [(0, "id", "bad_value")]
    assert told(load(env, "shop.tag", ".id weight", [99_999, 4])) == [(0, "", "missing")]


def test_links_by_external_id_database_id_and_name(env):
    category = env["shop.category"].create({"name": "Tools"})
    env.upsert("x.other", "shop.category", {"name": "Other"})
    for header, value in (
        ("category_id", "Tools"),
        ("category_id/.id", category.id),
        ("category_id.id", str(category.id)),
    ):
        [made] = load(env, "shop.product", f"name {header}", ["P", value])["ids"]
        assert env["shop.product"].browse(made).category_id == category
    for header in ("category_id/id", "category_id:id"):
        [made] = load(env, "shop.product", f"name {header}", ["P", "x.other"])["ids"]
        assert env["shop.product"].browse(made).category_id == env.ref("x.other")


def test_several_links_in_a_cell(env):
    load(env, "shop.tag", "id name", ["r", "Red"], ["b", "Blue"])
    by_id = load(env, "shop.order", "customer tag_ids/id", ["Ann", "r, b"])["ids"]
    by_name = load(env, "shop.order", "customer tag_ids", ["Bob", "Red,Blue"])["ids"]
    assert all(len(order.tag_ids) == 2 for order in env["shop.order"].browse(by_id + by_name))


def test_rows_may_refer_to_rows_above(env):
    answer = load(
        env,
        "shop.category",
        "id name parent_id/id",
        ["top", "Top", ""],
        ["mid", "Middle", "top"],
        ["low", "Low", "__import__.mid"],
    )
    assert answer["messages"] == []
    assert env.ref("__import__.low").complete_name == "Top / Middle / Low"


def test_rows_may_not_refer_to_rows_below(env):
    answer = load(env, "shop.category", "id name parent_id/id", ["low", "Low", "top"], ["top", "Top", None])
    assert told(answer) == [(0, "parent_id", "bad_value")]


def test_lines_continue_in_rows_of_their_own(env):
    answer = load(
        env,
        "shop.order",
        "customer line_ids/quantity line_ids/part_ids/name",
        ["Ann", 1, "p"],
        ["", "", "q"],
        ["", 2, ""],
        ["Bob", "", ""],
        ["Zoe", 3, None],
    )
    assert answer["messages"] == []
    orders = env["shop.order"].browse(answer["ids"])
    assert [[line.quantity for line in order.line_ids] for order in orders] == [[1, 2], [], [3]]
    assert [part.name for part in orders[0].line_ids[0].part_ids] == ["p", "q"]


def test_lines_with_external_ids_are_updated_not_repeated(env):
    rows = [["o", "Ann", "l1", 1], ["", "", "l2", 2]]
    header = "id customer line_ids/id line_ids/quantity"
    first = load(env, "shop.order", header, *rows)["ids"]
    assert env.ref("__import__.l2").quantity == 2
    rows = [["o", "Ann", "l2", 20], ["", "", "l3", 3]]
    assert load(env, "shop.order", header, *rows)["ids"] == first
    order = env["shop.order"].browse(first)
    assert [line.quantity for line in order.line_ids] == [1, 20, 3]
    assert env.ref("__import__.l3").order_id == order


def test_every_mistake_is_told_with_its_row_and_nothing_is_kept(env):
    answer = load(
        env,
        "shop.order",
        "id customer date number",
        ["a", "Ann", "2024-01-01", 1],
        ["b", "", "2024-01-01", 2],
        ["c", "Cid", "yesterday", "x"],
        ["d", "77", "2024-01-01", -1],
        ["a", "Ann", "", 4],
    )
    assert sorted(told(answer)) == [
        (1, "customer", "required"),
        (2, "date", "not_date"),
        (2, "number", "not_integer"),
        (3, "customer", "number"),
        (3, "number", "negative"),
        (4, "id", "twice"),
    ]
    assert env["shop.order"].search_count([]) == 0
    assert env.ref("__import__.a", missing_ok=True) is None


def test_a_refusal_of_the_store_is_told_with_its_row(env):
    load(env, "shop.product", "id name code", ["a", "A", "1"], ["b", "B", "2"])
    answer = load(env, "shop.product", "id code", ["a", "3"], ["b", "3"])
    assert told(answer) == [(1, "code", "not_unique")]
    assert told(load(env, "shop.product", "name category_id/.id", ["X", ""], ["Y", 88_888])) == [
        (1, "category_id", "dangling")
    ]
    assert env.ref("__import__.a").code == "1"


def test_links_that_lead_nowhere_are_told(env):
    env["shop.category"].create([{"name": "Twin"}, {"name": "Twin"}])
    env.upsert("x.tag", "shop.tag", {"name": "t"})
    for header, value in (
        ("category_id", "Nowhere"),
        ("category_id", "Twin"),
        ("category_id/id", "no.where"),
        ("category_id/id", "x.tag"),
        ("category_id/.id", "seven"),
    ):
        assert told(load(env, "shop.product", f"name {header}", ["P", value])) == [
            (0, "category_id", "bad_value")
        ]


def test_an_external_id_of_another_model_is_not_written_on(env):
    env.upsert("x.tag", "shop.tag", {"name": "t"})
    assert told(load(env, "shop.product", "id name", ["x.tag", "P"])) == [(0, "id", "wrong_model")]


@pytest.mark.parametrize(
    "header",
    ["nope", "name/x", "line_ids/nope", "category_id/name", "line_ids/part_ids/nope", "id/x", "name.id/name"],
)
def test_unknown_columns_are_told(env, header):
    model = "shop.order" if header.startswith("line") else "shop.product"
    answer = load(env, model, header, ["x"])
    assert [message["code"] for message in answer["messages"]] == ["unknown_field"]


@pytest.mark.parametrize("external_id", [".", "x.", ".x"])
def test_a_wrong_external_id_is_told(env, external_id):
    assert told(load(env, "shop.tag", "id name", [external_id, "n"])) == [(0, "id", "bad_value")]


def test_empty_cells_empty_a_field_and_missing_ones_leave_it(env):
    load(env, "shop.order", "id customer date", ["a", "Ann", "2024-01-01"])
    load(env, "shop.order", "id date", ["a", None])
    assert env.ref("__import__.a").date is not None
    load(env, "shop.order", "id date", ["a", ""])
    assert env.ref("__import__.a").date is None
    [made] = load(env, "shop.order", "customer date", ["Bob"])["ids"]
    assert env["shop.order"].browse(made).date == env.today()


def test_a_selection_may_be_given_by_its_label(env):
    ids = load(env, "shop.order", "customer state", ["Ann", "Done"], ["Bob", "draft"])["ids"]
    assert [order.state for order in env["shop.order"].browse(ids)] == ["done", "draft"]


def test_values_are_texts(env):
    [made] = load(env, "shop.product", "name price active", ["Pen", "2.5", "false"])["ids"]
    product = env["shop.product"].browse(made)
    assert (product.price, product.active) == (Decimal("2.5"), False)


def test_many_rows_are_few_statements(env):
    env["shop.category"].create({"name": "c"})
    rows = [[f"t{n}", f"T{n}", n] for n in range(100)]
    before = env.tx.statements
    load(env, "shop.tag", "id name weight", *rows)
    assert env.tx.statements - before < 20


def test_rights_are_asked(env):
    answer = env["shop.tag"].with_user(2).load(["name"], [["x"]])
    assert told(answer) == [(0, "", "access_error")]
    with pytest.raises(BadRequest):
        env["shop.tag"].load(["name"], [["x"]] * 100_001)
    assert AccessError


def test_what_is_exported_can_be_loaded(env):
    tags = env["shop.tag"].create([{"name": "a"}, {"name": "b"}])
    env["shop.order"].create(
        [
            {
                "customer": "Ann",
                "tag_ids": tags,
                "line_ids": [{"quantity": 1}, {"quantity": 2, "part_ids": [{"name": "p"}]}],
            },
            {"customer": "Bob", "number": 4},
        ]
    )
    header = ["id", "customer", "number", "tag_ids/id", "line_ids/id", "line_ids/quantity"]
    header += ["line_ids/part_ids/id", "line_ids/part_ids/name"]
    orders = env["shop.order"].search([])
    rows = orders.export_data(header)["datas"]
    before = _whole(orders)
    answer = env["shop.order"].load(header, rows)
    assert answer["messages"] == []
    assert answer["ids"] == list(orders.ids)
    assert _whole(orders) == before
    orders.unlink()
    answer = env["shop.order"].load(header, rows)
    assert answer["messages"] == []
    assert _whole(env["shop.order"].browse(answer["ids"])) == before


def _whole(orders):
    return [
        (
            order.customer,
            order.number,
            sorted(tag.name for tag in order.tag_ids),
            [(line.quantity, [part.name for part in line.part_ids]) for line in order.line_ids],
        )
        for order in orders
    ]
