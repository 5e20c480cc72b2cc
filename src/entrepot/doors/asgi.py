"""HTTP messages → requests → routes → replies → HTTP messages: the only place that knows sockets and threads.

A bare ASGI application: uvicorn calls it, a dictionary finds the route, a worker thread runs the handler.
Bodies are read in the event loop, so a slow sender holds no thread; files are sent in pieces, so a large one
holds no memory.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from time import perf_counter
from types import coroutine
from typing import Any, NamedTuple, TypeAlias

from entrepot.doors.abc import House
from entrepot.doors.address import Proxies
from entrepot.doors.body import Intake, SlowBody
from entrepot.doors.error_map import refusal
from entrepot.doors.http import TEXT, FileBody, NoSuchPage, Reply, Request, Route, StreamBody
from entrepot.doors.router import Router
from entrepot.doors.routes import all_doors
from entrepot.doors.streaming import stream
from entrepot.doors.threads import Workers

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Coroutine[Any, Any, Message]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CHUNK = 256 * 1024
IDLE_SECONDS = 60.0
STREAMS = 4
"""How many answers are made while they are sent; further ones wait for their turn."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SLASHES = re.compile("//+")


class Answered(NamedTuple):
    """One request, answered: for the access log and metrics. `size` is the bytes of the answer's body."""

    door: str
    method: str
    path: str
    status: int
    ms: float
    size: int
    address: str
    request_id: str


def ignore(answered: Answered) -> None:
    """Observe nothing."""


class Disconnected(Exception):  # noqa: N818 - an event, no fault
    """The client went away before its body was whole."""


class Application:
    """The ASGI application over a house.

    `router` defaults to every door of this package. `threads` is used when the settings leave their number
    open. `observe` is called in the event loop after each request and must not block. `close` is called when
    the server has answered its last request.
    """

    def __init__(
        self,
        house: House,
        *,
        router: Router | None = None,
        threads: int = 1,
        observe: Callable[[Answered], None] = ignore,
        close: Callable[[], None] | None = None,
    ) -> None:
        """Wire up; threads start with the first event."""
        self.house = house
        # An id leads to lines of the log and guards nothing: a count after what tells this process from others will do.
        self._ids = map((secrets.token_hex(4) + "{:08x}").format, itertools.count(1))
        self.router = router or all_doors()
        self.observe = observe
        self.close = close
        self._threads = house.settings.threads or threads
        self._workers: Workers | None = None
        self._streams: Workers | None = None
        self._proxies = Proxies(house.settings.trusted_proxies)
        self._intake = Intake(house.settings.max_body_bytes)

    @property
    def workers(self) -> Workers:
        """The threads that run handlers."""
        if self._workers is None:
            self._workers = Workers(self._threads)
        return self._workers

    @property
    def streams(self) -> Workers:
        """The threads that make long answers, so that short ones need not wait for them."""
        if self._streams is None:
            self._streams = Workers(STREAMS)
        return self._streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the server's life."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif event["type"] == "lifespan.shutdown":
                for each in (self._workers, self._streams):
                    if each is not None:
                        each.stop()
                self._workers = self._streams = None
                if self.close is not None:
                    self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        request = self._request(scope)
        route = self.router.find(request.path)
        try:
            reply = await self._reply(route, request, receive)
        except Disconnected:
            return
        reply, size = await self._deliver(route, request, reply, receive, send)
        ms = (perf_counter() - began) * 1000
        door = "none" if route is None else route.door
        self.observe(
            Answered(
                door,
                request.method,
                request.path,
                reply.status,
                ms,
                size,
                request.address,
                request.request_id,
            )
        )

    def _request(self, scope: Scope) -> Request:
        headers = dict(scope["headers"])
        client = scope.get("client")
        peer = self._proxies.peer(client[0] if client else "", scope["scheme"], headers)
        path = scope["path"]
        if "//" in path:
            # Some clients join an address that ends in a slash with a path that begins with one.
            path = _SLASHES.sub("/", path)
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode("ascii") if given and _REQUEST_ID.fullmatch(given) else next(self._ids)
        return Request(
            scope["method"],
            path,
            scope["query_string"],
            headers,
            b"",
            peer.address,
            peer.scheme,
            peer.host,
            request_id,
        )

    async def _reply(self, route: Route | None, request: Request, receive: Receive) -> Reply:
        try:
            if route is None:
                raise NoSuchPage("Nothing is served at this address.")  # noqa: TRY301 - told like every other refusal
            if request.method not in route.methods and not (
                request.method == "HEAD" and "GET" in route.methods
            ):
                return wrong_method(request, route)
            if route.inline:
                return route.handler(self.house, request)
            if route.upload is not None:
                return await self._take(route, request, receive)
            if request.method in {"GET", "HEAD"}:
                return await self.workers.run(self._handle, route, request)
            return await self._read(route, request, receive)
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - the rim: nothing may leave but a reply
            return refuse(route, error)

    def _handle(self, route: Route, request: Request) -> Reply:
        try:
            return route.handler(self.house, request)
        except Exception as error:  # noqa: BLE001 - the rim: nothing may leave but a reply
            return refuse(route, error)

    async def _read(self, route: Route, request: Request, receive: Receive) -> Reply:
        self._intake.check(request.headers)
        held = 0
        try:
            body, more = await next_chunk(receive)
            held = self._intake.add(0, len(body))
            if more:
                chunks = [body]
                while more:
                    body, more = await next_chunk(receive)
                    held = self._intake.add(held, len(body))
                    chunks.append(body)
                body = b"".join(chunks)
                chunks.clear()
            return await self.workers.run(self._handle, route, request._replace(body=body))
        finally:
            self._intake.release(held)

    async def _take(self, route: Route, request: Request, receive: Receive) -> Reply:
        """Hand a large body on in pieces; disk is touched in a worker thread."""
        assert route.upload is not None  # noqa: S101 - told to the type checker
        self._intake.check_encoding(request.headers)
        upload = await self.workers.run(route.upload, self.house, request)
        try:
            more = True
            while more:
                chunk, more = await next_chunk(receive)
                await self.workers.run(upload.feed, chunk)
            await self.workers.run(upload.finish)
            return await self.workers.run(self._handle, route, request._replace(upload=upload))
        finally:
            await self.workers.run(upload.discard)

    async def _deliver(
        self, route: Route | None, request: Request, reply: Reply, receive: Receive, send: Send
    ) -> tuple[Reply, int]:
        """Send an answer, whatever its body is; the answer as it went out, and its size."""
        body = reply.body
        if not isinstance(body, StreamBody):
            return reply, await self._send(request, reply, receive, send)
        if request.method == "HEAD":
            body.close()
            reply = reply._replace(body=b"")
            return reply, await self._send(request, reply, receive, send)
        sent = await stream(self.streams, request, reply, lambda error: refuse(route, error), receive, send)
        if sent.instead is not None:
            return sent.instead, await self._send(request, sent.instead, receive, send)
        return reply._replace(status=sent.status, body=b""), sent.size

    async def _send(self, request: Request, reply: Reply, receive: Receive, send: Send) -> int:
        body = reply.body
        assert not isinstance(body, StreamBody)  # noqa: S101 - told to the type checker
        size = body.length if isinstance(body, FileBody) else len(body)
        headers = [*reply.headers, (b"x-request-id", request.request_id.encode("ascii"))]
        if reply.status not in {204, 304}:
            headers.append((b"content-length", str(size).encode("ascii")))
        empty = request.method == "HEAD" or reply.status in {204, 304}
        try:
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            if isinstance(body, FileBody):
                if not empty:
                    await self._stream(body, receive, send)
            elif body and not empty:
                await send({"type": "http.response.body", "body": body, "more_body": False})
                return size
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            if isinstance(body, FileBody):
                await self.workers.run(close_file, body)
        return 0 if empty else size

    async def _stream(self, body: FileBody, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(disconnection(receive))
        try:
            left = body.length
            await self.workers.run(body.handle.seek, body.start)
            # Sending to somebody who has gone is no error: without a look at the door the whole file would be
            # read for nobody.
            while left and not gone.done():
                chunk = await self.workers.run(body.handle.read, min(CHUNK, left))
                if not chunk:
                    # The length is announced already; a short answer must not look like a whole one.
                    raise ConnectionAbortedError("a file became shorter while it was sent")
                left -= len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            gone.cancel()


async def disconnection(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def next_chunk(receive: Receive) -> tuple[bytes, bool]:
    """The next piece of a body, and whether more follow. Raises Disconnected, SlowBody."""
    message = await patient(receive())
    if message["type"] == "http.disconnect":
        raise Disconnected
    return message.get("body", b""), message.get("more_body", False)


async def patient(coming: Coroutine[Any, Any, Message]) -> Message:
    """A message that comes in time. Raises SlowBody.

    A small body is there before anybody asks for it, so the timer, which costs more than the rest, is set only when the
    first step finds that there is something to wait for.
    """
    try:
        waited = coming.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # what the coroutine returns
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await resumed(coming, waited)
    except TimeoutError as error:
        raise SlowBody from error


@coroutine
def resumed(coming: Coroutine[Any, Any, Message], waited: Any) -> Generator[Any, Any, Message]:
    """Await the rest of a coroutine that was begun by hand and waits for `waited`."""
    try:
        while True:
            try:
                sent = yield waited
            except BaseException as error:  # noqa: BLE001 - a cancellation, too, is the coroutine's to hear
                waited = coming.throw(error)
            else:
                waited = coming.send(sent)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # what the coroutine returns


def close_file(body: FileBody) -> None:
    """Close, and remove what was made only to be sent."""
    body.handle.close()
    if body.unlink is not None:
        body.unlink.unlink(missing_ok=True)


def refuse(route: Route | None, error: Exception) -> Reply:
    """An error as the route's wire spells it."""
    return refusal(error) if route is None or route.refuse is None else route.refuse(error)


def wrong_method(request: Request, route: Route) -> Reply:
    """405, with what would be right; OPTIONS is answered with the same."""
    names = sorted({*route.methods, "OPTIONS", *(("HEAD",) if "GET" in route.methods else ())})
    allow = (b"allow", ", ".join(names).encode("ascii"))
    if request.method == "OPTIONS":
        return Reply(204, (allow,))
    hint = f"This address answers {' or '.join(route.methods)} only.\n"
    if route.methods == ("POST",):
        hint = "This address is for programs: send the request as POST. See the manual of this door.\n"
    return Reply(405, (*TEXT, allow), hint.encode("ascii"))
