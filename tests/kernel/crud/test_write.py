from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import AccessError, MissingError, ValidationError
from entrepot.errors import BadRequest
from entrepot.kernel.environment import Environment
from kernel.shop import MODELS

__all__ = ["MODELS"]


@pytest.fixture
def order(env):
    product = env["shop.product"].create({"name": "Pen", "price": "2.50", "code": "P"})
    made = env["shop.order"].create(
        {"customer": "Ann", "name": "O1", "line_ids": [{"product_id": product.id, "quantity": 2}]}
    )
    env.flush()
    return made


def codes(error):
    return {problem.path: problem.code for problem in error.value.problems}


def later(clock, env):
    clock.moment = env.now() + dt.timedelta(minutes=5)
    return clock.moment


def test_an_assignment_is_a_write(env, order):
    order.customer = "Bob"
    env.flush()
    assert env["shop.order"].search([("customer", "=", "Bob")]) == order


def test_a_write_that_changes_nothing_runs_no_statement_and_leaves_the_write_date(env, order, clock):
    moment = order.write_date
    later(clock, env)
    values = {
        "customer": "Ann",
        "name": "O1",
        "number": None,
        "date": order.date,
        "extra": False,
        "gift": False,
    }
    before = env.tx.statements
    assert order.write(values)
    env.flush()
    assert env.tx.statements == before
    assert order.write_date == moment


@pytest.mark.parametrize(
    ("field", "value"),
    [("quantity", 2), ("quantity", "2.00"), ("discount", 0), ("discount", False), ("order_id", None)],
)
def test_the_same_value_otherwise_spelled_is_no_change(env, order, field, value):
    line = order.line_ids
    before = env.tx.statements
    line.write({field: order.id if field == "order_id" else value})
    env.flush()
    assert env.tx.statements == before


def test_recomputing_the_same_value_writes_nothing(env, order, clock):
    moment = order.write_date
    later(clock, env)
    product = order.line_ids.product_id
    order.line_ids.write({"quantity": 5})
    product.price = 1
    env.flush()
    env.cache.forget_all()
    assert (order.total, order.write_date) == (Decimal(5), moment)


def test_a_change_moves_write_date_and_names_its_writer(env, order, clock):
    moment = later(clock, env)
    order.with_user(2).sudo().customer = "Bob"
    assert (order.write_date, order.write_uid.id) == (moment, 2)
    Environment(env.work, env.caller).flush()
    env.cache.forget_all()
    assert (order.write_date, order.write_uid.id) == (moment, 2)
    assert order.create_uid.id == env.uid


def test_log_fields_and_id_are_ignored(env, order):
    made = order.create_date
    order.write({"id": 99, "create_date": "1999-01-01 00:00:00", "create_uid": 2, "write_uid": 2})
    env.flush()
    env.cache.forget_all()
    assert (order.create_date, order.create_uid.id, order.write_uid.id) == (made, env.uid, env.uid)


def test_every_problem_is_told_at_once(env, order):
    with pytest.raises(ValidationError) as error:
        order.write(
            {
                "customer": False,
                "date": "x",
                "state": "?",
                "line_ids": [(1, order.line_ids.id, {"quantity": []})],
            }
        )
    assert codes(error) == {
        "customer": "required",
        "date": "not_date",
        "state": "wrong_key",
        "line_ids.0.quantity": "not_number",
    }
    assert order.customer == "Ann"


def test_missing_records_are_told(env, order):
    with pytest.raises(MissingError, match=r"shop\.order\(99999,\)"):
        (order + order.browse(99_999)).write({"customer": "X"})
    with pytest.raises(MissingError):
        order.browse(99_999).write({"tag_ids": []})


def test_no_records_are_no_work(env):
    assert env["shop.order"].write({"customer": "X"})
    with pytest.raises(ValidationError):
        env["shop.order"].write({"nope": 1})
    with pytest.raises(BadRequest):
        env["shop.order"].write(["customer"])


def test_a_duplicate_names_the_key_when_it_is_flushed(env, order):
    env["shop.order"].create({"customer": "Bob", "number": 4})
    with pytest.raises(ValidationError) as error, env.savepoint():
        order.write({"customer": "Bob", "number": 4})
    assert codes(error) == {"customer": "not_unique", "number": "not_unique"}


def test_a_dangling_link_names_the_field_when_it_is_flushed(env, order):
    order.line_ids.product_id.write({"category_id": 999_999, "name": "Other"})
    with pytest.raises(ValidationError) as error:
        env.flush()
    assert codes(error) == {"category_id": "dangling"}


def test_a_worked_out_field_cannot_be_written_from_outside(env, order):
    reader = order.with_env(Environment(env.work, env.policy.caller(env.tx, 2)))
    _allow(env, "shop.order")
    for name, value in (("total", 7), ("summary", "x"), ("display_name", "x"), ("weight", 3)):
        with pytest.raises(ValidationError) as error:
            reader.write({name: value})
        assert codes(error) == {name: "computed"}
        with pytest.raises(ValidationError):
            reader.create({"customer": "Zoe", name: value})
    assert order.total == 5


def test_a_row_that_was_read_may_be_sent_back_whole(env, order):
    _allow(env, "shop.order")
    own = order.with_user(2)
    row = next(own.read(load="").dicts())
    assert own.write(row)
    assert order.total == 5
    made = own.create(
        {name: row[name] for name in ("customer", "tag_count", "summary")} | {"summary": "Ann: 0.00"}
    )
    assert made.summary == "Ann: 0.00"


def test_an_inverse_method_writes_what_the_field_follows_from(env, order):
    order.deadline = "2031-05-06"
    assert order.date == dt.date(2031, 5, 6)
    other = env["shop.order"].create({"customer": "Bob", "deadline": "2031-01-01"})
    assert (other.date, other.deadline) == (dt.date(2031, 1, 1), dt.date(2031, 1, 1))
    with pytest.raises(ValidationError) as error:
        order.write({"deadline": "soon", "date": "x"})
    assert codes(error) == {"deadline": "not_date", "date": "not_date"}


def test_a_related_field_writes_on_the_record_behind_it(env, order):
    order.line_ids.customer = "Zoe"
    assert order.customer == "Zoe"


def test_a_related_field_with_nothing_behind_it_says_so(env):
    place = env["shop.place"].create({"name": "Here"})
    assert place.write({"person_email": False})
    with pytest.raises(ValidationError) as error:
        place.write({"person_email": "a@b.org"})
    assert codes(error) == {"person_email": "nowhere"}


def test_delegated_values_are_written_behind_the_link(env):
    members = env["shop.member"].create([{"name": "Ann", "code": "1"}, {"name": "Bob", "code": "2"}])
    members.write({"email": "x@y.org", "code": "3"})
    env.flush()
    assert env["shop.person"].search_count([("email", "=", "x@y.org")]) == 2
    assert {member.code for member in members} == {"3"}


def test_moving_a_record_out_of_ones_sight_is_refused(env, order):
    _allow(env, "shop.order")
    env["ir.rule"].create(
        {"name": "Own", "model": "shop.order", "domain": "[['customer', '!=', 'Secret']]", "perm_write": True}
    )
    env.flush()
    own = order.with_user(2)
    assert own.write({"customer": "Plain"})
    with pytest.raises(AccessError):
        own.write({"customer": "Secret"})


def test_changes_of_tracked_fields_are_logged_in_one_create(env, order):
    orders = order + env["shop.order"].create({"customer": "Bob"})
    orders.write({"customer": "Zoe"})
    lines = env["ir.logging"].search([("name", "=", "changed")])
    assert {(line.res_id, line.data["old"], line.data["new"]) for line in lines} == {
        (orders[0].id, "Ann", "Zoe"),
        (orders[1].id, "Bob", "Zoe"),
    }


def test_a_big_write_is_one_update(env):
    notes = env["shop.note"].create([{"name": f"t{n}"} for n in range(50)])
    env.flush()
    before = env.tx.statements
    notes.write({"closed": True})
    env.flush()
    assert env.tx.statements - before == 1


def test_rules_on_other_columns_are_not_asked_again(env, order):
    _allow(env, "shop.order")
    env["ir.rule"].create(
        {"name": "Own", "model": "shop.order", "domain": "[['customer', '!=', 'Secret']]", "perm_write": True}
    )
    env.flush()
    own = order.with_user(2)
    own.write({"number": 1})
    env.flush()
    before = env.tx.statements
    own.write({"number": 2})
    assert env.tx.statements - before == 1  # before, and not after
    env.flush()
    before = env.tx.statements
    own.write({"customer": "Plain"})
    assert env.tx.statements - before > 1


def test_vouched_records_are_asked_once_and_their_new_values_all_the_same(env, order):
    _allow(env, "shop.order")
    env["ir.rule"].create(
        {"name": "Own", "model": "shop.order", "domain": "[['customer', '!=', 'Secret']]", "perm_write": True}
    )
    hidden = env["shop.order"].create({"customer": "Secret"})
    env.flush()
    clerk = env.derive(uid=2, su=False)
    with pytest.raises(AccessError):
        clerk.vouching("shop.order", "write", [order.id, hidden.id])
    vouched = clerk.vouching("shop.order", "write", [order.id])
    own = vouched["shop.order"].browse(order.id)
    own.write({"number": 5})
    before = env.tx.statements
    own.write({"number": 6})
    assert env.tx.statements == before
    with pytest.raises(AccessError):
        vouched["shop.order"].browse(hidden.id).write({"number": 7})
    with pytest.raises(AccessError):
        own.write({"customer": "Secret"})
    assert not vouched.derive().vouched


def test_different_values_are_one_update(env):
    notes = env["shop.note"].create([{"name": f"t{n}"} for n in range(50)])
    env.flush()
    before = env.tx.statements
    for at, note in enumerate(notes):
        note.name = f"new {at}"
    env.flush()
    assert env.tx.statements - before == 1
    env.cache.forget_all()
    assert [note.name for note in notes] == [f"new {at}" for at in range(50)]


# translations ----------------------------------------------------------------------------------------------------


@pytest.fixture
def french(env):
    langs = env["res.lang"].with_context(active_test=False).search([("code", "in", ["fr_FR", "de_DE"])])
    langs.write({"active": True})
    env.flush()


def test_languages_are_kept_apart_and_fall_back_to_the_source(env, french):
    product = env["shop.product"].create({"name": "Pen", "description": "Blue"})
    frans, german = product.with_context(lang="fr_FR"), product.with_context(lang="de_DE")
    assert frans.name == "Pen"
    product.name = "Pencil"
    assert (frans.name, german.name) == ("Pencil", "Pencil")
    frans.name, german.name = "Crayon", "Bleistift"
    env.flush()
    env.cache.forget_all()
    assert (product.name, frans.name, german.name) == ("Pencil", "Crayon", "Bleistift")
    assert frans.description == "Blue"
    frans.name = "Stylo"
    product.name = "Pen"
    env.flush()
    env.cache.forget_all()
    assert (product.name, frans.name, german.name) == ("Pen", "Stylo", "Bleistift")


def test_a_text_emptied_in_one_language_is_empty_in_all(env, french):
    product = env["shop.product"].create({"name": "Pen", "description": "Blue"})
    frans = product.with_context(lang="fr_FR")
    frans.description = "Bleu"
    env.flush()
    frans.description = False
    assert (product.description, frans.description) == (None, None)
    product.description = "Red"
    env.flush()
    env.cache.forget_all()
    assert frans.description == "Red"


def _allow(env, model):
    env["ir.model.access"].create(
        {"name": model, "model": model, "perm_read": True, "perm_write": True, "perm_create": True}
    )
    env.flush()
