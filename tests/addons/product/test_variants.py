"""Which variants are made, kept and dropped."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.product.variants import Existing, adopted, changes, combinations, count, text


def test_no_lines_make_one_variant():
    assert changes([], []).create == (frozenset(),)


def test_a_value_more_makes_the_missing_variants_only():
    there = [Existing(1, frozenset({1, 3}), active=True), Existing(2, frozenset({2, 3}), active=True)]
    todo = changes([(1, 2), (3, 4)], there)
    assert set(todo.create) == {frozenset({1, 4}), frozenset({2, 4})}
    assert (todo.revive, todo.drop) == ((), ())


def test_a_value_less_drops_its_variants_and_brings_nothing_back():
    there = [Existing(1, frozenset({1}), active=True), Existing(2, frozenset({2}), active=True)]
    todo = changes([(1,)], there)
    assert (todo.create, todo.drop) == ((), (2,))


def test_a_value_that_returns_wakes_its_archived_variant():
    there = [Existing(1, frozenset({1}), active=True), Existing(2, frozenset({2}), active=False)]
    assert changes([(1, 2)], there).revive == (2,)


def test_dynamic_products_keep_what_fits_and_make_nothing():
    there = [Existing(1, frozenset({1}), active=True), Existing(2, frozenset({9}), active=True)]
    todo = changes([(1, 2)], there, missing=False)
    assert (todo.create, todo.revive, todo.drop) == ((), (), (2,))


def test_a_line_without_choice_is_taken_up():
    assert adopted(frozenset({1}), {7: 70}, {6}) == {1, 70}
    assert adopted(frozenset({1, 71}), {7: 70}, {6, 7}) == {1, 71}


def test_combinations_as_text():
    assert text({14, 3}) == "3,14"
    assert text(()) == "-"


@st.composite
def line_sets(draw):
    sizes = draw(st.lists(st.integers(1, 4), max_size=4))
    numbers = iter(range(1, 100))
    return [tuple(next(numbers) for _ in range(size)) for size in sizes]


@given(line_sets(), st.data())
def test_after_the_changes_every_combination_has_one_active_variant(lines, data):
    every = combinations(lines)
    assert len(set(every)) == len(every) == count(lines) == prod(len(each) for each in lines)
    foreign = [frozenset({200}), frozenset({201, 202})]
    held = data.draw(st.lists(st.sampled_from(every + foreign), unique=True, max_size=10))
    there = [Existing(at, each, active=data.draw(st.booleans())) for at, each in enumerate(held)]
    todo = changes(lines, there)
    awake = {each.combination for each in there if each.active and each.id not in todo.drop}
    awake |= {each.combination for each in there if each.id in todo.revive} | set(todo.create)
    assert awake == set(every)
