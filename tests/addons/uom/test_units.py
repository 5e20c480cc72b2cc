"""Units of measure as records."""

import pytest

from entrepot.api import UserError, ValidationError


def unit(env, name):
    return env.ref(f"uom.product_uom_{name}")


@pytest.mark.parametrize(
    ("quantity", "of", "to", "expected"),
    [
        (2, "dozen", "unit", 24),
        (30, "unit", "dozen", 2.5),
        (1500, "g", "kg", 1.5),
        (1, "kg", "g", 1000),
        (3, "day", "hour", 24),
        (90, "minute", "hour", 1.5),
        (1, "mile", "km", 1.61),
        (7, "pair", "pair", 7),
    ],
)
def test_conversion(env, quantity, of, to, expected):
    assert unit(env, of).compute_quantity(quantity, unit(env, to).id) == expected


def test_categories_do_not_mix(env):
    with pytest.raises(UserError, match="categories"):
        unit(env, "kg").compute_quantity(1, unit(env, "hour").id)


def test_unknown_rounding_is_refused(env):
    with pytest.raises(UserError, match="rounding_method"):
        unit(env, "kg").compute_quantity(1, unit(env, "g").id, rounding_method="SIDEWAYS")


def test_bigger_ratios_are_told_exactly(env):
    assert unit(env, "dozen").factor_inv == 12.0
    gross = env["uom.uom"].create(
        {
            "name": "Gross",
            "category_id": env.ref("uom.category_unit").id,
            "uom_type": "bigger",
            "factor_inv": 144,
        }
    )
    assert gross.compute_quantity(1, unit(env, "dozen").id) == 12


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"uom_type": "smaller", "factor": 0}, "factor"),
        ({"uom_type": "smaller", "factor": 0.5}, "uom_type"),
        ({"uom_type": "bigger", "factor": 2}, "uom_type"),
        ({"uom_type": "smaller", "factor": 2, "rounding": 0}, "rounding"),
        ({"uom_type": "reference", "factor": 1}, "uom_type"),
    ],
)
def test_contradictions_are_refused(env, values, path):
    with pytest.raises(ValidationError) as caught:
        env["uom.uom"].create({"name": "X", "category_id": env.ref("uom.category_weight").id, **values})
    assert [problem.path for problem in caught.value.problems] == [path]


def test_the_reference_goes_last(env):
    with pytest.raises(UserError, match="reference"):
        unit(env, "kg").unlink()


def test_a_category_knows_its_reference(env):
    assert env.ref("uom.category_weight").reference_uom_id == unit(env, "kg")
