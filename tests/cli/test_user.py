"""`entrepot user`, `entrepot addon` and `entrepot call` in a tenant."""

from __future__ import annotations

import sys

import pytest

from app_fixtures import PASSWORD, House
from entrepot.call import Bearer, Session
from entrepot.errors import SessionExpired


def test_users_are_made_listed_and_given_passwords(run, house: House, tenant_name: str) -> None:
    said = run(
        "user", "create", tenant_name, "ann@clinic.example", "--name", "Ann", "--password", "first",
        "--group", "base.group_partner_manager", "--json",
    )  # fmt: skip
    uid = said.json["id"]
    assert house.app.server.authenticate(tenant_name, "ann@clinic.example", "first", "") == uid
    listed = {each["login"]: each for each in run("user", "list", tenant_name, "--json").json}
    assert listed["ann@clinic.example"]["name"] == "Ann"
    assert len(listed["ann@clinic.example"]["groups"]) == 2
    assert "__system__" not in listed
    assert "LOGIN" in run("user", "list", tenant_name).out
    sid, _ = house.app.server.log_in(tenant_name, "ann@clinic.example", "first", "")
    assert run("user", "password", tenant_name, "ann@clinic.example", stdin="second\nsecond\n").status == 0
    assert house.app.server.authenticate(tenant_name, "ann@clinic.example", "second", "") == uid
    with pytest.raises(SessionExpired):
        house.call(tenant_name, "res.partner", "search_count", [], who=Session(sid))


def test_a_key_is_shown_once(run, house: House, tenant_name: str) -> None:
    for words in ((), ("--days", "30")):
        key = run("user", "key", tenant_name, "admin", *words).out.strip()
        assert house.call(tenant_name, "res.partner", "search_count", [["id", "=", 1]], who=Bearer(key)) == 1
    assert run("user", "key", tenant_name, "admin", "--days", "0").status == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("user", "password", "T", "nobody", "--password", "x"), "no user with the login 'nobody'"),
        (("user", "key", "T", "nobody"), "no user with the login 'nobody'"),
        (("user", "create", "T", "admin", "--password", "x"), "another User (res.users) has the same Login"),
        (("user", "create", "T", "new", "--password", "x", "--group", "no.such"), "no.such"),
        (("user", "list", "no-such"), "does not exist"),
        (("addon", "install", "T", "no_such"), "no add-on 'no_such'"),
        (("addon", "install", "no-such", "uom"), "does not exist"),
        (("addon", "list", "--tenant", "no-such"), "does not exist"),
        (("call", "T", "res.partner", "read", "[[1]"), "are not JSON"),
        (("call", "T", "res.partner", "read", "{}"), "must be a JSON list"),
        (("call", "T", "res.partner", "read", "[]", "[]"), "must be a JSON object"),
        (("call", "T", "res.partner", "_read"), "Private methods"),
        (("call", "T", "no.such", "read"), "doesn't exist"),
        (("call", "T", "res.partner", "read", "[[1]]", "--user", "99"), "Access Denied"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    run, tenant_name: str, words: tuple[str, ...], says: str
) -> None:
    said = run(*(tenant_name if word == "T" else word for word in words))
    assert said.status == 1
    assert said.err.startswith("entrepot: ")
    assert says in said.err
    assert "Traceback" not in said.err


def test_addons_are_listed_and_installed(run, house: House, tenant_name: str) -> None:
    found = {each["name"]: each for each in run("addon", "list", "--tenant", tenant_name, "--json").json}
    assert found["base"]["installed"] == found["base"]["version"]
    assert found["uom"]["installed"] is None
    assert run("addon", "install", tenant_name, "uom").status == 0
    assert house.call(tenant_name, "uom.uom", "search_count", []) > 0
    assert "INSTALLED" in run("addon", "list").out


def test_a_call_answers_json(run, tenant_name: str) -> None:
    said = run("call", tenant_name, "res.users", "search_read", '[[["id", "=", 2]]]', '{"fields": ["login"]}')
    assert said.json == [{"id": 2, "login": "admin"}]
    made = run("call", tenant_name, "res.partner", "create", '[{"name": "From outside"}]').json
    assert run(
        "call", tenant_name, "res.partner", "read", f"[[{made}]]", '{"fields": ["name", "city"]}'
    ).json == [{"id": made, "name": "From outside", "city": None}]


def test_a_shell_keeps_nothing_unless_told(run, house: House, tenant_name: str, monkeypatch) -> None:
    for text, kept in (('env["res.partner"].create([{"name": "Typed"}])\n', 0), (None, 1)):
        typed = text or 'env["res.partner"].create([{"name": "Typed"}])\ncommit()\n'
        monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
        said = run("shell", tenant_name, stdin=typed)
        assert said.status == 0
        assert ("Nothing was kept." in said.out) == (kept == 0)
        assert house.call(tenant_name, "res.partner", "search_count", [["name", "=", "Typed"]]) == kept
    assert PASSWORD not in said.out
