"""OdooRPC, as its users write it."""

from __future__ import annotations

from collections.abc import Iterator

import odoorpc
import pytest

from server_fixtures import Tenant

# The library leaves its sockets to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def odoo(tenant: Tenant) -> Iterator[odoorpc.ODOO]:
    client = odoorpc.ODOO("127.0.0.1", port=tenant.server.port)
    client.login(tenant.db, tenant.login, tenant.password)
    yield client
    client.logout()


def refusal(odoo: odoorpc.ODOO, *args: object) -> tuple[str, str]:
    """The class name and message of the error a call is refused with."""
    with pytest.raises(odoorpc.error.RPCError) as caught:
        odoo.execute(*args)
    return caught.value.info["data"]["name"], str(caught.value)


def test_the_version_is_known_before_login(tenant: Tenant) -> None:
    assert odoorpc.ODOO("127.0.0.1", port=tenant.server.port).version == "18.0"


def test_the_databases_are_listed(tenant: Tenant) -> None:
    assert tenant.db in odoorpc.ODOO("127.0.0.1", port=tenant.server.port).db.list()


def test_a_wrong_password_is_refused(tenant: Tenant) -> None:
    client = odoorpc.ODOO("127.0.0.1", port=tenant.server.port)
    with pytest.raises(odoorpc.error.RPCError, match="Wrong login ID or password"):
        client.login(tenant.db, tenant.login, "wrong")


def test_the_user_is_browsed(odoo: odoorpc.ODOO) -> None:
    assert odoo.env.user.login == "admin"
    assert odoo.env.user.company_id.name
    assert odoo.env.context["lang"] == "en_US"


def test_records_are_browsed_with_all_their_fields(odoo: odoorpc.ODOO) -> None:
    partner = odoo.env["res.partner"].search([], limit=1)
    record = odoo.env["res.partner"].browse(partner[0])
    assert record.id == partner[0]
    assert record.name
    assert record.create_date.year >= 2020
    assert record.create_uid.id


def test_a_day_in_the_life_of_a_patient(odoo: odoorpc.ODOO, patient: int) -> None:
    patients = odoo.env["got2.patient"]
    made = patients.create({"name": "Ada", "email": "ada@example.com"})
    assert patients.search([("email", "=", "ada@example.com")]) == [made]
    assert patients.search_read([("id", "=", made)], ["name"]) == [{"id": made, "name": "Ada"}]
    record = patients.browse(made)
    record.name = "Ada Lovelace"
    record.birth_date = "1990-12-10"
    assert patients.read([made], ["name", "birth_date"]) == [
        {"id": made, "name": "Ada Lovelace", "birth_date": "1990-12-10"}
    ]
    assert patients.browse(patient).name == "Pia Patient"
    summary = patients.send_patient_summary([made])
    assert [line["id"] for line in summary] == [made]
    assert patients.unlink([made]) is True
    assert patients.search([("id", "=", made)]) == []


def test_a_link_is_set_by_record(odoo: odoorpc.ODOO, patient: int) -> None:
    record = odoo.env["got2.patient"].browse(patient)
    record.country_id = odoo.env.ref("base.be")
    assert odoo.env["got2.patient"].read([patient], ["country_id"])[0]["country_id"][1] == "Belgium"


def test_refusals_carry_their_class(odoo: odoorpc.ODOO, patient: int) -> None:
    name, message = refusal(odoo, "got2.patient", "write", [999999999], {"name": "x"})
    assert name == "odoo.exceptions.MissingError"
    assert "got2.patient(999999999,)" in message
    name, message = refusal(odoo, "got2.patient", "write", [patient], {"birth_date": "2999-01-01"})
    assert name == "odoo.exceptions.ValidationError"
    assert refusal(odoo, "got2.patient", "_write", [patient], {})[0] in {
        "odoo.exceptions.AccessError",
        "builtins.AttributeError",
    }


def test_rights_are_refused(odoo: odoorpc.ODOO, tenant: Tenant) -> None:
    user_group = odoo.env.ref("base.group_user").id
    odoo.env["res.users"].create(
        {"name": "Clerk", "login": "clerk", "password": "clerk's own", "groups_id": [(6, 0, [user_group])]}
    )
    clerk = odoorpc.ODOO("127.0.0.1", port=tenant.server.port)
    clerk.login(tenant.db, "clerk", "clerk's own")
    assert refusal(clerk, "ir.rule", "search", [])[0] == "odoo.exceptions.AccessError"


def test_the_database_service_saves_and_drops(tenant: Tenant) -> None:
    client = odoorpc.ODOO("127.0.0.1", port=tenant.server.port)
    master = tenant.server.master
    dump = client.db.dump(master, tenant.db)
    name = f"{tenant.db}-restored"
    client.db.restore(master, name, dump)
    assert name in client.db.list()
    client.login(name, tenant.login, tenant.password)
    assert client.env["got2.patient"].search_count([]) > 0
    client.db.drop(master, name)
    assert name not in client.db.list()
    with pytest.raises(odoorpc.error.RPCError):
        client.db.drop("not the master password", tenant.db)
