from __future__ import annotations

import pytest

from entrepot.api import Char, Integer, Model, Problem, UserError, ValidationError, constrains, depends
from kernel import shop


class Box(Model, name="test.checked"):
    """Checked"""

    name = Char()
    size = Integer()
    double = Integer(compute="_compute_double", store=True)

    @depends("size")
    def _compute_double(self) -> None:
        for box in self:
            box.double = box.size * 2

    @constrains("name")
    def _name_first_yields_then_raises(self):
        for box in self:
            if box.name == "both":
                yield Problem("name", "one", "One.")
                raise ValidationError(problems=[Problem("name", "two", "Two.")])
            if box.name == "raise":
                raise ValidationError("Plain words.")
            if box.name == "user":
                raise UserError("The business says no.")

    @constrains("double")
    def _double_is_small(self):
        for box in self:
            if box.double > 100 and not self.env.context.get("big"):
                yield Problem("double", "big", f"{box.double} is too much.")

    @constrains("size")
    def _as_superuser(self) -> None:
        assert self.env.su


class Stricter(Model, extends="test.checked"):
    """Adds to a check"""

    @constrains("name", "size")
    def _double_is_small(self):
        yield from super()._double_is_small()
        for box in self:
            if box.name == "strict":
                yield Problem("name", "strict", "Strict.")


MODELS = (*shop.MODELS, Box, ("more", Stricter))


def problems(error):
    return [(problem.path, problem.code) for problem in error.value.problems]


def test_what_is_yielded_and_what_is_raised_is_told_together(env):
    with pytest.raises(ValidationError) as error:
        env["test.checked"].create({"name": "both", "size": 500})
    assert set(problems(error)) == {("double", "big"), ("name", "one"), ("name", "two")}
    assert set(str(error.value).split("\n")) == {"One.", "Two.", "1000 is too much."}


def test_plain_words_are_a_problem_too(env):
    with pytest.raises(ValidationError, match=r"^Plain words\.$"):
        env["test.checked"].create({"name": "raise"})
    with pytest.raises(UserError, match="The business says no"):
        env["test.checked"].create({"name": "user"})


def test_only_checks_of_written_fields_run(env):
    box = env["test.checked"].with_context(big=True).create({"name": "x", "size": 60})
    box.with_context(big=False).create({"name": "y"})
    box.with_context(big=False).write({"create_uid": 1})
    with pytest.raises(ValidationError):
        box.with_context(big=False).write({"size": 70})


def test_a_worked_out_field_is_checked_in_the_write_that_changes_it(env):
    box = env["test.checked"].create({"name": "x", "size": 1})
    with pytest.raises(ValidationError, match="120 is too much"):
        box.size = 60
    box.with_context(big=True).size = 70
    env.flush()


def test_a_field_that_a_line_changes_is_checked_when_flushed(env):
    order = env["shop.order"].create({"customer": "Ann"})
    product = env["shop.product"].create({"name": "Car", "price": 900_000})
    line = env["shop.line"].create({"order_id": order.id, "product_id": product.id})
    env.flush()
    line.quantity = 2
    with pytest.raises(ValidationError) as error:
        env.flush()
    assert problems(error) == [("total", "dear")]


def test_an_extension_replaces_a_check_and_its_fields(env):
    with pytest.raises(ValidationError, match="Strict"):
        env["test.checked"].create({"name": "strict"})
