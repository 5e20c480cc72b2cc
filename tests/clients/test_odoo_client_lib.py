"""odoo-client-lib (module `odoolib`) over version 1 of XML-RPC, JSON-RPC and JSON-2."""

from __future__ import annotations

from xmlrpc.client import Fault

import odoolib
import pytest
from odoolib.tools import AuthenticationError, JsonRPCException

from api_keys import new_api_key
from server_fixtures import Tenant

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REFUSED = (Fault, JsonRPCException)


def connection(tenant: Tenant, protocol: str, password: str | None = None) -> odoolib.main.Connection:
    return odoolib.get_connection(
        "127.0.0.1", protocol, tenant.server.port, tenant.db, tenant.login, password or tenant.password
    )


@pytest.fixture(params=["xmlrpc", "jsonrpc"])
def odoo(request: pytest.FixtureRequest, tenant: Tenant) -> odoolib.main.Connection:
    return connection(tenant, request.param)


def test_a_login_is_checked(odoo: odoolib.main.Connection) -> None:
    odoo.check_login()
    assert odoo.user_id
    assert odoo.get_user_context()["uid"] == odoo.user_id


@pytest.mark.parametrize("protocol", ["xmlrpc", "jsonrpc"])
def test_a_wrong_password_is_refused(tenant: Tenant, protocol: str) -> None:
    with pytest.raises(AuthenticationError):
        connection(tenant, protocol, "wrong").check_login()


def test_a_day_in_the_life_of_a_patient(odoo: odoolib.main.Connection, patient: int) -> None:
    patients = odoo.get_model("got2.patient")
    made = patients.create({"name": "Ada", "email": "ada@example.com"})
    assert patients.search([("email", "=", "ada@example.com")]) == [made]
    assert patients.write([made], {"name": "Ada Lovelace"}) is True
    assert patients.read(made, ["name"]) == {"id": made, "name": "Ada Lovelace"}
    assert patients.read([patient, made], ["name"])[0]["name"] == "Pia Patient"
    rows = patients.search_read([("id", "in", [patient, made])], ["name"], order="id")
    assert [row["name"] for row in rows] == ["Pia Patient", "Ada Lovelace"]
    assert [line["id"] for line in patients.send_patient_summary([made])] == [made]
    assert patients.unlink([made]) is True
    assert patients.search_count([("id", "=", made)]) == 0


def test_refusals_name_what_is_wrong(odoo: odoolib.main.Connection, patient: int) -> None:
    patients = odoo.get_model("got2.patient")
    with pytest.raises(REFUSED, match="MissingError"):
        patients.write([999999999], {"name": "x"})
    with pytest.raises(REFUSED, match=r"birth_date|[Bb]irth"):
        patients.write([patient], {"birth_date": "2999-01-01"})


def test_rights_are_refused(odoo: odoolib.main.Connection, tenant: Tenant) -> None:
    group = odoo.get_model("ir.model.data").check_object_reference("base", "group_user")[1]
    values = {"name": "Clerk", "login": "clerk", "password": "clerk's own", "groups_id": [(6, 0, [group])]}
    odoo.get_model("res.users").create(values)
    odoo.set_login_info(tenant.db, "clerk", "clerk's own")
    with pytest.raises(REFUSED, match="AccessError"):
        odoo.get_model("ir.rule").search([])


def test_json2_turns_positions_into_names(tenant: Tenant, patient: int) -> None:
    key = new_api_key(tenant.url, tenant.db, tenant.login, tenant.password)
    odoo = odoolib.get_connection("127.0.0.1", "json2", tenant.server.port, tenant.db, password=key)
    assert odoo.check_login()
    patients = odoo.get_model("got2.patient")
    assert patients.search(domain=[["id", "=", patient]]) == [patient]
    assert patients.search([["id", "=", patient]], 0, 1) == [patient]
    assert patients.read([patient], ["name"]) == {"id": patient, "name": "Pia Patient"}
    assert patients.write([patient], {"name": "Pia"}) is True
    assert [line["id"] for line in patients.send_patient_summary([patient])] == [patient]
    assert not odoolib.get_connection(
        "127.0.0.1", "json2", tenant.server.port, tenant.db, password="no key"
    ).check_login()
