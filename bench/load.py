"""The load: a few kept connections that send prepared requests as fast as they are answered.

Runs as a process of its own, so that its work is not counted as the server's. Reads a JSON object of "port",
"connections", "seconds" and "requests" (whole HTTP requests in base64) from standard input. Prints how many
were answered in how many seconds, and how many failed: an answer that is no 200, or holds a fault or error.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

BAD = (b"<fault>", b'"error":')


@dataclass
class Tally:
    """What came back."""

    requests: int = 0
    failed: int = 0
    sample: bytes = b""
    times: list[float] = field(default_factory=list)


async def main() -> None:
    plan: dict[str, Any] = json.load(sys.stdin)
    requests = [base64.b64decode(each) for each in plan["requests"]]
    tally = Tally()
    start = time.perf_counter()
    until = start + plan["seconds"]
    await asyncio.gather(
        *(
            drive(plan["port"], requests, at, plan["connections"], until, tally)
            for at in range(plan["connections"])
        )
    )
    seconds = time.perf_counter() - start
    tally.times.sort()
    json.dump(
        {
            "requests": tally.requests,
            "seconds": seconds,
            "failed": tally.failed,
            "p95_ms": 1000 * tally.times[int(len(tally.times) * 0.95)] if tally.times else 0,
            "sample": tally.sample[:2000].decode("utf-8", "replace"),
        },
        sys.stdout,
    )


async def drive(port: int, requests: list[bytes], first: int, step: int, until: float, tally: Tally) -> None:
    """Send every step-th request over one connection, around and around, until the time is up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=16 * 1024 * 1024)
    at = first
    now = time.perf_counter()
    while now < until:
        writer.write(requests[at % len(requests)])
        at += step
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        begin = lower.index(b"content-length:") + 15
        body = await reader.readexactly(int(head[begin : lower.index(b"\r\n", begin)]))
        tally.requests += 1
        if not head.startswith(b"HTTP/1.1 200") or any(word in body[:400] for word in BAD):
            tally.failed += 1
            tally.sample = body
        elif not tally.sample:
            tally.sample = body
        then, now = now, time.perf_counter()
        tally.times.append(now - then)
    writer.close()


if __name__ == "__main__":
    asyncio.run(main())
