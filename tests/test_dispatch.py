"""One call: whole or not at all, run again when it collided, seen by others at once, told in one event."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest

from app_fixtures import PASSWORD, House, MakeHouse
from entrepot.auth import session_ids
from entrepot.call import Bearer, Call, Password, Session
from entrepot.doors.error_map import tell
from entrepot.errors import (
    AccessDenied,
    AccessError,
    EntrepotError,
    MissingError,
    TenantUnavailable,
    UnknownMethod,
    UserError,
    ValidationError,
)
from entrepot.storage.violations import SerializationFailure, StoreUnavailable


def test_a_call_that_fails_leaves_nothing(house: House, tenant_name: str) -> None:
    before = house.call(tenant_name, "res.partner", "search_count", [])
    with pytest.raises(EntrepotError):
        house.call(
            tenant_name, "res.partner", "create", [{"name": "First"}, {"name": "Second", "no_such": 1}]
        )
    with pytest.raises(ValidationError):
        house.call(
            tenant_name, "res.users", "create", [{"name": "A", "login": "a"}, {"name": "B", "login": "a"}]
        )
    assert house.call(tenant_name, "res.partner", "search_count", []) == before


@pytest.mark.parametrize(
    ("model", "method", "error"),
    [
        ("res.partner", "_write", AccessError),
        ("res.partner", "__class__", AccessError),
        ("res.partner", "init", AccessError),
        ("res.partner", "no_such", UnknownMethod),
        ("res.partner", "browse", UnknownMethod),
        ("res.partner", "sudo", UnknownMethod),
        ("res.partner", "env", UnknownMethod),
        ("res.users", "set_password", UnknownMethod),
        ("res.users.apikeys", "mint", UnknownMethod),
        ("no.such", "read", MissingError),
        ("", "read", MissingError),
        ("base", "read", MissingError),
    ],
)
def test_what_is_not_public_cannot_be_called(
    house: House, tenant_name: str, model: str, method: str, error: type[EntrepotError]
) -> None:
    with pytest.raises(error):
        house.call(tenant_name, model, method, [1])


def test_nobody_learns_of_a_method_before_they_are_known(house: House, tenant_name: str) -> None:
    for model, method in (("res.partner", "read"), ("no.such", "read"), ("res.partner", "_secret")):
        with pytest.raises(AccessDenied):
            house.call(tenant_name, model, method, [1], who=Password(2, "wrong"))


def test_an_unknown_tenant_is_missing_and_hidden_from_keys(house: House) -> None:
    for name in ("no-such", "", "../up", "a\0b", "x" * 5000):
        with pytest.raises(MissingError, match="does not exist"):
            house.call(name, "res.partner", "read", [1])
        with pytest.raises(AccessDenied):
            house.call(name, "res.partner", "read", [1], who=Bearer("0" * 40))


class Colliding:
    """A store whose first transactions end in collisions at commit, after their work was done."""

    def __init__(self, store: Any, times: int, error: Callable[[], Exception] = SerializationFailure) -> None:
        self.store = store
        self.left = times
        self.error = error

    def transaction(self, *, readonly: bool, locks: frozenset[int] = frozenset()) -> Any:
        if readonly or self.left == 0:
            return self.store.transaction(readonly=readonly)
        self.left -= 1
        return _Doomed(self.store.transaction(readonly=False), self.error())


class _Doomed:
    def __init__(self, inner: Any, error: Exception) -> None:
        self.inner = inner
        self.error = error

    def __enter__(self) -> Any:
        return self.inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.inner.__exit__(kind or type(self.error), error or self.error, trace)
        if kind is None:
            raise self.error


def test_a_call_that_collided_runs_again_with_what_it_was_given(house: House, tenant_name: str) -> None:
    tenant = house.app.tenants.open(tenant_name)
    tenant.store = Colliding(tenant.store, 3)  # type: ignore[assignment]  # stands before the real one
    values = {"name": "Once", "child_ids": [[0, 0, {"name": "Child"}]], "category_id": [[6, 0, []]]}
    made = house.call(tenant_name, "res.partner", "create", values)
    assert values == {"name": "Once", "child_ids": [[0, 0, {"name": "Child"}]], "category_id": [[6, 0, []]]}
    assert house.call(tenant_name, "res.partner", "search", [["name", "=", "Once"]]) == [made]
    assert house.call(tenant_name, "res.partner", "search_count", [["name", "=", "Child"]]) == 1
    assert [each["attempt"] for each in house.events("transaction_retried")] == [1, 2, 3]
    assert house.events("call_finished")[0]["outcome"] == "ok"


def test_a_call_that_collides_for_ever_is_a_conflict(make_house: MakeHouse, tenant_name: str) -> None:
    house = make_house(retries=2)
    tenant = house.app.tenants.open(tenant_name)
    tenant.store = Colliding(tenant.store, 9)  # type: ignore[assignment]
    with pytest.raises(UserError) as caught:
        house.call(tenant_name, "res.partner", "create", {"name": "Never"})
    assert caught.value.code == "conflict"
    tenant.store = Colliding(tenant.store.store, 1, StoreUnavailable)  # type: ignore[attr-defined,assignment]
    with pytest.raises(TenantUnavailable):
        house.call(tenant_name, "res.partner", "create", {"name": "Never"})
    assert house.call(tenant_name, "res.partner", "search_count", [["name", "=", "Never"]]) == 0


def test_uncommitted_rights_are_never_kept(house: House, neighbour: House, tenant_name: str) -> None:
    """A user made, and looked at, in a transaction that is undone: their account must not be remembered."""
    tenant = house.app.tenants.open(tenant_name)
    house.call(tenant_name, "res.partner", "search_count", [])
    store = tenant.store

    class UndoneError(Exception):
        pass

    made = 0
    with pytest.raises(UndoneError), store.transaction(readonly=False) as tx:  # noqa: PT012 - all of it is undone
        env = tenant.environment(tx)
        user = env["res.users"].create([{"name": "Ghost", "login": "ghost", "password": "boo"}])
        made = user.ids[0]
        assert env["res.partner"].with_user(made).env.uid == made
        env["res.users"].browse(2).write({"groups_id": [(5,)]})
        env.flush()
        env["res.partner"].with_user(2)
        raise UndoneError
    for each in (house, neighbour):
        with pytest.raises(AccessDenied):
            each.call(tenant_name, "res.partner", "search_count", [], who=Password(made, "boo"))
        assert each.call(tenant_name, "ir.rule", "search_count", []) >= 0
    policy = tenant._state[0]  # type: ignore[index]
    assert made not in policy.accounts
    login = {"name": "Real", "login": "real", "password": "true"}
    assert house.as_system(tenant_name, "res.users", "create", login)
    with pytest.raises(AccessDenied):
        house.call(tenant_name, "res.partner", "search_count", [], who=Password(made, "boo"))


def test_a_failed_change_of_rights_is_not_felt(house: House, tenant_name: str) -> None:
    with pytest.raises(EntrepotError):
        house.call(tenant_name, "res.users", "write", [2], {"groups_id": [(5,)], "login": "\n"})
    assert house.call(tenant_name, "ir.rule", "search_count", []) >= 0


def test_tenants_with_the_same_ids_are_never_mixed_up(house: House, new_tenant: Callable[..., str]) -> None:
    """Two tenants, the same user ids and records, other passwords, rights and values: calls take turns."""
    names = {new_tenant(password=f"secret of {number}"): number for number in range(2)}
    found: dict[str, list[Any]] = {name: [] for name in names}
    for name, number in names.items():
        who = Password(2, f"secret of {number}")
        house.call(name, "res.partner", "write", [1], {"name": f"canary {number}"}, who=who)
        if number:
            house.as_system(
                name, "ir.model.access", "write", access_of(house, name, "res.bank"), {"active": False}
            )
    for _ in range(5):
        for name, number in names.items():
            who = Password(2, f"secret of {number}")
            (row,) = house.call(name, "res.partner", "read", [1], ["name", "display_name"], who=who).dicts()
            found[name].append((row["name"], row["display_name"]))
            with pytest.raises(AccessDenied):
                house.call(name, "res.partner", "read", [1], who=Password(2, f"secret of {1 - number}"))
            try:
                house.call(name, "res.bank", "search_count", [], who=who)
                assert number == 0
            except AccessError:
                assert number == 1
    for name, number in names.items():
        assert set(found[name]) == {(f"canary {number}", f"canary {number}")}


def access_of(house: House, tenant: str, model: str) -> list[int]:
    found: list[int] = house.as_system(tenant, "ir.model.access", "search", [["model_id.model", "=", model]])
    return found


def test_credentials_of_one_tenant_are_worth_nothing_in_another(
    house: House, new_tenant: Callable[..., str]
) -> None:
    one, two = new_tenant(), new_tenant(password="another")
    tenant = house.app.tenants.open(one)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        key = env["res.users.apikeys"].with_user(2).mint(None, "test", None)
        env.flush()
    sid, _ = house.app.server.log_in(one, "admin", PASSWORD, "")
    assert house.call(one, "res.partner", "search_count", [["id", "=", 1]], who=Session(sid)) == 1
    foreign = sid.partition(".")[0] + "." + two
    for who in (Bearer(key), Password(2, key), Password(2, PASSWORD), Session(sid), Session(foreign)):
        with pytest.raises(AccessDenied):
            house.call(two, "res.partner", "search_count", [], who=who)


def test_each_call_is_told_once_with_its_request(house: House, tenant_name: str) -> None:
    call = Call(
        tenant=tenant_name,
        credentials=Password(2, PASSWORD),
        model="res.partner",
        method="search_count",
        args=([],),
        door="xmlrpc",
        address="192.0.2.1",
        request_id="abc-1",
    )
    house.app.server.answer(call)
    with pytest.raises(EntrepotError):
        house.call(tenant_name, "res.partner", "no_such")
    first, second = house.events("call_finished")
    assert (first["outcome"], first["request_id"], first["door"]) == ("ok", "abc-1", "xmlrpc")
    assert (first["uid"], first["model"], first["method"]) == (2, "res.partner", "search_count")
    assert first["statements"] >= 1
    assert second["outcome"] == "unknown_method"


def test_a_bug_is_told_as_internal(house: House, tenant_name: str) -> None:
    tenant = house.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        tx.execute("DROP TABLE ir_logging")
    with pytest.raises(Exception, match="ir_logging") as caught:
        house.call(tenant_name, "ir.logging", "search_count", [])
    assert not isinstance(caught.value, EntrepotError)
    (crash,) = house.events("crashed")
    told = house.events("call_finished")[-1]
    assert (told["outcome"], told["trace_id"]) == ("internal", crash["trace_id"])
    assert (crash["tenant"], crash["model"], crash["method"]) == (tenant_name, "ir.logging", "search_count")
    answer = tell(caught.value)
    assert answer.message == f"Internal server error; its trace id is {crash['trace_id']}."


def test_reading_never_waits_for_a_writer(house: House, neighbour: House, tenant_name: str) -> None:
    tenant = neighbour.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        env["res.partner"].browse(1).write({"name": "Half"})
        env.flush()
        (row,) = house.call(tenant_name, "res.partner", "read", [1], ["name"]).dicts()
        assert row["name"] != "Half"
    (row,) = house.call(tenant_name, "res.partner", "read", [1], ["name"]).dicts()
    assert row["name"] == "Half"


def test_writers_of_one_record_all_succeed(house: House, neighbour: House, tenant_name: str) -> None:
    made = house.call(tenant_name, "res.partner", "create", {"name": "Wanted"})
    outcomes: list[Any] = []

    def write(who: House, number: int) -> None:
        outcomes.append(who.call(tenant_name, "res.partner", "write", [made], {"city": f"City {number}"}))

    threads = [
        threading.Thread(target=write, args=(who, number))
        for number in range(4)
        for who in (house, neighbour)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == [True] * 8


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"named": "other"}, "other"),
        ({"named": "other", "sid": "S", "host": "H"}, "other"),
        ({"sid": "S", "host": "x.example"}, "T"),
        ({"sid": "rubbish", "host": "T"}, "T"),
        ({"host": "T"}, "T"),
        ({"host": "T:8069"}, "T"),
        ({"host": "T.example.org"}, "T"),
        ({"host": "../T"}, None),
        ({"host": "T\0"}, None),
        ({"host": "nobody.example"}, None),
        ({}, None),
    ],
)
def test_a_request_names_its_tenant(
    house: House, new_tenant: Callable[..., str], asked: dict[str, str], wanted: str | None
) -> None:
    name = new_tenant()
    new_tenant()
    spelled = {key: value.replace("T", name) for key, value in asked.items()}
    if spelled.get("sid") == "S":
        spelled["sid"] = session_ids.new_sid(name)
    found = house.app.server.tenant_for(**spelled)
    assert found == (wanted.replace("T", name) if wanted else wanted)


def test_a_default_serves_who_names_none(make_house: MakeHouse) -> None:
    assert make_house(default_tenant="main").app.server.tenant_for() == "main"


def test_a_file_is_given_with_the_callers_rights(house: House, tenant_name: str) -> None:
    values = {"name": "secret.txt", "datas": b64encode(b"secret").decode()}
    made = house.call(tenant_name, "ir.attachment", "create", values)
    open_file = house.app.server.open_file
    reply = open_file(tenant_name, Password(2, PASSWORD), "ir.attachment", made, "datas", "")
    assert (reply.path.read_bytes(), reply.size, reply.mimetype, reply.name) == (
        b"secret",
        6,
        "text/plain",
        "secret.txt",
    )
    clerk = {"name": "Clerk", "login": "clerk", "password": "own"}
    uid = house.as_system(tenant_name, "res.users", "create", clerk)
    with pytest.raises((AccessError, MissingError)):
        open_file(tenant_name, Password(uid, "own"), "ir.attachment", made, "datas", "")
    with pytest.raises(AccessDenied):
        open_file(tenant_name, Password(2, "wrong"), "ir.attachment", made, "datas", "")
    for model, record_id, field in (
        ("ir.attachment", made, "name"),
        ("ir.attachment", made, "no_such"),
        ("ir.attachment", 10**9, "datas"),
        ("no.such", 1, "datas"),
        ("ir.attachment", -1, "datas"),
    ):
        with pytest.raises(MissingError):
            open_file(tenant_name, Password(2, PASSWORD), model, record_id, field, "")


def test_it_says_whether_it_is_ready(house: House) -> None:
    assert house.app.server.ready() == {}
    assert "entrepot_" in house.app.server.metrics()
