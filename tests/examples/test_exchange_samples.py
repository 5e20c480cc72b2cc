"""The exchange document's own Python samples run as they are written; only the address is another."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app_fixtures import STORES
from server_process import ServerProcess

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "examples" / "exchange_samples"
SOURCE = ROOT.parent / "shared" / "spec" / "sources" / "002_5de312c7fe91ae10.txt"
NAMES = ("web_session_authenticate", "auth", "cookie")
"""In the order of the document."""
ADDRESS = "http://localhost:8069"
DB, LOGIN, PASSWORD = "your_db_name", "your@email.com", "yor_password"


@pytest.fixture(scope="module", params=STORES)
def exchange(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server with the database and user that the samples name."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    server = ServerProcess(data=tmp_path_factory.mktemp(f"exchange-{request.param}"), store=url)
    owner = ("--login", LOGIN, "--password", PASSWORD)
    made = server.command("tenant", "create", DB, "--addons", "product", "--demo", *owner)
    assert made.returncode == 0, made.stderr
    server.start("serve")
    yield server
    server.kill()
    server.command("tenant", "drop", DB, "--yes")


def run(name: str, server: ServerProcess) -> list[str]:
    """Run a sample with its address replaced; the lines it printed."""
    text = (SAMPLES / f"{name}.py").read_text()
    assert text.count(ADDRESS) == 3
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text.replace(ADDRESS, server.url)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_reads_users_and_products(name: str, exchange: ServerProcess) -> None:
    users, products = (json.loads(line) for line in run(name, exchange))
    assert LOGIN in {user["login"] for user in users["result"]}
    assert "password_hash" not in users["result"][0]
    assert (users["prev"], users["current"], users["next"], users["total_pages"]) == (None, 1, None, 1)
    assert users["count"] == users["total"] == len(users["result"])
    assert products["result"]
    assert {frozenset(each) for each in products["result"]} == {frozenset({"id", "name"})}


def test_the_samples_are_the_documents_own() -> None:
    if not SOURCE.exists():
        pytest.skip("the document does not lie beside this checkout")
    blocks = re.findall(r"^```py\n(.*?)^```", SOURCE.read_text(), re.DOTALL | re.MULTILINE)
    assert blocks == [(SAMPLES / f"{name}.py").read_text() for name in NAMES]
