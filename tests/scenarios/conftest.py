"""Servers of their own for scenarios that hurt them, and the shared ones for those that do not."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from xmlrpc.client import ServerProxy

import pytest

from server_fixtures import STORES, Tenant, server, tenant
from server_process import ServerProcess

__all__ = ["server", "tenant"]

_numbers = itertools.count(1)


@pytest.fixture(params=STORES)
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """A function that starts a server for this test alone, on each store."""
    started: list[ServerProcess] = []

    def start(**options: object) -> ServerProcess:
        url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
        process = ServerProcess(data=tmp_path / "data", store=url, **options).start("serve")  # type: ignore[arg-type]
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def new_tenant() -> Iterator[Callable[[ServerProcess], Tenant]]:
    """A function that makes a tenant without demo data; it is dropped again, since PostgreSQL is shared."""
    made: list[Tenant] = []

    def make(server: ServerProcess) -> Tenant:
        name = f"own-{os.getpid()}-{next(_numbers)}"
        with ServerProxy(f"{server.url}/xmlrpc/2/db") as databases:
            databases.create_database(server.master, name, False, "en_US", "admin's own", "admin")
        made.append(Tenant(server, name, "admin", "admin's own"))
        return made[-1]

    yield make
    for each in made:
        with ServerProxy(f"{each.url}/xmlrpc/2/db") as databases:
            databases.drop(each.server.master, each.db)
