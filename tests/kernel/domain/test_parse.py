from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.errors import ValidationError
from entrepot.kernel.domain.parse import FALSE, TRUE, And, Leaf, Not, Or, mentions, parse

A, B, C = (Leaf(name, "=", 1) for name in "abc")
a, b, c = (["a", "=", 1], ["b", "=", 1], ["c", "=", 1])


@pytest.mark.parametrize(
    ("domain", "tree"),
    [
        ([], TRUE),
        (None, TRUE),
        (False, TRUE),
        ([a], A),
        ([tuple(a)], A),
        ((a,), A),
        ([a, b], And((A, B))),
        (["&", a, b], And((A, B))),
        (["|", a, b], Or((A, B))),
        (["|", a, "|", b, c], Or((A, B, C))),
        (["|", "|", a, b, c], Or((A, B, C))),
        (["|", a, b, c], And((Or((A, B)), C))),
        (["&", "|", a, b, c], And((Or((A, B)), C))),
        (["!", a, b], And((Not(A), B))),
        (["!", "&", a, b], Not(And((A, B)))),
        (["!", "!", a], A),
        ([[1, "=", 1]], TRUE),
        ([[0, "=", 1]], FALSE),
        ([[True, "=", True]], TRUE),
        ([[1, "!=", 1]], FALSE),
        ([["a", "<>", 1]], Leaf("a", "!=", 1)),
        ([["a", "==", 1]], Leaf("a", "=", 1)),
        ([["a", " Not In ", [1]]], Leaf("a", "not in", [1])),
        ([["a", "=", [1]]], Leaf("a", "in", [1])),
        ([["a", "!=", (1,)]], Leaf("a", "not in", [1])),
        ([["a", "in", True]], Leaf("a", "=", True)),
        ([["a", "not in", False]], Leaf("a", "!=", False)),
        ([["a", "=?", None]], Leaf("a", "=?", None)),
        ([["a", "=?", 0]], Leaf("a", "=", 0)),
        ([["a", "any", [b]]], Leaf("a", "any", None, B)),
        ([["a", "any", []]], Leaf("a", "any", None, TRUE)),
    ],
)
def test_a_domain_reads_as_a_tree(domain, tree):
    assert parse(domain) == tree


@pytest.mark.parametrize(
    ("domain", "path", "code"),
    [
        ("name", "domain", "not_a_list"),
        (7, "domain", "not_a_list"),
        ({"a": 1}, "domain", "not_a_list"),
        ([7], "domain[0]", "bad_term"),
        ([a, None], "domain[1]", "bad_term"),
        ([[]], "domain[0]", "bad_term"),
        ([["a", "="]], "domain[0]", "bad_term"),
        ([["a", "=", 1, 2]], "domain[0]", "bad_term"),
        ([[7, "=", 1]], "domain[0]", "bad_term"),
        ([["a", 7, 1]], "domain[0]", "bad_term"),
        ([[["a"], "=", 1]], "domain[0]", "bad_term"),
        ([["a", "~", 1]], "domain[0]", "unknown_operator"),
        (["^", a, b], "domain[0]", "unknown_operator"),
        (["&", a], "domain[0]", "missing_operand"),
        ([a, "|"], "domain[1]", "missing_operand"),
        (["!"], "domain[0]", "missing_operand"),
        ([["a", "in", "text"]], "domain[0]", "bad_value"),
        ([["a", "in", 3]], "domain[0]", "bad_value"),
        ([["a", "<", [1]]], "domain[0]", "bad_value"),
        ([["a", "like", ["x"]]], "domain[0]", "bad_value"),
        ([["a", "in", [[1]]]], "domain[0]", "bad_value"),
        ([["a", "=", {"b": 1}]], "domain[0]", "bad_value"),
        ([["a", "any", 3]], "domain", "not_a_list"),
        ([["a", "any", ["^"]]], "domain[0]", "unknown_operator"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(domain, path, code):
    with pytest.raises(ValidationError) as caught:
        parse(domain)
    [problem] = caught.value.problems
    assert (problem.path, problem.code) == (path, code)
    assert len(problem.message) < 400


def alternating(depth):
    domain = [a]
    for at in range(depth):
        domain = ["&|"[at % 2], a, *domain]
    return domain


def nested(levels, inner=(("a", "=", 1),)):
    domain = list(inner)
    for _ in range(levels):
        domain = [("a", "any", domain)]
    return domain


@pytest.mark.parametrize(
    "domain",
    [
        alternating(100),
        nested(20),
        [a] * 5000,
        ["|"] * 2499 + [a] * 2500,
        ["!"] * 4999 + [a],
        [["a." * 20 + "b", "=", 1]],
    ],
    ids=["depth", "levels", "length", "a wide or", "negations", "path"],
)
def test_domains_at_the_bound_are_read(domain):
    parse(domain)


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        (alternating(102), "too_deep"),
        (nested(21), "too_deep"),
        (nested(3000), "too_deep"),
        ([a] * 5001, "too_long"),
        (nested(1, [a] * 5000), "too_long"),
        ([["a", "any", [a] * 3000], ["a", "any", [a] * 3000]], "too_long"),
        ([["a." * 21 + "b", "=", 1]], "too_deep"),
        (nested(5, alternating(98)), "too_deep"),
    ],
    ids=[
        "depth",
        "levels",
        "many levels",
        "length",
        "length inside",
        "length in sum",
        "path",
        "depth in sum",
    ],
)
def test_domains_past_the_bound_are_refused(domain, code):
    with pytest.raises(ValidationError) as caught:
        parse(["&", a, *domain] if code == "too_deep" else domain)
    assert caught.value.problems[0].code == code


anything = some.recursive(
    some.one_of(
        some.none(),
        some.booleans(),
        some.integers(),
        some.sampled_from(["&", "|", "!", "a", "=", "in", "any"]),
    ),
    lambda inner: some.lists(inner, max_size=4),
    max_leaves=12,
)


@given(domain=anything)
def test_whatever_is_sent_is_read_or_refused(domain):
    try:
        parse(domain)
    except ValidationError as error:
        assert error.problems


def test_a_huge_number_is_refused_in_a_short_message():
    with pytest.raises(ValidationError) as caught:
        parse([["a", "in", 10**5000]])
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("domain", "answer"),
    [
        ([["active", "=", False]], True),
        (["!", "|", a, ["active", "=", False]], True),
        ([["active", "=?", False]], True),
        ([["b.active", "=", False]], False),
        ([["b", "any", [["active", "=", False]]]], False),
        ([a], False),
    ],
)
def test_a_domain_speaks_of_a_field_when_a_term_of_its_own_model_names_it(domain, answer):
    assert mentions(parse(domain), "active") is answer
