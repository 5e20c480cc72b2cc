"""Nobody gives themselves rights, calls what is not public, or puts words of SQL in (promises S-01 to S-04, S-15, S-22)."""

from __future__ import annotations

import pytest

from entrepot.errors import (
    AccessError,
    BadRequest,
    EntrepotError,
    MissingError,
    UnknownMethod,
    ValidationError,
)
from security.attack import Attack, leaks
from security.clinic import Clinic

RIGHTS = [
    Attack(
        "own groups",
        "internal",
        "res.users",
        "write",
        lambda c: ([c.uids["internal"]], {"groups_id": [(4, 1)]}),
    ),
    Attack(
        "own groups among preferences",
        "portal",
        "res.users",
        "write",
        lambda c: ([c.uids["portal"]], {"name": "x", "group_ids": [(4, 1)]}),
    ),
    Attack(
        "own password without the old",
        "internal",
        "res.users",
        "write",
        lambda c: ([c.uids["internal"]], {"password": "a new password"}),
    ),
    Attack("another's name", "internal", "res.users", "write", lambda c: ([2], {"name": "x"})),
    Attack(
        "own name and another's at once",
        "internal",
        "res.users",
        "write",
        lambda c: ([c.uids["internal"], 2], {"name": "x"}),
    ),
    Attack(
        "a company one is not in",
        "internal",
        "res.users",
        "write",
        lambda c: ([c.uids["internal"]], {"company_id": c.foreign_company}),
    ),
    Attack("a user made", "front_desk", "res.users", "create", lambda _: ({"login": "x", "name": "x"},)),
    Attack(
        "a user made through a contact",
        "front_desk",
        "res.partner",
        "create",
        lambda _: ({"name": "x", "user_ids": [(0, 0, {"login": "x"})]},),
    ),
    Attack(
        "a user changed through a contact",
        "front_desk",
        "res.partner",
        "write",
        lambda c: (
            [c.system("res.users", "read", [2], ["partner_id"]).rows[0][1]],
            {"user_ids": [(1, 2, {"password": "a new password"})]},
        ),
    ),
    Attack(
        "a group joined from its side",
        "access_rights",
        "res.groups",
        "write",
        lambda c: ([1], {"users": [(4, c.uids["access_rights"])]}),
    ),
    Attack(
        "a group that implies more",
        "access_rights",
        "res.groups",
        "write",
        lambda _: ([1], {"implied_ids": [(4, 2)]}),
    ),
    Attack(
        "an administrator's password",
        "access_rights",
        "res.users",
        "write",
        lambda _: ([2], {"password": "a new password"}),
    ),
    Attack(
        "the system's password",
        "access_rights",
        "res.users",
        "write",
        lambda _: ([1], {"password": "a new password"}),
    ),
    Attack("an administrator deleted", "access_rights", "res.users", "unlink", lambda _: ([2],)),
    Attack("an administrator archived", "access_rights", "res.users", "action_archive", lambda _: ([2],)),
    Attack("an administrator made", "access_rights", "res.users", "copy", lambda _: ([2],)),
    Attack(
        "a right",
        "access_rights",
        "ir.model.access",
        "create",
        lambda c: ({"name": "x", "model": "ir.config_parameter", "perm_read": True},),
    ),
    Attack("a rule switched off", "access_rights", "ir.rule", "write", lambda _: ([1], {"active": False})),
    Attack("an external id moved", "access_rights", "ir.model.data", "write", lambda _: ([1], {"res_id": 1})),
    Attack("a parameter", "access_rights", "ir.config_parameter", "set_param", lambda _: ("x", "y")),
    Attack("a line of the log", "access_rights", "ir.logging", "create", lambda _: ({"name": "x"},)),
    Attack("a message", "internal", "mail.mail", "create", lambda _: ({"email_to": "x@x.test"},)),
    Attack("a scheduled action", "internal", "ir.cron", "create", lambda _: ({"name": "x"},)),
    Attack(
        "a key made directly",
        "internal",
        "res.users.apikeys",
        "create",
        lambda c: ({"name": "x", "user_id": 2, "index": "x", "digest": "x"},),
    ),
    Attack("a check made directly", "internal", "res.users.identitycheck", "create", lambda _: ({},)),
    Attack(
        "a default for everybody",
        "internal",
        "ir.default",
        "create",
        lambda _: ({"field_id": 1, "json_value": "1"},),
    ),
    Attack(
        "a file on a record by default",
        "internal",
        "ir.attachment",
        "create",
        lambda _: ({"name": "x"},),
        kwargs={"context": {"default_res_model": "res.users", "default_res_id": 2}},
    ),
    Attack(
        "companies of others",
        "internal",
        "res.partner",
        "search",
        lambda _: ([],),
        kwargs={"context": {"allowed_company_ids": [2]}},
    ),
    Attack(
        "companies as anything",
        "internal",
        "res.partner",
        "search",
        lambda _: ([],),
        BadRequest,
        {"context": {"allowed_company_ids": [[1]]}},
    ),
    Attack(
        "rights by context",
        "internal",
        "ir.config_parameter",
        "search",
        lambda _: ([],),
        kwargs={"context": {"su": True, "uid": 1, "active_test": False}},
    ),
    Attack(
        "rows of the log's columns",
        "internal",
        "res.users",
        "create",
        lambda _: ({"name": "x", "login": "x", "create_uid": 1, "id": 1},),
        kwargs={"context": {"keep_log_fields": True}},
    ),
]

METHODS = [
    Attack(f"method {name!r}", "internal", "res.partner", name, lambda _: ([3],), error)
    for name, error in (
        ("_compute_display_name", AccessError), ("__class__", AccessError), ("__init__", AccessError),
        ("init", AccessError), ("_no_such", AccessError), ("env", UnknownMethod), ("sudo", UnknownMethod),
        ("with_user", UnknownMethod), ("with_context", UnknownMethod), ("browse", UnknownMethod),
        ("mapped", UnknownMethod), ("filtered_domain", UnknownMethod), ("copy_data", UnknownMethod),
        ("flush_recordset", UnknownMethod), ("update", UnknownMethod), ("meta", UnknownMethod),
        ("search_display_name", UnknownMethod), ("read.__globals__", UnknownMethod), ("r\u0435ad", UnknownMethod),
        ("\uff52ead", UnknownMethod), ("read\0", UnknownMethod), ("\ud800", UnknownMethod), ("", UnknownMethod),
    )
] + [
    Attack(f"users: {name}", "internal", "res.users", name, lambda _: ([2], "x"), UnknownMethod)
    for name in ("set_password", "password_fits", "end_sessions", "refresh_share")
] + [
    Attack("mint a key", "internal", "res.users.apikeys", "mint", lambda _: ("", "x", None), UnknownMethod),
    Attack("make a key at once", "internal", "res.users.apikeys.description", "make_key_now",
           lambda _: ([1],), UnknownMethod),
    Attack("an abstract model", "internal", "appointment.exam.part", "search", lambda _: ([],), MissingError),
]  # fmt: skip

ORDERS = [
    Attack(f"order {order!r:.40}", "internal", "res.partner", "search", lambda _: ([], 0, 1), EntrepotError, {"order": order})
    for order in (
        "name; DROP TABLE res_partner", "(select 1)", "name desc, (select 1)", "lower(name)", "1", "name,,id",
        "display_name.x", "parent_id.name", "commercial_partner_id", "no_such", 'name"', "name\0", "\ud800",
        "id " * 40, "name desc desc", "child_ids", "name nulls", b"name", 5, ["name"], {"name": 1}, True,
    )
] + [
    Attack(f"{name} {value!r:.20}", "internal", "res.partner", "search_read", lambda _: ([],), ValidationError,
           {name: value})
    for name in ("limit", "offset")
    for value in (-1, 2**70, 1.5, float("nan"), "1", True, [1], "x")
]  # fmt: skip

ALL = [*RIGHTS, *METHODS, *ORDERS]


@pytest.mark.parametrize("attack", ALL, ids=str)
def test_it_is_refused_and_tells_nothing(clinic: Clinic, attack: Attack) -> None:
    told = attack.run(clinic)
    assert len(told) < 2000
    assert leaks(told) == []


def test_what_is_refused_writes_nothing(clinic: Clinic) -> None:
    before = clinic.state()
    for attack in ALL:
        attack.run(clinic)
    assert clinic.state() == before
