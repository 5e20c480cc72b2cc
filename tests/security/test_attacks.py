"""Attacks by people with a login: each is refused, writes nothing and tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from entrepot.errors import (
    AccessError,
    BadRequest,
    EntrepotError,
    MissingError,
    UnknownMethod,
    ValidationError,
)
from security.clinic import LEAKS, Clinic

Args = Callable[[Clinic], tuple[Any, ...]]


@dataclass(frozen=True)
class Attack:
    """One call, and how it must fail."""

    title: str
    who: str
    model: str
    method: str
    args: Args
    error: type[EntrepotError] = AccessError
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title


def domain(title: str, *terms: Any, who: str = "internal", model: str = "res.users") -> Attack:
    """A search that would tell bit by bit what the caller may not read (S-12, S-13)."""
    return Attack(f"filter: {title}", who, model, "search_count", lambda _: (list(terms),))


def group(title: str, fields: list[str], by: list[str], order: str = "") -> Attack:
    return Attack(
        f"group: {title}",
        "internal",
        "res.users",
        "read_group",
        lambda _: ([], fields, by),
        kwargs={"orderby": order},
    )


HASH = ("password_hash", "=like", "$argon2%")
FIELDS = [
    domain("a hidden field", HASH),
    domain("a hidden field, compared", ("password_hash", "<", "$b")),
    domain("through a many2one", ("create_uid.password_hash", "!=", False)),
    domain("through a many2many", ("groups_id.users.password_hash", "!=", False)),
    domain("through a delegated one2many", ("user_ids.password_hash", "=like", "$argon2%")),
    domain("through a delegated one2many, as any", ("user_ids", "any", [HASH])),
    domain("through a delegated one2many, as not any", ("user_ids", "not any", [HASH])),
    domain("through two of them", ("user_ids.user_ids.password_hash", "!=", False)),
    domain("through a searched relation", ("group_ids.users.password_hash", "!=", False)),
    domain("the digest of a key", ("api_key_ids.digest", "!=", False)),
    domain("the digest of a key, delegated", ("user_ids.api_key_ids.digest", "!=", False)),
    domain("clinical words", ("medications", "like", "canary"), who="front_desk", model="got2.patient"),
    domain(
        "a patient's user", ("user_ids.password_hash", "!=", False), who="front_desk", model="got2.patient"
    ),
    Attack("order: a hidden field", "internal", "res.users", "search", lambda _: ([], 0, 1, "password_hash")),
    group("by a hidden field", [], ["password_hash"]),
    group("its least value", ["x:min(password_hash)"], []),
    group("how many of it", ["password_hash:count_distinct"], []),
    group("ordered by it", [], ["company_id"], "password_hash:max desc"),
    Attack("read: a hidden field", "internal", "res.users", "read", lambda _: ([2], ["password_hash"])),
    Attack(
        "read: a hidden field, nested",
        "internal",
        "res.users",
        "web_read",
        lambda _: ([2], {"user_ids": {"fields": {"password_hash": {}}}}),
    ),
    Attack(
        "export: a hidden field", "internal", "res.users", "export_data", lambda _: ([2], ["password_hash"])
    ),
    Attack(
        "export: a hidden field, nested",
        "internal",
        "res.users",
        "export_data",
        lambda _: ([2], ["create_uid/password_hash"]),
    ),
    Attack(
        "write: a hidden field",
        "front_desk",
        "got2.patient",
        "write",
        lambda c: ([c.patient], {"medications": "x"}),
    ),
    Attack("load: a hidden field", "front_desk", "got2.patient", "create", lambda _: ({"medications": "x"},)),
]

RECORDS = [
    Attack("read", "internal", "res.partner", "read", lambda c: ([c.foreign_partner], ["email"])),
    Attack("web_read", "internal", "res.partner", "web_read", lambda c: ([c.foreign_partner], {"email": {}})),
    Attack(
        "web_read through a link",
        "internal",
        "res.partner",
        "web_read",
        lambda c: ([c.foreign_child], {"parent_id": {"fields": {"email": {}}}}),
    ),
    Attack("export", "internal", "res.partner", "export_data", lambda c: ([c.foreign_partner], [".id"])),
    Attack(
        "export its external id",
        "internal",
        "res.partner",
        "export_data",
        lambda c: ([c.foreign_partner], ["id"]),
    ),
    Attack(
        "export through a link that is known already",
        "internal",
        "res.partner",
        "export_data",
        lambda c: ([c.foreign_child], ["parent_name", "parent_id/email"]),
    ),
    Attack(
        "export through a worked-out link",
        "internal",
        "res.partner",
        "export_data",
        lambda c: ([c.foreign_child], ["commercial_partner_id/email"]),
    ),
    Attack("metadata", "internal", "res.partner", "get_metadata", lambda c: ([c.foreign_partner],)),
    Attack("copy", "front_desk", "res.partner", "copy", lambda c: ([c.foreign_partner],)),
    Attack("write", "front_desk", "res.partner", "write", lambda c: ([c.foreign_partner], {"name": "x"})),
    Attack(
        "save", "front_desk", "res.partner", "web_save", lambda c: ([c.foreign_partner], {"name": "x"}, {})
    ),
    Attack("archive", "front_desk", "res.partner", "action_archive", lambda c: ([c.foreign_partner],)),
    Attack(
        "a command on another's line",
        "front_desk",
        "res.partner",
        "write",
        lambda c: ([c.foreign_child], {"child_ids": [(1, c.foreign_partner, {"name": "x"})]}),
        MissingError,
    ),
    Attack(
        "a command that takes it over",
        "front_desk",
        "res.partner",
        "write",
        lambda c: ([c.foreign_child], {"child_ids": [(4, c.foreign_partner)]}),
    ),
    Attack(
        "a link whose name would be told",
        "front_desk",
        "res.partner",
        "create",
        lambda c: ({"name": "x", "parent_id": c.foreign_partner},),
    ),
    Attack(
        "a link set later",
        "front_desk",
        "got2.patient",
        "write",
        lambda c: ([c.patient], {"guardian_id": c.foreign_partner}),
    ),
    Attack(
        "a patient made of it",
        "front_desk",
        "got2.patient",
        "create",
        lambda c: ({"partner_id": c.foreign_partner, "birth_date": "1980-01-01"},),
    ),
    Attack(
        "across the boundary",
        "front_desk",
        "res.partner",
        "create",
        lambda c: ({"name": "x", "company_id": c.foreign_company},),
    ),
    Attack(
        "a file on it",
        "internal",
        "ir.attachment",
        "create",
        lambda c: ({"name": "x", "res_model": "res.partner", "res_id": c.foreign_partner},),
    ),
    Attack(
        "a file on it, its id as text",
        "front_desk",
        "ir.attachment",
        "create",
        lambda c: ({"name": "x", "res_model": "res.partner", "res_id": str(c.foreign_partner)},),
    ),
    Attack("external ids of a model", "portal", "ir.config_parameter", "get_external_id", lambda _: ([1],)),
    Attack("another's contact", "portal", "res.partner", "read", lambda _: ([3],)),
    Attack("another's user", "portal", "res.users", "read", lambda _: ([2], ["login"])),
    Attack("another's groups", "portal", "res.users", "has_group", lambda _: ([2], "base.group_system")),
    Attack("parameters", "internal", "ir.config_parameter", "get_param", lambda _: ("canary.key",)),
    Attack("sessions", "internal", "res.users.session", "search_read", lambda _: ([],)),
    Attack("the log", "internal", "ir.logging", "search_read", lambda _: ([],)),
    Attack("messages", "internal", "mail.mail", "search_read", lambda _: ([],)),
]

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
    Attack(f"order {order!r:.40}", "internal", "res.partner", "search", lambda _, o=order: ([], 0, 1, o), EntrepotError)
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

ALL = [*FIELDS, *RECORDS, *RIGHTS, *METHODS, *ORDERS]


@pytest.mark.parametrize("attack", ALL, ids=str)
def test_it_is_refused_and_tells_nothing(clinic: Clinic, attack: Attack) -> None:
    with pytest.raises(attack.error) as refusal:
        clinic.call(attack.who, attack.model, attack.method, *attack.args(clinic), **attack.kwargs)
    told = str(refusal.value.message)
    assert len(told) < 2000
    for leak in (*LEAKS, "canary-drug", "canary-parameter", "hidden@x.test"):
        assert leak not in told


def test_what_is_refused_writes_nothing(clinic: Clinic) -> None:
    before = clinic.state()
    for attack in ALL:
        with pytest.raises(attack.error):
            clinic.call(attack.who, attack.model, attack.method, *attack.args(clinic), **attack.kwargs)
    assert clinic.state() == before
