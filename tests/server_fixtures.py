"""The fixtures that start real servers: one a store for the whole run, however many folders ask for it."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from xmlrpc.client import ServerProxy

import pytest

from server_process import ServerProcess

STORES = ("sqlite", "postgres")
_servers = pytest.StashKey[dict[str, ServerProcess]]()
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Tenant:
    """A tenant of a running server, with the login that may do everything in it."""

    server: ServerProcess
    db: str
    login: str = "admin"
    password: str = "admin"

    @property
    def url(self) -> str:
        return self.server.url

    def uid(self) -> int:
        with ServerProxy(f"{self.url}/xmlrpc/2/common") as common:
            return int(common.authenticate(self.db, self.login, self.password, {}))

    def execute(self, model: str, method: str, *args: object, **kwargs: object) -> object:
        """One call through XML-RPC, for what a test needs before or after what it tries."""
        with ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True) as models:
            return models.execute_kw(self.db, self.uid(), self.password, model, method, list(args), kwargs)

    def variables(self) -> dict[str, str]:
        """What the examples read."""
        return {
            "ENTREPOT_URL": self.url,
            "ENTREPOT_DB": self.db,
            "ENTREPOT_LOGIN": self.login,
            "ENTREPOT_PASSWORD": self.password,
            "ENTREPOT_MASTER_PASSWORD": self.server.master,
        }


def running_server(request: pytest.FixtureRequest, store: str) -> ServerProcess:
    """The server of this run on one store, started the first time somebody asks."""
    config = request.config
    servers = config.stash.setdefault(_servers, {})
    if store not in servers:
        url = request.getfixturevalue("postgres_url") if store == "postgres" else ""
        data = request.getfixturevalue("tmp_path_factory").mktemp(f"server-{store}")
        servers[store] = server = ServerProcess(data=data, store=url).start()

        def end() -> None:
            server.kill()
            for each in data.iterdir():  # the log stays, to be read after a failure
                if each != server.log:
                    shutil.rmtree(each, ignore_errors=True)

        config.add_cleanup(end)
    return servers[store]


@pytest.fixture(scope="session", params=STORES)
def server(request: pytest.FixtureRequest) -> ServerProcess:
    """A running server with the demo tenant, once on each store. Leave the demo tenant as it is."""
    return running_server(request, request.param)


def new_tenant(server: ServerProcess) -> Iterator[Tenant]:
    """A copy of the demo tenant to do anything with."""
    name = f"copy-{os.getpid()}-{next(_numbers)}"
    with ServerProxy(f"{server.url}/xmlrpc/2/db") as databases:
        databases.duplicate_database(server.master, server.db, name)
        yield Tenant(server, name, server.login, server.password)
        databases.drop(server.master, name)


@pytest.fixture
def tenant(server: ServerProcess) -> Iterator[Tenant]:
    """A fresh copy of the demo tenant for one test."""
    yield from new_tenant(server)


@pytest.fixture(scope="module")
def shared_tenant(server: ServerProcess) -> Iterator[Tenant]:
    """A copy of the demo tenant for the tests of one file, which keep out of each other's records."""
    yield from new_tenant(server)
