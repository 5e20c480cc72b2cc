"""CPU time and memory of a process and all below it, and one measured run of the load."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
LOAD = Path(__file__).with_name("load.py")


def family(pid: int) -> list[int]:
    """A process and those below it."""
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except FileNotFoundError:
            continue
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time that a process, those below it and those that have ended below it have used."""
    ticks = 0
    for each in family(pid):
        try:
            stat = Path(f"/proc/{each}/stat").read_text()
        except FileNotFoundError:
            continue
        fields = stat.rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICK


def memory_mib(pid: int) -> float:
    """Memory of a process and those below it; what they share is counted once."""
    total = 0
    for each in family(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@dataclass(frozen=True)
class Run:
    """One operation under load: CPU a request of the server and of its database, and requests a second."""

    app_ms: float
    database_ms: float
    per_second: float
    p95_ms: float
    requests: int

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


def post(path: str, body: bytes, content_type: str) -> bytes:
    """A whole HTTP request."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def drive(port: int, requests: list[bytes], *, seconds: float, connections: int) -> dict[str, object]:
    """Run the load in a process of its own."""
    plan = {
        "port": port,
        "connections": connections,
        "seconds": seconds,
        "requests": [base64.b64encode(each).decode() for each in requests],
    }
    done = subprocess.run(
        [sys.executable, str(LOAD)], input=json.dumps(plan), capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measure(
    port: int, requests: list[bytes], *, app: int, database: int | None, seconds: float, connections: int = 8
) -> Run:
    """Warm up, then load a server and charge it for what it did. RuntimeError when an answer is a refusal."""
    drive(port, requests, seconds=min(0.5, seconds), connections=connections)
    before = cpu_seconds(app), cpu_seconds(database) if database else 0.0
    found = drive(port, requests, seconds=seconds, connections=connections)
    after = cpu_seconds(app), cpu_seconds(database) if database else 0.0
    count = int(str(found["requests"]))
    if found["failed"] or not count:
        raise RuntimeError(f"{found['failed']} of {count} calls were refused: {found['sample']}")
    return Run(
        app_ms=1000 * (after[0] - before[0]) / count,
        database_ms=1000 * (after[1] - before[1]) / count,
        per_second=count / float(str(found["seconds"])),
        p95_ms=float(str(found["p95_ms"])),
        requests=count,
    )
