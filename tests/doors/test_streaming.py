"""Answers that are made while they are sent: what comes when, and what happens when it breaks off."""

from __future__ import annotations

import asyncio
import threading

import pytest

from doors.knock import knock
from entrepot.doors.asgi import Application
from entrepot.doors.http import Reply, Route, StreamBody
from entrepot.doors.router import Router
from entrepot.doors.streaming import ClientGone
from entrepot.errors import UserError


@pytest.fixture
def serve(house):
    made = []

    def go(produce):
        closed = []
        router = Router()
        body = StreamBody(produce, lambda: closed.append(True))
        router.add(
            {"/x": Route("test", lambda *_: Reply(200, ((b"content-type", b"text/plain"),), body), ("GET",))}
        )
        app = Application(house, router=router)
        made.append(app)
        return app, closed

    yield go
    for app in made:
        app.workers.stop()
        app.streams.stop()


def test_pieces_are_sent_in_their_order_and_everything_is_closed(serve):
    pieces = [b"a" * 300_000, b"", b"b", b"c" * 10]

    def produce(sink):
        sink.status = 207
        for each in pieces:
            sink.write(each)

    app, closed = serve(produce)
    heard = knock(app, "GET", "/x")
    assert (heard.status, heard.body) == (207, b"".join(pieces))
    assert heard.header("content-length") is None
    assert heard.header("x-request-id")
    assert closed == [True]


def test_nothing_may_be_an_answer(serve):
    app, _ = serve(lambda sink: None)
    assert (knock(app, "GET", "/x").status, knock(app, "GET", "/x").body) == (200, b"")
    assert knock(app, "HEAD", "/x").status == 200


def test_an_error_before_the_first_byte_is_an_answer_of_its_own(serve):
    def produce(sink):
        raise UserError("Not today.")

    app, closed = serve(produce)
    heard = knock(app, "GET", "/x")
    assert heard.status == 422
    assert b"Not today." in heard.body
    assert closed == [True]


def test_an_error_after_it_breaks_the_connection(serve):
    def produce(sink):
        sink.write(b"half")
        raise UserError("Not today.")

    app, closed = serve(produce)
    with pytest.raises(ConnectionAbortedError):
        knock(app, "GET", "/x")
    assert closed == [True]


def test_who_has_gone_is_not_written_for(serve):
    gone, told = threading.Event(), threading.Event()

    def produce(sink):
        sink.write(b"first")
        assert gone.wait(10)
        try:
            while True:
                sink.write(b"more")
        except ClientGone:
            told.set()
            raise

    app, _ = serve(produce)
    scope = {
        "type": "http", "method": "GET", "path": "/x", "query_string": b"", "scheme": "http",
        "client": ("203.0.113.9", 1), "headers": [],
    }  # fmt: skip

    async def leave() -> None:
        sent = asyncio.Event()

        async def receive():
            await sent.wait()
            gone.set()
            return {"type": "http.disconnect"}

        async def send(message):
            if message.get("body"):
                sent.set()

        await app(scope, receive, send)

    asyncio.run(leave())
    assert told.wait(10)
