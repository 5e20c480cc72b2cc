"""A shop keeps its catalogue: products, their codes, categories, units, archiving and copies."""

import pytest

from entrepot.api import Command, ValidationError


def make(env, **values):
    return env["product.template"].create({"name": "Chair", **values})


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_a_product_is_two_rows_with_everything_where_it_belongs(env):
    chair = make(
        env, default_code="CH-1", barcode="4006381333931", standard_price="3.5", list_price="9.99", weight=4.2
    )
    variant = chair.product_variant_id
    assert chair.product_variant_count == 1
    assert (variant.default_code, variant.barcode, variant.weight) == ("CH-1", "4006381333931", 4.2)
    assert (str(variant.standard_price), str(variant.lst_price)) == ("3.5000", "9.9900")
    assert (chair.default_code, chair.barcode) == ("CH-1", "4006381333931")
    assert chair.display_name == variant.display_name == "[CH-1] Chair"
    assert chair.uom_id == chair.uom_po_id == env.ref("uom.product_uom_unit")
    assert chair.categ_id == env.ref("product.product_category_all")
    assert chair.currency_id == env.company.currency_id


def test_template_and_only_variant_speak_for_each_other(env):
    chair = make(env, default_code="CH-1")
    chair.write({"default_code": "CH-2", "barcode": "123", "standard_price": 5, "volume": 0.5})
    variant = chair.product_variant_id
    assert (variant.default_code, variant.barcode, variant.standard_price, variant.volume) == (
        "CH-2",
        "123",
        5,
        0.5,
    )
    variant.write({"default_code": "CH-3", "lst_price": 12})
    assert (chair.default_code, chair.list_price) == ("CH-3", 12)
    assert env["product.template"].search([("default_code", "=", "CH-3")]) == chair
    assert env["product.template"].search([("barcode", "=", "123")]) == chair
    assert env["product.template"].search([("standard_price", "=", 5)]) == chair


def test_a_variant_alone_brings_its_template(env):
    table = env["product.product"].create({"name": "Table", "default_code": "T-1", "list_price": 100})
    assert table.product_tmpl_id.product_variant_ids == table
    assert table.product_tmpl_id.default_code == "T-1"


def test_products_are_found_by_code_barcode_and_name(env):
    products = env["product.product"]
    chair, table = products.create(
        [
            {"name": "Chair", "default_code": "E-COM07", "barcode": "601647855633"},
            {"name": "Chair table E-COM07x", "default_code": "T-9"},
        ]
    )
    assert [each[0] for each in products.name_search("E-COM07")] == [chair.id]
    assert [each[0] for each in products.name_search("601647855633")] == [chair.id]
    assert {each[0] for each in products.name_search("chair")} == {chair.id, table.id}
    assert products.name_search("[E-COM07] Chair") == [(chair.id, "[E-COM07] Chair")]
    assert products.name_search("chair", [("default_code", "=", "T-9")]) == [
        (table.id, "[T-9] Chair table E-COM07x")
    ]


def test_barcodes_are_unique_over_all_variants(env):
    make(env, barcode="123")
    with pytest.raises(ValidationError) as caught:
        make(env, barcode="123")
    assert paths(caught) == ["barcode"]


def test_an_empty_barcode_is_none(env):
    assert make(env, barcode="").barcode is None
    assert make(env, barcode="").product_variant_id.barcode is None


def test_barcodes_have_no_blanks_around(env):
    with pytest.raises(ValidationError) as caught:
        make(env, barcode=" 123")
    assert paths(caught) == ["barcode"]


def test_check_digits_are_asked_for_where_a_tenant_wishes(env):
    make(env, barcode="4006381333932")
    env["ir.config_parameter"].set_param("product.barcode_check_digits", "true")
    make(env, barcode="4006381333931")
    make(env, barcode="SHELF-7")
    with pytest.raises(ValidationError) as caught:
        make(env, barcode="9780306406158")
    assert [problem.code for problem in caught.value.problems] == ["check_digit"]


def test_units_of_sale_and_purchase_convert(env):
    dozen = env.ref("uom.product_uom_dozen")
    eggs = make(env, uom_po_id=dozen.id)
    assert eggs.uom_po_id == dozen
    with pytest.raises(ValidationError) as caught:
        make(env, uom_po_id=env.ref("uom.product_uom_kg").id)
    assert paths(caught) == ["uom_po_id"]
    assert make(env, uom_id=env.ref("uom.product_uom_kg").id).uom_po_id == env.ref("uom.product_uom_kg")


def test_all_that_is_wrong_is_said_at_once(env):
    with pytest.raises(ValidationError) as caught:
        make(env, name=" ", list_price=-1, uom_po_id=env.ref("uom.product_uom_kg").id)
    assert sorted(paths(caught)) == ["list_price", "name", "uom_po_id"]


def test_templates_and_variants_sleep_and_wake_together(env):
    chair = make(env)
    variant = chair.product_variant_id
    chair.action_archive()
    assert not variant.active
    assert chair.default_code == variant.default_code
    chair.action_unarchive()
    assert variant.active
    variant.action_archive()
    assert not chair.active
    variant.action_unarchive()
    assert chair.active


def test_the_last_variant_takes_its_template_along(env):
    chair = make(env)
    chair.product_variant_id.unlink()
    assert not chair.exists()
    table = make(env)
    variant = table.product_variant_id
    table.unlink()
    assert not variant.exists()


def test_a_copy_has_a_variant_of_its_own(env):
    chair = make(env, default_code="CH-1", barcode="123", standard_price=7, list_price=20)
    copy = chair.copy()
    assert copy.name == "Chair (copy)"
    assert (copy.barcode, copy.standard_price, copy.list_price) == (None, 7, 20)
    assert copy.product_variant_id != chair.product_variant_id
    assert chair.product_variant_id.copy().product_tmpl_id not in chair | copy


def test_categories_know_where_they_stand(env):
    top = env["product.category"].create({"name": "Glasses"})
    sun = env["product.category"].create({"name": "Sun", "parent_id": top.id})
    assert sun.complete_name == "Glasses / Sun"
    top.write({"name": "Eyewear"})
    assert sun.complete_name == "Eyewear / Sun"
    make(env, categ_id=sun.id)
    make(env, categ_id=top.id)
    assert (top.product_count, sun.product_count) == (2, 1)
    with pytest.raises(ValidationError) as caught:
        top.write({"parent_id": sun.id})
    assert paths(caught) == ["parent_id"]


def test_many_products_are_two_inserts(env, monkeypatch):
    chair = make(env)
    env.flush()
    tables = []
    store = type(env.tx)
    insert = store.insert

    def counted(self, table, *args, **kwargs):
        tables.append(table)
        return insert(self, table, *args, **kwargs)

    monkeypatch.setattr(store, "insert", counted)
    updates = []
    monkeypatch.setattr(store, "execute", lambda self, text, *_: updates.append(text))
    rows = [{"name": f"P{at}", "default_code": f"C{at}", "list_price": at} for at in range(200)]
    made = env["product.template"].create(rows)
    env.flush()
    assert (len(made), updates) == (200, [])
    assert tables == ["product_template", "product_product"]
    assert made[7].default_code == made[7].product_variant_id.default_code == "C7"
    assert chair.product_variant_count == 1


def test_links_of_many_new_products_are_few_queries(env, monkeypatch):
    tag = env["product.tag"].create({"name": "New"})
    counted = []
    store = type(env.tx)
    fetch = store.fetch
    monkeypatch.setattr(
        store, "fetch", lambda *args, **kwargs: (counted.append(1), fetch(*args, **kwargs))[1]
    )

    def queries(count):
        env.cache.reset()
        counted.clear()
        rows = [{"name": f"P{at}", "product_tag_ids": [Command.set([tag.id])]} for at in range(count)]
        made = env["product.template"].create(rows)
        assert made[-1].product_tag_ids == tag
        return len(counted)

    assert queries(2) == queries(100)


def test_links_that_are_there_already_stay_once(env):
    first, second = env["product.tag"].create([{"name": "A"}, {"name": "B"}])
    made = env["product.template"].create(
        [{"name": f"P{at}", "product_tag_ids": [Command.set([first.id, second.id])]} for at in range(20)]
    )
    first.write({"product_template_ids": [Command.link(each) for each in made.ids]})
    assert all(each.product_tag_ids == first | second for each in made)
    assert all(len(each.product_tag_ids) == 2 for each in made)
