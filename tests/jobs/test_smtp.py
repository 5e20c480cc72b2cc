"""Mail to a real relay: spelled as people read it, and every refusal told as one for now or one for good."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller

from entrepot.jobs import smtp
from entrepot.jobs.smtp import Mail, Relay, Undelivered
from server_process import free_port

MAIL = Mail(
    message_id="msg_1",
    subject="Ihre Brille — fertig",
    body_html="<p>Guten Tag &amp; willkommen</p><p>Zeile<br>zwei</p><style>p {}</style>",
    email_from="",
    email_to="Ada <ada@example.org>, bob@example.org",
    email_cc="carol@example.org",
    reply_to="desk@example.org",
    created=datetime(2030, 5, 1, 12, 0, tzinfo=UTC),
)


class Post:
    """A relay's side: what it got, and what it refuses."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answers: dict[str, str] = {}
        self.data_answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - the library's name
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.data_answer.startswith("250"):
            self.got.append(envelope)
        return self.data_answer

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(each.content, policy=policy.default) for each in self.got]  # type: ignore[misc]  # by that policy


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def where(post: Post) -> Iterator[Relay]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield Relay("smtp", "127.0.0.1", controller.port, "", "", "clinic@example.org")
    controller.stop()


def hand_in(where: Relay, mail: Mail = MAIL, context: ssl.SSLContext | None = None) -> list[str]:
    context = context or ssl.create_default_context()
    return smtp.hand_in(where, smtp.spelled(mail, where.sender), smtp.recipients(mail), context, 5)


def test_a_mail_arrives_as_html_and_as_text(where: Relay, post: Post) -> None:
    assert hand_in(where) == []
    (letter,) = post.letters()
    assert post.got[0].rcpt_tos == ["ada@example.org", "bob@example.org", "carol@example.org"]
    assert letter["Subject"] == MAIL.subject
    assert letter["From"] == "clinic@example.org"
    assert letter["Reply-To"] == "desk@example.org"
    assert letter["Message-ID"] == "<msg_1@example.org>"
    text, html = letter.iter_parts()
    assert text.get_content().splitlines()[:3] == ["Guten Tag & willkommen", "Zeile", "zwei"]
    assert "willkommen</p>" in html.get_content()


def refusal(where: Relay, mail: Mail = MAIL, context: ssl.SSLContext | None = None) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        hand_in(where, mail, context)
    return caught.value


def test_one_recipient_of_several_is_named(where: Relay, post: Post) -> None:
    post.answers["bob@example.org"] = "550 unknown"
    assert hand_in(where) == ["bob@example.org"]
    assert len(post.got) == 1


@pytest.mark.parametrize(("answer", "final"), [("550 unknown", True), ("451 later", False)])
def test_no_recipient_at_all(where: Relay, post: Post, *, answer: str, final: bool) -> None:
    post.answers = dict.fromkeys(["ada@example.org", "bob@example.org", "carol@example.org"], answer)
    error = refusal(where)
    assert (error.final, error.is_down) == (final, False)


@pytest.mark.parametrize(
    ("answer", "final", "is_down"),
    [("554 spam", True, False), ("451 later", False, True), ("421 closing", False, True)],
)
def test_a_refused_letter(where: Relay, post: Post, *, answer: str, final: bool, is_down: bool) -> None:
    post.data_answer = answer
    error = refusal(where)
    assert (error.final, error.is_down) == (final, is_down)


def test_nobody_there(where: Relay) -> None:
    error = refusal(replace(where, port=free_port()))
    assert (error.final, error.is_down) == (False, True)


def test_one_that_asks_for_tls_gets_it_or_nothing(where: Relay) -> None:
    assert refusal(replace(where, scheme="smtp+starttls")).is_down
    assert refusal(replace(where, scheme="smtps")).is_down


def test_starttls_verifies_the_name(post: Post) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    controller = Controller(
        post, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True
    )
    controller.start()
    try:
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        there = Relay("smtp+starttls", "localhost", controller.port, "", "", "clinic@example.org")
        assert hand_in(there, context=trusting) == []
        assert refusal(replace(there, host="127.0.0.1"), context=trusting).is_down
        assert refusal(there).is_down
    finally:
        controller.stop()
    assert len(post.got) == 1


@pytest.mark.parametrize("to", ["", "nobody", "a b@example.org", "a@", "@example.org", "x@y\u0000z"])
def test_what_is_no_address(to: str) -> None:
    with pytest.raises(Undelivered) as caught:
        smtp.recipients(replace(MAIL, email_to=to, email_cc=""))
    assert caught.value.final


def test_a_crowd_is_refused() -> None:
    crowd = ", ".join(f"a{number}@example.org" for number in range(101))
    with pytest.raises(Undelivered):
        smtp.recipients(replace(MAIL, email_to=crowd))


def test_a_header_cannot_be_smuggled_in() -> None:
    with pytest.raises(Undelivered) as caught:
        smtp.spelled(replace(MAIL, subject="x\r\nBcc: all@example.org"), "a@example.org")
    assert caught.value.final


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", None),
        ("smtp://relay.example", Relay("smtp", "relay.example", 25, "", "", "me")),
        ("smtps://u%40x:p%3Aw@relay.example", Relay("smtps", "relay.example", 465, "u@x", "p:w", "me")),
        (
            "smtp+starttls://u:p@relay.example:2525",
            Relay("smtp+starttls", "relay.example", 2525, "u", "p", "me"),
        ),
        ("smtp://u:p@localhost", Relay("smtp", "localhost", 25, "u", "p", "me")),
    ],
)
def test_the_relays_address(url: str, expected: Relay | None) -> None:
    assert smtp.relay(url, "me") == expected


@pytest.mark.parametrize(
    "url", ["relay.example", "http://relay.example", "smtp://", "smtp://r/path", "smtp://u:p@relay.example"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        smtp.relay(url, "")
    assert "u:p" not in str(caught.value)


def test_the_library_still_tells_refusals_apart() -> None:
    assert issubclass(smtplib.SMTPAuthenticationError, smtplib.SMTPResponseException)
