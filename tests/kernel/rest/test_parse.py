from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.errors import BadQuery
from entrepot.kernel.selection.parse import MAX_DEPTH, MAX_ITEMS, MAX_LENGTH, parse
from entrepot.kernel.selection.tree import ALL, Everything, Leave, Nest, Selection, Take, spell

READ = {
    "": ALL,
    "  \n": ALL,
    "{*}": ALL,
    "{}": Selection(),
    " { } ": Selection(),
    "{id}": Selection((Take("id"),)),
    "{id,name}": Selection((Take("id"), Take("name"))),
    "\n{ id ,\n\tname }\n": Selection((Take("id"), Take("name"))),
    "{-name}": Selection((Leave("name"),)),
    "{*, -name}": Selection((Everything(), Leave("name"))),
    "{*, partner_id{-id}}": Selection((Everything(), Nest("partner_id", Selection((Leave("id"),))))),
    "{a{b{c}}}": Selection((Nest("a", Selection((Nest("b", Selection((Take("c"),))),))),)),
    "{a {b} , c}": Selection((Nest("a", Selection((Take("b"),))), Take("c"))),
    "{a{}}": Selection((Nest("a", Selection()),)),
    "(limit: 3){id}": Selection((Take("id"),), (("limit", "3"),)),
    "(limit:3,order:'id desc'){*}": Selection((Everything(),), (("limit", "3"), ("order", "id desc"))),
    '{a(filter: [["b", "=", "}"]]){c}}': Selection(
        (Nest("a", Selection((Take("c"),), (("filter", '[["b", "=", "}"]]'),))),)
    ),
    r"""(filter: "[[\"a\",\"=\",1]]"){id}""": Selection((Take("id"),), (("filter", '[["a","=",1]]'),)),
    r"""(filter: '[["a","=","l\'or \u00e9"]]'){id}""": Selection(
        (Take("id"),), (("filter", r'[["a","=","l' + "'" + r'or \u00e9"]]'),)
    ),
    "(x: -1.5, y: true){id}": Selection((Take("id"),), (("x", "-1.5"), ("y", "true"))),
}
"""text -> what it says"""

REFUSED = {
    "id,name": (1, "expected '{'"),
    "{id,}": (5, "no field after the last ','"),
    "{id": (4, "a brace is not closed"),
    "{": (2, "expected a field"),
    "{id}}": (5, "expected the end"),
    "{id} name": (6, "expected the end"),
    "{a.b}": (3, "stand in braces"),
    "{a: b}": (3, "no other names"),
    "{id name}": (5, "expected ',' or '}'"),
    "{,id}": (2, "expected a field"),
    "{- name}": (3, "follows '-' at once"),
    "{id, -partner_id{city}}": (17, "nothing can be taken of it"),
    "{*{id}}": (3, "name the relation"),
    "{näme}": (3, "expected ',' or '}'"),
    "{a'}": (3, "expected ',' or '}'"),
    "{\0}": (2, "expected a field"),
    "(limit 3){id}": (8, "expected ':'"),
    "(limit: ){id}": (9, "expected a value"),
    "(limit: 3": (10, "expected ',' or ')'"),
    "(limit: 3){": (12, "expected a field"),
    "(limit: 3)": (11, "expected '{'"),
    "(limit: 3, limit: 4){id}": (12, "given twice"),
    "(order: 'id){id}": (9, "no closing '"),
    "(filter: [1,]){id}": (13, "no JSON"),
    "()": (2, "the name of an argument"),
}
"""text -> the character (from 1) and the reason of its refusal"""


@pytest.mark.parametrize("text", READ)
def test_a_query_says(text):
    assert parse(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_a_query_is_refused_where_it_goes_wrong(text):
    character, reason = REFUSED[text]
    with pytest.raises(BadQuery) as refusal:
        parse(text)
    assert f"at character {character}:" in refusal.value.message, refusal.value.message
    assert reason in refusal.value.message
    assert refusal.value.data["position"] == character - 1
    assert refusal.value.problems[0].path == "query"


def nested(depth):
    return "{" + "a{" * (depth - 1) + "id" + "}" * depth


def test_ten_levels_are_read_and_no_more():
    assert parse(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 50, 5000):
        with pytest.raises(BadQuery, match="at most 10 deep"):
            parse(nested(depth))


def test_arguments_before_each_level_count_no_less():
    with pytest.raises(BadQuery, match="at most 10 deep"):
        parse("{a(limit:1)" * 11 + "{id}" + "}" * 11)


def test_the_number_of_fields_and_letters_is_bounded():
    assert parse("{" + ",".join(["a"] * MAX_ITEMS) + "}")
    with pytest.raises(BadQuery, match="at most 1000 fields"):
        parse("{" + ",".join(["a"] * (MAX_ITEMS + 1)) + "}")
    with pytest.raises(BadQuery, match=f"at most {MAX_LENGTH}"):
        parse("{" + " " * MAX_LENGTH + "}")


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "(filter: " + "[" * 30_000, "(a:'" + "\\'" * 10_000, "{" + "-" * 30_000]
)
def test_long_nonsense_is_refused_like_short(text):
    with pytest.raises(BadQuery):
        parse(text)


names = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
texts = st.text(max_size=20)
arguments = st.lists(st.tuples(names, texts), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)
flat = st.one_of(names.map(Take), names.map(Leave), st.just(Everything()))
selections = st.recursive(
    st.builds(Selection, st.lists(flat, max_size=4).map(tuple), arguments),
    lambda inner: st.builds(
        Selection, st.lists(st.one_of(flat, st.builds(Nest, names, inner)), max_size=4).map(tuple), arguments
    ),
    max_leaves=6,
)


def depth(selection):
    return 1 + max((depth(each.selection) for each in selection.items if isinstance(each, Nest)), default=0)


@given(selections.filter(lambda each: depth(each) <= MAX_DEPTH))
def test_what_is_spelled_reads_back_as_the_same(selection):
    assert parse(spell(selection)) == selection


@given(st.text(alphabet="{}()*-,:'\"\\[]ab1 \n", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse(text)
    except BadQuery as error:
        assert error.problems
    else:
        assert parse(spell(found)) == found
