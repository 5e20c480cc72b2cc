from __future__ import annotations

import json
import xmlrpc.client
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from entrepot.doors.trees import tree_rows
from entrepot.doors.values import to_json
from entrepot.doors.xmlrpc.encode import response
from entrepot.table import Column
from entrepot.tree import Branch, Tree

LINES = Tree(
    (Column("qty", "float", 2), Column("id", "integer", 0)),
    [(11, 1, 2.5), (12, 2, None), (13, 1, 4.0)],
)
PARTNER = Tree((Column("name", "text", 1),), [(7, "Ann")])
ROOT = Tree(
    (
        Column("id", "integer", 0),
        Column("total", "decimal", 1, 2),
        Branch("partner_id", True, 2, PARTNER),
        Column("at", "datetime", 3),
        Branch("line_ids", False, 0, LINES),
        Column("file", "size", 4),
        Column("seen", "value", 5),
    ),
    [
        (1, 1250, 7, "2026-01-31 23:30:59", "abc.12", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (2, Decimal("3.50"), 8, None, None, None),
        (3, None, None, None, None, date(2026, 1, 2)),
    ],
)
SPELLED = [
    {
        "id": 1,
        "total": 12.5,
        "partner_id": {"name": "Ann"},
        "at": "2026-01-31 23:30:59",
        "line_ids": [{"qty": 2.5, "id": 11}, {"qty": 4.0, "id": 13}],
        "file": 12,
        "seen": "2026-01-02 03:04:05",
    },
    {
        "id": 2,
        "total": 3.5,
        "partner_id": False,
        "at": False,
        "line_ids": [{"qty": 0.0, "id": 12}],
        "file": False,
        "seen": False,
    },
    {
        "id": 3,
        "total": 0.0,
        "partner_id": False,
        "at": False,
        "line_ids": [],
        "file": False,
        "seen": "2026-01-02",
    },
]


def test_a_tree_is_spelled_with_its_branches():
    assert json.loads(to_json(tree_rows(ROOT, empty=False), empty=None)) == SPELLED


def test_members_keep_their_order():
    assert list(tree_rows(ROOT, empty=False)[0]) == list(SPELLED[0])


def test_legacy_moments_have_no_seconds():
    first, second, third = json.loads(to_json(tree_rows(ROOT, empty=False, legacy=True), empty=None))
    assert (first["at"], first["seen"]) == ("2026-01-31-23-30", "2026-01-02-03-04")
    assert (second["at"], second["seen"], third["seen"]) == (False, False, "2026-01-02")


def test_the_general_speller_knows_trees():
    assert json.loads(to_json({"a": [ROOT]}, empty=False)) == {"a": [SPELLED]}
    assert json.loads(to_json(Tree((), [(1,), (2,)]), empty=False)) == [{}, {}]


def test_empty_may_be_null():
    assert tree_rows(ROOT, empty=None)[1]["partner_id"] is None


def test_inside_values_are_dates_decimals_and_none():
    found = list(ROOT.dicts())
    assert found[0]["total"] == Decimal("12.50")
    assert found[0]["at"] == datetime(2026, 1, 31, 23, 30, 59, tzinfo=UTC)
    assert found[0]["line_ids"] == [{"qty": 2.5, "id": 11}, {"qty": 4.0, "id": 13}]
    assert found[1]["partner_id"] is None
    assert found[2]["line_ids"] == []
    assert found[0]["file"] == 12
    assert len(ROOT) == 3


def test_xml_rpc_knows_trees():
    (value,), _ = xmlrpc.client.loads(response({"result": ROOT}))
    assert value["result"] == SPELLED


@pytest.mark.parametrize("name", ['quo"te', "new\nline", "{brace}", "ünï"])
def test_names_of_members_are_only_names(name):
    tree = Tree((Column(name, "integer", 0), Branch(name + "x", False, 0, LINES)), [(1,)])
    assert list(tree_rows(tree, empty=False)[0]) == [name, name + "x"]
