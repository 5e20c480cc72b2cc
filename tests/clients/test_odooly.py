"""Odooly, over the web session it prefers and over JSON-RPC."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import odooly
import pytest

from server_fixtures import Tenant

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(params=["", "/jsonrpc"], ids=["web", "jsonrpc"])
def connect(request: pytest.FixtureRequest, tenant: Tenant) -> Iterator[Callable[..., odooly.Client]]:
    """A function of (login, password) that answers a logged-in client."""
    odooly.Env._cache.clear()

    def client(login: str = tenant.login, password: str = tenant.password) -> odooly.Client:
        return odooly.Client(tenant.url + request.param, tenant.db, login, password)

    yield client
    odooly.Env._cache.clear()


def refusal(error: odooly.ServerError) -> str:
    return str(error.args[0]["data"]["name"])


def test_a_wrong_password_is_refused(connect: Callable[..., odooly.Client]) -> None:
    with pytest.raises(odooly.Error, match="Invalid username or password"):
        connect(password="wrong")


def test_the_models_are_known(connect: Callable[..., odooly.Client]) -> None:
    env = connect().env
    assert "got2.patient" in env.models("got2")
    assert "name" in env["got2.patient"].keys()  # noqa: SIM118 - a method of theirs
    assert env["got2.patient"].field("name")["type"] == "char"


def test_a_day_in_the_life_of_a_patient(connect: Callable[..., odooly.Client], patient: int) -> None:
    patients = connect().env["got2.patient"]
    made = patients.create({"name": "Ada", "email": "ada@example.com"})
    assert patients.search([("email", "=", "ada@example.com")]).ids == [made.id]
    assert patients.search(["email = ada@example.com"], limit=1, order="id desc").ids == [made.id]
    made.write({"name": "Ada Lovelace"})
    assert made.name == "Ada Lovelace"
    assert patients.read([patient, made.id], ["name"], order=True) == [
        {"id": patient, "name": "Pia Patient"},
        {"id": made.id, "name": "Ada Lovelace"},
    ]
    assert patients.search_count([("id", "in", [patient, made.id])]) == 2
    assert made.send_patient_summary()["id"] == made.id
    assert made.unlink()
    assert patients.search([("id", "=", made.id)]).ids == []


def test_links_lead_to_records(connect: Callable[..., odooly.Client]) -> None:
    env = connect().env
    assert env.user.login == "admin"
    assert env.user.company_id.currency_id.name
    assert env.ref("base.be").code == "BE"


def test_refusals_carry_their_class(connect: Callable[..., odooly.Client], patient: int) -> None:
    env = connect().env
    with pytest.raises(odooly.ServerError) as caught:
        env.execute("got2.patient", "write", [999999999], {"name": "x"})
    assert refusal(caught.value) == "odoo.exceptions.MissingError"
    with pytest.raises(odooly.ServerError) as caught:
        env.execute("got2.patient", "write", [patient], {"birth_date": "2999-01-01"})
    assert refusal(caught.value) == "odoo.exceptions.ValidationError"


def test_rights_are_refused(connect: Callable[..., odooly.Client]) -> None:
    env = connect().env
    group = env.ref("base.group_user").id
    env["res.users"].create(
        {"name": "Clerk", "login": "clerk", "password": "clerk's own", "groups_id": [(6, 0, [group])]}
    )
    odooly.Env._cache.clear()
    clerk = connect("clerk", "clerk's own").env
    with pytest.raises(odooly.ServerError) as caught:
        clerk.execute("ir.rule", "search", [])
    assert refusal(caught.value) == "odoo.exceptions.AccessError"


def test_an_api_key_is_made(connect: Callable[..., odooly.Client], tenant: Tenant) -> None:
    # Their generate_api_key() takes these steps, and then works only in their interactive prompt.
    wizard = connect().env._get("res.users.apikeys.description", transient=True)
    key = wizard.create({"name": "test"}).make_key()["context"]["default_key"]
    odooly.Env._cache.clear()
    by_key = odooly.Client(f"{tenant.url}/jsonrpc", tenant.db, tenant.login, key)
    assert by_key.env["got2.patient"].search_count([]) > 0


def test_databases_are_made_cloned_and_dropped(connect: Callable[..., odooly.Client], tenant: Tenant) -> None:
    client = connect()
    name = f"{tenant.db}-clone"
    assert tenant.db in client.database.list()
    client.clone_database(tenant.server.master, name)
    assert name in client.database.list()
    assert client.env["got2.patient"].search_count([]) > 0
    client.login(tenant.login, tenant.password, database=tenant.db)
    client.drop_database(tenant.server.master, name)
    assert name not in client.database.list()
