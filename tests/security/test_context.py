"""What callers say in the context reaches no code that works with other rights than theirs (promises S-03, S-04)."""

from __future__ import annotations

from typing import Any

import pytest

from entrepot.errors import EntrepotError, UserError
from security.clinic import Clinic

ZONES: tuple[Any, ...] = (
    "'; DROP TABLE x",
    "\0",
    "\ud800",
    "../../etc/passwd",
    "/etc/passwd",
    "A" * 9999,
    "x",
    5,
    ["UTC"],
    {},
    True,
    1.5,
)
LANGUAGES: tuple[Any, ...] = (
    "\0",
    "\ud800",
    "xx",
    "en_US'; --",
    "A" * 9999,
    "../en_US",
    5,
    ["en_US"],
    {"a": 1},
    True,
)
COMPANIES: tuple[Any, ...] = (
    [2**70],
    [-1],
    ["1"],
    [[1]],
    [{}],
    [True],
    [None],
    [1.5],
    [float("nan")],
    "1",
    {"a": 1},
    7,
)


def test_a_check_of_identity_cannot_be_proven_by_a_default(clinic: Clinic) -> None:
    context = {"default_proven": True, "default_failures": -1000, "default_create_uid": 2}
    described = clinic.call(
        "internal", "res.users.apikeys.description", "create", {"name": "x", "duration": "1"}
    )
    asked = clinic.call("internal", "res.users.apikeys.description", "make_key", [described], context=context)
    with pytest.raises(UserError, match="Incorrect Password"):
        clinic.call("internal", "res.users.identitycheck", "run_check", [asked["res_id"]])
    assert (
        clinic.system("res.users.apikeys", "search_count", [("user_id", "=", clinic.uids["internal"])]) == 0
    )


def test_another_cannot_use_the_check(clinic: Clinic) -> None:
    described = clinic.call(
        "internal", "res.users.apikeys.description", "create", {"name": "x", "duration": "1"}
    )
    asked = clinic.call("internal", "res.users.apikeys.description", "make_key", [described])
    for who in ("front_desk", "access_rights"):
        for method, args in (("write", ({"password": f"{who}-secret"},)), ("run_check", ()), ("read", ())):
            with pytest.raises(EntrepotError):
                clinic.call(who, "res.users.identitycheck", method, [asked["res_id"]], *args)


def test_the_log_is_not_filled_by_defaults(clinic: Clinic) -> None:
    context = {
        "default_type": "client",
        "default_level": "error",
        "default_res_id": 99,
        "default_create_uid": 2,
    }
    clinic.call(
        "internal", "res.users", "change_password", "internal-secret", "internal-secret", context=context
    )
    (row,) = clinic.system(
        "ir.logging", "search_read", [("name", "=", "password_changed")], ["type", "level"], limit=1
    ).dicts()
    assert (row["type"], row["level"]) == ("server", "info")


def test_who_signs_up_takes_over_no_contact(clinic: Clinic) -> None:
    clinic.system("ir.config_parameter", "set_param", "auth_signup.invitation_scope", "b2c")
    admin = clinic.system("res.users", "search_read", [("id", "=", 2)], ["partner_id"]).rows[0][1]
    context = {"default_partner_id": admin, "default_company_ids": [clinic.foreign_company]}
    values = {"login": "new@x.test", "name": "New", "password": "a long password"}
    clinic.call("internal", "res.users", "signup", values, context=context)
    clinic.system("ir.config_parameter", "set_param", "auth_signup.invitation_scope", "b2b")
    (made,) = clinic.system(
        "res.users", "search_read", [("login", "=", "new@x.test")], ["partner_id", "company_ids", "share"]
    ).dicts()
    assert made["partner_id"][0] != admin
    assert clinic.foreign_company not in made["company_ids"]
    assert made["share"] is True
    clinic.system("res.users", "unlink", [made["id"]])


def test_bookings_are_kept_in_step_whatever_the_context_says(clinic: Clinic) -> None:
    values = {"patient_id": clinic.patient, "date_start": "2031-05-05 10:00:00", "optometrist_id": 2}
    context = {"booking_sync": True}
    exam = clinic.system("appointment.exam", "create", values, context=context)
    (row,) = clinic.system("appointment.exam", "read", [exam], ["calendar_event_id"]).dicts()
    assert row["calendar_event_id"]
    with pytest.raises(EntrepotError, match="books an exam"):
        clinic.system("calendar.event", "unlink", [row["calendar_event_id"][0]], context=context)


def test_a_company_given_twice_is_given_once(clinic: Clinic) -> None:
    plain = clinic.call("internal", "res.partner", "search", [])
    for companies in ([1, 1, 1], [1] * 5000):
        assert (
            clinic.call("internal", "res.partner", "search", [], context={"allowed_company_ids": companies})
            == plain
        )


@pytest.mark.parametrize("zone", ZONES, ids=lambda value: repr(value)[:20])
def test_an_odd_time_zone_is_refused_or_ignored(clinic: Clinic, zone: Any) -> None:
    context = {"tz": zone}
    for model, method, args in (
        ("res.partner", "read_group", ([], ["id"], ["create_date:day"])),
        ("res.partner", "search_count", ([("create_date.hour_number", "=", 3)],)),
        ("calendar.event", "create", ({"name": "x"},)),
        ("ir.sequence", "next_by_code", ("no.such.code",)),
        ("res.partner", "default_get", (["tz"],)),
    ):
        _answers_or_refuses(clinic, model, method, *args, context=context)


@pytest.mark.parametrize("lang", LANGUAGES, ids=lambda value: repr(value)[:20])
def test_an_odd_language_is_refused(clinic: Clinic, lang: Any) -> None:
    with pytest.raises(EntrepotError) as refusal:
        clinic.call("internal", "res.partner", "search", [], context={"lang": lang})
    assert len(refusal.value.message) < 200
    nested = {"parent_id": {"fields": {"name": {}}, "context": {"lang": lang, "tz": lang}}}
    _answers_or_refuses(clinic, "res.partner", "web_search_read", [], nested)


@pytest.mark.parametrize("companies", COMPANIES, ids=lambda value: repr(value)[:20])
def test_odd_companies_are_refused(clinic: Clinic, companies: Any) -> None:
    with pytest.raises(EntrepotError):
        clinic.call(
            "internal", "ir.attachment", "create", {"name": "x"}, context={"allowed_company_ids": companies}
        )


@pytest.mark.parametrize("context", ["x", 5, [1], [["su", 1]], True, 1.5], ids=repr)
def test_a_context_that_is_no_object_is_refused(clinic: Clinic, context: Any) -> None:
    with pytest.raises(EntrepotError):
        clinic.call("internal", "res.partner", "search", [], context=context)


def _answers_or_refuses(clinic: Clinic, model: str, method: str, *args: Any, **kwargs: Any) -> None:
    """Whatever happens, it is no internal error."""
    told = ""
    try:
        clinic.call("internal", model, method, *args, **kwargs)
    except EntrepotError as error:
        told = error.message
    assert len(told) < 500
