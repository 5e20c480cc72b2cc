"""What the store refuses, where nothing before it noticed: the texts are the sheet's, on both stores."""

from __future__ import annotations

import pytest

from entrepot.api import ValidationError
from entrepot.kernel.crud import refusals
from entrepot.storage.violations import CheckViolation, NotNullViolation, OutOfRange, SerializationFailure
from kernel.shop import MODELS

__all__ = ["MODELS"]


def refused(env, work):
    with pytest.raises(ValidationError) as error, env.savepoint():
        work()
    return [(problem.path, problem.code) for problem in error.value.problems], str(error.value)


def test_a_unique_field(env):
    env["shop.product"].create({"name": "Pen", "code": "P"})
    assert refused(env, lambda: env["shop.product"].create({"name": "Ink", "code": "P"})) == (
        [("code", "not_unique")],
        "The operation cannot be completed: another Product (shop.product) has the same Code.",
    )


def test_the_refused_are_gone_and_the_rest_goes_on(env):
    env["shop.tag"].create({"name": "a"})
    refused(env, lambda: env["shop.tag"].create([{"name": "b"}, {"name": "a"}]))
    assert env["shop.tag"].create({"name": "b"}).exists()
    assert env["shop.tag"].search_count([]) == 2


def test_a_dangling_link(env):
    values = {"name": "Pen", "category_id": 77_777, "currency_id": env.company.currency_id.id}
    assert refused(env, lambda: env["shop.product"].create(values)) == (
        [("category_id", "dangling")],
        "The operation cannot be completed: Category (category_id) points to a shop.category that does not exist.",
    )


def test_a_link_that_was_cached_and_is_gone_is_not_blamed_for_another(env):
    category = env["shop.category"].create({"name": "c"})
    product = env["shop.product"].create({"name": "Pen", "category_id": category.id})
    with pytest.raises(ValidationError), env.savepoint():
        product.write({"currency_id": 88_888})
    assert refused(env, lambda: env["shop.note"].create({"order_id": 99_999}))[0] == [
        ("order_id", "dangling")
    ]


def test_a_required_column_that_somebody_emptied_behind_our_back(env):
    meta = env.registry.models["shop.order"]
    error = refusals.explained(env, meta, NotNullViolation(table="shop_order", columns=("customer",)), {})
    assert isinstance(error, ValidationError)
    assert "a mandatory field is not set.\nModel: Order (shop.order)\nField: Customer (customer)" in str(
        error
    )


def test_a_value_that_does_not_fit_its_column(env):
    meta = env.registry.models["shop.order"]
    error = refusals.explained(env, meta, OutOfRange("integer out of range"), {})
    assert isinstance(error, ValidationError)
    assert "integer out of range" not in str(error)


@pytest.mark.parametrize("violation", [SerializationFailure(), CheckViolation()])
def test_what_may_be_repeated_stays_what_it_is(env, violation):
    assert refusals.explained(env, env.registry.models["shop.order"], violation, {}) is violation


def test_records_that_are_not_there(env):
    error = refusals.gone(env, "shop.order", [5])
    assert str(error) == "Record does not exist or has been deleted.\n(Record: shop.order(5,), User: 1)"
