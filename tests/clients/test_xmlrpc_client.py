"""The standard library's XML-RPC client, which most integrations begin with."""

from __future__ import annotations

from collections.abc import Iterator
from xmlrpc.client import Fault, ServerProxy

import pytest

from server_fixtures import Tenant


class Models:
    """`execute_kw` with the login filled in."""

    def __init__(self, proxy: ServerProxy, tenant: Tenant, uid: int, password: str) -> None:
        self.proxy = proxy
        self.login = (tenant.db, uid, password)

    def __call__(self, model: str, method: str, *args: object, **kwargs: object) -> object:
        return self.proxy.execute_kw(*self.login, model, method, list(args), kwargs)


@pytest.fixture
def models(tenant: Tenant) -> Iterator[Models]:
    with ServerProxy(f"{tenant.url}/xmlrpc/2/object") as proxy:
        yield Models(proxy, tenant, tenant.uid(), tenant.password)


def fault(call: Models, *args: object) -> tuple[int, str]:
    with pytest.raises(Fault) as caught:
        call(*args)  # type: ignore[arg-type]
    return caught.value.faultCode, caught.value.faultString


def test_the_version(tenant: Tenant) -> None:
    with ServerProxy(f"{tenant.url}/xmlrpc/2/common") as common:
        version = common.version()
    assert version["server_version_info"][:2] == [18, 0]
    assert version["protocol_version"] == 1


def test_wrong_logins_are_false(tenant: Tenant) -> None:
    with ServerProxy(f"{tenant.url}/xmlrpc/2/common") as common:
        assert common.authenticate(tenant.db, tenant.login, "wrong", {}) is False
        assert common.authenticate(tenant.db, tenant.login, "", {}) is False
        assert common.authenticate(tenant.db, tenant.login.upper(), tenant.password, {}) is False
        assert common.login(tenant.db, f" {tenant.login}", tenant.password) is False


def test_an_unknown_database_is_a_fault(tenant: Tenant) -> None:
    with ServerProxy(f"{tenant.url}/xmlrpc/2/common") as common, pytest.raises(Fault) as caught:
        common.authenticate("no-such-database", "admin", "admin", {})
    assert "no-such-database" in caught.value.faultString


def test_a_day_in_the_life_of_a_patient(models: Models) -> None:
    made = models("got2.patient", "create", {"name": "Ada", "email": "ada@example.com", "active": True})
    assert models("got2.patient", "search", [["email", "=", "ada@example.com"]]) == [made]
    assert models("got2.patient", "write", [made], {"email": "ada@lovelace.example"}) is True
    assert models("got2.patient", "read", [made], fields=["name", "email"]) == [
        {"id": made, "name": "Ada", "email": "ada@lovelace.example"}
    ]
    summary = models("got2.patient", "send_patient_summary", [made])
    assert isinstance(summary, list)
    assert summary[0]["id"] == made
    assert models("got2.patient", "unlink", [made]) is True
    assert models("got2.patient", "search", [["id", "=", made]]) == []


def test_faults_have_their_numbers(models: Models, patient: int, tenant: Tenant) -> None:
    wrong = Models(models.proxy, tenant, tenant.uid(), "wrong")
    assert fault(wrong, "got2.patient", "search", []) == (3, "Access Denied")
    code, text = fault(models, "got2.patient", "write", [999999999], {"name": "x"})
    assert (code, text.partition("\n")[0]) == (2, "Record does not exist or has been deleted.")
    assert fault(models, "got2.patient", "write", [patient], {"birth_date": "2999-01-01"})[0] == 2
    assert fault(models, "got2.patient", "dance", [patient])[0] == 1
    code, text = fault(models, "got2.patient", "_dance", [patient])
    assert code in {1, 4}
    assert "_dance" in text


def test_rights_are_fault_four(models: Models, tenant: Tenant) -> None:
    group = models("ir.model.data", "check_object_reference", "base", "group_user")
    assert isinstance(group, list)
    values = {"name": "Clerk", "login": "clerk", "password": "clerk's own", "groups_id": [(6, 0, [group[1]])]}
    uid = models("res.users", "create", values)
    assert isinstance(uid, int)
    clerk = Models(models.proxy, tenant, uid, "clerk's own")
    assert fault(clerk, "ir.rule", "search", [])[0] == 4


def test_every_model_of_the_guide_answers(models: Models) -> None:
    for model in (
        "got2.patient", "res.partner", "res.partner.title", "got2.patient.pays.tag", "got2.allergy.nature",
        "got2.allergy.reaction", "got2.patient.allergy", "appointment.exam", "spec.rx.usage",
        "spec.contact.lenses", "exam.service", "appointment.exam.test", "appointment.exam.history",
        "exam.diagnosis.plan", "exam.diagnosis.plan.line", "multi.images", "ir.attachment", "document.type",
        "got2.consent.form", "got2.consent.form.template", "calendar.event", "res.users", "res.company",
        "uom.uom", "res.currency",
    ):  # fmt: skip
        fields = models(model, "fields_get", [], attributes=["string", "type"])
        assert isinstance(fields, dict), model
        assert fields["id"]["type"] == "integer", model
        rows = models(model, "search_read", [], limit=2)
        assert isinstance(rows, list), model
