from __future__ import annotations

import asyncio
import gzip
import threading
import time

import pytest

from doors.house import PASSWORD, SmallHouse
from doors.knock import _knock, knock, post_json, xml_call
from entrepot.doors import asgi
from entrepot.doors.asgi import Application
from entrepot.doors.body import SHARE, Intake
from entrepot.doors.http import Reply, Route
from entrepot.doors.router import Router
from entrepot.doors.routes import all_doors
from entrepot.doors.threads import Workers
from entrepot.errors import TenantUnavailable, TooLarge

JSON = {"content-type": "application/json"}
VERSION = b'{"params": {"service": "common", "method": "version", "args": []}}'


@pytest.fixture
def tight(tmp_path):
    application = Application(SmallHouse(tmp_path, max_body_bytes=1000))
    yield application
    application.workers.stop()


def test_a_body_in_pieces_is_put_together(app):
    pieces = [VERSION[at : at + 7] for at in range(0, len(VERSION), 7)]
    assert knock(app, "POST", "/jsonrpc", pieces, JSON).json["result"]["server_version"] == "18.0"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_past_the_limit_is_413_and_a_fault_on_xmlrpc(tight, announced):
    body = [b" " * 400] * 4
    length = {"content-length": "1600"} if announced else {}
    heard = knock(tight, "POST", "/jsonrpc", body, {**JSON, **length})
    assert (heard.status, heard.json["error"]["code"]) == (413, "too_large")
    heard = knock(tight, "POST", "/xmlrpc/2/common", body, length)
    assert heard.status == 200
    assert b"larger than the 1000 bytes" in heard.body


def test_an_endless_body_is_refused_before_it_ends(tight):
    def endless():
        while True:
            yield b"x" * 300

    pieces = (piece for piece, _ in zip(endless(), range(50), strict=False))
    assert knock(tight, "POST", "/jsonrpc", pieces, JSON).status == 413


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "GZIP"])
def test_compressed_bodies_are_415(app, coding):
    bomb = gzip.compress(b"[" * 10_000_000)
    assert knock(app, "POST", "/jsonrpc", bomb, {**JSON, "content-encoding": coding}).status == 415


def test_an_uncompressed_body_may_say_so(app):
    assert knock(app, "POST", "/jsonrpc", VERSION, {**JSON, "content-encoding": "identity"}).status == 200


def test_all_bodies_together_are_bounded():
    intake = Intake(3 << 20)
    for _ in range(SHARE):
        assert intake.add(0, 3 << 20) == 3 << 20
    with pytest.raises(TenantUnavailable):
        intake.add(0, 2 << 20)
    assert intake.add(0, 1000) == 1000
    intake.release(3 << 20)
    intake.release(1000)
    held = intake.add(0, 1 << 20)
    held = intake.add(held, 1 << 20)
    assert intake.held == (SHARE - 1) * (3 << 20) + (2 << 20)
    with pytest.raises(TooLarge):
        intake.add(held, 2 << 20)


def test_no_bytes_are_counted_when_all_is_said(app):
    post_json(app, "/jsonrpc", {"service": "common", "method": "about", "args": [], "pad": "x" * 3_000_000})
    assert app._intake.held == 0


def test_a_body_that_stalls_is_given_up(app, monkeypatch):
    monkeypatch.setattr(asgi, "IDLE_SECONDS", 0.05)
    heard = knock(app, "POST", "/jsonrpc", [], JSON)
    assert (heard.status, heard.header("connection")) == (408, "close")


def test_a_message_that_comes_step_by_step_is_awaited_to_its_end():
    async def coming():
        for _ in range(3):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return {"type": "http.request"}

    assert asyncio.run(asgi.patient(coming())) == {"type": "http.request"}


def test_giving_up_a_message_lets_its_maker_clean_up():
    heard = []

    async def coming():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    async def give_up():
        waiting = asyncio.ensure_future(asgi.patient(coming()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(give_up())
    assert heard == ["cancelled"]


def test_every_request_has_an_id_of_its_own(app):
    first, second = (knock(app, "GET", "/livez").header("x-request-id") for _ in range(2))
    assert first != second
    assert (len(first), first[:8]) == (16, second[:8])


def test_a_client_that_leaves_is_not_answered(app):
    async def leave():
        sent = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/jsonrpc",
            "query_string": b"",
            "scheme": "http",
            "client": None,
            "headers": [],
        }
        await app(scope, receive, send)
        return sent

    assert asyncio.run(leave()) == []


def test_every_answer_names_its_request(app):
    assert knock(app, "GET", "/livez", headers={"x-request-id": "abc-1"}).header("x-request-id") == "abc-1"
    for bad in ("a b", "x" * 65, "é", '"'):
        given = knock(app, "GET", "/livez", headers={"x-request-id": bad}).header("x-request-id")
        assert given != bad
        assert len(given) == 16


def test_head_is_get_without_the_body(app):
    got, head = knock(app, "GET", "/web/version"), knock(app, "HEAD", "/web/version")
    assert head.body == b""
    assert head.header("content-length") == got.header("content-length") == str(len(got.body))


def test_unknown_addresses_are_404_in_json(app):
    heard = knock(app, "GET", "/nowhere")
    assert (heard.status, heard.json["error"]["code"]) == (404, "missing")


def test_every_request_is_observed(house):
    seen = []
    app = Application(house, observe=seen.append)
    heard = knock(app, "POST", "//jsonrpc", VERSION, {**JSON, "x-request-id": "r1"})
    knock(app, "GET", "/nowhere")
    app.workers.stop()
    first, second = seen
    assert (first.door, first.method, first.path, first.status, first.size) == (
        "jsonrpc",
        "POST",
        "/jsonrpc",
        200,
        len(heard.body),
    )
    assert (first.address, first.request_id) == ("203.0.113.9", "r1")
    assert first.ms > 0
    assert (second.door, second.status) == ("none", 404)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ("", "192.0.2.1", "203.0.113.9"),
        ("198.51.100.1", "192.0.2.1", "203.0.113.9"),
        ("203.0.113.9", "192.0.2.1", "192.0.2.1"),
        ("203.0.113.0/24", "8.8.8.8, 192.0.2.1, 203.0.113.7", "192.0.2.1"),
        ("203.0.113.9", "nonsense", "203.0.113.9"),
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_forwarded_addresses_are_believed_from_trusted_proxies_only(tmp_path, trusted, forwarded, seen):
    house = SmallHouse(tmp_path, trusted_proxies=trusted)
    app = Application(house)
    xml = {"service": "object", "method": "execute", "args": ["demo", 2, PASSWORD, "res.partner", "nothing"]}
    post_json(app, "/jsonrpc", xml, **{"x-forwarded-for": forwarded})
    app.workers.stop()
    assert house.calls[0].address == seen


def test_a_fault_in_a_worker_thread_ends_one_request_only(house):
    def explode(_house, _request):
        raise SystemExit("gone")

    router = Router()
    router.add({"/explode": Route("test", explode, ("GET",))})
    router.add(all_doors()._exact)
    app = Application(house, router=router)
    for _ in range(3):
        assert knock(app, "GET", "/explode").status == 500
    assert knock(app, "GET", "/readyz").status == 200
    app.workers.stop()


def test_two_doors_cannot_claim_one_address():
    router = all_doors()
    with pytest.raises(ValueError, match="/livez"):
        router.add({"/livez": Route("test", lambda _house, _request: Reply(200, ()), ("GET",))})


def test_health_is_answered_while_every_thread_is_busy(house):
    free = threading.Event()

    def wait(_house, _request):
        free.wait(10)
        return Reply(200, ())

    router = all_doors()
    router.add({"/wait": Route("test", wait, ("GET",))})
    app = Application(house, router=router, threads=1)

    async def both():
        scope = {
            "type": "http",
            "method": "GET",
            "query_string": b"",
            "scheme": "http",
            "client": None,
            "headers": [],
        }
        waiting = asyncio.ensure_future(_knock(app, {**scope, "path": "/wait"}, []))
        await asyncio.sleep(0)
        health = await asyncio.wait_for(_knock(app, {**scope, "path": "/livez"}, []), 5)
        assert not waiting.done()
        free.set()
        return health, await waiting

    health, waited = asyncio.run(both())
    app.workers.stop()
    assert (health.status, waited.status) == (200, 200)


def test_life_and_end_of_the_server(house):
    closed = []
    app = Application(house, close=lambda: closed.append(True))

    async def live():
        events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent = []

        async def receive():
            return next(events)

        async def send(message):
            sent.append(message["type"])

        await app({"type": "lifespan"}, receive, send)
        return sent

    assert asyncio.run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert closed == [True]


def test_workers_run_many_jobs_and_report_each_fault():
    async def many():
        workers = Workers(3)
        done = await asyncio.gather(*(workers.run(pow, each, 2) for each in range(50)))
        failed = await asyncio.gather(
            workers.run(int, "x"), workers.run(next, iter(())), return_exceptions=True
        )
        workers.stop()
        return done, failed

    done, failed = asyncio.run(many())
    assert done == [each**2 for each in range(50)]
    assert [type(each) for each in failed] == [ValueError, RuntimeError]


def test_concurrent_calls_get_their_own_answers(app):
    for number in range(5):
        echoed = xml_call(
            app, "/xmlrpc/2/object", "execute", "demo", 2, PASSWORD, "res.partner", "echo", number
        )
        assert echoed == [[number], {}]


def test_the_way_through_the_doors_is_short(app):
    """A generous bound on what is ours: nothing in it may grow with the number of addresses or doors."""

    async def many(count):
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/livez",
            "query_string": b"",
            "scheme": "http",
            "client": None,
            "headers": [(b"host", b"x")],
        }

        async def send(message):
            del message

        for _ in range(count):
            await app(dict(scope), None, send)

    asyncio.run(many(200))
    began = time.process_time()
    asyncio.run(many(2000))
    assert (time.process_time() - began) / 2000 < 500e-6
