"""Who somebody is: proven at each call, in every process, and refused as soon as it is taken away."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app_fixtures import PASSWORD, House, MakeHouse
from entrepot.auth import session_ids
from entrepot.auth.authenticate import Knock
from entrepot.call import Anonymous, Bearer, Credentials, Operator, Password, Session
from entrepot.clock import FixedClock
from entrepot.errors import AccessDenied, AccessError, RateLimited, SessionExpired

START = datetime(2031, 1, 1, tzinfo=UTC)
WEEK = 7 * 86_400


def count(house: House, tenant: str, who: Credentials, model: str = "res.partner") -> Any:
    return house.call(tenant, model, "search_count", [["id", "=", 1]], who=who)


def new_user(house: House, tenant: str, *groups: str, login: str = "clerk") -> int:
    ids = [
        house.as_system(tenant, "ir.model.data", "check_object_reference", *each.split("."))[1]
        for each in groups
    ]
    values = {"name": "Clerk", "login": login, "password": "clerk's own", "groups_id": [(6, 0, ids)]}
    made: int = house.as_system(tenant, "res.users", "create", values)
    return made


def mint(house: House, tenant: str, uid: int, ends: datetime | None = None, scope: str | None = None) -> str:
    found = house.app.tenants.open(tenant)
    with found.store.transaction(readonly=False) as tx:
        env = found.environment(tx)
        text: str = env["res.users.apikeys"].with_user(uid).mint(scope, "test", ends)
        env.flush()
    return text


@pytest.fixture
def clerk(house: House, tenant_name: str) -> int:
    return new_user(house, tenant_name, "base.group_user")


class Claims:
    """The ways in which one user of a tenant may prove who they are."""

    def __init__(self, house: House, tenant: str, uid: int) -> None:
        self.all: dict[str, Credentials] = {
            "password": Password(uid, "clerk's own"),
            "key as password": Password(uid, mint(house, tenant, uid)),
            "bearer": Bearer(mint(house, tenant, uid)),
            "session": Session(house.app.server.log_in(tenant, "clerk", "clerk's own", "")[0]),
        }


@pytest.fixture
def claims(house: House, tenant_name: str, clerk: int) -> dict[str, Credentials]:
    return Claims(house, tenant_name, clerk).all


def outcome(house: House, tenant: str, who: Credentials, model: str = "res.partner") -> str:
    try:
        count(house, tenant, who, model)
    except (AccessDenied, AccessError) as error:
        return type(error).__name__
    return "ok"


def outcomes(
    house: House, tenant: str, claims: dict[str, Credentials], model: str = "res.partner"
) -> dict[str, str]:
    return {name: outcome(house, tenant, who, model) for name, who in claims.items()}


def test_every_way_of_proving_oneself_works(
    house: House, tenant_name: str, claims: dict[str, Credentials]
) -> None:
    assert set(outcomes(house, tenant_name, claims).values()) == {"ok"}


@pytest.mark.parametrize(
    "who",
    [
        Password(2, "wrong"),
        Password(2, ""),
        Password(0, PASSWORD),
        Password(-2, PASSWORD),
        Password(2**31, PASSWORD),
        Password(2**70, PASSWORD),
        Password(99_999, PASSWORD),
        Password(2, PASSWORD.upper()),
        Password(2, PASSWORD + " "),
        Password(2, PASSWORD + "\0"),
        Password(2, "\ud800"),
        Password(2, "0" * 40),
        Password(2, "x" * 10_000),
        Bearer("0" * 40),
        Bearer(""),
        Bearer(PASSWORD),
        Bearer("0" * 39 + "\0"),
    ],
    ids=lambda who: repr(who)[:60],
)
def test_a_false_claim_is_denied(house: House, tenant_name: str, who: Credentials) -> None:
    with pytest.raises(AccessDenied) as caught:
        count(house, tenant_name, who)
    assert str(caught.value) == "Access Denied"


@pytest.mark.parametrize("sid", ["", "x", "a" * 43 + ".no-such", "\0", "a" * 43])
def test_a_false_session_is_over(house: House, tenant_name: str, sid: str) -> None:
    for who in (Session(sid), Session(session_ids.new_sid(tenant_name)), Anonymous()):
        with pytest.raises(SessionExpired):
            count(house, tenant_name, who)


@pytest.mark.parametrize(
    "login", ["ADMIN", " admin", "admin ", "", "admin\0", "\ud800", "x" * 5000, "no-such", "'"]
)
def test_a_login_is_matched_exactly(house: House, tenant_name: str, login: str) -> None:
    assert house.app.server.authenticate(tenant_name, login, PASSWORD, "") is None


def test_the_system_itself_never_logs_in(house: House, tenant_name: str) -> None:
    tenant = house.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        env["res.users"].browse(1).write({"password": "system's"})
        env.flush()
        one = tx.dialect.placeholder(1)
        tx.execute(f"UPDATE res_users SET active = {one} WHERE id = 1", [True])
        tx.execute("UPDATE entrepot_epoch SET value = 5")
    key = mint(house, tenant_name, 1)
    assert house.app.server.authenticate(tenant_name, "__system__", "system's", "") is None
    for who in (Password(1, "system's"), Password(1, key), Bearer(key)):
        with pytest.raises(AccessDenied):
            count(house, tenant_name, who)
    with pytest.raises(AccessDenied):
        house.app.server.log_in(tenant_name, "__system__", "system's", "")


def test_a_changed_password_ends_the_old_one_everywhere(
    house: House, neighbour: House, tenant_name: str, clerk: int, claims: dict[str, Credentials]
) -> None:
    assert set(outcomes(neighbour, tenant_name, claims).values()) == {"ok"}
    house.as_system(tenant_name, "res.users", "write", [clerk], {"password": "another"})
    for each in (neighbour, house):
        assert outcomes(each, tenant_name, claims) == {
            "password": "AccessDenied",
            "key as password": "ok",
            "bearer": "ok",
            "session": "SessionExpired",
        }
        assert outcome(each, tenant_name, Password(clerk, "another")) == "ok"


def test_an_archived_user_is_out_everywhere(
    house: House, neighbour: House, tenant_name: str, clerk: int, claims: dict[str, Credentials]
) -> None:
    assert set(outcomes(neighbour, tenant_name, claims).values()) == {"ok"}
    house.as_system(tenant_name, "res.users", "write", [clerk], {"active": False})
    for each in (neighbour, house):
        assert set(outcomes(each, tenant_name, claims).values()) <= {"AccessDenied", "SessionExpired"}
        assert each.app.server.authenticate(tenant_name, "clerk", "clerk's own", "") is None
        with pytest.raises(AccessDenied):
            each.app.server.log_in(tenant_name, "clerk", "clerk's own", "")
    house.as_system(tenant_name, "res.users", "write", [clerk], {"active": True})
    assert outcome(neighbour, tenant_name, claims["session"]) == "SessionExpired"
    assert outcome(neighbour, tenant_name, claims["password"]) == "ok"


def test_a_deleted_user_is_out_everywhere(
    house: House, neighbour: House, tenant_name: str, clerk: int, claims: dict[str, Credentials]
) -> None:
    assert set(outcomes(neighbour, tenant_name, claims).values()) == {"ok"}
    house.as_system(tenant_name, "res.users", "unlink", [clerk])
    assert set(outcomes(neighbour, tenant_name, claims).values()) <= {"AccessDenied", "SessionExpired"}


@pytest.mark.parametrize("way", ["user", "group", "implied", "access"])
def test_a_right_taken_away_is_refused_everywhere(
    house: House, neighbour: House, tenant_name: str, clerk: int, claims: dict[str, Credentials], way: str
) -> None:
    group = house.as_system(tenant_name, "res.groups", "create", {"name": "Watchers"})
    user_group = house.as_system(
        tenant_name, "ir.model.data", "check_object_reference", "base", "group_user"
    )[1]
    model = house.as_system(tenant_name, "ir.model", "search", [["model", "=", "ir.rule"]])[0]
    access = house.as_system(
        tenant_name,
        "ir.model.access",
        "create",
        {"name": "watch", "model_id": model, "group_id": group, "perm_read": True},
    )
    assert set(outcomes(neighbour, tenant_name, claims, "ir.rule").values()) == {"AccessError"}
    if way == "implied":
        house.as_system(tenant_name, "res.groups", "write", [user_group], {"implied_ids": [(4, group)]})
    else:
        house.as_system(tenant_name, "res.users", "write", [clerk], {"groups_id": [(4, group)]})
    assert set(outcomes(neighbour, tenant_name, claims, "ir.rule").values()) == {"ok"}
    match way:
        case "user":
            house.as_system(tenant_name, "res.users", "write", [clerk], {"groups_id": [(3, group)]})
        case "group":
            house.as_system(tenant_name, "res.groups", "write", [group], {"users": [(3, clerk)]})
        case "implied":
            house.as_system(tenant_name, "res.groups", "write", [user_group], {"implied_ids": [(3, group)]})
        case "access":
            house.as_system(tenant_name, "ir.model.access", "write", [access], {"perm_read": False})
    for each in (neighbour, house):
        assert set(outcomes(each, tenant_name, claims, "ir.rule").values()) == {"AccessError"}


def test_a_revoked_key_is_refused_everywhere(
    house: House, neighbour: House, tenant_name: str, clerk: int, claims: dict[str, Credentials]
) -> None:
    assert set(outcomes(neighbour, tenant_name, claims).values()) == {"ok"}
    keys = house.as_system(tenant_name, "res.users.apikeys", "search", [["user_id", "=", clerk]])
    house.as_system(tenant_name, "res.users.apikeys", "remove", keys)
    found = outcomes(neighbour, tenant_name, claims)
    assert found == {
        "password": "ok",
        "key as password": "AccessDenied",
        "bearer": "AccessDenied",
        "session": "ok",
    }


def test_a_session_that_was_ended_is_over_everywhere(
    house: House, neighbour: House, tenant_name: str, claims: dict[str, Credentials]
) -> None:
    session = claims["session"]
    assert isinstance(session, Session)
    assert outcome(neighbour, tenant_name, session) == "ok"
    house.app.server.log_out(session.sid)
    assert outcome(neighbour, tenant_name, session) == "SessionExpired"
    house.app.server.log_out(session.sid)
    house.app.server.log_out("rubbish")
    house.app.server.log_out(session_ids.new_sid("no-such"))


def test_a_key_serves_its_owner_only(house: House, tenant_name: str, clerk: int) -> None:
    key = mint(house, tenant_name, clerk)
    assert house.app.server.authenticate(tenant_name, "clerk", key, "") == clerk
    assert house.app.server.authenticate(tenant_name, "admin", key, "") is None
    with pytest.raises(AccessDenied):
        count(house, tenant_name, Password(2, key))
    assert house.call(tenant_name, "res.users", "context_get", who=Bearer(key))["uid"] == clerk


def test_a_key_opens_no_web_session(house: House, tenant_name: str, clerk: int) -> None:
    key = mint(house, tenant_name, clerk)
    with pytest.raises(AccessDenied):
        house.app.server.log_in(tenant_name, "clerk", key, "192.0.2.7")
    (event,) = house.events("login_failed")
    assert (event["reason"], event["door"], event["address"]) == ("refused", "session", "192.0.2.7")


def test_a_key_of_a_narrower_scope_is_no_password(house: House, tenant_name: str, clerk: int) -> None:
    assert outcome(house, tenant_name, Bearer(mint(house, tenant_name, clerk, scope="rpc"))) == "ok"
    assert (
        outcome(house, tenant_name, Bearer(mint(house, tenant_name, clerk, scope="mail.plugin")))
        == "AccessDenied"
    )


def test_a_key_ends_when_it_said(make_house: MakeHouse, tenant_name: str) -> None:
    clock = FixedClock(START)
    timed = make_house(clock=clock)
    key = mint(timed, tenant_name, 2, START + timedelta(days=1))
    for who in (Bearer(key), Password(2, key)):
        clock.moment = START + timedelta(hours=23, minutes=59, seconds=59)
        assert outcome(timed, tenant_name, who) == "ok"
        clock.moment = START + timedelta(days=1)
        assert outcome(timed, tenant_name, who) == "AccessDenied"


def ends_of(house: House, tenant: str) -> list[datetime]:
    found = house.app.tenants.open(tenant)
    with found.store.transaction(readonly=True) as tx:
        return [each.expires for each in found.environment(tx)["res.users.session"].search([])]


def test_a_session_lives_on_while_it_is_used(make_house: MakeHouse, tenant_name: str) -> None:
    clock = FixedClock(START)
    timed = make_house(clock=clock, session_seconds=WEEK)
    sid, _ = timed.app.server.log_in(tenant_name, "admin", PASSWORD, "")
    for day in range(1, 30):
        clock.moment = START + timedelta(days=day)
        assert outcome(timed, tenant_name, Session(sid)) == "ok"
    clock.moment += timedelta(seconds=WEEK - 1)
    assert outcome(timed, tenant_name, Session(sid)) == "ok"
    clock.moment += timedelta(seconds=WEEK)
    assert outcome(timed, tenant_name, Session(sid)) == "SessionExpired"
    clock.moment -= timedelta(seconds=1)
    assert outcome(timed, tenant_name, Session(sid)) == "ok"


def test_a_sessions_end_moves_only_once_a_tenth_of_its_life(make_house: MakeHouse, tenant_name: str) -> None:
    clock = FixedClock(START)
    timed = make_house(clock=clock, session_seconds=1000)
    sid, _ = timed.app.server.log_in(tenant_name, "admin", PASSWORD, "")
    found = []
    for second in (0, 50, 100, 101, 150, 201, 202):
        clock.moment = START + timedelta(seconds=second)
        assert outcome(timed, tenant_name, Session(sid)) == "ok"
        found.append((ends_of(timed, tenant_name)[0] - START).total_seconds())
    assert found == [1000, 1000, 1000, 1101, 1101, 1101, 1202]


def test_a_session_that_is_over_is_not_revived(make_house: MakeHouse, tenant_name: str) -> None:
    clock = FixedClock(START)
    timed = make_house(clock=clock, session_seconds=1000)
    sid, _ = timed.app.server.log_in(tenant_name, "admin", PASSWORD, "")
    clock.moment = START + timedelta(seconds=1000)
    tenant = timed.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        assert not timed.app.server.authenticator.renew(tx, session_ids.digest(sid))
    assert outcome(timed, tenant_name, Session(sid)) == "SessionExpired"


def test_a_password_changed_between_proof_and_session_opens_none(house: House, tenant_name: str) -> None:
    server = house.app.server
    tenant = house.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=True) as tx:
        policy, _ = tenant.state(tx)
        proof = server.authenticator.login(tx, policy, Knock(tenant_name), "admin", PASSWORD)
    house.as_system(tenant_name, "res.users", "write", [2], {"password": "another"})
    with pytest.raises(AccessDenied):
        server._open_session(tenant, proof, session_ids.new_sid(tenant_name), "")


def test_wrong_passwords_are_limited_for_a_login_and_an_address(
    make_house: MakeHouse, new_tenant: Callable[..., str]
) -> None:
    strict = make_house(login_attempts=3)
    name = new_tenant()
    for _ in range(3):
        assert strict.app.server.authenticate(name, "admin", "guess", "198.51.100.7") is None
    for password in ("guess", PASSWORD):
        with pytest.raises(RateLimited) as caught:
            strict.app.server.authenticate(name, "admin", password, "198.51.100.7")
        assert caught.value.data["retry_after_s"] >= 1
    assert strict.app.server.authenticate(name, "admin", PASSWORD, "203.0.113.7") == 2
    assert [each["reason"] for each in strict.events("login_failed")] == ["mismatch"] * 3 + [
        "rate_limited"
    ] * 2


def test_the_limit_holds_in_every_process_and_at_every_door(
    make_house: MakeHouse, new_tenant: Callable[..., str]
) -> None:
    one, two = make_house(login_attempts=3), make_house(login_attempts=3)
    name, address = new_tenant(), "198.51.101.8"
    one.app.server.authenticate(name, "admin", "guess", address)
    with pytest.raises(AccessDenied):
        two.app.server.log_in(name, "admin", "guess", address)
    two.app.server.authenticate(name, "admin", "guess", address)
    for attempt in (
        lambda: one.app.server.authenticate(name, "admin", "guess", address),
        lambda: one.app.server.log_in(name, "admin", PASSWORD, address),
        lambda: two.app.server.authenticate(name, "admin", PASSWORD, address),
    ):
        with pytest.raises(RateLimited):
            attempt()


def test_guesses_from_one_network_are_limited_whatever_the_login(
    make_house: MakeHouse, new_tenant: Callable[..., str]
) -> None:
    strict = make_house(login_attempts=1)
    name = new_tenant()
    refused = 0
    for number in range(15):
        try:
            strict.app.server.authenticate(name, f"nobody{number}", "guess", f"192.0.2.{number}")
        except RateLimited:
            refused += 1
    assert refused == 5
    with pytest.raises(RateLimited):
        strict.app.server.authenticate(name, "admin", PASSWORD, "192.0.2.99")


def test_an_unknown_login_costs_what_a_known_one_costs(house: House, tenant_name: str) -> None:
    """CPU time of this thread, the least of some tries: neither the machine's load nor its clock counts."""

    def cost(login: str) -> float:
        best = float("inf")
        for number in range(6):
            began = time.thread_time()
            house.app.server.authenticate(tenant_name, login, f"wrong {number}", f"203.0.{number}.1")
            best = min(best, time.thread_time() - began)
        return best

    new_user(house, tenant_name, "base.group_user", login="sleeper")
    known, unknown, archived = cost("admin"), cost("nobody"), cost("public")
    assert known == pytest.approx(unknown, rel=0.35)
    assert known == pytest.approx(archived, rel=0.35)


def test_logins_are_told(house: House, tenant_name: str) -> None:
    house.app.server.authenticate(tenant_name, "admin", PASSWORD, "192.0.2.1")
    house.app.server.authenticate(tenant_name, "nobody", PASSWORD, "192.0.2.1")
    house.app.server.log_in(tenant_name, "admin", PASSWORD, "192.0.2.1")
    with pytest.raises(AccessDenied):
        house.call(tenant_name, "res.partner", "search_count", [], who=Password(2, "wrong"))
    told = [(e["event"], e["login"], e["door"]) for e in house.events() if e["event"].startswith("login_")]
    assert told == [
        ("login_succeeded", "admin", "common"),
        ("login_failed", "nobody", "common"),
        ("login_succeeded", "admin", "session"),
        ("login_failed", "admin", "internal"),
    ]
    assert PASSWORD not in str(house.events())


def test_the_machines_owner_acts_as_whom_they_say_but_not_as_an_archived_one(
    house: House, tenant_name: str, clerk: int
) -> None:
    assert outcome(house, tenant_name, Operator(clerk)) == "ok"
    house.as_system(tenant_name, "res.users", "write", [clerk], {"active": False})
    assert outcome(house, tenant_name, Operator(clerk)) == "AccessDenied"
    assert outcome(house, tenant_name, Operator(99_999)) == "AccessDenied"
