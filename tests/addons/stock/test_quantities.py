"""Quantities on hand and forecast: where, of whom, by how many queries."""

import pytest

from entrepot.api import Command, UserError


def test_a_product_counts_where_it_is_asked_for(env, receive, transfer, frame, shelf, stock, warehouse):
    south = env["stock.warehouse"].create({"name": "South", "code": "SO"})
    top = shelf("Top")
    receive(frame, 5, location_dest_id=top.id)
    receive(frame, 2)
    receive(frame, 4, picking_type_id=south.in_type_id.id)
    transfer("out", (frame, 3)).action_confirm()
    transfer("in", (frame, 10), picking_type_id=south.in_type_id.id).action_confirm()

    def known(**context):
        seen = frame.with_context(**context)
        return (
            seen.qty_available,
            seen.free_qty,
            seen.incoming_qty,
            seen.outgoing_qty,
            seen.virtual_available,
        )

    assert known() == (11, 8, 10, 3, 18)
    assert known(warehouse_id=warehouse.id) == (7, 4, 0, 3, 4)
    assert known(warehouse_id=[warehouse.id, south.id]) == known()
    assert known(warehouse=south.id) == (4, 4, 10, 0, 14)
    assert known(location=top.id) == (5, 4, 0, 0, 5)
    assert known(location=stock.id, compute_child=False)[0] == 2
    assert known(location="WH/Stock/Top")[0] == 5
    assert known(location=env.ref("stock.stock_location_customers").id)[0] == 0
    assert frame.product_tmpl_id.qty_available == 11
    assert frame.product_tmpl_id.with_context(warehouse_id=south.id).virtual_available == 14
    rows = frame.quantities_by_warehouse()
    assert {row["warehouse_id"]: row["qty_available"] for row in rows} == {warehouse.id: 7, south.id: 4}
    with pytest.raises(UserError, match="warehouse_id is the id"):
        known(warehouse_id="WH")


def test_what_moves_within_neither_comes_nor_goes(receive, transfer, frame, shelf):
    receive(frame, 5)
    inside = transfer("int", (frame, 2), location_dest_id=shelf("Top").id)
    inside.action_confirm()
    assert (frame.incoming_qty, frame.outgoing_qty, frame.free_qty) == (0, 0, 3)


def test_a_template_counts_all_its_variants(env, receive):
    size = env["product.attribute"].create(
        {"name": "Size", "value_ids": [Command.create({"name": name}) for name in "SML"]}
    )
    shirt = env["product.template"].create(
        {
            "name": "Shirt",
            "is_storable": True,
            "attribute_line_ids": [
                Command.create({"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]})
            ],
        }
    )
    for number, variant in enumerate(shirt.product_variant_ids, 1):
        receive(variant, number)
    assert shirt.qty_available == 6
    assert [variant.qty_available for variant in shirt.product_variant_ids] == [1, 2, 3]


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        (">", 0, ["Five", "Two"]),
        (">=", 5, ["Five"]),
        ("=", 0, ["None"]),
        ("<", 3, ["None", "Two"]),
        ("!=", 2, ["Five", "None"]),
        ("<=", 0, ["None"]),
    ],
)
@pytest.mark.parametrize("model", ["product.product", "product.template"])
def test_products_are_found_by_quantity(env, receive, product, model, operator, value, names):
    receive(product("Five"), 5)
    receive(product("Two"), 2)
    product("None")
    among = ("name", "in", ["Five", "Two", "None"])
    found = env[model].search([("qty_available", operator, value), among])
    assert sorted(found.mapped("name")) == names


def test_quantities_are_not_compared_with_words(env):
    for value in ("many", None):
        with pytest.raises(UserError, match="compared"):
            env["product.product"].search([("qty_available", "=", value)])
    with pytest.raises(UserError, match="compared"):
        env["product.product"].search([("qty_available", "ilike", 3)])


@pytest.mark.parametrize("model", ["product.product", "product.template"])
def test_many_products_cost_no_more_queries_than_one(env, product, receive, transfer, model):
    def asked(count):
        products = env["product.product"].create(
            [{"name": f"Many {number}", "is_storable": True} for number in range(count)]
        )
        plan = [(each, 2) for each in products]
        receipt = transfer("in", *plan)
        receipt.action_confirm()
        receipt.button_validate()
        transfer("out", *plan).action_confirm()
        env.flush()
        env.cache.forget_all()
        records = env[model].search([("name", "=like", "Many%")], limit=count, order="id desc")
        before = env.tx.statements
        rows = records.read(
            ["qty_available", "free_qty", "virtual_available", "incoming_qty", "outgoing_qty"]
        )
        assert {row["qty_available"] for row in rows.dicts()} == {2}
        return env.tx.statements - before

    assert asked(30) == asked(1)


def test_steps_of_many_lines_cost_no_more_queries_than_of_one(env, transfer):
    def asked(count):
        products = env["product.product"].create(
            [{"name": f"Many {number}", "is_storable": True} for number in range(count)]
        )
        counts = []
        receipt = transfer("in", *[(each, 5) for each in products])
        delivery = transfer("out", *[(each, 4) for each in products])
        for step in (
            receipt.action_confirm,
            receipt.button_validate,
            delivery.action_confirm,
            lambda: delivery.move_ids.write({"quantity": 3}),
            delivery.with_context(skip_backorder=True).button_validate,
        ):
            env.flush()
            before = env.tx.statements
            step()
            env.flush()
            counts.append(env.tx.statements - before)
        return counts

    asked(1)  # the first of a kind fills what is remembered of the registry
    assert asked(12) == asked(2)


def test_older_clients_say_product(env):
    frame = env["product.product"].create({"name": "Frame", "type": "product"})
    assert (frame.type, frame.is_storable, frame.detailed_type) == ("consu", True, "product")
    lens = env["product.template"].create({"name": "Lens", "detailed_type": "product"})
    assert (lens.type, lens.is_storable) == ("consu", True)
    lens.write({"detailed_type": "service"})
    assert (lens.type, lens.is_storable) == ("service", False)
    found = env["product.template"].search(
        [("detailed_type", "=", "product"), ("id", "in", [frame.product_tmpl_id.id, lens.id])]
    )
    assert found == frame.product_tmpl_id
    assert env["product.template"].search([("detailed_type", "!=", "product"), ("id", "=", lens.id)]) == lens
