"""A peer to send to: a real HTTP server that answers as its script says, slowly, wrongly or not at all.

Each request takes the next step of the script of its path (else of the peer's); past the end it gets 200. Everything it
received is kept, whether it was answered or not.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Step:
    """How one request is answered.

    `wait_s` before anything; `drip_s` between single bytes of the body; `size` bytes of rubbish instead of `body`;
    `cut` ends the connection without an answer, `garbage` sends these bytes instead of HTTP.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    wait_s: float = 0.0
    drip_s: float = 0.0
    size: int = 0
    cut: bool = False
    garbage: bytes = b""


@dataclass(frozen=True)
class Received:
    """One request that arrived. `at` is the moment it was whole, by the wall clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class FakePeer:
    """One listening peer; use `fake_peer`."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.script: deque[Step] = deque()
        self.scripts: dict[str, deque[Step]] = defaultdict(deque)
        self.default = Step()
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Condition()
        self._tls = tls
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = port

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> FakePeer:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                peer._handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the base class's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """Clients that hang up are part of the play."""

        self._server = Quiet(("127.0.0.1", self.port), Handler)
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Be gone: nobody listens at the port any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wait_for(self, count: int, timeout_s: float = 30.0) -> list[Received]:
        """The first requests, once there are so many. Raises AssertionError with what came instead."""
        with self._lock:
            there = self._lock.wait_for(lambda: len(self.received) >= count, timeout_s)
            assert there, f"{len(self.received)} of {count} requests came: {[r.path for r in self.received]}"
            return list(self.received)

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        one = Received(handler.command, handler.path, headers, body, time.time())
        with self._lock:
            self.received.append(one)
            own = self.scripts[handler.path]
            step = own.popleft() if own else self.script.popleft() if self.script else self.default
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._lock.notify_all()
        try:
            self._answer(handler, step)
        finally:
            with self._lock:
                self.at_once -= 1

    def _answer(self, handler: BaseHTTPRequestHandler, step: Step) -> None:
        time.sleep(step.wait_s)
        if step.cut or step.garbage:
            handler.wfile.write(step.garbage)
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        size = step.size or len(step.body)
        handler.send_response(step.status)
        for name, value in step.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(size))
        handler.end_headers()
        if step.drip_s:
            for byte in step.body:
                handler.wfile.write(bytes([byte]))
                time.sleep(step.drip_s)
        elif step.size:
            for _ in range(-(-step.size // 65536)):
                handler.wfile.write(b"x" * 65536)
        else:
            handler.wfile.write(step.body)


@contextmanager
def fake_peer(*script: Step, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[FakePeer]:
    """A peer that lives as long as the block."""
    peer = FakePeer(port, tls).start()
    peer.script.extend(script)
    try:
        yield peer
    finally:
        peer.stop()
