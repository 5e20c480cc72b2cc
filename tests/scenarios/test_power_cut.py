"""kill -9 in the middle of a thousand concurrent creates: what was acknowledged is there, nothing twice."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable
from xmlrpc.client import Fault, ServerProxy

from server_fixtures import Tenant
from server_process import ServerProcess

CLIENTS = 8
RECORDS = 1000
KILLED_AFTER = RECORDS // 3


def test_every_acknowledged_record_survives(
    own_server: Callable[..., ServerProcess], new_tenant: Callable[[ServerProcess], Tenant]
) -> None:
    server = own_server()
    tenant = new_tenant(server)
    uid = tenant.uid()
    acknowledged: list[tuple[str, int]] = []
    enough = threading.Event()

    def create(numbers: range) -> None:
        with ServerProxy(f"{server.url}/xmlrpc/2/object") as models:
            for number in numbers:
                values = {"name": f"Record {number}", "ref": f"cut-{number}"}
                try:
                    made = models.execute_kw(
                        tenant.db, uid, tenant.password, "res.partner", "create", [values]
                    )
                except (OSError, Fault, http.client.HTTPException):
                    return
                acknowledged.append((values["ref"], made))  # type: ignore[arg-type]
                if len(acknowledged) >= KILLED_AFTER:
                    enough.set()

    threads = [
        threading.Thread(target=create, args=(range(first, RECORDS, CLIENTS),)) for first in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    assert enough.wait(120)
    server.kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()

    assert KILLED_AFTER <= len(acknowledged) < RECORDS
    server.start("serve")
    found = tenant.execute("res.partner", "search_read", [["ref", "=like", "cut-%"]], ["ref"])
    assert isinstance(found, list)
    there = {row["ref"]: row["id"] for row in found}
    assert {ref: there.get(ref) for ref, _ in acknowledged} == dict(acknowledged)
    assert not [ref for ref, times in Counter(row["ref"] for row in found).items() if times > 1]
    more = tenant.execute("res.partner", "create", {"name": "After", "ref": "after"})
    assert more not in there.values()
