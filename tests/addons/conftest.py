"""A tenant with add-ons on each store, and environments in a transaction that is undone after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from entrepot.clock import FixedClock, SystemClock
from entrepot.kernel.environment import Environment
from entrepot.settings import Settings
from entrepot.storage.abc import Engine
from entrepot.storage.postgres import PostgresEngine
from entrepot.storage.sqlite import SqliteEngine
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.provision import Provision
from entrepot.tenants.registries import Registries


class _Undo(Exception):  # noqa: N818 - a signal, not an error
    """Leaves a transaction so that it is rolled back."""


@pytest.fixture(scope="session")
def registries() -> Registries:
    """Registries shared by the whole run."""
    return Registries()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def shared_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Each engine, shared by the run: its templates are made once."""
    if request.param == "sqlite":
        embedded = SqliteEngine(tmp_path_factory.mktemp("addons"), durable=False)
        yield embedded
        embedded.close()
        return
    cluster = PostgresEngine(request.getfixturevalue("postgres_url"), prefix="addons_")
    yield cluster
    for name in cluster.names():
        cluster.drop(name)
    cluster.close()


@pytest.fixture(scope="session")
def tenants(
    shared_engine: Engine, registries: Registries, tmp_path_factory: pytest.TempPathFactory
) -> Tenants:
    """The tenants of one engine."""
    data: Path = tmp_path_factory.mktemp("data")
    return Tenants(shared_engine, registries, Settings(data=data, durable=False), SystemClock())


@pytest.fixture
def addon_set(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The add-ons of the tenant: the one whose folder the test lies in, or what `ADDONS` in the module says."""
    chosen = getattr(request.module, "ADDONS", None)
    return tuple(chosen) if chosen else (Path(str(request.fspath)).parent.name,)


@pytest.fixture
def environment(tenants: Tenants, addon_set: tuple[str, ...]) -> Iterator[Callable[..., Environment]]:
    """Make an environment: `environment(uid=1, clock=None, demo=False)`; what it writes is undone after the test."""
    provision = Provision(tenants)
    with ExitStack() as stack:

        def make(uid: int = 1, *, clock: FixedClock | None = None, demo: bool = False) -> Environment:
            name = "-".join([*addon_set, "demo" if demo else "plain"])
            if not tenants.engine.exists(name):
                provision.create(name, addons=addon_set, demo=demo)
            tenant = tenants.open(name)
            try:
                tx: Any = stack.enter_context(Undone(tenant))
            except RuntimeError as error:  # pragma: no cover - a test asked for two environments
                raise AssertionError("one environment a test: derive others with with_user()") from error
            return tenant.environment(tx, uid, clock=clock)

        yield make


class Undone:
    """A transaction that is always rolled back."""

    def __init__(self, tenant: Any) -> None:
        self.context = tenant.store.transaction(readonly=False)

    def __enter__(self) -> Any:
        return self.context.__enter__()

    def __exit__(self, *_: object) -> None:
        with suppress(_Undo):
            self.context.__exit__(_Undo, _Undo(), None)


@pytest.fixture
def env(environment: Callable[..., Environment]) -> Environment:
    """An environment of the superuser."""
    return environment()
