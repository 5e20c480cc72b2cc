"""Everybody inside reads the catalogue; only its managers change it; companies keep theirs."""

import pytest

from entrepot.api import AccessError, Command


@pytest.fixture
def people(env):
    def person(login, group, **more):
        return env["res.users"].create(
            {"name": login, "login": login, "groups_id": [Command.set([env.ref(group).id])], **more}
        )

    return {
        "clerk": person("clerk", "base.group_user"),
        "manager": person("manager", "product.group_product_manager"),
        "visitor": person("visitor", "base.group_portal"),
    }


def test_clerks_read_and_managers_write(env, people):
    chair = env["product.template"].create({"name": "Chair", "list_price": 9})
    as_clerk = chair.with_user(people["clerk"].id)
    assert as_clerk.read(["name", "list_price", "standard_price"]).rows[0][1] == "Chair"
    assert as_clerk.env.ref("product.list0").price_of(as_clerk.product_variant_id) == 9
    with pytest.raises(AccessError):
        as_clerk.write({"name": "Stool"})
    with pytest.raises(AccessError):
        as_clerk.create({"name": "Stool"})
    as_manager = chair.with_user(people["manager"].id)
    as_manager.write({"name": "Stool", "barcode": "77"})
    made = as_manager.create({"name": "Bench", "default_code": "B"})
    assert made.product_variant_id.default_code == "B"
    assert made.action_archive() is None
    with pytest.raises(AccessError):
        chair.with_user(people["visitor"].id).read(["name"])


def test_administrators_manage_products(env):
    admin = env.ref("base.user_admin")
    assert env["product.template"].with_user(admin.id).create({"name": "Chair"}).product_variant_count == 1


def test_products_of_another_company_are_out_of_sight(env, people):
    other = env["res.company"].create({"name": "Other", "currency_id": env.ref("base.EUR").id})
    theirs = env["product.template"].create({"name": "Secret", "company_id": other.id})
    seen = env["product.template"].with_user(people["clerk"].id)
    assert not seen.search([("name", "=", "Secret")])
    assert not seen.env["product.product"].search([("id", "=", theirs.product_variant_id.id)])
    with pytest.raises(AccessError):
        seen.browse(theirs.id).read(["name"])
    assert theirs.currency_id == env.ref("base.EUR")


def test_money_is_that_of_the_company_at_work(env):
    other = env["res.company"].create({"name": "Other", "currency_id": env.ref("base.EUR").id})
    own = env["product.pricelist"].create({"name": "Theirs", "company_id": other.id, "sequence": 0})
    chair = env["product.template"].create({"name": "Chair"})
    bob = env["res.partner"].create({"name": "Bob"})
    assert chair.currency_id == env.company.currency_id != other.currency_id
    assert bob.property_product_pricelist == env.ref("product.list0")
    assert chair.with_company(other.id).currency_id == other.currency_id
    assert bob.with_company(other.id).property_product_pricelist == own
