"""A worked-out value that depends on the context is another one in another context, and never a stale one."""

from __future__ import annotations

from entrepot.api import Char, Integer, Model, depends


class Shelf(Model, name="test.shelf"):
    """Shelf"""

    name = Char()
    stock = Integer()
    shown = Char(compute="_compute_shown", depends_context=("unit", "company"))

    @depends("stock")
    def _compute_shown(self) -> None:
        for shelf in self:
            shelf.shown = f"{shelf.stock} {self.env.context.get('unit', 'pieces')} of {self.env.company_ids}"


MODELS = (Shelf,)


def test_each_context_has_its_own_value(env):
    shelf = env["test.shelf"].create({"name": "Top", "stock": 3})
    companies = env.company_ids
    assert shelf.shown == f"3 pieces of {companies}"
    assert shelf.with_context(unit="boxes").shown == f"3 boxes of {companies}"
    assert shelf.with_context(allowed_company_ids=[7]).shown == "3 pieces of (7,)"
    assert shelf.shown == f"3 pieces of {companies}"


def test_a_change_is_seen_in_every_context(env):
    shelf = env["test.shelf"].create({"name": "Top", "stock": 3})
    boxes = shelf.with_context(unit="boxes")
    assert (shelf.shown[0], boxes.shown[0]) == ("3", "3")
    shelf.write({"stock": 4})
    assert (shelf.shown[0], boxes.shown[0]) == ("4", "4")


def test_reading_answers_for_the_callers_context(env):
    shelf = env["test.shelf"].create({"name": "Top", "stock": 3})
    rows = [
        next(iter(shelf.with_context(unit=unit).read(["shown"]).dicts()))["shown"]
        for unit in ("boxes", "bags")
    ]
    assert [row.split()[1] for row in rows] == ["boxes", "bags"]
