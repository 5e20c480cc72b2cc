"""What is kept goes out on every wire as if it were made for this call, and is spelled once."""

from __future__ import annotations

import pytest

from entrepot.doors.values import to_json
from entrepot.doors.xmlrpc.encode import response
from entrepot.kept import Kept

CONTENT = {
    "name": {"string": "A & <b>", "selection": [["x", "Ünï"]], "help": None, "depends": []},
    "n": {"a": 1.5},
}


@pytest.mark.parametrize(
    "spell",
    [response, lambda value: to_json(value, empty=False), lambda value: to_json(value, empty=None)],
    ids=["xmlrpc", "json false", "json null"],
)
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value]], ids=["alone", "inside"])
def test_it_is_spelled_like_what_it_holds(spell, wrap):
    kept = Kept(CONTENT)
    for _ in range(2):
        assert spell(wrap(kept)) == spell(wrap(CONTENT))


def test_wires_do_not_get_each_others_spelling():
    kept = Kept(CONTENT)
    spelled = {to_json(kept, empty=False), to_json(kept, empty=None), response(kept)}
    assert len(spelled) == 3


def test_it_is_spelled_once():
    kept = Kept(CONTENT)
    assert to_json(kept, empty=False) is to_json(kept, empty=False)
    assert response(kept) is response(kept)
