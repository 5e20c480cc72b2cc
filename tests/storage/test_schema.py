"""A schema grows by what is missing, and only by that."""

from __future__ import annotations

import pytest

from entrepot.storage.schema import Index, Reference, TableColumn, TableSchema, apply, require, short_name
from entrepot.storage.violations import NotNullViolation, OutOfRange, UniqueViolation


def test_applying_twice_changes_nothing(shop, tables):
    with shop.transaction(readonly=False) as tx:
        assert apply(tx, tables) == []


def test_looking_costs_the_same_for_many_tables(shop, tables):
    more = [
        TableSchema(f"t{at}", (TableColumn("name", "text"),), (Index(f"t{at}_i", ("name",)),))
        for at in range(30)
    ]
    with shop.transaction(readonly=False) as tx:
        apply(tx, [*tables, *more])
    with shop.transaction(readonly=False) as tx:
        assert apply(tx, [*tables, *more]) == []
        assert tx.statements <= 3


def test_a_column_and_an_index_are_added(shop, tables):
    grown = TableSchema(
        "tag",
        (
            *tables[1].columns,
            TableColumn("code", "text", required=True),
            TableColumn("up_id", "integer", references=Reference("tag", "cascade")),
        ),
        (Index("tag_code", ("code",), unique=True, where="name IS NOT NULL"),),
    )
    with shop.transaction(readonly=False) as tx:
        assert len(apply(tx, [grown])) >= 3
        assert apply(tx, [grown]) == []
        (first,) = tx.insert("tag", ["code", "name"], ["text", "text"], [("a", "x")])
        tx.insert("tag", ["code", "up_id"], ["text", "integer"], [("a", first)])
        with pytest.raises(UniqueViolation), tx.savepoint():
            tx.insert("tag", ["code", "name"], ["text", "text"], [("a", "y")])
        with pytest.raises(NotNullViolation), tx.savepoint():
            tx.insert("tag", ["name"], ["text"], [("z",)])
        tx.execute(f"DELETE FROM tag WHERE id = {first}")
        assert tx.fetch("SELECT * FROM tag") == []


def test_a_required_column_waits_until_every_row_has_it(shop, tables):
    grown = TableSchema("tag", (*tables[1].columns, TableColumn("code", "text", required=True)))
    with shop.transaction(readonly=False) as tx:
        tx.insert("tag", ["name"], ["text"], [("a",)])
        apply(tx, [grown])
        assert require(tx, "tag", "code") is False
        tx.execute("UPDATE tag SET code = 'x'")
        assert require(tx, "tag", "code") is True
        with pytest.raises(NotNullViolation), tx.savepoint():
            tx.insert("tag", ["name"], ["text"], [("z",)])


def test_rows_that_forbid_a_unique_index_are_told(shop, tables):
    with shop.transaction(readonly=False) as tx:
        tx.insert("tag", ["name"], ["text"], [("a",), ("a",)])
    grown = TableSchema("tag", tables[1].columns, (Index("tag_name", ("name",), unique=True),))
    with pytest.raises(UniqueViolation), shop.transaction(readonly=False) as tx:
        apply(tx, [grown])
    with shop.transaction(readonly=False) as tx:
        assert len(apply(tx, [grown])) == 1 if tx.execute("DELETE FROM tag") else False


def test_nothing_is_dropped(shop, tables):
    with shop.transaction(readonly=False) as tx:
        assert apply(tx, [TableSchema("tag", ())]) == []
        tx.insert("tag", ["name"], ["text"], [("a",)])


def test_long_names_of_indexes_stay_apart(store):
    name = "i" * 70
    table = TableSchema(
        "t",
        (TableColumn("a", "text"), TableColumn("b", "text")),
        (Index(name + "a", ("a",)), Index(name + "b", ("b",))),
    )
    with store.transaction(readonly=False) as tx:
        assert len(apply(tx, [table])) == 3
        assert apply(tx, [table]) == []
    assert len(short_name("é" * 60).encode()) <= 63


def test_long_names_of_tables_are_refused(store):
    with pytest.raises(OutOfRange), store.transaction(readonly=False) as tx:
        apply(tx, [TableSchema("t" * 64, ())])


def test_odd_names_are_quoted(store):
    table = TableSchema(
        'or"der',
        (
            TableColumn("select", "text"),
            TableColumn("a b", "integer", references=Reference('or"der', "set null")),
        ),
        (Index('i"x', ("select",), unique=True),),
    )
    with store.transaction(readonly=False) as tx:
        apply(tx, [table])
        assert apply(tx, [table]) == []
        assert tx.insert('or"der', ["select", "a b"], ["text", "integer"], [("x", None)]) == [1]
