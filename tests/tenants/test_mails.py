"""The mail of a tenant leaves through the relay: once, later when the relay is away, never when it is refused for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from app_fixtures import PASSWORD, House, MakeHouse
from entrepot.clock import FixedClock
from entrepot.jobs.smtp import Relay
from entrepot.tenants.deliveries import Deliveries
from entrepot.tenants.mails import MAIL, Mails
from entrepot.tenants.provision import Owner
from server_process import free_port

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class Post:
    """A relay: what it got, and how it answers."""

    port: int = field(default_factory=free_port)
    answer: str = "250 OK"
    got: list[Any] = field(default_factory=list)
    _controller: Controller | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.answer.startswith("250"):
            self.got.append(envelope)
        return self.answer

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@dataclass
class Office:
    """A tenant that sends mail, on a server whose time stands still."""

    house: House
    name: str
    clock: FixedClock
    deliveries: Deliveries

    def write(self, **values: Any) -> int:
        given = {"subject": "Ready", "email_to": "ada@example.org", "body_html": "<p>Hi</p>", **values}
        return int(self.house.as_system(self.name, "mail.mail", "create", given))

    def run(self) -> int:
        return self.deliveries.deliver(self.name, MAIL, lambda: True)

    def state(self, mail: int) -> tuple[str, int, str | None]:
        names = ["state", "attempts", "failure_reason"]
        (row,) = self.house.as_system(self.name, "mail.mail", "read", [mail], names).dicts()
        return row["state"], row["attempts"], row["failure_reason"]

    def is_due(self) -> bool:
        return any(each.id == MAIL for each in self.deliveries.look(self.name).endpoints)


@pytest.fixture
def post() -> Iterator[Post]:
    found = Post()
    found.open()
    yield found
    found.close()


@pytest.fixture
def office(make_house: MakeHouse, new_name: Callable[[], str], post: Post) -> Office:
    clock = FixedClock(START)
    house = make_house(clock=clock)
    name = new_name()
    house.app.administer.make(name, addons=("outbox",), demo=False, owner=Owner(password=PASSWORD))
    tenants, observe = house.app.tenants, house.app.observe
    relay = Relay("smtp", "127.0.0.1", post.port, "", "", "clinic@example.org")
    mails = Mails(relay, tenants.outside.outgoing, clock, observe, 5, lambda: 0.5)
    return Office(house, name, clock, Deliveries(tenants, observe, lambda: 0.5, [mails]))


def test_what_is_outgoing_is_sent_once(office: Office, post: Post) -> None:
    mail = office.write()
    assert office.is_due()
    assert (office.run(), office.run()) == (1, 0)
    assert len(post.got) == 1
    assert office.state(mail) == ("sent", 1, None)
    assert not office.is_due()
    assert office.house.events("mail_tried")[0]["outcome"] == "sent"


def test_one_for_later_waits(office: Office, post: Post) -> None:
    office.write(scheduled_date="2030-05-01 13:00:00")
    assert not office.is_due()
    assert office.deliveries.look(office.name).next == START + timedelta(hours=1)
    assert office.run() == 0
    office.clock.moment += timedelta(hours=1)
    assert office.run() == 1


def test_while_the_relay_is_away_mail_rests_and_is_not_lost(office: Office, post: Post) -> None:
    post.close()
    first, second = office.write(), office.write()
    assert office.run() == 1
    assert office.state(first)[:2] == ("outgoing", 1)
    assert "cannot be reached" in (office.state(first)[2] or "")
    assert not office.is_due()
    again = office.deliveries.look(office.name).next
    assert again is not None
    post.open()
    office.clock.moment = again + timedelta(seconds=10)
    assert office.run() == 2
    assert [office.state(each)[0] for each in (first, second)] == ["sent", "sent"]
    assert len({each.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for each in post.got}) == 2


def test_what_is_refused_for_good_is_told_and_can_be_sent_again(office: Office, post: Post) -> None:
    post.answer = "554 no"
    mail, wrong = office.write(), office.write(email_to="nobody")
    assert office.run() == 2
    assert office.state(mail) == ("exception", 1, "The relay answered 554.")
    assert office.state(wrong)[0] == "exception"
    post.answer = "250 OK"
    office.house.as_system(office.name, "mail.mail", "mark_outgoing", [mail])
    assert office.run() == 1
    assert office.state(mail)[0] == "sent"


def test_a_mail_that_is_never_taken_is_given_up(office: Office, post: Post) -> None:
    post.answer = "451 later"
    mail = office.write()
    for _ in range(10):
        assert office.run() == 1
        office.clock.moment += timedelta(days=2)
    assert office.run() == 0
    assert office.state(mail)[:2] == ("exception", 10)


def test_one_that_is_withdrawn_stays(office: Office, post: Post) -> None:
    mail = office.write()
    office.house.as_system(office.name, "mail.mail", "cancel", [mail])
    assert office.run() == 0
    assert post.got == []


def test_a_copy_sends_no_mail(office: Office, post: Post, new_name: Callable[[], str]) -> None:
    office.write()
    copy = new_name()
    office.house.app.administer.copy(office.name, copy, neutralize=False)
    office.name, original = copy, office.name
    assert office.run() == 0
    office.name = original
    assert office.run() == 1


def test_without_a_relay_mail_waits(office: Office) -> None:
    office.write()
    plain = Deliveries(office.house.app.tenants, office.house.app.observe)
    assert plain.look(office.name).endpoints == ()
    assert plain.deliver(office.name, MAIL, lambda: True) == 0


def test_a_bad_setting_is_named(make_house: MakeHouse) -> None:
    with pytest.raises(ValueError, match="ENTREPOT_SMTP_URL"):
        make_house(smtp_url="http://relay.example")
    with pytest.raises(ValueError, match="ENTREPOT_OUTGOING_ALLOWED"):
        make_house(outgoing_allowed="10.0.0.0/99")
