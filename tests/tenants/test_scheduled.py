"""Scheduled actions of a tenant: as their user, once, in one transaction with the note that they ran."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app_fixtures import House, MakeHouse
from entrepot.clock import FixedClock
from entrepot.tenants.scheduled import Scheduled

START = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
KEYS = "res.users.apikeys.remove_expired"
SESSIONS = "res.users.session.remove_expired"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def timed(make_house: MakeHouse, clock: FixedClock) -> House:
    """A server whose time stands still."""
    return make_house(clock=clock)


@pytest.fixture
def scheduled(timed: House) -> Scheduled:
    return Scheduled(timed.app.tenants, timed.app.observe)


def run_in(house: House, name: str, work: Callable[[Any], Any]) -> Any:
    tenant = house.app.tenants.open(name)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        result = work(env)
        env.flush()
    return result


def set_job(house: House, name: str, method: str, **values: Any) -> None:
    model, _, function = method.rpartition(".")
    run_in(
        house,
        name,
        lambda env: (
            env["ir.cron"]
            .with_context(active_test=False)
            .search([("model", "=", model), ("method", "=", function)])
            .write(values)
        ),
    )


def job(house: House, name: str, method: str) -> dict[str, Any]:
    model, _, function = method.rpartition(".")
    domain = [["model", "=", model], ["method", "=", function], ["active", "in", [True, False]]]
    (row,) = house.as_system(name, "ir.cron", "search_read", domain).dicts()
    return dict(row)


def outcomes(house: House) -> list[tuple[str, str, int]]:
    return [(each["job"], each["outcome"], each["attempt"]) for each in house.events("job_finished")]


def mint(house: House, name: str, ends: datetime | None) -> None:
    run_in(house, name, lambda env: env["res.users.apikeys"].with_user(2).mint(None, "key", ends))


def keys_of(house: House, name: str) -> int:
    found: int = run_in(house, name, lambda env: env["res.users.apikeys"].search_count([]))
    return found


def test_what_is_due_runs_and_says_when_it_ran(
    timed: House, scheduled: Scheduled, clock: FixedClock, tenant_name: str
) -> None:
    mint(timed, tenant_name, START + timedelta(hours=1))
    mint(timed, tenant_name, None)
    for each in (KEYS, SESSIONS):
        set_job(timed, tenant_name, each, nextcall=START + timedelta(hours=2))
    assert scheduled.run_due(tenant_name) == START + timedelta(hours=2)
    assert outcomes(timed) == []
    clock.moment = START + timedelta(hours=3)
    assert scheduled.run_due(tenant_name) == START + timedelta(hours=26)
    assert sorted(outcomes(timed)) == [(KEYS, "ok", 1), (SESSIONS, "ok", 1)]
    assert keys_of(timed, tenant_name) == 1
    row = job(timed, tenant_name, KEYS)
    assert row["lastcall"] == START + timedelta(hours=3)
    assert row["nextcall"] == START + timedelta(hours=26)
    assert scheduled.run_due(tenant_name) == START + timedelta(hours=26)
    assert len(outcomes(timed)) == 2


def test_the_first_in_priority_goes_first(timed: House, scheduled: Scheduled, tenant_name: str) -> None:
    set_job(timed, tenant_name, KEYS, nextcall=START, priority=9)
    set_job(timed, tenant_name, SESSIONS, nextcall=START, priority=1)
    scheduled.run_due(tenant_name)
    assert [name for name, _, _ in outcomes(timed)] == [SESSIONS, KEYS]


def test_one_that_is_switched_off_or_used_up_does_not_run(
    timed: House, scheduled: Scheduled, clock: FixedClock, tenant_name: str
) -> None:
    set_job(timed, tenant_name, KEYS, nextcall=START, active=False)
    set_job(timed, tenant_name, SESSIONS, nextcall=START, numbercall=2)
    for _ in range(4):
        scheduled.run_due(tenant_name)
        clock.moment += timedelta(days=1)
    assert outcomes(timed) == [(SESSIONS, "ok", 1)] * 2
    row = job(timed, tenant_name, SESSIONS)
    assert (row["active"], row["numbercall"]) == (False, 0)
    assert scheduled.run_due(tenant_name) is None


def test_it_runs_with_the_rights_of_its_user(timed: House, scheduled: Scheduled, tenant_name: str) -> None:
    plain = timed.as_system(tenant_name, "res.users", "create", {"name": "Clerk", "login": "clerk"})
    mint(timed, tenant_name, START - timedelta(days=1))
    set_job(timed, tenant_name, KEYS, nextcall=START, user_id=plain)
    set_job(timed, tenant_name, SESSIONS, active=False)
    scheduled.run_due(tenant_name)
    assert outcomes(timed) == [(KEYS, "ok", 1)]
    timed.as_system(tenant_name, "res.users", "write", [plain], {"active": False})
    set_job(timed, tenant_name, KEYS, nextcall=START)
    scheduled.run_due(tenant_name)
    assert outcomes(timed)[-1] == (KEYS, "access_denied", 1)


def test_one_that_fails_is_undone_alone_and_counted(
    timed: House, scheduled: Scheduled, clock: FixedClock, tenant_name: str
) -> None:
    mint(timed, tenant_name, START - timedelta(days=1))
    for each in (KEYS, SESSIONS):
        set_job(timed, tenant_name, each, nextcall=START)
    tenant = timed.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        tx.execute("UPDATE ir_cron SET method = 'no_such' WHERE model = 'res.users.session'")
    assert scheduled.run_due(tenant_name) == START + timedelta(days=1)
    assert sorted(outcomes(timed)) == [(KEYS, "ok", 1), ("res.users.session.no_such", "user_error", 1)]
    assert keys_of(timed, tenant_name) == 0
    row = job(timed, tenant_name, "res.users.session.no_such")
    assert row["failure_count"] == 1
    assert "no scheduled method" in row["last_error"]
    assert row["lastcall"] is None
    clock.moment += timedelta(days=1)
    scheduled.run_due(tenant_name)
    assert ("res.users.session.no_such", "user_error", 2) in outcomes(timed)
    with tenant.store.transaction(readonly=False) as tx:
        tx.execute("UPDATE ir_cron SET method = 'remove_expired' WHERE model = 'res.users.session'")
    clock.moment += timedelta(days=1)
    scheduled.run_due(tenant_name)
    row = job(timed, tenant_name, SESSIONS)
    assert (row["failure_count"], row["last_error"]) == (0, None)


def test_a_bug_leaves_a_trace_in_the_log_and_none_in_the_record(
    timed: House, scheduled: Scheduled, tenant_name: str
) -> None:
    set_job(timed, tenant_name, SESSIONS, nextcall=START)
    set_job(timed, tenant_name, KEYS, active=False)
    tenant = timed.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        tx.execute("DROP TABLE res_users_session")
    scheduled.run_due(tenant_name)
    assert outcomes(timed) == [(SESSIONS, "internal", 1)]
    (crash,) = timed.events("crashed")
    told = job(timed, tenant_name, SESSIONS)["last_error"]
    assert crash["trace_id"] in told
    assert "res_users_session" not in told
    assert "Traceback" not in told


def test_two_servers_run_an_action_once(
    timed: House, scheduled: Scheduled, make_house: MakeHouse, clock: FixedClock, tenant_name: str
) -> None:
    other = make_house(clock=clock)
    set_job(timed, tenant_name, KEYS, active=False)
    set_job(timed, tenant_name, SESSIONS, nextcall=START)
    row = job(timed, tenant_name, SESSIONS)
    scheduled.run_due(tenant_name)
    late = Scheduled(other.app.tenants, other.app.observe)
    tenant = other.app.tenants.make(tenant_name)
    late._run(tenant, row["id"], START)
    assert outcomes(timed) == [(SESSIONS, "ok", 1)]
    assert outcomes(other) == []


def test_looking_at_a_tenant_keeps_nothing_open(timed: House, tenant_name: str) -> None:
    assert timed.app.cron.tick() >= 1
    assert not timed.app.tenants.is_open(tenant_name)
    assert [each["job"] for each in timed.events("job_finished") if each["tenant"] == tenant_name]


def test_the_runner_of_a_server_rests_when_the_settings_say_so(make_house: MakeHouse) -> None:
    idle = make_house(cron=False)
    idle.app.begin()
    assert idle.app.cron._thread is None
    busy = make_house()
    busy.app.begin()
    assert busy.app.cron._thread is not None
    busy.app.cron.stop()
