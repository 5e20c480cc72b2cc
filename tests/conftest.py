"""Both stores for every test that asks for `engine` or `store`; PostgreSQL is started by the run itself."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.storage.abc import Engine, Store
from entrepot.storage.postgres import PostgresEngine
from entrepot.storage.sqlite import SqliteEngine

pytest_plugins = ["app_fixtures"]


def pytest_configure() -> None:
    """Hear SIGINT even when the run was begun in the background of a script, which has it ignored: servers that tests
    start would inherit that, and could not be interrupted.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as this run, however it ends."""
    command = [sys.executable, str(Path(__file__).with_name("postgres_server.py")), "--until-eof"]
    # the server watches the pipe: it goes when we go, even when we are killed
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, "PostgreSQL did not start; see the messages above"
        yield url
        process.stdin.close()
        process.wait()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[SqliteEngine]:
    """The embedded engine in a folder of its own."""
    engine = SqliteEngine(tmp_path / "data", durable=False)
    yield engine
    engine.close()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[PostgresEngine]:
    """A PostgreSQL engine with a prefix of its own; its databases are dropped afterwards."""
    engine = PostgresEngine(postgres_url, prefix=f"t{secrets.token_hex(4)}_")
    yield engine
    for name in engine.names():
        engine.drop(name)
    engine.close()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def store(engine: Engine) -> Store:
    """An empty database on each engine."""
    engine.create("test")
    return engine.open("test")
