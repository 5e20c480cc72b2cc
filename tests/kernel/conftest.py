"""A tenant of base and of models that a test module declares (`MODELS`), on each store; each test's work is undone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from entrepot.clock import FixedClock
from entrepot.files.store import FileStore
from entrepot.kernel.access.policy import read_policy
from entrepot.kernel.environment import Environment, Work
from entrepot.kernel.loading import install, manifests
from entrepot.kernel.registry import Registry
from entrepot.storage.abc import Engine, Store, Transaction
from entrepot.storage.postgres import PostgresEngine
from entrepot.storage.sqlite import SqliteEngine
from entrepot.tenants.registries import Registries
from entrepot.tenants.tenant import SYSTEM, finish
from kernel import library

NOW = dt.datetime(2030, 4, 1, 12, 0, 0, tzinfo=dt.UTC)
BASE = "kernel-base"


class _Undo(Exception):  # noqa: N818 - a signal
    """Leaves a transaction so that it is rolled back."""


@dataclass
class House:
    """An engine with the template of base, and a database for each set of own models, made once a run."""

    engine: Engine
    registries: Registries
    files: FileStore
    made: dict[tuple[Any, ...], tuple[Registry, Store]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    library: dict[str, int] = field(default_factory=dict)
    """The records of the shared library, once they are made."""

    def tenant(self, models: Sequence[Any]) -> tuple[Registry, Store]:
        """The registry and database of base and these classes: each a class, or (add-on, class)."""
        key = tuple(models)
        if key not in self.made:
            pairs = [("base", each) for each in manifests.classes(self.registries.manifests["base"])]
            pairs += [each if isinstance(each, tuple) else ("sample", each) for each in models]
            names = tuple(dict.fromkeys(addon for addon, _ in pairs))
            registry = Registry(names, pairs)
            name = f"kernel-{next(self.numbers)}"
            self.engine.create(name, template=BASE)
            store = self.engine.open(name)
            with store.transaction(readonly=False) as tx:
                install.prepare(tx, registry.tables)
            self.made[key] = (registry, store)
        return self.made[key]

    def install_base(self) -> None:
        """Make the template."""
        registry = self.registries.open(("base",))
        self.engine.create("kernel-draft")
        with self.engine.open("kernel-draft").transaction(readonly=False) as tx:
            install.prepare(tx, registry.tables)
            env = environment(tx, registry, self.files)
            install.install(env, self.registries.manifests, ("base",), demo=False)
            finish(env.work)
        self.engine.freeze("kernel-draft", BASE)


def environment(tx: Transaction, registry: Registry, files: FileStore) -> Environment:
    """The superuser's view of a transaction."""
    policy = read_policy(tx)
    caller = policy.caller(tx, SYSTEM.uid) if policy.groups else SYSTEM
    return Environment(Work(tx, registry, policy, files, FixedClock(NOW), "kernel"), caller)


def _opened(engine: Engine, folder: Path) -> Iterator[House]:
    found = House(engine, Registries(), FileStore(folder / "files", durable=False))
    found.install_base()
    yield found
    for name in engine.names():
        engine.drop(name)
    engine.close()


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The embedded engine with base installed once."""
    folder: Path = tmp_path_factory.mktemp("kernel-sqlite")
    yield from _opened(SqliteEngine(folder / "data", durable=False), folder)


@pytest.fixture(scope="session")
def postgres_house(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """PostgreSQL with base installed once."""
    folder: Path = tmp_path_factory.mktemp("kernel-postgres")
    yield from _opened(PostgresEngine(postgres_url, prefix="kernel_"), folder)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest) -> House:
    """Each engine in turn."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found


@contextmanager
def undone(store: Store) -> Iterator[Transaction]:
    """A transaction that is always rolled back."""
    context = store.transaction(readonly=False)
    yield context.__enter__()
    with suppress(_Undo):
        context.__exit__(_Undo, _Undo(), None)


@pytest.fixture
def env(house: House, request: pytest.FixtureRequest) -> Iterator[Environment]:
    """The superuser's view of the tenant of `MODELS`; what the test does is undone."""
    registry, store = house.tenant(getattr(request.module, "MODELS", ()))
    with undone(store) as tx:
        yield environment(tx, registry, house.files)


@pytest.fixture
def clock(env: Environment) -> FixedClock:
    """The clock of `env`."""
    found = env.work.clock
    assert isinstance(found, FixedClock)
    return found


@dataclass
class Library:
    """The library of `kernel.library` on one store: its records by name, and an environment."""

    env: Environment
    ids: dict[str, int]

    def __getitem__(self, model: str) -> Any:
        return self.env[f"lib.{model}"]

    def keys(self, ids: Iterable[int]) -> list[str]:
        """The names of books, in the order of their ids."""
        named = {record_id: name for name, record_id in self.ids.items() if name in library.BOOKS}
        return [named[record_id] for record_id in ids]

    def found(self, *domain: Any, **context: Any) -> list[str]:
        """The names of the books that a domain finds, in the order of their ids."""
        return self.keys(self["book"].with_context(**context).search(list(domain), order="id").ids)


@contextmanager
def library_of(house: House) -> Iterator[Library]:
    """The library of one house in a transaction that is undone; the records are made once and kept."""
    registry, store = house.tenant(library.MODELS)
    if not house.library:
        with store.transaction(readonly=False) as tx:
            env = environment(tx, registry, house.files)
            house.library = library.fill(env)
            finish(env.work)
    with undone(store) as tx:
        yield Library(environment(tx, registry, house.files), house.library)


@pytest.fixture
def lib(house: House) -> Iterator[Library]:
    """The library on each store."""
    with library_of(house) as found:
        yield found


def groups(
    lib: Library,
    groupby: Any,
    fields: Sequence[str] = (),
    domain: Sequence[Any] = (),
    *,
    lazy: bool = True,
    context: dict[str, Any] | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """The groups of the library's books."""
    books = lib["book"].with_context(**(context or {}))
    found: list[dict[str, Any]] = books.read_group(list(domain), list(fields), groupby, lazy=lazy, **options)
    return found
