"""Every model the guide names answers, as the administrator of a demo clinic would ask."""

import pytest

from entrepot.addons.optometry_billing import demo
from entrepot.addons.optometry_billing.data import grants, products
from entrepot.api import Command
from entrepot.kernel.invoke import invoke
from entrepot.table import Table

GUIDE = [
    "got2.patient",
    "res.partner",
    "res.partner.title",
    "got2.patient.pays.tag",
    "got2.allergy.nature",
    "got2.allergy.reaction",
    "got2.patient.allergy",
    "appointment.exam",
    "spec.rx.usage",
    "spec.contact.lenses",
    "exam.service",
    "appointment.exam.test",
    "appointment.exam.history",
    "exam.diagnosis.plan",
    "exam.diagnosis.plan.line",
    "insurance.company.listing",
    "insurance.company.detail",
    "spec.insurance.plan",
    "patient.insurance.plan",
    "spec.insurance",
    "tags.insurance.info",
    "claim.manager",
    "got2.batch.account.payment",
    "product.template",
    "product.product",
    "product.pricelist",
    "spec.procedure.code",
    "spec.lens.material",
    "spec.lens.style",
    "spec.contact.lens.manufacturer",
    "spec.contact.lens.replacement.schedule",
    "sale.order",
    "account.move",
    "account.payment",
    "multi.images",
    "ir.attachment",
    "document.type",
    "got2.consent.form",
    "got2.consent.form.template",
    "calendar.event",
    "res.users",
    "res.company",
    "uom.uom",
    "res.currency",
]
OURS = ["claim.manager.line", "got2.batch.account.payment.line", "optical.inspection", "sale.order.line"]


@pytest.fixture
def env(environment):
    return environment(demo=True)


@pytest.mark.parametrize("model", [*GUIDE, *OURS])
def test_fields_and_records(env, model):
    admin = env.derive(uid=2, su=False)
    fields = invoke(admin, model, "fields_get", ([], ["string", "type"]), {})
    assert {"id", "display_name"} <= set(fields)
    found = invoke(admin, model, "search_read", ([],), {"limit": 20})
    assert isinstance(found, Table)
    assert all(set(row) <= set(fields) for row in found.dicts())


def test_interfaces_that_read_read_all_of_them(env):
    values = {
        "name": "Reader",
        "login": "reader@example.com",
        "groups_id": [Command.link(env.ref("optometry.group_api_read").id)],
    }
    reader = env.derive(uid=env["res.users"].create(values).id, su=False)
    for model in [*GUIDE, *OURS]:
        assert isinstance(invoke(reader, model, "search_read", ([],), {"limit": 5}), Table), model


def test_the_demo_has_an_open_claim_and_goods(env):
    (claim,) = env["claim.manager"].search([])
    assert claim.state == "submitted"
    assert claim.invoice_id.state == "posted"
    assert env["insurance.company.listing"].search_count([]) == 2
    assert env["patient.insurance.plan"].search_count([]) >= 20
    frames = env["product.product"].search([("spec_product_type", "=", "frame")])
    assert all(frame.qty_available > 0 for frame in frames)


def test_demo_and_data_may_be_loaded_again(env):
    before = env["product.product"].search_count([]), env["claim.manager"].search_count([])
    demo.load(env)
    products.load(env)
    grants.load(env)
    assert (env["product.product"].search_count([]), env["claim.manager"].search_count([])) == before
