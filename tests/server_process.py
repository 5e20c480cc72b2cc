"""A real server in a process of its own, as an operator starts it, for the tests that knock on its doors.

Nothing here imports the server: the command line goes in, HTTP comes out.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = Path(sys.executable).with_name("entrepot")
START_SECONDS = 120
STOP_SECONDS = 30


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class ServerProcess:
    """One server: where it listens, what opens it, and the process behind it."""

    data: Path
    store: str = ""
    workers: int = 1
    db: str = "demo"
    login: str = "admin"
    password: str = "admin"
    master: str = field(default_factory=lambda: secrets.token_hex(12))
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def environment(self) -> dict[str, str]:
        """The variables of this server: none of the caller's own settings leak in."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ENTREPOT_")}
        own = {
            "ENTREPOT_DATA": str(self.data),
            "ENTREPOT_STORE": self.store,
            "ENTREPOT_MASTER_PASSWORD": self.master,
            "ENTREPOT_WORKERS": str(self.workers),
            "ENTREPOT_LOGIN_ATTEMPTS": "1000",
            "PYTHONWARNINGS": "default",
        }
        return inherited | own | self.settings

    def command(self, *words: str, timeout: float = START_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run one `entrepot` command beside the server, on the same data."""
        return subprocess.run(
            [str(COMMAND), *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, verb: str = "run") -> ServerProcess:
        """Start it and wait until it is ready. Raises RuntimeError with the end of its log when it is not."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(COMMAND), verb, "--port", str(self.port)],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(
                    f"The server did not get ready:\n{self.log.read_text(errors='replace')[-4000:]}"
                )
            time.sleep(0.05)
        return self

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end and wait; return its exit code. Whatever is left after half a minute is killed."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.process = None

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
