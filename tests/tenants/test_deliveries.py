"""The outbox of a tenant: claimed by one, kept in order, tried again, given up; on each store, to a real peer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app_fixtures import PASSWORD, House, MakeHouse
from entrepot.clock import FixedClock
from entrepot.jobs.queue_gauge import Waiting
from entrepot.jobs.webhooks import verify
from entrepot.tenants.deliveries import Deliveries
from entrepot.tenants.outbox_rows import LOST
from entrepot.tenants.provision import Owner
from fake_peer import FakePeer, Step, fake_peer

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


class Box:
    """A tenant with an outbox on a server whose time stands still."""

    def __init__(self, house: House, name: str, clock: FixedClock) -> None:
        self.house = house
        self.name = name
        self.clock = clock
        self.deliveries = self.sender()

    def sender(self) -> Deliveries:
        return Deliveries(self.house.app.tenants, self.house.app.observe, lambda: 0.5)

    def endpoint(self, peer: FakePeer | str, **values: Any) -> int:
        url = peer if isinstance(peer, str) else peer.url
        made = {"name": "Bank", "url": url, "allow_internal": True, "retry_schedule": "10 100", **values}
        return int(self.house.as_system(self.name, "outbox.endpoint", "create", made))

    def post(self, endpoint: int, *posts: dict[str, Any]) -> None:
        """Messages in one transaction."""
        with self.house.app.tenants.open(self.name).store.transaction(readonly=False) as tx:
            env = self.house.app.tenants.open(self.name).environment(tx)
            env["outbox.endpoint"].browse(endpoint).post_all([{"topic": "t", **each} for each in posts])
            env.flush()

    def run(self, endpoint: int) -> int:
        """What a lane does until nothing is due."""
        return self.deliveries.deliver(self.name, endpoint, lambda: True)

    def messages(self, *fields: str) -> list[Any]:
        names = list(fields or ("state",))
        table = self.house.as_system(self.name, "outbox.message", "search_read", [], names, order="id")
        rows = [tuple(each[name] for name in names) for each in table.dicts()]
        return rows if len(names) > 1 else [row[0] for row in rows]

    def read(self, endpoint: int, field: str) -> Any:
        (row,) = self.house.as_system(self.name, "outbox.endpoint", "read", [endpoint], [field]).dicts()
        return row[field]

    def attempts(self, *fields: str) -> list[Any]:
        table = self.house.as_system(self.name, "outbox.attempt", "search_read", [], list(fields), order="id")
        return [tuple(each[name] for name in fields) for each in table.dicts()]

    def wait(self, **delta: float) -> None:
        self.clock.moment += timedelta(**delta)


@pytest.fixture
def box(make_house: MakeHouse, new_name: Callable[[], str]) -> Box:
    clock = FixedClock(START)
    house = make_house(clock=clock)
    name = new_name()
    house.app.administer.make(name, addons=("outbox",), demo=False, owner=Owner(password=PASSWORD))
    return Box(house, name, clock)


@pytest.fixture
def peer() -> Iterator[FakePeer]:
    with fake_peer() as found:
        yield found


def at(path: str, key: str | None = None, **values: Any) -> dict[str, Any]:
    return {"path": path, "key": key, "body": {"at": path}, **values}


def test_what_is_due_is_sent_signed_and_logged(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    secret = box.house.as_system(box.name, "outbox.endpoint", "action_reveal_secret", [bank])["secret"]
    box.post(bank, at("/a", "k,1"), at("/b", "k,1", method="PUT"), at("/c", body=None, method="DELETE"))
    (due,) = box.deliveries.look(box.name).endpoints
    assert (due.id, due.messages, due.in_trouble) == (bank, 2, False)
    assert box.run(bank) == 3
    assert [(one.method, one.path) for one in peer.received] == [
        ("POST", "/a"),
        ("PUT", "/b"),
        ("DELETE", "/c"),
    ]
    for one in peer.received:
        assert verify([secret], one.headers, one.body, now=START.timestamp()) == one.id
    assert box.messages("state", "attempts", "last_status", "sent_at") == [("sent", 1, 200, START)] * 3
    assert box.attempts("number", "status", "response") == [(1, 200, "{}")] * 3
    assert box.deliveries.look(box.name).endpoints == ()
    assert [event["status"] for event in box.house.events("message_sent")] == [200, 200, 200]


def test_a_tenant_without_an_outbox_has_nothing_due(box: Box, new_tenant: Callable[..., str]) -> None:
    assert box.deliveries.look(new_tenant()).endpoints == ()
    assert box.deliveries.look("nobody").endpoints == ()


def test_the_next_of_a_record_waits_and_others_do_not(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1", "k,1"), at("/2", "k,1"), at("/other", "k,2"), at("/none"))
    peer.scripts["/1"].append(Step(500))
    assert box.run(bank) == 3
    assert [one.path for one in peer.received] == ["/1", "/other", "/none"]
    assert box.run(bank) == 0
    assert box.deliveries.look(box.name).next == START + timedelta(seconds=10)
    box.wait(seconds=10)
    assert box.run(bank) == 2
    assert [one.path for one in peer.received[3:]] == ["/1", "/2"]
    assert peer.received[0].id == peer.received[3].id


def test_without_order_nothing_waits(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, ordered=False)
    box.post(bank, at("/1", "k,1"), at("/2", "k,1"))
    peer.scripts["/1"].append(Step(500))
    box.run(bank)
    assert [one.path for one in peer.received] == ["/1", "/2"]


@pytest.mark.parametrize("settled", ["dead", "cancelled"])
def test_a_message_that_is_given_up_lets_the_next_one_go(box: Box, peer: FakePeer, settled: str) -> None:
    bank = box.endpoint(peer, max_attempts=1 if settled == "dead" else 10)
    box.post(bank, at("/1", "k,1"), at("/2", "k,1"))
    peer.scripts["/1"].append(Step(422, body=b'{"error":"odd state"}'))
    box.run(bank)
    if settled == "cancelled":
        first = box.house.as_system(box.name, "outbox.message", "search", [], order="id", limit=1)
        box.house.as_system(box.name, "outbox.message", "action_cancel", first)
        box.run(bank)
    assert [one.path for one in peer.received] == ["/1", "/2"]
    assert box.messages() == ["failed" if settled == "dead" else "cancelled", "sent"]
    assert box.attempts("status", "error", "response")[0] == (
        422,
        "The peer answered 422.",
        '{"error":"odd state"}',
    )


def test_tries_follow_the_schedule_to_the_dead_letter_box(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, max_attempts=4)
    peer.default = Step(500)
    box.post(bank, at("/1"))
    waits = []
    for _ in range(4):
        began = box.clock.moment
        assert box.run(bank) == 1
        assert box.run(bank) == 0
        due = box.deliveries.look(box.name).next
        if due is not None:
            waits.append((due - began).total_seconds())
            box.clock.moment = due
    assert waits == [10, 100, 100]
    assert box.messages("state", "attempts", "last_status") == [("failed", 4, 500)]
    assert len({one.id for one in peer.received}) == 1
    failed = box.house.events("message_failed")
    assert [(event["attempt"], event["final"]) for event in failed] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
    ]
    box.house.as_system(box.name, "outbox.message", "replay_range", states=["failed"])
    peer.default = Step()
    assert box.run(bank) == 1
    assert box.messages("state", "attempts") == [("sent", 1)]


def test_a_peer_that_is_away_rests_as_a_whole_and_catches_up_when_it_is_back(box: Box) -> None:
    with fake_peer() as first:
        port = first.port
    bank = box.endpoint(first, retry_schedule="5000")
    box.post(bank, at("/1", "k,1"), at("/2", "k,2"), at("/3", "k,1"))
    assert box.run(bank) == 1
    assert box.deliveries.look(box.name).next == START + timedelta(seconds=1)
    assert box.run(bank) == 0
    box.wait(seconds=1)
    assert box.run(bank) == 1
    assert box.read(bank, "failures") == 2
    assert box.read(bank, "failing_since") == START
    box.wait(seconds=60)
    with fake_peer(port=port) as back:
        # Both were tried, so only what comes now is due: it shows that the peer is back, and brings the others along.
        box.post(bank, at("/4", "k,4"))
        assert box.run(bank) == 4
        assert [one.path for one in back.received] == ["/4", "/1", "/2", "/3"]
    assert box.messages() == ["sent"] * 4
    assert (box.read(bank, "failures"), box.read(bank, "failing_since")) == (0, None)


def test_one_that_is_overloaded_is_left_alone_as_long_as_it_asks(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    peer.script.append(Step(429, {"retry-after": "600"}))
    box.post(bank, at("/1"), at("/2"))
    assert box.run(bank) == 1
    box.wait(seconds=599)
    assert box.run(bank) == 0
    box.wait(seconds=1)
    assert box.run(bank) == 2


def test_a_dead_bank_never_delays_another(box: Box, peer: FakePeer) -> None:
    with fake_peer() as gone:
        dead = box.endpoint(gone, name="Dead")
    well = box.endpoint(peer, name="Well")
    box.post(dead, at("/1"))
    box.post(well, at("/1"))
    box.run(dead)
    box.run(well)
    assert len(peer.received) == 1


def test_gone_switches_off_and_tells(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, notify_email="it@bank.example")
    peer.script.append(Step(410))
    box.post(bank, at("/1"), at("/2"))
    assert box.run(bank) == 1
    assert box.read(bank, "state") == "disabled"
    assert "410" in box.read(bank, "disabled_reason")
    assert box.deliveries.look(box.name).endpoints == ()
    assert box.messages() == ["pending", "pending"]
    (event,) = box.house.events("endpoint_disabled")
    assert event["endpoint_id"] == bank
    mails = box.house.as_system(box.name, "mail.mail", "search_read", [], ["email_to", "subject"]).dicts()
    assert [mail["email_to"] for mail in mails] == ["it@bank.example"]
    logged = box.house.as_system(
        box.name, "ir.logging", "search_count", [["name", "=", "outbox_endpoint_disabled"]]
    )
    assert logged == 1
    box.wait(days=1)
    box.house.as_system(box.name, "outbox.endpoint", "action_resume", [bank])
    assert box.run(bank) == 2


def test_failing_for_days_switches_off(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, disable_after_days=5, retry_schedule="86400", max_attempts=50)
    peer.default = Step(500)
    box.post(bank, at("/1"))
    for _ in range(5):
        box.run(bank)
        assert box.read(bank, "state") == "running"
        box.wait(days=1)
    box.run(bank)
    assert box.read(bank, "state") == "disabled"


@pytest.mark.parametrize("values", [{"state": "paused"}, {"active": False}])
def test_one_that_is_paused_or_archived_gets_nothing(
    box: Box, peer: FakePeer, values: dict[str, Any]
) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1"))
    box.house.as_system(box.name, "outbox.endpoint", "write", [bank], values)
    assert box.deliveries.look(box.name).endpoints == ()
    assert box.run(bank) == 0
    assert peer.received == []


def test_many_senders_send_each_message_once_and_in_order(box: Box, peer: FakePeer) -> None:
    """Four senders as four processes have them: no lock in memory is shared."""
    bank = box.endpoint(peer)
    peer.default = Step(wait_s=0.002)
    box.post(bank, *(at(f"/{number}", f"k,{number % 5}", body=number) for number in range(60)))
    senders = [box.sender() for _ in range(4)]

    def work(sender: Deliveries) -> None:
        idle = 0
        while idle < 20:
            idle = 0 if sender.deliver(box.name, bank, lambda: True) else idle + 1

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one.json for one in peer.received) == list(range(60))
    for key in range(5):
        assert [one.json for one in peer.received if one.json % 5 == key] == list(range(key, 60, 5))
    assert box.messages() == ["sent"] * 60
    assert peer.most_at_once > 1


class Killed(BaseException):
    """The process ends here."""


def test_what_a_killed_sender_had_claimed_is_sent_again_under_its_id(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, timeout_s=5)
    box.post(bank, at("/1", "k,1"), at("/2", "k,1"))

    def killed(*_: object) -> None:
        raise Killed

    box.deliveries._send = killed  # type: ignore[assignment]  # the process ends while it sends
    with pytest.raises(Killed):
        box.run(bank)
    assert box.messages("state", "attempts") == [("sending", 1), ("pending", 0)]
    box.deliveries = box.sender()
    assert box.run(bank) == 0
    due = box.deliveries.look(box.name).next
    assert due == START + timedelta(seconds=10)
    box.clock.moment = due
    assert box.deliveries.look(box.name).endpoints[0].id == bank
    assert box.run(bank) == 2
    assert [one.path for one in peer.received] == ["/1", "/2"]
    assert box.messages("state", "attempts") == [("sent", 2), ("sent", 1)]
    assert (1, LOST) in box.attempts("number", "error")


def test_a_message_that_kills_its_sender_is_given_up_in_the_end(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, max_attempts=2)

    def killed(*_: object) -> None:
        raise Killed

    box.post(bank, at("/1", "k,1"), at("/2", "k,1"))
    for _ in range(2):
        sender = box.sender()
        sender._send = killed  # type: ignore[assignment]  # the process ends while it sends
        with pytest.raises(Killed):
            sender.deliver(box.name, bank, lambda: True)
        box.wait(minutes=1)
    assert box.run(bank) == 1
    assert box.messages("state", "last_error") == [("failed", LOST), ("sent", None)]


def test_one_that_comes_back_after_its_lease_changes_nothing(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1"))
    slow = box.sender()
    original = slow._send

    def overtaken(*args: Any) -> Any:
        outcome = original(*args)
        box.wait(minutes=5)
        peer.script.append(Step(500))
        assert box.sender().deliver(box.name, bank, lambda: True) == 1
        return outcome

    slow._send = overtaken  # type: ignore[method-assign]  # somebody else is faster
    slow.deliver(box.name, bank, lambda: not peer.received)
    assert box.messages("state", "attempts", "last_status") == [("pending", 2, 500)]
    assert len(box.attempts("number")) == 3
    assert len(box.house.events("message_failed")) == 1


def test_our_own_fault_holds_no_queue(box: Box, peer: FakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = box.endpoint(peer, max_attempts=1)
    box.post(bank, at("/1", "k,1"), at("/2", "k,1"))
    monkeypatch.setattr("entrepot.jobs.delivery.url_of", lambda claimed: 1 / 0)
    box.run(bank)
    monkeypatch.undo()
    box.wait(minutes=1)
    box.run(bank)
    assert box.messages() == ["failed", "sent"]
    assert box.house.events("crashed")[0]["door"] == "outbox"


def test_an_address_that_leads_inside_is_refused_at_connect_too(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1"))
    tenant = box.house.app.tenants.open(box.name)
    with tenant.store.transaction(readonly=False) as tx:
        # As if the address had been saved before the rule, or the name led elsewhere by now.
        tx.execute("UPDATE outbox_endpoint SET allow_internal = NOT allow_internal")
    assert box.run(bank) == 1
    assert peer.received == []
    assert "refused: " in box.messages("last_error")[0]


def test_while_secrets_change_both_sign(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer)
    old = box.house.as_system(box.name, "outbox.endpoint", "action_reveal_secret", [bank])["secret"]
    new = box.house.as_system(box.name, "outbox.endpoint", "action_rotate_secret", [bank], 1)["secret"]
    box.post(bank, at("/1"))
    box.run(bank)
    box.wait(hours=1)
    box.post(bank, at("/2"))
    box.run(bank)
    during, later = peer.received
    for secret in (old, new):
        verify([secret], during.headers, during.body, now=START.timestamp())
    assert len(later.headers["webhook-signature"].split()) == 1
    verify([new], later.headers, later.body, now=START.timestamp() + 3600)


@pytest.mark.parametrize("way", ["duplicate", "neutralized", "restored", "moved back"])
def test_a_copy_sends_nothing_before_somebody_says_so(
    box: Box, peer: FakePeer, new_name: Callable[[], str], tmp_path: Path, way: str
) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1"))
    copy = new_name()
    administer = box.house.app.administer
    if way in {"duplicate", "neutralized"}:
        administer.copy(box.name, copy, neutralize=way == "neutralized")
    else:
        administer.save(box.name, tmp_path / "dump.zip")
        administer.load(copy, tmp_path / "dump.zip", copy=way == "restored")
    assert box.deliveries.look(copy).endpoints == ()
    assert box.deliveries.deliver(copy, bank, lambda: True) == 0
    assert len(box.deliveries.look(box.name).endpoints) == 1
    box.name = copy
    assert "restored or copied" in box.read(bank, "disabled_reason")
    box.house.as_system(copy, "outbox.endpoint", "action_resume", [bank])
    assert box.run(bank) == 1


def test_a_renamed_tenant_goes_on(box: Box, peer: FakePeer, new_name: Callable[[], str]) -> None:
    bank = box.endpoint(peer)
    box.post(bank, at("/1"))
    new = new_name()
    box.house.app.administer.move(box.name, new)
    assert box.deliveries.look(box.name).endpoints == ()
    box.name = new
    assert box.run(bank) == 1


def test_no_secret_reaches_log_or_delivery_log(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, auth_kind="bearer", auth_secret="canary-bearer")
    secret = box.house.as_system(box.name, "outbox.endpoint", "action_reveal_secret", [bank])["secret"]
    peer.script.extend([Step(500), Step(cut=True)])
    box.post(bank, at("/1", body={"note": "canary-body"}))
    for _ in range(3):
        box.run(bank)
        box.wait(minutes=5)
    assert peer.received[-1].headers["authorization"] == "Bearer canary-bearer"
    told = str(box.house.events()) + str(box.attempts("error", "response"))
    for canary in ("canary", secret, secret.removeprefix("whsec_")):
        assert canary not in told


def test_what_was_sent_is_counted(box: Box, peer: FakePeer) -> None:
    bank = box.endpoint(peer, max_attempts=2)
    peer.script.extend([Step(), Step(500), Step(500)])
    box.post(bank, at("/1"), at("/2"))
    box.run(bank)
    box.wait(minutes=5)
    box.run(bank)
    page = box.house.app.server.metrics()
    for outcome in ("sent", "failed", "dead"):
        assert f'entrepot_outbox_tries_total{{outcome="{outcome}"}}' in page
    assert "entrepot_outbox_lag_seconds_count" in page


def test_what_waits_is_noted(box: Box, peer: FakePeer) -> None:
    noted: list[tuple[str, Waiting]] = []
    deliveries = Deliveries(
        box.house.app.tenants, box.house.app.observe, lambda: 0.5, note=lambda *each: noted.append(each)
    )
    bank = box.endpoint(peer, max_attempts=1)
    peer.script.append(Step(500))
    box.post(bank, at("/1"), at("/2"))
    deliveries.look(box.name)
    deliveries.deliver(box.name, bank, lambda: True)
    deliveries.look(box.name)
    assert noted == [
        (box.name, Waiting(2, 0, START.timestamp())),
        (box.name, Waiting(0, 1)),
    ]
