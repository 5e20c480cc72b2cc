"""A message is read whole: every mistake is told with its path, every key that nobody took is kept."""

from __future__ import annotations

import pytest

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.form import MAX_ITEMS, Form
from entrepot.addons.exchange.routes import DEFAULTS, wrong_route
from entrepot.api import ValidationError


def test_all_mistakes_are_told_at_once_with_their_paths() -> None:
    form = Form({"name": "", "is_pos": "maybe", "cart": [{"quantity": "x"}, 7]})
    form.take("name", spellings.text, required=True)
    form.take("is_pos", spellings.flag)
    for item in form.items("cart"):
        item.take("quantity", spellings.number, required=True)
    with pytest.raises(ValidationError) as refused:
        form.check()
    assert [(each.path, each.code) for each in refused.value.problems] == [
        ("name", "required"),
        ("is_pos", "bad_value"),
        ("cart.1", "not_an_object"),
        ("cart.0.quantity", "bad_value"),
        ("cart.1.quantity", "required"),
    ]


def test_what_nobody_took_is_kept_under_its_path() -> None:
    form = Form(
        {"name": "x", "colour": "red", "file": {"number": 1, "note": "n"}, "cart": [{"q": 1, "gift": True}]}
    )
    form.take("name", spellings.text)
    form.inner("file").take("number", spellings.number)
    for item in form.items("cart"):
        item.take("q", spellings.number)
    assert form.rest() == {"colour": "red", "file.note": "n", "cart.0.gift": True}
    form.check()


@pytest.mark.parametrize("given", [None, 7, "x", [], [1]])
def test_what_is_no_object_is_refused(given: object) -> None:
    form = Form(given)
    assert form.problems
    assert form.rest() == {}


def test_lists_are_bounded() -> None:
    form = Form({"cart": [{}] * (MAX_ITEMS + 1), "none": []})
    assert form.items("cart") == []
    assert form.items("none", least=1) == []
    assert [each.code for each in form.problems] == ["bad_list", "bad_list"]


def test_a_null_clears_only_where_it_may() -> None:
    form = Form({"a": None, "b": "x"})
    values: dict[str, object] = {}
    form.fill(values, {"a": spellings.text, "b": spellings.text, "c": spellings.text}, clears=True)
    assert values == {"a": None, "b": "x"}


def test_routes_of_a_peer_are_checked() -> None:
    assert wrong_route(None) is None
    assert wrong_route({"stock.changed": ["PUT", "/stocks"], "order.state": ["PATCH", "/o/{ref}"]}) is None
    assert wrong_route({"stock.changed": ["off", ""]}) is None
    for wrong in (
        [],
        {"x": ["PUT", "/"]},
        {"stock.changed": ["GET", "/"]},
        {"stock.changed": ["PUT", "stocks"]},
        {"stock.changed": ["PUT", "/{ref.__class__}"]},
        {"stock.changed": ["PUT", "/{0}"]},
        {"stock.changed": "PUT"},
    ):
        assert wrong_route(wrong)


def test_every_usual_route_could_be_a_peers_own() -> None:
    assert wrong_route({topic: list(route) for topic, route in DEFAULTS.items()}) is None
