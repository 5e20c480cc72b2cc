"""HTTP to the outside: one request, one bounded answer, at an address that was looked at.

httpcore does the protocol. It is what httpx stands on, and lets a program bring its own way to connect, which is where
the address is decided here: looked up once, judged, and connected to. Above it nothing is wanted that httpx adds:
redirects are not followed, proxies and cookies not read from anywhere, compressed answers not unpacked.

Every request has one deadline for all of it, so a peer that answers a byte a minute holds nobody longer.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import certifi
import httpcore

from entrepot.jobs.addresses import Guard, Lookup, Refused, Target, look_up

MOST_READ = 64 * 1024
"""Bytes of an answer that are read at most."""
CONNECT_SHARE = 0.5
"""How much of the time may go by before one address has answered; the next one gets half of what is left."""
USER_AGENT = "entrepot"
_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (httpcore.TimeoutException, "timeout"),
    (httpcore.ConnectError, "unreachable"),
    (httpcore.NetworkError, "connection_lost"),
    (httpcore.ProtocolError, "not_http"),
)


class Unreached(Exception):  # noqa: N818 - a state of the request
    """No answer came. `code` is stable: refused, not_found, unreachable, tls, timeout, connection_lost, not_http."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer said: status, headers by lower-case name (the last of several), and the first bytes of the body.

    `whole`: whether that was all of the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


class Outgoing:
    """Makes requests; threads may share it. `lookup` resolves names, `tls` verifies certificates (default: the
    machine's authorities and the public ones).
    """

    def __init__(
        self, guard: Guard | None = None, lookup: Lookup = look_up, tls: ssl.SSLContext | None = None
    ) -> None:
        """Nothing is loaded before the first request."""
        self.guard = guard or Guard()
        self.lookup = lookup
        self._tls = tls

    @property
    def tls(self) -> ssl.SSLContext:
        """How certificates are verified."""
        if self._tls is None:
            context = ssl.create_default_context()
            context.load_verify_locations(cafile=certifi.where())
            self._tls = context
        return self._tls

    def open(self, *, internal: bool = False) -> Line:
        """A line to keep for several requests: connections to one origin are used again. Close it."""
        return Line(self, internal=internal)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        timeout_s: float,
        internal: bool = False,
        most_bytes: int = MOST_READ,
    ) -> Answer:
        """One request on a line of its own. Raises Unreached."""
        with self.open(internal=internal) as line:
            return line.send(method, url, headers, body, timeout_s=timeout_s, most_bytes=most_bytes)

    def fetch(self, url: str, limit: int, *, timeout_s: float = 15.0, internal: bool = False) -> bytes:
        """The content behind a URL, at most `limit` bytes. Redirects are not followed.

        Raises Unreached; its code is also `status` for another answer than 200 and `too_large` past the limit.
        """
        answer = self.send(
            "GET", url, {"accept": "*/*"}, None, timeout_s=timeout_s, internal=internal, most_bytes=limit
        )
        if answer.status != 200:
            raise Unreached("status", f"The server answered {answer.status}.")
        if not answer.whole:
            raise Unreached("too_large", f"There are more than {limit:,} bytes.")
        return answer.body


class Line:
    """Requests one after the other. Not for several threads at once."""

    def __init__(self, outgoing: Outgoing, *, internal: bool) -> None:
        """Nothing is connected yet."""
        self._backend = _Backend(outgoing, internal=internal)
        self._pool = httpcore.ConnectionPool(
            ssl_context=outgoing.tls,
            max_connections=1,
            keepalive_expiry=5.0,
            network_backend=self._backend,
        )
        self._guard = outgoing.guard
        self._internal = internal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        timeout_s: float,
        most_bytes: int = MOST_READ,
    ) -> Answer:
        """One request and its answer. Raises Unreached, whose message holds neither path nor header."""
        try:
            where = self._guard.check(url, internal=self._internal)
        except Refused as error:
            raise Unreached("refused", str(error)) from error
        self._backend.begin(where, timeout_s)
        sent = {"host": where.origin.partition("://")[2], "user-agent": USER_AGENT, **headers}
        if body is not None or method != "GET":
            sent["content-length"] = str(len(body or b""))
        try:
            with self._pool.stream(method, where.url, headers=list(sent.items()), content=body) as response:
                content, whole = _read(response.iter_stream(), most_bytes)
                found = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                return Answer(response.status, found, content, whole)
        except Refused as error:
            raise Unreached("refused", str(error)) from error
        except Exception as error:
            raise _unreached(error, where) from error


def _read(chunks: Iterable[bytes], most_bytes: int) -> tuple[bytes, bool]:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most_bytes:
            return bytes(content[:most_bytes]), False
    return bytes(content), True


def _unreached(error: Exception, where: Target) -> Exception:
    """What went wrong, as far as it was the other side's or the network's; our own bugs stay what they are."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return Unreached(
                "tls", f"The certificate of {where.host} cannot be trusted: {each.verify_message}."
            )
        if isinstance(each, ssl.SSLError):
            return Unreached("tls", f"{where.host} does not speak TLS as it should.")
        if isinstance(each, socket.gaierror):
            return Unreached("not_found", f"The name {where.host} cannot be resolved.")
    for kind, code in _FAULTS:
        if isinstance(error, kind):
            return Unreached(code, f"{where.host}: {_TEXTS[code]}.")
    return (
        Unreached("unreachable", f"{where.host}: {_TEXTS['unreachable']}.")
        if isinstance(error, OSError)
        else error
    )


_TEXTS = {
    "timeout": "no answer in time",
    "unreachable": "cannot be connected to",
    "connection_lost": "the connection broke",
    "not_http": "the answer is no HTTP",
}


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses that the guard lets through, until the deadline."""

    def __init__(self, outgoing: Outgoing, *, internal: bool) -> None:
        self._outgoing = outgoing
        self._internal = internal
        self._plain = httpcore.SyncBackend()
        self._where: Target | None = None
        self._deadline = 0.0

    def begin(self, where: Target, timeout_s: float) -> None:
        """The next request: where it goes, and how long it may take in all."""
        self._where = where
        self._deadline = time.monotonic() + timeout_s

    def left(self) -> float:
        """Seconds until the deadline. Raises httpcore's timeout when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """See `NetworkBackend`; `host` is the one of the URL."""
        where = self._where
        if where is None or (where.host, where.port) != (host, port):
            raise Refused("internal", "This line leads elsewhere.")
        addresses = self._outgoing.guard.addresses(where, self._outgoing.lookup, internal=self._internal)
        for at, address in enumerate(addresses):
            is_last = at == len(addresses) - 1
            wait = self.left() if is_last else self.left() * CONNECT_SHARE
            try:
                stream = self._plain.connect_tcp(
                    address, port, wait, local_address=local_address, socket_options=socket_options or ()
                )
                return _Stream(stream, self.left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if is_last:
                    raise
        raise httpcore.ConnectError

    def sleep(self, seconds: float) -> None:
        """See `NetworkBackend`."""
        time.sleep(min(seconds, self.left()))


class _Stream(httpcore.NetworkStream):
    """A stream that knows how long it may still take."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See `NetworkStream`."""
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See `NetworkStream`; every part of it until the one deadline, however slowly they are taken."""
        connection: socket.socket = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        try:
            while rest:
                connection.settimeout(self._left())
                rest = rest[connection.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError from error

    def close(self) -> None:
        """See `NetworkStream`."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """See `NetworkStream`."""
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> Any:
        """See `NetworkStream`."""
        return self._stream.get_extra_info(info)
