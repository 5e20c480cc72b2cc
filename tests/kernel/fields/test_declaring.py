"""What a declaration makes of a field."""

from __future__ import annotations

import pytest

from entrepot.api import Char, Integer, Many2many, Many2one, Model, One2many, Selection, depends
from entrepot.kernel.fields.base import label, shown
from entrepot.kernel.inherit import DeclarationError
from entrepot.kernel.registry import Registry
from kernel import shop


class Source(Model, name="test.source"):
    """Source"""

    kind = Selection("_kinds", default="x")
    code = Char(size=3)
    parent_id = Many2one("test.source")
    child_ids = One2many("test.source", "parent_id")
    friend_ids = Many2many("test.source", table="test_friend", column="one_id", other="other_id")
    follower_ids = Many2many("test.source", table="test_friend", column="other_id", other="one_id")

    def _kinds(self) -> list[tuple[str, str]]:
        return [("x", "X"), ("y", "Y")]


class Follower(Model, name="test.follower", delegates={"source_id": "test.source"}):
    """Follower"""

    source_id = Many2one("test.source", required=True, on_delete="cascade")
    again = Selection(related="source_id.kind", string="Kind again")
    tags = Many2many(related="source_id.friend_ids")
    number = Integer(compute="_compute_number", store=True, readonly=False)

    @depends("code")
    def _compute_number(self) -> None:
        for follower in self:
            follower.number = len(follower.code or "")


MODELS = (*shop.MODELS, Source, Follower)


def test_labels_come_from_names():
    assert [label(name) for name in ("birth_date", "partner_id", "line_ids", "id", "x")] == [
        "Birth Date",
        "Partner",
        "Line",
        "Id",
        "X",
    ]


def test_a_refused_value_is_shown_short_whatever_it_is():
    assert [len(shown(value)) <= 60 for value in ("x" * 10**6, b"x" * 10**6, [0] * 1000, 10**5000)] == [
        True
    ] * 4


def test_selections_that_follow_another_have_its_choices(env):
    follower = env["test.follower"].create({"kind": "y", "code": "abc"})
    assert (follower.kind, follower.again) == ("y", "y")
    follower.again = "x"
    assert follower.source_id.kind == "x"
    assert env["test.follower"].fields_get(["kind", "again"], ["selection"]) == {
        "kind": {"selection": [["x", "X"], ["y", "Y"]]},
        "again": {"selection": [["x", "X"], ["y", "Y"]]},
    }


def test_links_to_the_same_model_go_one_way_each(env):
    one, two = env["test.source"].create([{"code": "1"}, {"code": "2"}])
    one.friend_ids = two
    assert two.follower_ids == one
    assert not two.friend_ids
    assert env["test.follower"].create({"source_id": one.id}).tags == two


def test_a_computed_field_may_be_editable(env):
    follower = env["test.follower"].create({"code": "abc"})
    assert follower.number == 3
    follower.number = 9
    env.flush()
    assert follower.number == 9
    follower.source_id.code = "ab"
    assert follower.number == 2


def test_an_extension_adds_keys_and_keeps_the_rest(env):
    field = env.registry.models["shop.order"].fields["state"]
    assert [key for key, _ in field.choices(env)] == ["draft", "done", "wrapped"]
    assert field.required
    assert field.default == "draft"


def test_defaults_of_readonly_and_copy_follow_from_the_kind_of_field(env):
    order, line = (env.registry.models[name].fields for name in ("shop.order", "shop.line"))
    assert [order[name].readonly for name in ("total", "deadline", "customer")] == [True, False, False]
    assert [line[name].readonly for name in ("category_id", "customer")] == [True, False]
    assert [order[name].copy for name in ("total", "line_ids", "note_ids", "tag_ids")] == [
        False,
        True,
        False,
        True,
    ]


def test_declarations_that_cannot_work_are_refused():
    class NoOtherSide(Model, name="test.bad"):
        """Bad"""

        line_ids = One2many("test.bad", "nothing_id")

    class NoMethod(Model, name="test.bad"):
        """Bad"""

        total = Integer(compute="_compute_nothing")

    class NoPath(Model, name="test.bad"):
        """Bad"""

        total = Integer(compute="_compute")

        @depends("nothing.more")
        def _compute(self) -> None: ...

    class TwoOnOneTable(Model, name="test.bad"):
        """Bad"""

        one_ids = Many2many("res.users")
        two_ids = Many2many("res.users")

    for each in (NoOtherSide, NoMethod, NoPath, TwoOnOneTable):
        with pytest.raises(DeclarationError, match=r"test\.bad"):
            Registry(("x",), [("x", each), *(("base", every) for every in _base())])


def _base():
    from entrepot.kernel.loading import manifests
    from entrepot.tenants.registries import Registries

    return manifests.classes(Registries().manifests["base"])
