"""Drives the hand-written floor and a running server with the same bytes, and says what each call costs.

    make bench                       both stores
    make bench ARGS="sqlite -s 1"    one store, a second for each line

CPU is that of all processes of a side, the database's included; it is steadier than time.
The table goes to the screen and to bench/results/<date>-<store>.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xmlrpc.client import ServerProxy

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

import psycopg  # noqa: E402 - its neighbours' place is made known above

from measure import Run, measure, memory_mib  # noqa: E402
from operations import OPERATIONS, PARTNERS, Login, Operation, partner  # noqa: E402
from server_process import ServerProcess, free_port  # noqa: E402

AIM = 10
BATCH = 500


@dataclass
class Side:
    """One of the two that are measured."""

    name: str
    port: int
    app: int
    database: int | None
    login: Login
    ids: list[int]


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """A PostgreSQL of its own; its URL and process."""
    command = [sys.executable, str(HERE.parent / "tests" / "postgres_server.py"), "--until-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.stdin.close()


@contextmanager
def floor(store: str, place: str, database: int | None) -> Iterator[Side]:
    """The floor, filled and listening."""
    port = free_port()
    command = [sys.executable, str(HERE / "floor.py"), str(port), store, place]
    with subprocess.Popen(command) as process:
        try:
            wait_for_floor(port, process)
            login = Login("floor", 2, "admin", "admin")
            yield Side("floor", port, process.pid, database, login, list(range(1, PARTNERS + 1)))
        finally:
            process.terminate()


def wait_for_floor(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until it is filled and answers."""
    while process.poll() is None:
        try:
            with ServerProxy(f"http://127.0.0.1:{port}/xmlrpc/2/common") as common:
                common.version()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The floor did not start.")


@contextmanager
def server(folder: Path, store: str, database: int | None) -> Iterator[Side]:
    """A real server with the same contacts in a tenant without demo data."""
    process = ServerProcess(data=folder, store=store).start("serve")
    try:
        with ServerProxy(f"{process.url}/xmlrpc/2/db") as databases:
            databases.create_database(process.master, "bench", False, "en_US", "admin", "admin")
        with ServerProxy(f"{process.url}/xmlrpc/2/common") as common:
            uid = int(str(common.authenticate("bench", "admin", "admin", {})))
        login = Login("bench", uid, "admin", "admin")
        ids: list[int] = []
        with ServerProxy(f"{process.url}/xmlrpc/2/object") as models:

            def call(model: str, method: str, *args: object) -> object:
                return models.execute_kw("bench", uid, "admin", model, method, list(args))

            belgium = call("res.country", "search", [["code", "=", "BE"]])
            assert isinstance(belgium, list)
            for first in range(0, PARTNERS, BATCH):
                rows = [{**partner(at), "country_id": belgium[0]} for at in range(first, first + BATCH)]
                made = call("res.partner", "create", rows)
                assert isinstance(made, list)
                ids += made
        if store:
            analyze(store)
        assert process.process is not None
        yield Side("server", process.port, process.process.pid, database, login, ids)
    finally:
        process.stop()


def analyze(url: str) -> None:
    """Do at once what autovacuum, which this PostgreSQL runs without, would have done by the time it matters."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate"
        ).fetchall()
    for (name,) in rows:
        with psycopg.connect(url, dbname=name, autocommit=True) as connection:
            connection.execute("ANALYZE")


def compare(store: str, seconds: float, chosen: list[Operation]) -> str:
    """Measure both sides on one store; the report."""
    with tempfile.TemporaryDirectory() as name:
        if store == "sqlite":
            return both(store, seconds, chosen, Path(name), "", None)
        with postgres() as (url, pid):
            return both(store, seconds, chosen, Path(name), url, pid)


def both(store: str, seconds: float, chosen: list[Operation], folder: Path, url: str, pid: int | None) -> str:
    """Both sides side by side, one operation after the other."""
    (folder / "floor").mkdir()
    with floor(store, url or str(folder / "floor"), pid) as low, server(folder / "server", url, pid) as real:
        lines = []
        for operation in chosen:
            runs = []
            for side in (low, real):
                requests = operation.requests(side.login, side.ids)
                runs.append(
                    measure(side.port, requests, app=side.app, database=side.database, seconds=seconds)
                )
            lines.append(line(operation, *runs))
            print(lines[-1], flush=True)
        held = [f"{side.name} {memory_mib(side.app):.0f} MiB" for side in (low, real)]
        memory = f"Memory after all of it: {', '.join(held)}."
    return report(store, lines, memory)


COLUMNS = (
    "operation",
    "floor, CPU ms",
    "server, CPU ms",
    "server / floor",
    "Odoo 18, CPU ms",
    "Odoo / server",
    "server, req/s",
    "floor, req/s",
    "server, p95 ms",
    "a tenth of Odoo",
)
HEAD = f"| {' | '.join(COLUMNS)} |\n|---|{'--:|' * (len(COLUMNS) - 2)}---|"


def line(operation: Operation, low: Run, real: Run) -> str:
    """One line of the table.

    Processes of the server are held against processes of the server. Where ours do the database's work as
    well, Odoo's database is added to its side.
    """
    odoo_ms, beside_ms = operation.odoo_app_ms, operation.odoo_database_ms
    if not real.database_ms:
        odoo_ms += beside_ms or 0
    ratio = odoo_ms / real.app_ms if real.app_ms else 0
    cells = (
        operation.name,
        cpu(low),
        cpu(real),
        f"{real.cpu_ms / low.cpu_ms:.1f}",
        f"{operation.odoo_app_ms:g}" + ("" if beside_ms is None else f" + {beside_ms:g}"),
        f"{ratio:.1f}",
        f"{real.per_second:,.0f}",
        f"{low.per_second:,.0f}",
        f"{real.p95_ms:.1f}",
        "met" if ratio >= AIM else "missed",
    )
    return f"| {' | '.join(cells)} |"


def cpu(run: Run) -> str:
    return f"{run.app_ms:.3f} + {run.database_ms:.3f}" if run.database_ms else f"{run.app_ms:.3f}"


def report(store: str, lines: list[str], memory: str) -> str:
    missed = [each.split("|")[1].strip() for each in lines if "| missed |" in each]
    verdict = f"It is missed by: {', '.join(missed)}." if missed else "It is met on every line."
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return "\n".join(
        [
            f"# Speed on {store}, {datetime.now(UTC).date()}\n",
            f"{python}, {os.cpu_count()} cores, one server process, {PARTNERS:,} contacts,",
            "8 kept connections from a process of their own.",
            "CPU is ms a request, the database's after the plus.",
            "The floor is `bench/floor.py`.",
            "The figures of Odoo 18 were taken on the same kind of machine, with PostgreSQL.",
            "The aim is a tenth of Odoo's server processes by ours;",
            "where ours do the database's work too, Odoo's database counts on its side.\n",
            HEAD,
            *lines,
            "",
            memory,
            verdict,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the server beside the floor.")
    parser.add_argument("stores", nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("-s", "--seconds", type=float, default=3.0)
    parser.add_argument("-o", "--only", default="", help="only operations whose name holds this")
    parser.add_argument(
        "--keep", action=argparse.BooleanOptionalAction, default=True, help="write bench/results"
    )
    options = parser.parse_args()
    chosen = [each for each in OPERATIONS if options.only in each.name]
    for store in options.stores:
        print(f"\n{store}\n{HEAD}", flush=True)
        text = compare(store, options.seconds, chosen)
        print(text.rpartition("|\n")[2])
        if options.keep and len(chosen) == len(OPERATIONS):
            place = HERE / "results" / f"{datetime.now(UTC).date()}-{store}.md"
            place.parent.mkdir(exist_ok=True)
            place.write_text(text)


if __name__ == "__main__":
    main()
