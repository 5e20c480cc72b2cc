"""What one GET of a thousand records with what is behind them costs, beside the same by plain `search_read` calls.

    python bench/rest.py                        contacts, and orders where the add-on `sale` is there; both stores
    python bench/rest.py sqlite -k contacts     one of them, on one store

Both sides use one kept connection to one real server process. ms is what the client waits, statements are those that
the server's own log tells of, CPU is without the database's own process. The plain side fetches the records of each
relation by a call of its own, and its time does not hold putting them together.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from measure import cpu_seconds  # noqa: E402 - its neighbours' place is made known above
from run import postgres  # noqa: E402
from server_process import ServerProcess  # noqa: E402

RECORDS = 1000
LINES = 5
ROUNDS = 20
BATCH = 100
DB = "bench"
LINGER_S = 0.3
"""Longer than lines of the log wait to be written together."""


class Client:
    """One session on one kept connection."""

    def __init__(self, server: ServerProcess) -> None:
        assert server.process is not None
        self.pid = server.process.pid
        self.log = server.log
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        params = {"login": "admin", "password": "admin", "db": DB}
        sid = self.send("POST", "/auth/", {"params": params})["result"]["session_id"]
        self.cookie = f"session_id={sid}"

    cookie = ""

    def send(self, verb: str, target: str, body: Any = None) -> Any:
        raw = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "cookie": self.cookie}
        self.connection.request(verb, target, raw, headers)
        with self.connection.getresponse() as answer:
            told = json.loads(answer.read())
        if "error" in told:
            raise RuntimeError(told["error"]["message"])
        return told

    def get(self, model: str, **asked: Any) -> Any:
        given = {name: each if isinstance(each, str) else json.dumps(each) for name, each in asked.items()}
        return self.send("GET", f"/api/{model}/?{urlencode(given)}")

    def make(self, model: str, data: list[dict[str, Any]]) -> list[int]:
        found: list[int] = []
        for at in range(0, len(data), BATCH):
            found += self.send("POST", f"/api/{model}/", {"params": {"data": data[at : at + BATCH]}})[
                "result"
            ]
        return found

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.send("POST", "/web/dataset/call_kw", {"jsonrpc": "2.0", "params": params})["result"]


@dataclass
class Case:
    """One thing to read: how to make it, the query, and the plain calls that bring the same."""

    name: str
    addons: str
    model: str
    filter: list[Any]
    query: str
    fill: Callable[[Client], None]
    plain: Callable[[Client, list[Any]], int]
    expected: dict[str, int] = field(default_factory=dict)


def fill_contacts(client: Client) -> None:
    country = client.get("res.country", query="{id}", filter=[["code", "=", "BE"]])["result"][0]["id"]
    line = {"function": "Optician", "email": "someone@example.com"}
    client.make(
        "res.partner",
        [
            {
                "name": f"Company {at}",
                "ref": "bench",
                "is_company": True,
                "email": f"info@company{at}.example",
                "country_id": country,
                "child_ids": [{**line, "name": f"Person {at}.{each}"} for each in range(LINES)],
            }
            for at in range(RECORDS)
        ],
    )


def plain_contacts(client: Client, domain: list[Any]) -> int:
    rows = client.call("res.partner", "search_read", domain, ["name", "email", "country_id", "child_ids"])
    ids = [row["id"] for row in rows]
    client.call("res.country", "read", sorted({row["country_id"][0] for row in rows}), ["name", "code"])
    fields = ["name", "email", "function", "parent_id"]
    return len(client.call("res.partner", "search_read", [["parent_id", "in", ids]], fields))


def fill_orders(client: Client) -> None:
    partners = client.make(
        "res.partner",
        [{"name": f"Customer {at}", "email": f"c{at}@example.com"} for at in range(RECORDS // 4)],
    )
    products = client.make(
        "product.product", [{"name": f"Product {at}", "list_price": 10 + at} for at in range(50)]
    )
    client.make(
        "sale.order",
        [
            {
                "partner_id": partners[at % len(partners)],
                "client_order_ref": "bench",
                "order_line": [
                    {"product_id": products[(at + each) % 50], "product_uom_qty": 1 + each}
                    for each in range(LINES)
                ],
            }
            for at in range(RECORDS)
        ],
    )


def plain_orders(client: Client, domain: list[Any]) -> int:
    fields = ["name", "date_order", "state", "amount_total", "partner_id", "order_line"]
    rows = client.call("sale.order", "search_read", domain, fields)
    client.call("res.partner", "read", sorted({row["partner_id"][0] for row in rows}), ["name", "email"])
    fields = ["order_id", "name", "product_uom_qty", "price_unit", "price_subtotal", "product_id"]
    ids = [row["id"] for row in rows]
    lines = client.call("sale.order.line", "search_read", [["order_id", "in", ids]], fields)
    client.call("product.product", "read", sorted({line["product_id"][0] for line in lines}), ["name"])
    return len(lines)


CASES = (
    Case(
        "contacts",
        "base",
        "res.partner",
        [["ref", "=", "bench"]],
        "{id, name, email, country_id{name, code}, child_ids{name, email, function}}",
        fill_contacts,
        plain_contacts,
    ),
    Case(
        "orders",
        "sale",
        "sale.order",
        [["client_order_ref", "=", "bench"]],
        "{id, name, date_order, state, amount_total, partner_id{name, email}, "
        "order_line{name, product_uom_qty, price_unit, price_subtotal, product_id{name}}}",
        fill_orders,
        plain_orders,
    ),
)


@contextmanager
def served(url: str, case: Case) -> Iterator[Client]:
    """A server with a tenant that holds a case's records."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(data=Path(folder), store=url)
        made = server.command("tenant", "create", DB, "--addons", case.addons, "--password", "admin")
        if made.returncode:
            raise RuntimeError(made.stderr[-2000:])
        server.start("serve")
        try:
            client = Client(server)
            case.fill(client)
            yield client
        finally:
            server.stop()
            server.command("tenant", "drop", DB, "--yes")


def statements(client: Client, work: Callable[[], Any]) -> tuple[int, int]:
    """Calls and statements that the server's log tells of while work is done."""
    time.sleep(LINGER_S)
    with client.log.open("rb") as log:
        log.seek(0, 2)
        work()
        time.sleep(LINGER_S)
        told = [json.loads(line) for line in log if line.startswith(b"{")]
    calls = [line for line in told if line.get("event") == "call_finished"]
    return len(calls), sum(line["statements"] for line in calls)


def timed(client: Client, work: Callable[[], Any]) -> tuple[float, float, float]:
    """Median and fastest wait in ms, and the server's CPU a round."""
    work()
    times = []
    busy = cpu_seconds(client.pid)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    busy = cpu_seconds(client.pid) - busy
    return statistics.median(times), min(times), 1000 * busy / ROUNDS


def compare(url: str, case: Case) -> list[str]:
    """The lines of one case on one store."""
    store = "postgres" if url else "sqlite"
    with served(url, case) as client:
        nested = lambda: client.get(case.model, query=case.query, filter=case.filter)  # noqa: E731
        paged = lambda: client.get(case.model, query=case.query, filter=case.filter, page_size=RECORDS)  # noqa: E731
        plain = lambda: case.plain(client, case.filter)  # noqa: E731
        assert nested()["count"] == RECORDS
        assert plain() == RECORDS * LINES
        lines = []
        for name, work in (("one GET", nested), ("one GET, as a page", paged), ("plain calls", plain)):
            median, least, busy = timed(client, work)
            calls, count = statements(client, work)
            lines.append(
                f"| {case.name}, {store} | {name} | {calls} | {count} | {median:.1f} | {least:.1f} | {busy:.1f} |"
            )
        size = len(json.dumps(nested()))
        return [*lines, f"| | bytes of the answer: {size:,} | | | | | |"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure nested reads of the REST door.")
    parser.add_argument("stores", nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("-k", "--only", default="", help="only the case of this name")
    parser.add_argument(
        "--keep", action=argparse.BooleanOptionalAction, default=True, help="write bench/results"
    )
    options = parser.parse_args()
    lines = [
        f"# Nested reads, {datetime.now(UTC).date()}\n",
        f"{RECORDS:,} records with {LINES} lines each. Statements count those that prove who calls.\n",
        "| what | how | calls | statements | ms, median | ms, fastest | CPU ms of the server |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    cases = [case for case in CASES if options.only in case.name]
    for case in cases:
        for store in options.stores:
            if store == "sqlite":
                found = compare("", case)
            else:
                with postgres() as (url, _):
                    found = compare(url, case)
            print("\n".join(found), flush=True)
            lines += found
    if options.keep and not options.only and len(options.stores) == 2:
        place = HERE / "results" / f"{datetime.now(UTC).date()}-rest.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
