"""One request to a real server that is slow, wrong, hostile or gone: bounded in time and bytes, at a judged address."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest
import trustme

from entrepot.jobs.addresses import Guard, guard
from entrepot.jobs.outgoing import MOST_READ, Answer, Outgoing, Unreached
from fake_peer import FakePeer, Step, fake_peer

HERE = guard("127.0.0.0/8")


@pytest.fixture
def peer() -> Iterator[FakePeer]:
    with fake_peer() as found:
        yield found


@pytest.fixture
def outgoing() -> Outgoing:
    """May go to this machine, as an operator allows it."""
    return Outgoing(HERE)


def send(outgoing: Outgoing, url: str, timeout_s: float = 5.0, body: bytes | None = b"{}") -> Answer:
    return outgoing.send("POST", url, {"content-type": "application/json"}, body, timeout_s=timeout_s)


def refusal(outgoing: Outgoing, url: str, timeout_s: float = 5.0) -> str:
    with pytest.raises(Unreached) as caught:
        send(outgoing, url, timeout_s)
    return caught.value.code


def test_a_request_arrives_as_it_was_given(peer: FakePeer, outgoing: Outgoing) -> None:
    answer = outgoing.send("PATCH", f"{peer.url}/a/b?c=d", {"x-key": "k"}, b'{"a":1}', timeout_s=5)
    assert (answer.status, answer.body, answer.whole) == (200, b"{}", True)
    (one,) = peer.received
    assert (one.method, one.path, one.body) == ("PATCH", "/a/b?c=d", b'{"a":1}')
    assert one.headers["x-key"] == "k"
    assert one.headers["host"] == f"127.0.0.1:{peer.port}"
    assert one.headers["content-length"] == "7"
    assert "accept-encoding" not in one.headers


def test_one_without_a_body_says_so(peer: FakePeer, outgoing: Outgoing) -> None:
    send(outgoing, peer.url, body=None)
    assert peer.received[0].headers["content-length"] == "0"


def test_redirects_are_answers_and_not_followed(peer: FakePeer, outgoing: Outgoing) -> None:
    for place in ("http://169.254.169.254/", "file:///etc/passwd", f"{peer.url}/elsewhere"):
        peer.script.append(Step(302, {"location": place}))
    assert [send(outgoing, peer.url).status for _ in range(3)] == [302, 302, 302]
    assert [one.path for one in peer.received] == ["/", "/", "/"]


def test_a_huge_answer_is_read_to_its_bound(peer: FakePeer, outgoing: Outgoing) -> None:
    peer.script.append(Step(size=10 * 1024**3))
    began = time.monotonic()
    answer = send(outgoing, peer.url)
    assert (len(answer.body), answer.whole) == (MOST_READ, False)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "step",
    [Step(wait_s=30), Step(body=b"x" * 100, drip_s=0.1), Step(size=1, body=b"x", wait_s=30)],
    ids=["silent", "a byte at a time", "late"],
)
def test_one_deadline_is_for_all_of_a_request(peer: FakePeer, outgoing: Outgoing, step: Step) -> None:
    peer.script.append(step)
    began = time.monotonic()
    assert refusal(outgoing, peer.url, timeout_s=0.4) == "timeout"
    assert time.monotonic() - began < 2


def test_headers_that_drip_meet_the_same_deadline(outgoing: Outgoing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000:
                        connection.sendall(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        assert (
            refusal(outgoing, f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout_s=0.4) == "timeout"
        )
        assert time.monotonic() - began < 2
        thread.join()


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Step(cut=True), "not_http"),
        (Step(garbage=b"220 smtp ready\r\n\r\n"), "not_http"),
        (Step(garbage=b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx"), "not_http"),
        (Step(garbage=b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000), "not_http"),
    ],
)
def test_what_is_no_answer_is_told_apart(peer: FakePeer, outgoing: Outgoing, step: Step, code: str) -> None:
    peer.script.append(step)
    assert refusal(outgoing, peer.url) in {code, "connection_lost"}


def test_nobody_there(outgoing: Outgoing) -> None:
    with fake_peer() as gone:
        url = gone.url
    assert refusal(outgoing, url) == "unreachable"


def test_a_name_that_is_none() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    assert refusal(Outgoing(Guard(), nowhere), "http://nobody.example/") == "not_found"


def test_the_inner_network_is_refused_at_connect_whatever_the_name(peer: FakePeer) -> None:
    outside = Outgoing(Guard(), lambda *_: ["127.0.0.1"])
    assert refusal(outside, f"http://bank.example:{peer.port}/") == "refused"
    assert refusal(outside, peer.url) == "refused"
    assert peer.received == []


def test_a_name_is_looked_up_once_and_the_address_kept(peer: FakePeer) -> None:
    """DNS rebinding: the second answer would be another machine, and is never asked for."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    assert send(Outgoing(HERE, rebinding), f"http://bank.example:{peer.port}/").status == 200
    assert asked == ["bank.example"]
    assert peer.received[0].headers["host"] == f"bank.example:{peer.port}"


def test_an_endpoint_that_may_be_internal_is_reached(peer: FakePeer) -> None:
    found = Outgoing(Guard()).send("POST", peer.url, {}, b"{}", timeout_s=5, internal=True)
    assert found.status == 200


def test_the_next_address_is_tried_when_one_is_dead(peer: FakePeer) -> None:
    two = Outgoing(HERE, lambda *_: ["127.0.0.9", "127.0.0.1"])
    assert send(two, f"http://bank.example:{peer.port}/").status == 200


def test_a_line_keeps_its_connection_but_not_its_deadline(peer: FakePeer, outgoing: Outgoing) -> None:
    asked: list[str] = []
    counting = Outgoing(HERE, lambda host, _: asked.append(host) or ["127.0.0.1"])  # type: ignore[func-returns-value]  # a list's append
    with counting.open() as line:
        for _ in range(3):
            line.send("POST", f"http://bank.example:{peer.port}/", {}, b"{}", timeout_s=0.5)
            time.sleep(0.2)
    assert asked == ["bank.example"]


def test_the_environment_has_no_say(
    peer: FakePeer, outgoing: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(outgoing, peer.url).status == 200


def test_fetching_is_bounded_and_takes_only_200(peer: FakePeer, outgoing: Outgoing) -> None:
    peer.scripts["/image"].extend([Step(body=b"x" * 100), Step(body=b"x" * 101), Step(404)])
    assert outgoing.fetch(f"{peer.url}/image", 100) == b"x" * 100
    for code in ("too_large", "status"):
        with pytest.raises(Unreached) as caught:
            outgoing.fetch(f"{peer.url}/image", 100)
        assert caught.value.code == code


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[FakePeer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("bank.example").configure_cert(context)
    with fake_peer(tls=context) as found:
        yield found


@pytest.fixture
def trusting(authority: trustme.CA) -> Outgoing:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Outgoing(HERE, lambda *_: ["127.0.0.1"], context)


def test_the_certificate_is_that_of_the_name_not_of_the_address(secure: FakePeer, trusting: Outgoing) -> None:
    assert send(trusting, f"https://bank.example:{secure.port}/x").status == 200
    for other in ("other.example", "127.0.0.1"):
        assert refusal(trusting, f"https://{other}:{secure.port}/x") == "tls"
    assert len(secure.received) == 1


def test_an_unknown_authority_is_refused(secure: FakePeer) -> None:
    plain = Outgoing(HERE, lambda *_: ["127.0.0.1"])
    assert refusal(plain, f"https://bank.example:{secure.port}/") == "tls"


def test_one_that_does_not_speak_tls(peer: FakePeer, trusting: Outgoing) -> None:
    assert refusal(trusting, f"https://bank.example:{peer.port}/") == "tls"


def test_an_error_tells_neither_path_nor_header(outgoing: Outgoing) -> None:
    with fake_peer() as gone:
        url = f"{gone.url}/secret-path?token=canary"
    with pytest.raises(Unreached) as caught:
        outgoing.send("POST", url, {"authorization": "Bearer canary"}, b"canary", timeout_s=1)
    assert "canary" not in str(caught.value)
    assert "secret-path" not in str(caught.value)
