"""A clinic to attack, once on each store."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app_fixtures import PASSWORD, House
from entrepot.tenants.provision import Owner
from security.clinic import Clinic, furnished
from server_fixtures import server

__all__ = ["server"]


@pytest.fixture(scope="session")
def clinic(shared_house: House) -> Iterator[Clinic]:
    """A clinic on each store. Leave it as it is."""
    name = f"security-{os.getpid()}"
    shared_house.app.administer.make(name, addons=("optometry",), demo=False, owner=Owner(password=PASSWORD))
    yield furnished(shared_house, name)
    shared_house.app.administer.remove(name)
