"""Rows into records: matched by ids and keys, compared, written together, refused one by one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.errors import AccessError, MissingError, TooLarge, ValidationError
from entrepot.kernel.transfer import batches
from kernel.shop import MODELS

__all__ = ["MODELS"]


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def told(outcomes):
    return [
        (outcome.line, problem.path, problem.code) for outcome in outcomes for problem in outcome.problems
    ]


def test_rows_are_created_updated_or_left_alone(env, take):
    first = take("shop.product", "code,name,price\nA,Pen,1.5\nB,Ink,2\n", key=("code",))
    assert statuses(first) == ["created", "created"]
    again = take("shop.product", "code,name,price\nA,Pen,1.50\nB,Ink,3\nC,Cap,4\n", key=("code",))
    assert statuses(again) == ["unchanged", "updated", "created"]
    assert [outcome.id for outcome in again[:2]] == [outcome.id for outcome in first]
    assert env["shop.product"].browse(first[1].id).price == Decimal(3)


def test_unchanged_rows_write_nothing(env, take, clock):
    [made] = take("shop.product", "code,name\nA,Pen\n", key=("code",))
    before = env["shop.product"].browse(made.id).write_date
    clock.moment += timedelta(seconds=60)
    take("shop.product", "code,name\nA,Pen\n", key=("code",))
    assert env["shop.product"].browse(made.id).write_date == before


def test_a_key_may_have_several_fields_and_links_by_name(env, take):
    env["shop.category"].create([{"name": "Top"}, {"name": "Low"}])
    rows = "name,category_id,price\nPen,Top,1\nPen,Low,2\n"
    assert statuses(take("shop.product", rows, key=("name", "category_id"))) == ["created", "created"]
    rows = "name,category_id,price\nPen,Low,2\nPen,Top,5\n"
    assert statuses(take("shop.product", rows, key=("name", "category_id"))) == ["unchanged", "updated"]


def test_archived_records_are_found_by_their_key(env, take):
    product = env["shop.product"].create({"name": "Pen", "code": "A", "active": False})
    [found] = take("shop.product", "code,name\nA,Pencil\n", key=("code",))
    assert (found.status, found.id) == ("updated", product.id)


def test_keys_that_find_no_single_record_are_told(env, take):
    twins = env["shop.product"].create([{"name": "Twin"}, {"name": "Twin"}])
    outcomes = take("shop.product", 'name,price\nTwin,1\n"",2\nNew,3\nNew,4\n', key=("name",))
    assert told(outcomes) == [(2, "name", "ambiguous"), (3, "name", "missing_key"), (5, "name", "twice")]
    assert all(str(each) in outcomes[0].problems[0].message for each in twins.ids)
    assert statuses(outcomes)[2] == "created"


@pytest.mark.parametrize(
    ("key", "code"),
    [("nothing", "unknown_field"), ("tag_ids", "no_key"), ("customer", "no_column"), ("summary", "no_key")],
)
def test_keys_that_cannot_be_are_refused(take, key, code):
    with pytest.raises(ValidationError) as error:
        take("shop.order", "number\n1\n", key=(key,))
    assert [problem.code for problem in error.value.problems] == [code]


def test_external_ids_go_before_keys_and_are_given_to_what_a_key_finds(env, take):
    product = env["shop.product"].create({"name": "Pen", "code": "A"})
    assert statuses(take("shop.product", "id,code,name\npen,A,Pen\n", key=("code",))) == ["unchanged"]
    assert env.ref("__import__.pen") == product
    assert statuses(take("shop.product", "id,code,name\npen,B,Pen\n", key=("code",))) == ["updated"]
    assert product.code == "B"


def test_bad_rows_are_told_with_their_lines_and_good_ones_are_written(env, take):
    content = (
        "id,customer,number,date,state\n"
        'a,"Ann\nLee",1,2024-01-01,Done\n'
        "b,,2,,\n"
        "c,Cid,x,yesterday,\n"
        "d,77,-1,,\n"
        "e,Eve,5,2024-05-05,draft\n"
    )
    outcomes = take("shop.order", content)
    assert statuses(outcomes) == ["created", "error", "error", "error", "created"]
    assert sorted(told(outcomes)) == [
        (4, "customer", "required"),
        (5, "date", "not_date"),
        (5, "number", "not_integer"),
        (6, "customer", "number"),
        (6, "number", "negative"),
    ]
    assert [order.customer for order in env["shop.order"].search([])] == ["Ann\nLee", "Eve"]
    assert env.ref("__import__.c", missing_ok=True) is None


def test_what_the_store_refuses_is_found_among_good_rows(env, take):
    env["shop.product"].create({"name": "There", "code": "7"})
    rows = "".join(f"P{n},{n}\n" for n in range(100))
    outcomes = take("shop.product", f"name,code\n{rows}")
    assert told(outcomes) == [(9, "code", "not_unique")]
    assert env["shop.product"].search_count([]) == 100


def test_of_two_rows_that_collide_the_second_is_told(take):
    assert told(take("shop.product", "name,code\nA,1\nB,2\nC,1\n")) == [(4, "code", "not_unique")]


def test_links_are_looked_up_in_sets(env, take):
    env["shop.category"].create([{"name": f"C{n}"} for n in range(10)])
    rows = "".join(f"P{n},{n},C{n % 10}\n" for n in range(200))
    before = env.tx.statements
    assert set(statuses(take("shop.product", f"name,code,category_id\n{rows}", key=("code",)))) == {"created"}
    assert env.tx.statements - before < 20
    before = env.tx.statements
    rows = rows.replace("P", "Q")
    assert set(statuses(take("shop.product", f"name,code,category_id\n{rows}", key=("code",)))) == {"updated"}
    assert env.tx.statements - before < 20


def test_an_ambiguous_name_is_refused_with_the_candidates(env, take):
    twins = env["shop.category"].create([{"name": "Twin"}, {"name": "Twin"}])
    [outcome] = take("shop.product", "name,category_id\nP,Twin\n")
    assert told([outcome]) == [(2, "category_id", "bad_value")]
    assert all(f"(id {each})" in outcome.problems[0].message for each in twins.ids)


def test_rows_refer_to_rows_above_by_id_and_by_name(env, take):
    content = "id,name,parent_id/id\ntop,Top,\nmid,Mid,top\nlow,Low,mid\n"
    assert set(statuses(take("shop.category", content))) == {"created"}
    assert env.ref("__import__.low").complete_name == "Top / Mid / Low"
    content = "name,parent_id\nHigh,\nDeep,High\nx,Nowhere\n"
    assert statuses(take("shop.category", content)) == ["created", "created", "error"]


def test_lines_continue_over_rows_and_batches(env, take):
    content = "customer,line_ids/quantity\nAnn,1\n,2\nBob,3\n,4\n,x\nCid,5\n"
    outcomes = take("shop.order", content, batch=1)
    assert [(each.line, each.last, each.status) for each in outcomes] == [
        (2, 3, "created"),
        (4, 6, "error"),
        (7, 7, "created"),
    ]
    ann, cid = (env["shop.order"].browse(outcomes[at].id) for at in (0, 2))
    assert [line.quantity for line in ann.line_ids] == [1, 2]
    assert [line.quantity for line in cid.line_ids] == [5]


def test_objects_hold_lists_and_lines(env, take):
    env["shop.tag"].create([{"name": "Red"}, {"name": "Blue"}])
    rows = [
        {"customer": "Ann", "tag_ids": ["Red", "Blue"], "line_ids": [{"quantity": 2}, {"quantity": 3}]},
        {"customer": "Bob", "date": None},
        {"customer": "Cid", "tag_ids": ["Green"]},
    ]
    outcomes = take("shop.order", rows)
    assert statuses(outcomes) == ["created", "created", "error"]
    ann, bob = (env["shop.order"].browse(outcomes[at].id) for at in (0, 1))
    assert sorted(tag.name for tag in ann.tag_ids) == ["Blue", "Red"]
    assert [line.quantity for line in ann.line_ids] == [2, 3]
    assert bob.date is None


def test_an_empty_cell_leaves_a_new_record_its_required_default(env, take):
    [made] = take("shop.order", "customer,state\nAnn,\n")
    assert env["shop.order"].browse(made.id).state == "draft"
    [found] = take("shop.order", f".id,state\n{made.id},\n")
    assert told([found]) == [(2, "state", "required")]


def test_rows_are_skipped_by_count_and_by_line(take):
    content = 'name\n"A\nA"\nB\nC\n'
    assert [each.line for each in take("shop.tag", content, skip=1)] == [4, 5]
    assert [each.line for each in take("shop.tag", content.replace("B", "D"), from_line=5)] == [5]


def test_there_is_a_bound_on_rows(take, monkeypatch):
    monkeypatch.setattr(batches, "MAX_ROWS", 2)
    with pytest.raises(TooLarge, match="line 4"):
        take("shop.tag", "name\nA\nB\nC\n")


def test_rights_are_the_callers(env, take):
    user = env.derive(uid=2, su=False)
    with pytest.raises(AccessError):
        take("shop.tag", "name\nA\n", by=user)
    with pytest.raises(MissingError):
        take("no.such", "name\nA\n")
    env["ir.model.access"].create(
        {
            "name": "tags",
            "model": "shop.tag",
            "perm_read": True,
            "perm_write": True,
            "perm_create": False,
            "perm_unlink": False,
        }
    )
    env.flush()
    env["shop.tag"].create({"name": "A"})
    env.flush()
    outcomes = take("shop.tag", "name,weight\nA,5\nB,6\n", by=env.derive(uid=2, su=False), key=("name",))
    assert statuses(outcomes) == ["updated", "error"]
    assert told(outcomes) == [(3, "", "access_error")]


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "x", ""])), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, batch=st.integers(1, 5))
def test_good_rows_end_as_if_the_bad_ones_had_not_been_there(env, take, rows, batch):
    content = "name,weight\n" + "".join(f"{name},{weight}\n" for name, weight in rows)
    env["shop.tag"].search([]).unlink()
    outcomes = take("shop.tag", content, key=("name",), batch=batch)
    kept = {}
    seen = set()
    for (name, weight), outcome in zip(rows, outcomes, strict=True):
        good = name not in seen and weight != "x"
        seen.add(name)
        assert (outcome.status != "error") is good
        if good:
            kept[name] = int(weight or 0)
    env.cache.forget_all()
    assert {tag.name: tag.weight for tag in env["shop.tag"].search([])} == kept
