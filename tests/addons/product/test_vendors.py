"""A buyer looks for who sells what."""

from datetime import date

import pytest

from entrepot.api import Command, ValidationError


@pytest.fixture
def vendors(env):
    return env["res.partner"].create(
        [{"name": "Acme", "is_company": True}, {"name": "Bolt", "is_company": True}]
    )


def test_the_best_offer_for_a_quantity(env, vendors):
    acme, bolt = vendors
    screw = env["product.product"].create(
        {
            "name": "Screw",
            "uom_po_id": env.ref("uom.product_uom_dozen").id,
            "seller_ids": [
                Command.create({"partner_id": acme.id, "price": 5}),
                Command.create({"partner_id": acme.id, "price": 4, "min_qty": 10}),
                Command.create({"partner_id": bolt.id, "price": "4.5", "date_end": "2026-01-31"}),
            ],
        }
    )
    january, july = date(2026, 1, 10), date(2026, 7, 1)
    assert screw._select_seller(quantity=12, date=january).price == 4.5
    assert screw._select_seller(quantity=12, date=july).price == 5
    assert screw._select_seller(acme, 120, july).price == 4
    assert screw._select_seller(acme, 10, july, env.ref("uom.product_uom_dozen")).price == 4
    assert not screw._select_seller(bolt, 10, july)
    employee = env["res.partner"].create({"name": "Kim", "parent_id": acme.id})
    assert not screw._select_seller(employee, 12, july)


def test_an_offer_for_a_variant_is_for_its_product(env, vendors):
    screw = env["product.product"].create({"name": "Screw"})
    offer = env["product.supplierinfo"].create(
        {"partner_id": vendors[0].id, "product_id": screw.id, "price": 3}
    )
    assert offer.product_tmpl_id == screw.product_tmpl_id
    assert screw.seller_ids == offer
    nut = env["product.product"].create({"name": "Nut"})
    with pytest.raises(ValidationError, match="another product"):
        offer.write({"product_tmpl_id": nut.product_tmpl_id.id})


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"price": -1}, "price"),
        ({"discount": 101}, "discount"),
        ({"delay": -1}, "delay"),
        ({"date_start": "2026-02-01", "date_end": "2026-01-01"}, "date_end"),
    ],
)
def test_offers_that_make_no_sense_are_refused(env, vendors, values, path):
    screw = env["product.template"].create({"name": "Screw"})
    with pytest.raises(ValidationError) as caught:
        env["product.supplierinfo"].create(
            {"partner_id": vendors[0].id, "product_tmpl_id": screw.id, **values}
        )
    assert [problem.path for problem in caught.value.problems] == [path]


def test_an_offer_needs_a_product(env, vendors):
    with pytest.raises(ValidationError, match="which product"):
        env["product.supplierinfo"].create({"partner_id": vendors[0].id})
