"""Answers that are made while they are sent.

What makes them runs in a thread and writes ahead into a file without a name; the event loop sends what is there. So a slow
client holds no thread, no transaction and no memory, and its own answer waits for it on the disk.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

from entrepot.doors.http import Reply, Request, StreamBody
from entrepot.doors.threads import Workers
from entrepot.transfer import Stopped

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CHUNK = 256 * 1024


class ClientGone(Stopped):
    """The client went away: nobody waits for the rest."""


class Flow:
    """Bytes on their way from a thread to the event loop (`doors.http.Sink`)."""

    def __init__(self, status: int, wake: Callable[[], None], close: Callable[[], None]) -> None:
        """`wake` is called from the thread when there is more to send, `close` when both sides are done."""
        self.status = status
        self.size = 0
        self.is_gone = False
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        self._wake = wake
        self._close = close
        self._sides = 2
        self._turn = Lock()

    def write(self, content: bytes) -> None:
        """Take the next piece. Raises ClientGone."""
        self.check()
        view = memoryview(content)
        while view:
            view = view[self._file.write(view) or 0 :]
        self.size += len(content)
        if content:
            self._wake()

    def check(self) -> None:
        """Raise ClientGone when nobody waits any more."""
        if self.is_gone:
            raise ClientGone

    def read(self, start: int) -> bytes:
        """What is there from a place on, some of it."""
        return os.pread(self._file.fileno(), min(CHUNK, self.size - start), start)

    def leave(self) -> None:
        """One side is done; the last one forgets everything, for the event loop may end before the thread does."""
        with self._turn:
            self._sides -= 1
            is_last = not self._sides
        if is_last:
            self._file.close()
            self._close()


class Sent(NamedTuple):
    """What became of a streamed answer: its status and size, or another answer to send instead."""

    status: int
    size: int
    instead: Reply | None = None


async def stream(
    workers: Workers,
    request: Request,
    reply: Reply,
    refuse: Callable[[Exception], Reply],
    receive: Receive,
    send: Send,
) -> Sent:
    """Send an answer as it is made. An error before its first byte is another answer; one after it breaks the connection,
    so that a part never looks like a whole.
    """
    body = reply.body
    assert isinstance(body, StreamBody)  # noqa: S101 - told to the type checker
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    flow = Flow(reply.status, wake, body.close)
    making = workers.run(_make, body, flow)
    leaving = asyncio.ensure_future(_disconnection(receive))
    making.add_done_callback(lambda _: news.set())
    leaving.add_done_callback(lambda _: news.set())
    try:
        while not (flow.size or making.done() or leaving.done()):
            await news.wait()
            news.clear()
        if making.done() and not flow.size and (error := making.exception()) is not None:
            return Sent(0, 0, refuse(error if isinstance(error, Exception) else RuntimeError(repr(error))))
        if leaving.done():
            return Sent(reply.status, 0)
        headers = [*reply.headers, (b"x-request-id", request.request_id.encode("ascii"))]
        await send({"type": "http.response.start", "status": flow.status, "headers": headers})
        sent = await _pour(flow, making, leaving, news, send)
        return Sent(flow.status, sent)
    finally:
        leaving.cancel()
        flow.is_gone = True
        making.add_done_callback(_looked_at)
        flow.leave()


async def _pour(
    flow: Flow, making: asyncio.Future[None], leaving: asyncio.Future[None], news: asyncio.Event, send: Send
) -> int:
    sent = 0
    while not leaving.done():
        is_made = making.done()
        chunk = flow.read(sent)
        if chunk:
            sent += len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        elif is_made:
            error = making.exception()
            if error is not None:
                raise ConnectionAbortedError("an answer broke off while it was made") from error
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return sent
        else:
            await news.wait()
            news.clear()
    return sent


def _make(body: StreamBody, flow: Flow) -> None:
    """Make an answer, unless its client went away while it waited for its turn."""
    try:
        flow.check()
        body.produce(flow)
    finally:
        flow.leave()


def _looked_at(making: asyncio.Future[None]) -> None:
    """What went wrong after the client left is nobody's to hear."""
    if not making.cancelled():
        making.exception()


async def _disconnection(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
