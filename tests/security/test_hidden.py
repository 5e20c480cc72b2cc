"""Fields and records that are not the caller's stay hidden, whatever way is tried (promises S-09 to S-14, S-16)."""

from __future__ import annotations

from typing import Any

import pytest

from entrepot.errors import MissingError
from security.attack import Attack, leaks
from security.clinic import Clinic


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

ALL = [*FIELDS, *RECORDS]


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
