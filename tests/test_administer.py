"""Orders about tenants: nothing without the master password, and each order told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app_fixtures import MASTER, PASSWORD, House, MakeHouse, files_of
from entrepot.errors import AccessDenied, ConflictError, MissingError, RateLimited, ValidationError

NEW: dict[str, Any] = {
    "demo": False,
    "lang": "en_US",
    "password": PASSWORD,
    "login": "admin",
    "country_code": None,
    "phone": None,
    "addons": ("base",),
}


def orders(house: House, master: Any, name: str, file: Path) -> list[Callable[[], object]]:
    """Every order that demands the master password."""
    administer = house.app.administer
    return [
        lambda: administer.create(master, "new", **NEW),
        lambda: administer.duplicate(master, name, "new", neutralize=False),
        lambda: administer.rename(master, name, "new"),
        lambda: administer.drop(master, name),
        lambda: administer.dump(master, name, "zip"),
        lambda: administer.restore(master, "new", file, copy=False),
        lambda: administer.change_master_password(master, "mine now"),
        lambda: administer.upgrade(master, [name]),
        lambda: administer.countries(master),
    ]


@pytest.mark.parametrize("number", range(9))
def test_no_order_without_the_master_password(
    make_house: MakeHouse, tenant_name: str, tmp_path: Path, number: int
) -> None:
    house = make_house(login_attempts=400, data=tmp_path / "own")
    dump = tmp_path / "dump.zip"
    dump.write_bytes(b"")
    for master in ("", "wrong", "admin", MASTER + " ", MASTER.upper(), None, 0, [], {"a": 1}, "x" * 10_000):
        with pytest.raises((AccessDenied, RateLimited)):
            orders(house, master, tenant_name, dump)[number]()
    assert house.events("master_password_refused")
    assert not house.app.tenants.exists("new")


@pytest.mark.parametrize("number", range(9))
def test_no_master_password_opens_nothing(
    make_house: MakeHouse, tenant_name: str, tmp_path: Path, number: int
) -> None:
    house = make_house(master_password="", data=tmp_path / "own")
    for master in ("", "admin", "master", None, False):
        with pytest.raises(AccessDenied):
            orders(house, master, tenant_name, tmp_path / "x")[number]()


def test_guessing_the_master_password_is_limited(make_house: MakeHouse, tmp_path: Path) -> None:
    house = make_house(login_attempts=3, data=tmp_path / "own")
    for _ in range(3):
        with pytest.raises(AccessDenied):
            house.app.administer.guard("guess")
    for guess in ("guess", MASTER):
        with pytest.raises(RateLimited):
            house.app.administer.guard(guess)
    assert len(house.events("master_password_refused")) == 5


def test_each_order_is_told(house: House, new_name: Callable[[], str]) -> None:
    one, two, three = new_name(), new_name(), new_name()
    administer = house.app.administer
    administer.create(MASTER, one, **NEW)
    administer.duplicate(MASTER, one, two, neutralize=True)
    administer.rename(MASTER, two, three)
    dump = administer.dump(MASTER, one, "zip")
    assert administer.drop(MASTER, three) is True
    assert administer.drop(MASTER, three) is False
    administer.restore(MASTER, two, dump, copy=True)
    dump.unlink()
    administer.upgrade(MASTER, [one])
    told = [(each["event"], each["tenant"]) for each in house.events() if each["event"].startswith("tenant_")]
    assert told == [
        ("tenant_created", one),
        ("tenant_duplicated", one),
        ("tenant_renamed", two),
        ("tenant_dumped", one),
        ("tenant_dropped", three),
        ("tenant_restored", two),
        ("tenant_upgraded", one),
    ]
    assert MASTER not in str(house.events())
    assert set(administer.list()) >= {one, two}
    assert administer.exists(one)
    assert not administer.exists(three)
    assert not administer.exists("../up")


def test_an_administrator_without_a_password_is_refused(house: House, new_name: Callable[[], str]) -> None:
    with pytest.raises(ValidationError, match="password"):
        house.app.administer.create(MASTER, new_name(), **{**NEW, "password": ""})


def test_orders_on_what_is_not_there(house: House, tenant_name: str, new_name: Callable[[], str]) -> None:
    administer = house.app.administer
    before = files_of(house.app.settings.data)
    for order in (
        lambda: administer.duplicate(MASTER, "no-such", new_name(), neutralize=False),
        lambda: administer.rename(MASTER, "no-such", new_name()),
        lambda: administer.dump(MASTER, "no-such", "zip"),
        lambda: administer.upgrade(MASTER, [tenant_name, "no-such"]),
        lambda: administer.upgrade(MASTER, ["../up"]),
    ):
        with pytest.raises(MissingError):
            order()
    with pytest.raises(ConflictError, match="already exists"):
        administer.create(MASTER, tenant_name, **NEW)
    assert files_of(house.app.settings.data) == before


def test_the_master_password_can_be_changed_for_every_process(make_house: MakeHouse, tmp_path: Path) -> None:
    house, neighbour = (make_house(data=tmp_path / "own") for _ in range(2))
    house.app.administer.change_master_password(MASTER, "another")
    for each in (house, neighbour):
        each.app.administer.guard("another")
        with pytest.raises(AccessDenied):
            each.app.administer.guard(MASTER)
    assert house.events("master_password_changed")


def test_countries_and_languages_have_names(house: House) -> None:
    assert ("be", "Belgium") in house.app.administer.countries(MASTER)
    assert not {"eu", "un"} & {code for code, _ in house.app.administer.countries(MASTER)}
    found = dict(house.app.administer.languages())
    assert found["fr_FR"] == "French (France) / français (France)"
    assert "en_US" in found


def test_a_tenant_that_was_moved_is_open_under_one_name(
    house: House, tenant_name: str, new_name: Callable[[], str]
) -> None:
    assert house.app.server.authenticate(tenant_name, "admin", PASSWORD, "") == 2
    new = new_name()
    house.app.administer.rename(MASTER, tenant_name, new)
    assert house.app.server.authenticate(new, "admin", PASSWORD, "") == 2
    with pytest.raises(MissingError):
        house.app.server.authenticate(tenant_name, "admin", PASSWORD, "")
