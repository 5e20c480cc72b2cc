from __future__ import annotations

import pytest

from entrepot.api import MissingError, ValidationError
from entrepot.kernel import externals
from kernel.shop import MODELS

__all__ = ["MODELS"]


def test_upsert_makes_then_changes(env):
    tag = env.upsert("x.red", "shop.tag", {"name": "Red"})
    assert env.upsert("x.red", "shop.tag", {"name": "Crimson"}) == tag == env.ref("x.red")
    assert tag.name == "Crimson"
    assert env.upsert("x.red", "shop.tag", {"name": "Rose"}, noupdate=True).name == "Crimson"


def test_many_at_once_are_one_create_and_answer_in_order(env):
    old = env.upsert("x.b", "shop.tag", {"name": "b"})
    made = env.upsert_many(
        "shop.tag", [("x.a", {"name": "A"}), ("x.b", {"name": "B"}), ("x.c", {"name": "C"})]
    )
    assert [tag.name for tag in made] == ["A", "B", "C"]
    assert made[1] == old


def test_a_record_that_was_deleted_is_made_again(env):
    env.upsert("x.red", "shop.tag", {"name": "Red"}).unlink()
    assert env.ref("x.red", missing_ok=True) is None
    assert env.upsert("x.red", "shop.tag", {"name": "Red"}, noupdate=True).exists()
    assert env.ref("x.red").name == "Red"


def test_a_name_that_points_to_nothing_is_given_anew(env):
    env["ir.model.data"].create({"module": "x", "name": "red", "model": "shop.tag", "res_id": 99_999})
    tag = env.upsert("x.red", "shop.tag", {"name": "Red"})
    assert env.ref("x.red") == tag


def test_archived_records_are_found(env):
    product = env.upsert("x.pen", "shop.product", {"name": "Pen", "active": False})
    assert env.upsert("x.pen", "shop.product", {"name": "Pencil"}) == product


def test_another_models_name_or_one_given_twice_is_refused(env):
    env.upsert("x.red", "shop.tag", {"name": "Red"})
    with pytest.raises(ValidationError, match=r"x\.red belongs to a shop\.tag"):
        env.upsert("x.red", "shop.note", {"name": "n"})
    with pytest.raises(ValidationError, match="given twice"):
        env.upsert_many("shop.tag", [("x.a", {"name": "A"}), ("x.a", {"name": "B"})])


@pytest.mark.parametrize("external_id", ["", "red", ".red", "x."])
def test_a_name_without_a_module_is_refused(env, external_id):
    with pytest.raises(ValidationError, match=r"module\.name"):
        env.ref(external_id)
    assert externals.split("red", "x") == ("x", "red")


def test_what_is_not_there_is_missing(env):
    with pytest.raises(MissingError, match=r"no\.where"):
        env.ref("no.where")
    env["ir.model.data"].create({"module": "x", "name": "old", "model": "gone.model", "res_id": 1})
    assert env.ref("x.old", missing_ok=True) is None


def test_names_of_records(env):
    tags = env.upsert_many("shop.tag", [("x.a", {"name": "A"}), ("x.b", {"name": "B"})])
    bare = env["shop.tag"].create({"name": "C"})
    assert externals.names_of(env, "shop.tag", [*tags.ids, bare.id]) == {
        tags.ids[0]: "x.a",
        tags.ids[1]: "x.b",
    }
    [row] = tags[:1].get_metadata()
    assert row["xmlid"] == "x.a"


def test_a_name_is_found_by_the_index_however_many_there_are(env):
    env.ref("base.main_company", missing_ok=True)
    dialect = env.tx.dialect
    if dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    plan = env.registry.plans.get(("externals", dialect.name), dict)
    steps = env.tx.fetch(f"EXPLAIN QUERY PLAN {plan.text}", plan.bind([["base"], ["main_company"]]))
    assert any("SEARCH ir_model_data USING INDEX" in step[-1] for step in steps), steps
