from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import AccessError, Command, ValidationError
from entrepot.errors import BadRequest
from kernel.shop import MODELS

__all__ = ["MODELS"]


def codes(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, str]:
    return {problem.path: problem.code for problem in error.value.problems}


def test_ids_come_in_the_order_of_the_values(env):
    made = env["shop.tag"].create([{"name": name} for name in ("c", "a", "b")])
    assert [tag.name for tag in made] == ["c", "a", "b"]


def test_a_batch_is_one_insert_and_all_lines_of_it_are_one_more(env):
    product = env["shop.product"].create({"name": "Pen", "price": 2})
    orders = [
        {"customer": f"c{n}", "name": f"o{n}", "line_ids": [{"product_id": product.id}, {"quantity": 3}]}
        for n in range(40)
    ]
    env["shop.order"].create(orders[:1])
    env.flush()
    spent = []
    for many in (10, 40):
        before = env.tx.statements
        made = env["shop.order"].create(orders[:many])
        spent.append(env.tx.statements - before)
        env.flush()
    assert spent[0] == spent[1] <= 10
    assert {order.total for order in made} == {Decimal(2)}


def test_defaults_come_from_the_context_then_from_the_field(env):
    order = env["shop.order"].with_context(default_date="2024-02-03").create({"customer": "Ann"})
    assert order.date == dt.date(2024, 2, 3)
    assert order.state == "draft"
    assert env["shop.order"].create({"customer": "Bob"}).date == env.today()
    assert env["shop.order"].create({"customer": "Bob", "number": 1, "date": False}).date is None


def test_log_fields_are_set_and_cannot_be_given(env):
    order = env["shop.order"].create(
        {"customer": "Ann", "create_date": "1999-01-01 00:00:00", "write_uid": 77, "id": 5}
    )
    assert order.create_date == order.write_date == env.now()
    assert order.create_uid.id == order.write_uid.id == env.uid
    assert order.id != 5 or len(env["shop.order"].search([])) == 5


def test_every_problem_of_every_record_is_told_at_once(env):
    with pytest.raises(ValidationError) as error:
        env["shop.order"].create(
            [
                {"customer": "Ann", "date": "tomorrow", "state": "lost"},
                {"number": "many", "line_ids": [{"quantity": "x"}, {"nope": 1}]},
            ]
        )
    assert codes(error) == {
        "0.date": "not_date",
        "0.state": "wrong_key",
        "1.number": "not_integer",
        "1.customer": "required",
        "1.line_ids.0.quantity": "not_number",
        "1.line_ids.1.nope": "unknown_field",
    }
    assert not env["shop.order"].search_count([])


def test_every_problem_of_every_constraint_is_told_at_once(env):
    with pytest.raises(ValidationError) as error:
        env["shop.order"].create({"customer": "12", "number": -3})
    assert codes(error) == {"customer": "number", "number": "negative"}
    assert str(error.value) == "A customer is no number.\nA number is not negative."


def test_a_required_field_is_named_as_the_sheet_says(env):
    with pytest.raises(ValidationError) as error:
        env["shop.order"].create({"customer": ""})
    assert str(error.value) == (
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
        "Model: Order (shop.order)\nField: Customer (customer)"
    )


def test_an_unknown_field_is_told_with_near_matches(env):
    with pytest.raises(ValidationError, match="costumer") as error:
        env["shop.order"].create({"costumer": "Ann"})
    assert "customer" in str(error.value)


@pytest.mark.parametrize("values", ["x", 5, ["x"], [None], [[]]])
def test_values_that_are_no_objects_are_refused(env, values):
    with pytest.raises(BadRequest):
        env["shop.tag"].create(values)


def test_nothing_given_is_nothing_made(env):
    assert env["shop.order"].create([]).ids == ()


def test_problems_of_lines_say_which_line_of_which_order(env):
    with pytest.raises(ValidationError) as error:
        env["shop.order"].create(
            {"customer": "Ann", "line_ids": [{"quantity": 1}, {"part_ids": [{"name": "p"}, {}]}]}
        )
    assert codes(error) == {"line_ids.1.part_ids.1.name": "required"}


def test_a_record_behind_a_delegating_link_is_made_along(env):
    member = env["shop.member"].create({"name": "Ann", "email": "a@b.org", "code": "M1"})
    assert member.person_id.name == member.name == "Ann"
    assert env["shop.person"].search([("name", "=", "Ann")]) == member.person_id


def test_a_member_may_be_made_of_a_person_who_is_there(env):
    person = env["shop.person"].create({"name": "Bob"})
    member = env["shop.member"].create({"person_id": person.id, "code": "M2", "email": "b@b.org"})
    assert member.person_id == person
    assert person.email == "b@b.org"
    assert env["shop.person"].search_count([]) == 1


def test_problems_of_both_halves_of_a_delegation_are_told_at_once(env):
    with pytest.raises(ValidationError) as error:
        env["shop.member"].create([{"email": "x" * 50}, {"name": "Ann", "code": "M"}])
    assert codes(error) == {"0.code": "required", "0.email": "too_long", "0.name": "required"}
    assert not env["shop.person"].search_count([])


def test_delegated_problems_say_which_record_they_are_of(env):
    person = env["shop.person"].create({"name": "Bob"})
    with pytest.raises(ValidationError) as error:
        env["shop.member"].create([{"code": "M", "person_id": person.id}, {"code": "N"}])
    assert codes(error) == {"1.name": "required"}


def test_another_add_ons_override_and_selection_keys_work(env):
    order = env["shop.order"].create({"customer": "Ann", "gift": True, "state": "wrapped"})
    assert order.customer == "Ann!"
    assert order.state == "wrapped"


def test_a_mixin_gives_its_fields_and_methods(env):
    product = env["shop.product"].create({"name": "Pen", "archive_note": "old"})
    assert product.active is True
    assert product.shout() == "OLD"


def test_sequences_number_each_record(env):
    env["ir.sequence"].create({"name": "Orders", "code": "shop.order", "prefix": "O", "padding": 3})
    made = env["shop.order"].create([{"customer": "Ann"}, {"customer": "Bob"}])
    assert [order.name for order in made] == ["O001", "O002"]


def test_a_context_default_does_not_reach_a_field_that_the_caller_may_not_see(env):
    user = env["res.users"].create({"name": "Ann", "login": "ann", "password": "correct horse"})
    hash_before = user.sudo().password_hash
    other = (
        env["res.users"]
        .with_user(2)
        .with_context(default_password_hash=hash_before)
        .create({"name": "Bob", "login": "bob"})
    )
    assert not other.sudo().password_hash


def test_a_link_to_a_record_that_is_not_there_names_the_field(env):
    with pytest.raises(ValidationError) as error:
        env["shop.product"].create({"name": "Pen", "category_id": 999_999, "currency_id": 1})
    assert codes(error) == {"category_id": "dangling"}


def test_two_records_with_one_key_name_the_fields_of_the_key(env):
    env["shop.order"].create({"customer": "Ann", "number": 1})
    with pytest.raises(ValidationError) as error:
        env["shop.order"].create({"customer": "Ann", "number": 1})
    assert codes(error) == {"customer": "not_unique", "number": "not_unique"}
    assert str(error.value) == (
        "The operation cannot be completed: another Order (shop.order) has the same Customer, Number."
    )


def test_rights_are_asked(env):
    with pytest.raises(AccessError):
        env["shop.order"].with_user(2).create({"customer": "Ann"})


def test_a_record_made_in_another_language_has_its_text_in_both(env):
    env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")]).write({"active": True})
    product = env["shop.product"].with_context(lang="fr_FR").create({"name": "Stylo"})
    env.flush()
    source = product.with_context(lang="en_US")
    assert source.name == "Stylo"
    source.name = "Pen"
    assert product.name == "Stylo"
    assert source.name == "Pen"


def test_commands_may_be_given_as_plain_objects_ids_and_record_sets(env):
    tags = env["shop.tag"].create([{"name": "a"}, {"name": "b"}])
    order = env["shop.order"].create(
        {"customer": "Ann", "tag_ids": tags, "line_ids": [{}, Command.create({})]}
    )
    assert order.tag_ids == tags
    assert len(order.line_ids) == 2
