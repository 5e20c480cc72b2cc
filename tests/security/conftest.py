"""A clinic to attack, once on each store."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app_fixtures import PASSWORD, House
from entrepot.doors.asgi import Application
from entrepot.tenants.provision import Owner
from security import market as markets
from security.clinic import Clinic, furnished
from security.market import ADDONS, Market
from server_fixtures import server

__all__ = ["server"]


@pytest.fixture(scope="session")
def clinic(shared_house: House) -> Iterator[Clinic]:
    """A clinic on each store. Leave it as it is."""
    name = f"security-{os.getpid()}"
    shared_house.app.administer.make(name, addons=("optometry",), demo=False, owner=Owner(password=PASSWORD))
    yield furnished(shared_house, name)
    shared_house.app.administer.remove(name)


@pytest.fixture(scope="session")
def market(shared_house: House) -> Iterator[Market]:
    """A market on each store. Attacks that are refused leave it as it is; others add records of their own."""
    name = f"market-{os.getpid()}"
    app = Application(shared_house.app.server)
    shared_house.app.administer.make(name, addons=ADDONS, demo=False, owner=Owner(password=PASSWORD))
    yield markets.furnished(shared_house, app, name)
    app.workers.stop()
    shared_house.app.administer.remove(name)
