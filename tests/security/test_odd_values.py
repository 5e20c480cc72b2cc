"""Values of every wrong kind, in every argument: answered or refused in words, never an internal error (S-06, S-22..S-25)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrepot.errors import EntrepotError
from security.clinic import Clinic

ODD: tuple[Any, ...] = (
    "\0", "a\0b", "\ud800", "%", "\\", "'", '"; DROP TABLE x', "x" * 100_000, "", 0, 5, -1, 2**31, 2**63, 10**400,
    1.5, float("nan"), float("inf"), None, True, False, [], {}, [[]], [[[]]], [None], [True], [float("nan")],
    {"a": {}}, {"__class__": "x"}, b"x", b"\xff\0",
)  # fmt: skip

Call = tuple[str, str, Callable[[Any], tuple[Any, ...]]]
PARTNER: tuple[tuple[str, Callable[[Any], tuple[Any, ...]]], ...] = (
    ("search", lambda o: ([o],)),
    ("search", lambda o: ([(o, "=", 1)],)),
    ("search", lambda o: ([("name", o, 1)],)),
    ("search", lambda o: ([("name", "=", o)],)),
    ("search", lambda o: ([("name", "ilike", o)],)),
    ("search", lambda o: ([("name", "in", [o])],)),
    ("search", lambda o: ([("id", "=", o)],)),
    ("search", lambda o: ([("id", "in", [o])],)),
    ("search", lambda o: ([("id", "child_of", o)],)),
    ("search", lambda o: ([("parent_id", "=", o)],)),
    ("search", lambda o: ([("parent_id", "ilike", o)],)),
    ("search", lambda o: ([("category_id", "any", o)],)),
    ("search", lambda o: ([("color", ">", o)],)),
    ("search", lambda o: ([("active", "=", o)],)),
    ("search", lambda o: ([("create_date", ">=", o)],)),
    ("search", lambda o: ([("create_date.year_number", "=", o)],)),
    ("search", lambda o: ([("display_name", "in", [o])],)),
    ("search_count", lambda o: ([], o)),
    ("search_read", lambda o: ([], o)),
    ("search_read", lambda o: ([], [o])),
    ("read", lambda o: (o,)),
    ("read", lambda o: ([o],)),
    ("read", lambda o: ([1], [o])),
    ("exists", lambda o: (o,)),
    ("name_search", lambda o: (o, [], "=", 5)),
    ("name_search", lambda o: ("x", [], o, o)),
    ("fields_get", lambda o: (o, o)),
    ("default_get", lambda o: (o,)),
    ("default_get", lambda o: ([o],)),
    ("read_group", lambda o: ([], o, o)),
    ("read_group", lambda o: ([], [o], [o])),
    ("read_group", lambda o: ([], ["color:sum"], ["type"], 0, 10, o)),
    ("web_read", lambda o: ([3], o)),
    ("web_read", lambda o: ([3], {"child_ids": o})),
    ("web_read", lambda o: ([3], {"child_ids": {"fields": o, "limit": o, "order": o, "context": o}})),
    ("web_search_read", lambda o: ([], {"child_ids": {"fields": {"id": {}}, "limit": o}})),
    ("web_read_group", lambda o: ([], [], o)),
    ("export_data", lambda o: ([3], o)),
    ("export_data", lambda o: ([3], [o])),
    ("load", lambda o: (o, o)),
    ("load", lambda o: ([o], [[o]])),
    ("load", lambda o: (["id", "name"], [[o, o]])),
    ("load", lambda o: (["name", ".id", "category_id", "parent_id/id"], [[o, o, o, o]])),
    ("copy", lambda o: ([3], o)),
    ("write", lambda o: ([3], o)),
    ("write", lambda o: ([3], {"child_ids": o})),
    ("write", lambda o: ([3], {"child_ids": [o]})),
    ("write", lambda o: ([3], {"category_id": [(6, 0, o)]})),
    ("write", lambda o: ([3], {"child_ids": [(1, o, o)]})),
    ("web_save", lambda o: ([3], o, o)),
    ("web_save", lambda o: ([3], {"comment": "x"}, o)),
    ("create", lambda o: (o,)),
    ("create", lambda o: ([o],)),
    ("create", lambda o: ({"name": o, "parent_id": o},)),
    ("create", lambda o: ({"name": "x", "color": o, "date": o, "active": o, "type": o},)),
    ("create", lambda o: ({"name": "x", "image_1920": o, "comment": o},)),
    ("create", lambda o: ({"name": "x", "commercial_partner_id": o, "partner_share": o, "display_name": o},)),
    ("name_create", lambda o: (o,)),
    ("find_or_create", lambda o: (o,)),
    ("address_get", lambda o: ([3], o)),
    ("check_access_rights", lambda o: (o,)),
    ("has_access", lambda o: ([3], o)),
    ("get_metadata", lambda o: (o,)),
)
CALLS: tuple[Call, ...] = (
    *(("res.partner", method, args) for method, args in PARTNER),
    ("res.users", "has_group", lambda o: ([2], o)),
    ("res.users", "change_password", lambda o: (o, o)),
    ("res.users", "signup", lambda o: (o, o)),
    ("res.users", "create", lambda o: ({"name": "x", "login": o, "groups_id": o},)),
    ("res.users", "write", lambda o: ([3], {"all_group_ids": o})),
    ("res.users", "write", lambda o: ([3], {"companies_count": o, "share": o})),
    ("res.users", "search", lambda o: ([("group_ids", "in", [o])],)),
    ("res.groups", "search", lambda o: ([("full_name", "=", o)],)),
    ("ir.config_parameter", "get_param", lambda o: (o, o)),
    ("ir.sequence", "next_by_code", lambda o: (o, o)),
    ("ir.sequence", "next_by_id", lambda o: ([1], o)),
    ("ir.model", "describe", lambda o: (o,)),
    ("ir.default", "get_defaults", lambda o: (o,)),
    ("ir.model.data", "check_object_reference", lambda o: (o, o, o)),
    ("ir.attachment", "create", lambda o: ({"name": "x", "datas": o, "res_model": o, "res_id": o},)),
    ("ir.attachment", "create", lambda o: ({"name": "x", "raw": o, "type": o, "url": o},)),
    ("ir.attachment", "search", lambda o: ([("is_reachable", "=", o)],)),
    ("ir.rule", "create", lambda o: ({"name": "x", "model": o, "domain": o},)),
    ("ir.rule", "create", lambda o: ({"name": "x", "model": "uom.uom", "domain_force": o},)),
    ("ir.rule", "search", lambda o: ([("model_id", "in", [o])],)),
    ("ir.cron", "create", lambda o: ({"name": "x", "model": o, "method": o},)),
    ("res.users.apikeys.description", "create", lambda o: ({"name": "k", "duration": o, "expiration_date": o},)),
    ("calendar.event", "create", lambda o: ({"name": "x", "start": o, "stop": o, "duration": o},)),
    ("got2.patient", "search", lambda o: ([("age", ">", o)],)),
    ("got2.patient", "search", lambda o: ([("age", "in", [o])],)),
    ("got2.patient", "create", lambda o: ({"name": o, "birth_date": o},)),
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=lambda value: "huge" if value == 10**400 else repr(value)[:24])
def test_it_is_answered_or_refused(clinic: Clinic, odd: Any) -> None:
    wrong = []
    for model, method, args in CALLS:
        given = args(odd)
        try:
            clinic.system(model, method, *given)
        except EntrepotError as error:
            if len(error.message) > 5000:
                wrong.append(f"{model}.{method}: a message of {len(error.message)} letters")
        except Exception as error:  # noqa: BLE001 - all of them are what this test looks for
            wrong.append(f"{model}.{method}{str(given)[:80] if odd != 10**400 else ''}: {error!r:.200}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", [], 0, 2**53),
        ("search", [], 2**53, 1),
        ("search", [("id", "in", list(range(-5, 5000)))]),
        ("read_group", [], [f"a{each}:sum(color)" for each in range(5000)], []),
        ("read_group", [], [], ["type"] * 5000),
        ("search", [], 0, 1, ",".join(["name"] * 5000)),
        ("search", ["!"] * 6000 + [("id", "=", 1)]),
        ("search", ["|"] * 3000 + [("id", "=", 1)] * 3001),
        ("search", [("parent_id." * 500 + "name", "=", "x")]),
        ("search", [("name", "ilike", "%_" * 4000)]),
        ("search", [("user_ids.partner_id." * 9 + "user_ids.login", "=", "x")]),
        ("read", [1] * 5000, ["name"] * 5000),
        ("load", ["name"], [["x"]] * 100_001),
        ("write", [2**62], {"name": "x"}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_too_much_is_bounded(clinic: Clinic, arguments: tuple[Any, ...]) -> None:
    method, *args = arguments
    told = ""
    try:
        clinic.call("internal" if method != "load" else "admin", "res.partner", method, *args)
    except EntrepotError as error:
        told = error.message
    assert len(told) < 2000
