"""A shop sells a shirt in sizes and colours."""

import pytest

from entrepot.api import Command, UserError, ValidationError


@pytest.fixture
def colour(env):
    return attribute(env, "Colour", ["red", "blue", "green"])


@pytest.fixture
def size(env):
    return attribute(env, "Size", ["S", "M", "L"])


def attribute(env, name, values, **more):
    return env["product.attribute"].create(
        {"name": name, "value_ids": [Command.create({"name": each}) for each in values], **more}
    )


def line(attribute, *names):
    chosen = attribute.value_ids.filtered(lambda each: each.name in names)
    return Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(chosen.ids)]})


def shirt(env, *lines, **values):
    return env["product.template"].create({"name": "Shirt", "attribute_line_ids": list(lines), **values})


def told(template):
    return {
        tuple(sorted(value.name for value in variant.product_template_attribute_value_ids))
        for variant in template.product_variant_ids
    }


def value_of(template, name):
    values = template.attribute_line_ids.mapped("product_template_value_ids")
    return values.filtered(lambda each: each.name == name)


def test_a_variant_for_each_combination(env, colour, size):
    made = shirt(env, line(colour, "red", "blue"), line(size, "S", "M"))
    assert told(made) == {("S", "red"), ("M", "red"), ("S", "blue"), ("M", "blue")}
    assert made.default_code is None
    names = {variant.display_name for variant in made.product_variant_ids}
    assert "Shirt (red, S)" in names


def test_a_value_more_makes_what_is_missing(env, colour, size):
    made = shirt(env, line(colour, "red", "blue"), line(size, "S", "M"))
    before = made.product_variant_ids
    made.attribute_line_ids[0].write({"value_ids": [Command.set(colour.value_ids.ids)]})
    assert len(made.product_variant_ids) == 6
    assert before in made.product_variant_ids


def test_extra_prices_add_up(env, colour, size):
    made = shirt(env, line(colour, "red", "blue"), line(size, "S", "L"), list_price=20)
    value_of(made, "L").write({"price_extra": "2.5"})
    value_of(made, "red").write({"price_extra": 1})
    prices = {
        tuple(sorted(each.name for each in variant.product_template_attribute_value_ids)): str(
            variant.lst_price
        )
        for variant in made.product_variant_ids
    }
    assert prices == {
        ("L", "red"): "23.5000",
        ("L", "blue"): "22.5000",
        ("S", "red"): "21.0000",
        ("S", "blue"): "20.0000",
    }


def test_the_extra_price_of_a_value_is_proposed(env):
    wood = attribute(env, "Wood", ["oak"])
    wood.value_ids.write({"default_extra_price": 30})
    made = shirt(env, line(wood, "oak"))
    assert value_of(made, "oak").price_extra == 30


def test_removed_values_delete_unused_variants(env, colour):
    made = shirt(env, line(colour, "red", "blue", "green"))
    by_name = {v.product_template_attribute_value_ids.name: v for v in made.product_variant_ids}
    made.attribute_line_ids.write({"value_ids": [Command.set(colour.value_ids[2:].ids)]})
    assert told(made) == {("green",)}
    assert not by_name["blue"].exists()


def test_a_single_value_is_taken_up_by_the_variants_there_are(env, colour, size):
    made = shirt(env, line(colour, "red", "blue"))
    before = made.product_variant_ids
    made.write({"attribute_line_ids": [line(size, "M")]})
    assert made.product_variant_ids == before
    assert told(made) == {("M", "blue"), ("M", "red")}
    plain = env["product.template"].create({"name": "Hat", "default_code": "HAT"})
    only = plain.product_variant_id
    plain.write({"attribute_line_ids": [line(colour, "red")]})
    assert plain.product_variant_ids == only
    assert only.display_name == "[HAT] Hat"


def test_a_line_removed_leaves_one_variant(env, colour):
    made = shirt(env, line(colour, "red", "blue"))
    made.attribute_line_ids.unlink()
    assert not made.attribute_line_ids
    assert told(made) == {()}


def test_dynamic_variants_are_made_when_asked_for(env):
    engraving = attribute(env, "Frame", ["thin", "thick"], create_variant="dynamic")
    made = shirt(env, line(engraving, "thin", "thick"))
    assert made.product_variant_count == 0
    thick = value_of(made, "thick")
    first = made.create_product_variant(thick.ids)
    assert made.create_product_variant(thick.ids) == first
    assert told(made) == {("thick",)}
    with pytest.raises(ValidationError, match="exactly one value"):
        made.create_product_variant([])


def test_options_make_no_variants(env, colour):
    note = attribute(env, "Gift wrap", ["yes", "no"], create_variant="no_variant")
    made = shirt(env, line(colour, "red", "blue"), line(note, "yes", "no"))
    assert told(made) == {("red",), ("blue",)}


def test_too_many_variants_are_refused_with_their_number(env):
    many = [attribute(env, f"A{at}", [str(each) for each in range(11)]) for at in range(3)]
    with pytest.raises(ValidationError, match="1331 variants; at most 1000"):
        shirt(env, *(line(each, *(str(at) for at in range(11))) for each in many))


def test_foreign_and_missing_values_are_refused(env, colour, size):
    with pytest.raises(ValidationError) as caught:
        shirt(
            env, Command.create({"attribute_id": colour.id, "value_ids": [Command.set(size.value_ids.ids)]})
        )
    assert {problem.code for problem in caught.value.problems} == {"contradiction"}
    with pytest.raises(ValidationError) as caught:
        shirt(env, Command.create({"attribute_id": colour.id}))
    assert {problem.code for problem in caught.value.problems} == {"required"}
    with pytest.raises(ValidationError) as caught:
        shirt(env, line(colour, "red"), line(colour, "blue"))
    assert {problem.code for problem in caught.value.problems} == {"unique"}


def test_a_combination_is_there_once(env, colour):
    made = shirt(env, line(colour, "red", "blue"))
    red = [Command.set(value_of(made, "red").ids)]
    with pytest.raises(ValidationError):
        env["product.product"].create(
            {"product_tmpl_id": made.id, "product_template_attribute_value_ids": red}
        )


def test_what_products_use_stays(env, colour):
    shirt(env, line(colour, "red", "blue"))
    with pytest.raises(UserError, match="Archive it instead"):
        colour.unlink()
    with pytest.raises(UserError, match="Archive it instead"):
        colour.value_ids[:1].unlink()
    with pytest.raises(ValidationError) as caught:
        colour.write({"create_variant": "dynamic"})
    assert caught.value.problems[0].code == "in_use"
    assert colour.value_ids[-1:].unlink()


def test_copies_have_the_same_variants(env, colour, size):
    made = shirt(env, line(colour, "red", "blue"), line(size, "S", "M"))
    value_of(made, "M").write({"price_extra": 3})
    copy = made.copy()
    assert told(copy) == told(made)
    assert value_of(copy, "M").price_extra == 3
