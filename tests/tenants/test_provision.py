"""Making tenants: all or nothing, quickly, and with one registry for all of the same add-ons."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app_fixtures import PASSWORD, House, files_of
from entrepot.errors import ConflictError, EntrepotError, MissingError, ValidationError
from entrepot.tenants.provision import Owner


def test_a_new_tenant_is_ready_at_once(house: House, tenant_name: str) -> None:
    assert tenant_name in house.app.administer.list()
    assert house.app.server.authenticate(tenant_name, "admin", PASSWORD, "") == 2
    assert house.call(tenant_name, "ir.module.module", "search_read", [], ["name"]).dicts()


def test_the_owner_is_as_they_said(house: House, new_tenant: Callable[..., str]) -> None:
    name = new_tenant(login="boss@clinic.example", lang="fr_FR", country_code="be", phone="+32 2 1234567")
    assert house.app.server.authenticate(name, "boss@clinic.example", PASSWORD, "") == 2
    assert house.app.server.authenticate(name, "admin", PASSWORD, "") is None
    (user,) = house.call(name, "res.users", "read", [2], ["email", "lang"]).dicts()
    assert (user["email"], user["lang"]) == ("boss@clinic.example", "fr_FR")
    (company,) = house.call(
        name, "res.company", "read", [1], ["email", "phone", "country_id", "currency_id"]
    ).dicts()
    assert company["email"] == "boss@clinic.example"
    assert company["phone"] == "+32 2 1234567"
    assert company["country_id"][1] == "Belgium"
    assert company["currency_id"][1] == "EUR"


def test_without_a_password_nobody_logs_in(house: House, new_tenant: Callable[..., str]) -> None:
    name = new_tenant(password="")
    for guess in ("", "admin", "False", " "):
        assert house.app.server.authenticate(name, "admin", guess, "") is None


def test_each_tenant_has_an_identity_of_its_own(house: House, new_tenant: Callable[..., str]) -> None:
    found = {
        house.call(name, "ir.config_parameter", "get_param", "database.uuid")
        for name in (new_tenant(), new_tenant())
    }
    assert len(found) == 2


@pytest.mark.parametrize(
    "name", ["", "-x", "a/b", "../up", "a..b", "x" * 64, "draft-1-aaaaaaaaaaaa", "a\0b", "ä"]
)
def test_a_name_that_cannot_be_one_is_refused(house: House, name: str) -> None:
    before = files_of(house.app.settings.data)
    with pytest.raises(ValidationError):
        house.app.administer.make(name, addons=("base",), demo=False, owner=Owner())
    assert files_of(house.app.settings.data) == before


def test_a_taken_name_is_refused_and_its_tenant_stays(house: House, tenant_name: str) -> None:
    made = house.call(tenant_name, "res.partner", "create", {"name": "Kept"})
    with pytest.raises(ConflictError, match="already exists"):
        house.app.administer.make(tenant_name, addons=("base",), demo=False, owner=Owner())
    assert house.call(tenant_name, "res.partner", "exists", [made]) == [made]


@pytest.mark.parametrize(
    ("addons", "owner", "error"),
    [
        (("no_such",), {}, MissingError),
        (("base",), {"lang": "xx_YY"}, ValidationError),
        (("base",), {"country_code": "qq"}, ValidationError),
        (("base",), {"login": "\n"}, ValidationError),
        (("base",), {"password": "x" * 5000}, ValidationError),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    house: House, new_name: Callable[[], str], addons: Any, owner: dict[str, Any], error: type[EntrepotError]
) -> None:
    house.app.administer.provision.template(("base",), demo=False)
    before = files_of(house.app.settings.data), house.app.tenants.engine.names()
    name = new_name()
    with pytest.raises(error):
        house.app.administer.make(name, addons=addons, demo=False, owner=Owner(**owner))
    assert (files_of(house.app.settings.data), house.app.tenants.engine.names()) == before
    house.app.administer.make(name, addons=("base",), demo=False, owner=Owner())


def test_tenants_of_the_same_addons_share_one_registry(
    house: House, new_tenant: Callable[..., str], new_name: Callable[[], str]
) -> None:
    one, two, other = new_tenant(), new_tenant(), new_name()
    house.app.administer.make(other, addons=("uom",), demo=False, owner=Owner(password=PASSWORD))
    for name in (one, two, other):
        house.call(name, "res.partner", "search_count", [])
    first, second, third = (house.app.tenants.open(name).registry for name in (one, two, other))
    assert first is second
    assert first is not third


def test_of_two_who_want_one_name_one_gets_it(
    house: House, neighbour: House, new_name: Callable[[], str]
) -> None:
    house.app.administer.provision.template(("base",), demo=False)
    name, outcomes = new_name(), []

    def make(who: House) -> None:
        try:
            owner = Owner(password=PASSWORD)
            who.app.administer.make(name, addons=("base",), demo=False, owner=owner)
            outcomes.append("made")
        except ConflictError:
            outcomes.append("taken")

    threads = [threading.Thread(target=make, args=(who,)) for who in (house, neighbour)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["made", "taken"]
    assert house.call(name, "res.partner", "search_count", [["id", "=", 1]]) == 1
    assert not [each for each in house.app.tenants.engine.names() if each.startswith("draft-")]


def test_an_addon_added_in_one_process_is_there_in_the_other_at_the_next_call(
    house: House, neighbour: House, tenant_name: str
) -> None:
    with pytest.raises(MissingError):
        neighbour.call(tenant_name, "uom.uom", "search_count", [])
    found = house.app.administer.install(tenant_name, ["uom"])
    assert set(found) >= {"base", "uom"}
    assert neighbour.call(tenant_name, "uom.uom", "search_count", []) > 0
    category = neighbour.as_system(tenant_name, "uom.category", "search", [], limit=1)[0]
    assert neighbour.as_system(tenant_name, "uom.category", "write", [category], {"name": "Other"})


def test_bringing_up_to_date_twice_changes_nothing(house: House, tenant_name: str) -> None:
    before = house.call(tenant_name, "res.groups", "search_count", [])
    assert house.app.administer.install(tenant_name) == ("base",)
    assert house.call(tenant_name, "res.groups", "search_count", []) == before


def test_an_unknown_addon_leaves_a_tenant_as_it_was(house: House, tenant_name: str) -> None:
    with pytest.raises(MissingError):
        house.app.administer.install(tenant_name, ["no_such"])
    assert house.call(tenant_name, "res.partner", "search_count", [["id", "=", 1]]) == 1


@pytest.mark.parametrize(("version", "says"), [("99.0", "other versions"), ("0.1", "other versions")])
def test_a_tenant_of_another_version_is_not_served_but_refused(
    house: House, neighbour: House, tenant_name: str, version: str, says: str
) -> None:
    module = house.as_system(tenant_name, "ir.module.module", "search", [["name", "=", "base"]])
    with house.app.tenants.open(tenant_name).store.transaction(readonly=False) as tx:
        env = house.app.tenants.open(tenant_name).environment(tx)
        env["ir.module.module"].browse(module).write({"latest_version": version})
        env.flush()
        tx.execute("UPDATE entrepot_epoch SET value = 7")
    with pytest.raises(EntrepotError, match=says) as caught:
        neighbour.call(tenant_name, "res.partner", "search_count", [])
    assert caught.value.code == "tenant_unavailable"
    if version == "0.1":
        house.app.administer.install(tenant_name)
        assert neighbour.call(tenant_name, "res.partner", "search_count", [["id", "=", 1]]) == 1
    else:
        with pytest.raises(ValidationError, match="later versions"):
            house.app.administer.install(tenant_name)
