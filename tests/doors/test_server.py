"""The doors behind the real HTTP server, through real sockets."""

from __future__ import annotations

import http.client
import socket
import threading
import xmlrpc.client

import pytest
import uvicorn

from doors.house import KEY, PASSWORD, SmallHouse
from entrepot.doors.asgi import Application

LIMIT = 1 << 20


@pytest.fixture
def server(tmp_path):
    """The port of a running server."""
    house = SmallHouse(tmp_path, default_tenant="demo", max_body_bytes=LIMIT)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            Application(house, threads=2), log_level="warning", lifespan="on", access_log=False
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


@pytest.fixture
def models(server):
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server}/xmlrpc/2/object") as proxy:
        yield proxy


def execute(models, method, *args):
    return models.execute_kw("demo", 2, PASSWORD, "res.partner", method, list(args))


def test_the_standard_client_calls_methods_on_one_connection(models):
    for number in range(20):
        assert execute(models, "echo", number) == [[number], {}]
    assert execute(models, "read", [1])[0]["name"] == "Ann & Bob"


def test_the_standard_client_hears_faults(models):
    with pytest.raises(xmlrpc.client.Fault) as caught:
        execute(models, "refuse")
    assert caught.value.faultCode == 2
    assert execute(models, "nothing") is False


def test_a_body_past_the_limit_is_heard_as_a_fault_and_the_server_goes_on(models):
    with pytest.raises(xmlrpc.client.Fault, match="larger than"):
        execute(models, "echo", "x" * (8 * LIMIT))
    assert execute(models, "echo", 1) == [[1], {}]


def test_clients_at_the_same_time_get_their_own_answers(server):
    answers = {}

    def ask(number):
        with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server}/xmlrpc/2/object") as proxy:
            answers[number] = [execute(proxy, "echo", number, each) for each in range(10)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == {number: [[[number, each], {}] for each in range(10)] for number in range(6)}


def test_a_half_sent_body_holds_up_nobody(server, models):
    with (
        socket.create_connection(("127.0.0.1", server)) as slow,
        socket.create_connection(("127.0.0.1", server)) as other,
    ):
        for each in (slow, other):
            each.sendall(b"POST /jsonrpc HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        assert execute(models, "echo", 1) == [[1], {}]


def test_http_1_0_is_answered(server):
    with socket.create_connection(("127.0.0.1", server)) as line:
        line.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        heard = b""
        while piece := line.recv(4096):
            heard += piece
    assert b" 200 " in heard.partition(b"\r\n")[0]
    assert heard.endswith(b'{"status":"pass"}')


def test_files_are_sent_in_ranges_on_one_connection(server, tmp_path):
    content = bytes(range(256)) * 8000
    (tmp_path / "1.bin").write_bytes(content)
    line = http.client.HTTPConnection("127.0.0.1", server, timeout=20)
    try:
        for asked, status, expected in (
            (None, 200, content),
            ("bytes=5-9", 206, content[5:10]),
            ("bytes=99999999-", 416, b""),
            ("bytes=-3", 206, content[-3:]),
        ):
            headers = {"authorization": f"Bearer {KEY}"} | ({"range": asked} if asked else {})
            line.request("GET", "/web/content/1", headers=headers)
            heard = line.getresponse()
            assert (heard.status, heard.read()) == (status, expected)
        line.request("HEAD", "/web/content/1", headers={"authorization": f"Bearer {KEY}"})
        heard = line.getresponse()
        assert (heard.read(), heard.getheader("content-length")) == (b"", str(len(content)))
        line.request(
            "GET", "/web/content/1", headers={"authorization": f"Bearer {KEY}", "if-none-match": '"tag1"'}
        )
        heard = line.getresponse()
        assert (heard.status, heard.read()) == (304, b"")
    finally:
        line.close()
