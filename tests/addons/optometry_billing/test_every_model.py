"""Every model the guide names answers, as the administrator of a demo clinic would ask."""

import pytest

from entrepot.kernel.invoke import invoke
from entrepot.table import Table

GUIDE = [
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
    "sale.order",
    "account.move",
    "account.payment",
    "got2.patient",
    "appointment.exam",
    "exam.service",
    "got2.consent.form",
    "got2.consent.form.template",
]
OURS = ["claim.manager.line", "got2.batch.account.payment.line", "optical.inspection", "sale.order.line"]


@pytest.fixture
def env(environment):
    return environment(demo=True).derive(uid=2, su=False)


@pytest.mark.parametrize("model", [*GUIDE, *OURS])
def test_fields_and_records(env, model):
    fields = invoke(env, model, "fields_get", ([], ["string", "type"]), {})
    assert {"id", "display_name"} <= set(fields)
    found = invoke(env, model, "search_read", ([],), {"limit": 20})
    assert isinstance(found, Table)
    assert all(set(row) <= set(fields) for row in found.dicts())
