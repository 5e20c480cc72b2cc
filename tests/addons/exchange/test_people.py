"""Clients, points of sale and accounts: the platform keeps them, and no message makes anybody an administrator."""

from __future__ import annotations

from typing import Any

import pytest

from entrepot.api import Command, UserError, ValidationError

CLIENT = {
    "create_by": "EkiClic",
    "is_company": False,
    "is_pos": "False",
    "status": "WAITING",
    "type": "contact",
    "title": None,
    "name": "CLIENT NAME",
    "email": "CLIENT ADDRESS",
    "phone": "0556000000",
}
PLACE = {
    **CLIENT,
    "is_pos": "True",
    "name": "POS NAME",
    "email": "POS ADDRESS",
    "code_pos": "PDVA-E-BOJ-BOJ-05-001",
    "credit_code": "CREDIT ANALYST CODE",
    "responsible_code": "RESPONSABLE CODE",
}


def codes(refused: Any) -> dict[str, str]:
    return {each.path: each.code for each in refused.value.problems}


def test_false_as_text_is_a_client(exchange: Any) -> None:
    made = exchange.env["res.partner"].browse(exchange.post("res.partner", CLIENT)["result"])
    assert (made.name, made.email, made.is_pos, made.ek_status) == (
        "CLIENT NAME",
        "CLIENT ADDRESS",
        False,
        "WAITING",
    )
    assert (made.phone, made.create_by, made.title.ids) == ("+213556000000", "ekiclik", ())


def test_true_as_text_is_a_point_of_sale_with_a_warehouse(exchange: Any) -> None:
    made = exchange.env["res.partner"].browse(exchange.post("res.partner", PLACE)["result"])
    assert (made.is_pos, made.code_pos) == (True, "PDVA-E-BOJ-BOJ-05-001")
    warehouse = exchange.env["stock.warehouse"].search([("code_pos", "=", "PDVA-E-BOJ-BOJ-05-001")])
    assert warehouse.partner_id == made
    assert len(warehouse.code) <= 5
    assert warehouse.lot_stock_id.usage == "internal"


@pytest.mark.parametrize("message", [CLIENT, PLACE])
def test_the_same_contact_twice_is_one(exchange: Any, message: dict[str, Any]) -> None:
    first = exchange.post("res.partner", message)["result"]
    other_case = {**message, "email": message["email"].lower(), "name": "New name"}
    assert exchange.post("res.partner", other_case)["result"] == first
    assert exchange.env["res.partner"].browse(first).name == "New name"
    assert exchange.env["stock.warehouse"].search_count([("partner_id", "=", first)]) == (
        "code_pos" in message
    )


def test_what_is_wrong_with_a_contact_is_told_at_once(exchange: Any) -> None:
    wrong = {
        **PLACE,
        "status": "MAYBE",
        "type": "house",
        "email": None,
        "code_pos": None,
        "country_id": "Atlantis",
    }
    with pytest.raises(ValidationError) as refused:
        exchange.post("res.partner", wrong)
    assert codes(refused) == {
        "email": "required",
        "status": "bad_value",
        "type": "bad_value",
        "country_id": "unknown_country",
        "code_pos": "required",
    }


def test_a_contact_is_changed_by_its_address_whatever_its_case(exchange: Any) -> None:
    made = exchange.post("res.partner", CLIENT)["result"]
    answer = exchange.put(
        "res.partner", [["email", "=", "client address"]], {"create_by": "ekiclik", "name": "UPDATED"}
    )
    assert answer == {"result": True, "meta": {"matched": 1}}
    assert exchange.env["res.partner"].browse(made).name == "UPDATED"


def test_a_client_does_not_turn_into_a_point_of_sale(exchange: Any) -> None:
    exchange.post("res.partner", CLIENT)
    with pytest.raises(UserError, match="cannot change between"):
        exchange.put(
            "res.partner",
            [["email", "=", "CLIENT ADDRESS"]],
            {"create_by": "ek", "is_pos": "True", "code_pos": "X"},
        )


def test_contacts_of_this_system_are_not_a_peers_to_change(exchange: Any) -> None:
    own = exchange.env["res.partner"].create({"name": "Own", "email": "own@example.org"})
    answer = exchange.put(
        "res.partner", [["email", "=", "own@example.org"]], {"create_by": "ek", "name": "Taken"}
    )
    assert answer["meta"]["matched"] == 0
    assert own.name == "Own"


def test_what_the_platform_keeps_is_not_changed_here(exchange: Any) -> None:
    made = exchange.env["res.partner"].browse(exchange.post("res.partner", CLIENT)["result"])
    clerk = exchange.env["res.users"].create(
        {
            "name": "clerk",
            "login": "clerk",
            "company_id": 1,
            "groups_id": [
                Command.set(
                    [
                        exchange.env.ref("base.group_user").id,
                        exchange.env.ref("base.group_partner_manager").id,
                    ]
                )
            ],
        }
    )
    with pytest.raises(ValidationError) as refused:
        made.with_user(clerk.id).write({"name": "Mine", "phone": "1", "function": "Boss"})
    assert codes(refused) == {"name": "mirrored", "phone": "mirrored"}
    made.with_user(clerk.id).write({"function": "Boss"})
    assert made.function == "Boss"


def test_a_managers_change_is_let_through_and_noted(exchange: Any) -> None:
    made = exchange.env["res.partner"].browse(
        exchange.post("res.partner", CLIENT, exchange.bank_user)["result"]
    )
    manager = exchange.env["res.users"].create(
        {
            "name": "manager",
            "login": "manager",
            "company_id": 1,
            "groups_id": [
                Command.set(
                    [
                        exchange.env.ref("exchange.group_exchange_manager").id,
                        exchange.env.ref("base.group_partner_manager").id,
                    ]
                )
            ],
        }
    )
    made.with_user(manager.id).write({"name": "Mended"})
    noted = exchange.env["ek.conflict"].search([])
    assert (noted.field_name, noted.reason, noted.theirs, noted.peer_id) == (
        "name",
        "mirrored",
        "CLIENT NAME",
        exchange.alsalam,
    )
    noted.with_user(manager.id).take_theirs()
    assert (made.name, noted.state, noted.resolved_by.id) == ("CLIENT NAME", "theirs", manager.id)


def test_codes_of_accounts_that_are_not_here_yet_are_resolved_when_they_arrive(exchange: Any) -> None:
    place = exchange.env["res.partner"].browse(exchange.post("res.partner", PLACE)["result"])
    assert not place.credit_user_id
    made = exchange.post(
        "res.users",
        {"create_by": "ek", "name": "A", "login": "a@example.org", "codification": "CREDIT ANALYST CODE"},
    )["result"]
    assert (place.credit_user_id.id, place.responsible_user_id.ids) == (made, ())


USER = {
    "name": "UPDATED NAME",
    "codification": "USER CODE",
    "email": "user@mail.com",
    "phone": "0667777777",
    "role": "ROLE_SUPERADMIN",
    "code_pos": "PDVA-E-BOJ-BOJ-05-001",
    "create_by": "ekiclik",
}


@pytest.fixture
def staff(exchange: Any) -> Any:
    exchange.post("res.partner", PLACE)
    made = exchange.post("res.users", {"create_by": "ek", "name": "U", "login": "user@mail.com"})
    return exchange.env["res.users"].browse(made["result"])


def test_an_account_is_changed_by_its_login(exchange: Any, staff: Any) -> None:
    answer = exchange.put("res.users", [["login", "=", "user@mail.com"]], USER)
    assert answer == {"result": True, "meta": {"matched": 1}}
    assert (staff.name, staff.codification, staff.email, staff.phone) == (
        "UPDATED NAME",
        "USER CODE",
        "user@mail.com",
        "+213667777777",
    )
    assert staff.ek_pos_ids.code_pos == "PDVA-E-BOJ-BOJ-05-001"


def test_the_highest_role_does_not_administer(exchange: Any, staff: Any) -> None:
    exchange.put("res.users", [["login", "=", "user@mail.com"]], USER)
    held = staff.all_group_ids
    assert exchange.env.ref("exchange.group_exchange_manager") in held
    assert exchange.env.ref("base.group_system") not in held
    assert exchange.env.ref("base.group_erp_manager") not in held


def test_another_role_takes_the_groups_of_the_former_one_away(exchange: Any, staff: Any) -> None:
    login = [["login", "=", "user@mail.com"]]
    exchange.put("res.users", login, USER)
    exchange.put("res.users", login, {"create_by": "ek", "role": "ROLE_POS_EK"})
    assert exchange.env.ref("exchange.group_exchange_manager") not in staff.all_group_ids
    assert exchange.env.ref("exchange.group_pos") in staff.all_group_ids


def test_a_role_that_would_administer_cannot_be_set_up(exchange: Any) -> None:
    high = [Command.set([exchange.env.ref("base.group_system").id])]
    with pytest.raises(ValidationError, match="never administers"):
        exchange.env["ek.role"].create({"name": "ROLE_X", "group_ids": high})


def test_unknown_roles_and_forbidden_keys_are_refused(exchange: Any, staff: Any) -> None:
    wrong = {"create_by": "ek", "role": "ROLE_KING", "password": "x", "groups_id": [1], "code_pos": "nope"}
    with pytest.raises(ValidationError) as refused:
        exchange.put("res.users", [["login", "=", "user@mail.com"]], wrong)
    assert codes(refused) == {
        "password": "not_by_message",
        "groups_id": "not_by_message",
        "role": "unknown_role",
        "code_pos": "unknown_pos",
    }


def test_an_account_of_one_bank_is_not_anothers_to_change(exchange: Any) -> None:
    other = exchange.env["res.users"].create(
        {
            "name": "cpa",
            "login": "cpa",
            "company_id": 1,
            "groups_id": [Command.set([exchange.env.ref("exchange.group_exchange_peer").id])],
        }
    )
    exchange.cpa.user_ids = [Command.link(other.id)]
    told = {"create_by": "ek", "name": "Nadia", "login": "nadia@alsalam.test"}
    made = exchange.env["res.users"].browse(exchange.post("res.users", told, exchange.bank_user)["result"])
    assert made.ek_peer_ids == exchange.alsalam
    login = [["login", "=", "nadia@alsalam.test"]]
    taken = exchange.put("res.users", login, {"create_by": "ek", "login": "mine@cpa.test"}, other)
    assert taken["meta"]["matched"] == 0
    with pytest.raises(ValidationError, match="another bank"):
        exchange.post("res.users", {**told, "name": "Mine"}, other)
    assert (made.login, made.name) == ("nadia@alsalam.test", "Nadia")
    renamed = exchange.put("res.users", login, {"create_by": "ek", "name": "Nadia B."}, exchange.bank_user)
    assert (renamed["meta"]["matched"], made.name) == (1, "Nadia B.")


@pytest.mark.parametrize("login", ["admin", "__system__"])
def test_administrators_are_not_changed_by_messages(exchange: Any, login: str) -> None:
    with pytest.raises(ValidationError, match="administers this system"):
        exchange.put("res.users", [["login", "=", login]], {"create_by": "ek", "email": "thief@example.org"})


def test_accounts_that_are_not_in_the_exchange_are_not_changed_by_messages(exchange: Any) -> None:
    exchange.env["res.users"].create({"name": "o", "login": "other", "company_id": 1})
    with pytest.raises(ValidationError, match="no account of the exchange"):
        exchange.put(
            "res.users", [["login", "=", "other"]], {"create_by": "ek", "email": "thief@example.org"}
        )
