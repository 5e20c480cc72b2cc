from __future__ import annotations

from decimal import Decimal

import pytest

from entrepot.errors import AccessError, ValidationError
from entrepot.kernel.transfer import exporter
from entrepot.kernel.transfer.exporter import Exporter, _joined
from entrepot.kernel.transfer.options import ExportOptions
from kernel.shop import MODELS

__all__ = ["MODELS"]


def rows(env, model, *columns, **options):
    made = Exporter(env, model, ExportOptions(columns=columns, **options))
    return made.header, [row for batch in made.batches() for row in batch]


@pytest.fixture
def orders(env):
    tags = env["shop.tag"].create([{"name": "Red"}, {"name": "Blue"}])
    env.upsert("x.tools", "shop.category", {"name": "Tools"})
    env.upsert(
        "x.pen",
        "shop.product",
        {
            "name": "Pen",
            "price": "1.5",
            "category_id": env.ref("x.tools").id,
            "active": True,
            "picture": b"\x01\x02",
        },
    )
    return env["shop.order"].create(
        [
            {
                "customer": "Bob",
                "date": "2024-02-29",
                "tag_ids": tags,
                "line_ids": [{"quantity": 1}, {"quantity": 2}],
            },
            {"customer": "Ann", "date": False, "number": 4},
        ]
    )


def test_cells_of_every_kind(env, orders):
    header, found = rows(
        env,
        "shop.product",
        "id",
        ".id",
        "name",
        "price",
        "active",
        "category_id",
        "Category/External ID",
        "picture",
    )
    assert header == ["id", ".id", "name", "price", "active", "category_id", "category_id/id", "picture"]
    assert found == [["x.pen", env.ref("x.pen").id, "Pen", Decimal("1.5"), True, "Tools", "x.tools", "AQI="]]
    _, found = rows(env, "shop.order", "customer", "date", "number", "state", "tag_ids", "line_count")
    assert found == [["Bob", "2024-02-29", "", "draft", "Blue,Red", 2], ["Ann", "", 4, "draft", "", 0]]


def test_lines_take_rows_of_their_own_and_links_lead_on(env, orders):
    _, found = rows(env, "shop.order", "customer", "line_ids/quantity")
    assert found == [["Bob", 1], ["", 2], ["Ann", ""]]
    assert rows(env, "shop.product", "name", "category_id/name")[1] == [["Pen", "Tools"]]


def test_records_are_chosen_ordered_and_bounded(env, orders):
    assert [row[0] for row in rows(env, "shop.order", "customer", order="customer")[1]] == ["Ann", "Bob"]
    assert rows(env, "shop.order", "customer", domain=[["number", "=", 4]])[1] == [["Ann"]]
    assert rows(
        env, "shop.order", "customer", domain=["|", ["number", "=", 4], ["customer", "=", "Bob"]], limit=1
    )[1] == [["Bob"]]


@pytest.mark.parametrize("order", [None, "name desc"])
def test_batches_follow_each_other_without_a_gap(env, monkeypatch, order):
    env["shop.tag"].create([{"name": f"{n:02}"} for n in range(10)])
    monkeypatch.setattr(exporter, "EXPORT_BATCH", 3)
    made = Exporter(env, "shop.tag", ExportOptions(columns=("name",), order=order))
    batches = list(made.batches())
    assert [len(batch) for batch in batches] == [3, 3, 3, 1]
    names = [row[0] for batch in batches for row in batch]
    assert names == sorted(names, reverse=order is not None)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ([["a", "=", 1]], [["a", "=", 1]]),
        (
            [["a", "=", 1], ["b", "=", 2], ["c", "=", 3]],
            ["&", "&", ["a", "=", 1], ["b", "=", 2], ["c", "=", 3]],
        ),
        (
            ["|", ["a", "=", 1], ["b", "=", 2], "!", ["c", "=", 3]],
            ["&", "|", ["a", "=", 1], ["b", "=", 2], "!", ["c", "=", 3]],
        ),
    ],
)
def test_domains_become_one_term(domain, expected):
    assert _joined(domain) == expected


def test_by_default_what_an_import_takes_back(env, orders):
    header, _ = rows(env, "shop.order")
    assert header[0] == ".id"
    assert {"customer", "number", "date", "state"} <= set(header)
    assert not {"summary", "total", "create_uid", "line_ids"} & set(header)


def test_what_cannot_be_is_refused_before_the_first_row(env):
    with pytest.raises(ValidationError) as error:
        Exporter(env, "shop.order", ExportOptions(columns=("custmer", "name/x", "customer")))
    assert [problem.path for problem in error.value.problems] == ["custmer", "name/x"]
    with pytest.raises(AccessError):
        Exporter(env.derive(uid=2, su=False), "shop.order", ExportOptions())


def test_the_number_of_statements_does_not_grow_with_rows(env):
    category = env["shop.category"].create({"name": "C"})
    env["shop.product"].create([{"name": f"P{n}", "category_id": category.id} for n in range(300)])
    before = env.tx.statements
    rows(env, "shop.product", "id", "name", "price", "category_id", "category_id/id")
    assert env.tx.statements - before < 12
