"""Whole servers in this process, on each store: any number of them on one data folder, as worker processes are."""

from __future__ import annotations

import io
import itertools
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from entrepot import app
from entrepot.app import App
from entrepot.call import Call, Credentials, Operator, Password
from entrepot.clock import Clock
from entrepot.observe.json_log import JsonLog
from entrepot.settings import Settings
from entrepot.storage.engines import PREFIX_PARAMETER
from entrepot.tenants.provision import Owner
from entrepot.tenants.registries import Registries

MASTER = "the master's own"
PASSWORD = "admin's own"
STORES = ("sqlite", "postgres")
_numbers = itertools.count(1)


@dataclass
class House:
    """One server, and what it has said."""

    app: App
    _stream: io.BytesIO = field(default_factory=io.BytesIO)

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """What happened so far, the first first."""
        lines = [json.loads(line) for line in self._stream.getvalue().splitlines()]
        return [line for line in lines if not name or line.get("event") == name]

    def call(
        self, tenant: str, model: str, method: str, *args: Any, who: Credentials | None = None, **kwargs: Any
    ) -> Any:
        """One call; by the administrator with their password unless somebody else is named."""
        return self.app.server.answer(
            Call(
                tenant=tenant,
                credentials=who or Password(2, PASSWORD),
                model=model,
                method=method,
                args=args,
                kwargs=kwargs,
            )
        )

    def as_system(self, tenant: str, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call as the machine's owner."""
        return self.call(tenant, model, method, *args, who=Operator(2), **kwargs)


MakeHouse = Callable[..., House]


@pytest.fixture(scope="session")
def shared_registries() -> Registries:
    """Built once for the whole run."""
    return Registries()


@pytest.fixture(scope="session", params=STORES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder and a store, shared by all servers of the run on that store, so templates are made once."""
    url = ""
    if request.param == "postgres":
        url = f"{request.getfixturevalue('postgres_url')}&{PREFIX_PARAMETER}=h{secrets.token_hex(3)}_"
    data = tmp_path_factory.mktemp(f"house-{request.param}")
    return Settings(data=data, store=url, durable=False, master_password=MASTER, list_tenants=True)


@pytest.fixture
def make_house(place: Settings, shared_registries: Registries) -> Iterator[MakeHouse]:
    """A function that builds one more server on the same data: `make_house(clock=…, setting=…)`."""
    with houses(place, shared_registries) as make:
        yield make


@pytest.fixture(scope="session")
def shared_house(place: Settings, shared_registries: Registries) -> Iterator[House]:
    """A server for what the tests of a file share."""
    with houses(place, shared_registries) as make:
        yield make()


@contextmanager
def houses(place: Settings, registries: Registries) -> Iterator[MakeHouse]:
    """A function that builds servers, which are closed at the end of the block."""
    made: list[App] = []

    def make(*, clock: Clock | None = None, **settings: Any) -> House:
        stream = io.BytesIO()
        log = JsonLog(stream, "debug")
        built = app.build(replace(place, **settings), log, clock=clock, registries=registries)
        made.append(built)
        return House(built, stream)

    yield make
    for each in made:
        each.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A server."""
    return make_house()


@pytest.fixture
def neighbour(make_house: MakeHouse) -> House:
    """Another server on the same data, as a second worker process is."""
    return make_house()


@pytest.fixture
def new_name(house: House) -> Iterator[Callable[[], str]]:
    """A function that gives a name no tenant has; whatever bears it at the end of the test is dropped."""
    given: list[str] = []

    def name() -> str:
        given.append(f"t{os.getpid()}-{next(_numbers)}")
        return given[-1]

    yield name
    for each in given:
        if house.app.tenants.exists(each):
            house.app.administer.remove(each)


@pytest.fixture
def new_tenant(house: House, new_name: Callable[[], str]) -> Callable[..., str]:
    """A function that makes a tenant with `base` and tells its name."""

    def make(**owner: Any) -> str:
        name = new_name()
        house.app.administer.make(
            name, addons=("base",), demo=False, owner=Owner(**{"password": PASSWORD, **owner})
        )
        return name

    return make


@pytest.fixture
def tenant_name(new_tenant: Callable[..., str]) -> str:
    """A fresh tenant."""
    return new_tenant()


def files_of(data: Path) -> set[str]:
    """Every file and folder under a data folder that tells of tenants.

    Logs of databases come and go; the folders that hold all tenants of a store are made when first needed.
    """
    kept = ("tenants", "templates", "files", "run/drafts", "run/dumps")
    found = [path.relative_to(data) for top in kept for path in (data / top).rglob("*")]
    return {
        str(path)
        for path in found
        if not path.name.endswith(("-wal", "-shm", "-journal", ".lock"))
        and (path.parts[0] != "files" or len(path.parts) > len(("files", "sqlite", "tenants")))
    }
