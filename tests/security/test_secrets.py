"""Planted secrets are found nowhere: not in the log, not in errors, not in the data of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app_fixtures import MASTER, House
from entrepot.auth.keys import new_key
from entrepot.call import Bearer, Password
from entrepot.errors import AccessDenied, EntrepotError

CANARY = "cuckoo-7f3a9b1d"


def holders_of(data: Path, text: str) -> list[str]:
    needle = text.encode()
    return [
        str(path.relative_to(data))
        for path in data.rglob("*")
        if path.is_file() and needle in path.read_bytes()
    ]


def test_a_password_is_kept_nowhere_and_told_nobody(house: House, new_tenant: Callable[..., str]) -> None:
    name = new_tenant(password=CANARY)
    house.app.server.authenticate(name, "admin", CANARY, "192.0.2.1")
    house.app.server.log_in(name, "admin", CANARY, "192.0.2.1")
    who = Password(2, CANARY)
    for model, method, args in (
        ("res.users", "read", ([2],)),
        ("res.users", "search_read", ([],)),
        ("res.users", "export_data", ([2], ["login", "password"])),
        ("res.users", "copy", ([2],)),
        ("res.users", "write", ([2], {"password": CANARY + "2"})),
        ("res.users", "no_such", (CANARY,)),
        ("res.users", "write", ([2], {"no_such": CANARY})),
    ):
        try:
            answer = house.call(name, model, method, *args, who=who)
            told = list(answer.dicts()) if hasattr(answer, "dicts") else answer
        except EntrepotError as error:
            told = error.message
        if method != "no_such" and "no_such" not in str(args):
            assert CANARY not in str(told)
            assert "$argon2" not in str(told)
    assert CANARY not in str(house.events())
    assert holders_of(house.app.settings.data, CANARY) == []


def test_keys_and_sessions_are_stored_as_digests_only(house: House, tenant_name: str) -> None:
    tenant = house.app.tenants.open(tenant_name)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        key = env["res.users.apikeys"].with_user(2).mint(None, "test", None)
        env.flush()
    sid, _ = house.app.server.log_in(tenant_name, "admin", "admin's own", "")
    house.call(tenant_name, "res.partner", "search_count", [], who=Bearer(key))
    for secret in (key, sid, sid.partition(".")[0]):
        assert holders_of(house.app.settings.data, secret) == []
        assert secret not in str(house.events())


def test_the_master_password_is_kept_nowhere(house: House, new_name: Callable[[], str]) -> None:
    with pytest.raises(AccessDenied):
        house.app.administer.guard(CANARY)
    house.app.administer.guard(MASTER)
    for secret in (CANARY, MASTER):
        assert holders_of(house.app.settings.data, secret) == []
        assert secret not in str(house.events())


def test_no_secret_shows_in_a_representation() -> None:
    key = new_key()
    assert key.text not in repr(key)


def test_what_one_tenant_holds_no_other_does(house: House, new_tenant: Callable[..., str]) -> None:
    one, two = new_tenant(), new_tenant()
    house.call(one, "res.partner", "create", {"name": CANARY, "comment": f"<p>{CANARY}</p>"})
    house.call(one, "ir.attachment", "create", {"name": "x", "raw": CANARY})
    for name in (two, one, two):
        rows = house.call(name, "res.partner", "search_read", [["name", "=", CANARY]]).dicts()
        assert len(list(rows)) == (name == one)
        found = house.call(name, "res.partner", "name_search", CANARY)
        assert len(found) == (name == one)
    if house.app.settings.store:
        return
    assert not [path for path in holders_of(house.app.settings.data, CANARY) if f"/{two}" in path]
