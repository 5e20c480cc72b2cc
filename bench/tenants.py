"""How much a tenant costs: time and disk to make one, and the memory of one process that serves all of them.

    python bench/tenants.py                      1,000 on SQLite, 100 on PostgreSQL
    python bench/tenants.py sqlite -n 50         fewer, on one store

Tenants are made one after the other through the database service, as a portal would; the first one of a set
of add-ons prepares the template and is left out. Then one process answers reads for tenants in random order.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from xmlrpc.client import ServerProxy

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

import psycopg  # noqa: E402 - its neighbours' place is made known above

from measure import cpu_seconds, memory_mib  # noqa: E402
from run import postgres  # noqa: E402
from server_process import ServerProcess  # noqa: E402

COUNTS = {"sqlite": 1000, "postgres": 100}
AIM_MIB = 150
READS_EACH = 3


def disk_mib(folder: Path) -> float:
    """What a folder takes on the disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) / 2**20


def database_mib(url: str) -> float:
    """What the databases of a PostgreSQL server take."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone()
    return float(row[0]) / 2**20 if row else 0.0


def bench(store: str, count: int, url: str) -> str:
    """Make the tenants and read from them; the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = ServerProcess(data=folder, store=url).start("serve")
        try:
            return run(server, store, count, folder, url)
        finally:
            server.stop()


def run(server: ServerProcess, store: str, count: int, folder: Path, url: str) -> str:
    """The same on a server that is ready."""

    def size() -> float:
        return disk_mib(folder) + (database_mib(url) if url else 0)

    assert server.process is not None
    pid = server.process.pid
    names = [f"tenant{number:04d}" for number in range(count)]
    times = []
    with ServerProxy(f"{server.url}/xmlrpc/2/db") as databases:
        databases.create_database(server.master, "first", False, "en_US", "admin", "admin")
        empty, before = size(), memory_mib(pid)
        busy = cpu_seconds(pid)
        for name in names:
            start = time.perf_counter()
            databases.create_database(server.master, name, False, "en_US", "admin", "admin")
            times.append(1000 * (time.perf_counter() - start))
        busy = cpu_seconds(pid) - busy
        full = size()
    making = memory_mib(pid)
    # What making them left behind is not part of serving them.
    server.stop()
    server.start("serve")
    pid = server.process.pid
    visits = names * READS_EACH
    random.Random(1).shuffle(visits)
    uids: dict[str, int] = {}
    with (
        ServerProxy(f"{server.url}/xmlrpc/2/common") as common,
        ServerProxy(f"{server.url}/xmlrpc/2/object") as models,
    ):
        for name in names:
            uids[name] = int(str(common.authenticate(name, "admin", "admin", {})))
        start = time.perf_counter()
        for name in visits:
            rows = models.execute_kw(
                name, uids[name], "admin", "res.partner", "search_read", [[]], {"limit": 10}
            )
            assert rows
        each_ms = 1000 * (time.perf_counter() - start) / len(visits)
    memory = memory_mib(pid)
    times.sort()
    lines = [
        f"# {count:,} tenants on {store}, {datetime.now(UTC).date()}\n",
        "| what | figure |",
        "|---|--:|",
        f"| making one, median | {statistics.median(times):.1f} ms |",
        f"| making one, 95 of 100 are faster than | {times[int(len(times) * 0.95)]:.1f} ms |",
        f"| making one, CPU of the server | {1000 * busy / count:.1f} ms |",
        f"| disk for each | {(full - empty) / count:.2f} MiB |",
        f"| memory of the process that prepared the template | {before:.0f} MiB |",
        f"| memory of it after making all | {making:.0f} MiB |",
        f"| memory of a fresh one that served all, {READS_EACH} times each in random order | {memory:.0f} MiB |",
        f"| a read from a random tenant, over the wire | {each_ms:.2f} ms |",
        "",
        f"The aim of {AIM_MIB} MiB is {'met' if memory < AIM_MIB else 'missed'}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a tenant costs.")
    parser.add_argument("stores", nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("-n", "--number", type=int, default=0)
    options = parser.parse_args()
    for store in options.stores:
        count = options.number or COUNTS[store]
        if store == "sqlite":
            text = bench(store, count, "")
        else:
            with postgres() as (url, _):
                text = bench(store, count, url)
        print(text)
        if count == COUNTS[store]:
            place = HERE / "results" / f"{datetime.now(UTC).date()}-tenants-{store}.md"
            place.parent.mkdir(exist_ok=True)
            place.write_text(text)


if __name__ == "__main__":
    main()
