"""What a transaction promises, on both stores."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal

import psycopg
import pytest

from entrepot.storage.abc import Kind, Store, Transaction
from entrepot.storage.sql import SQL, Slot, ident, plan
from entrepot.storage.violations import (
    ForeignKeyViolation,
    NotNullViolation,
    OutOfRange,
    ReadOnlyViolation,
    SerializationFailure,
    UniqueViolation,
)


def run(tx: Transaction, template: str, *args: object) -> list[tuple[object, ...]]:
    made = plan(SQL(template, *args), tx.dialect)
    return tx.fetch(made.text, made.bind([]))


def add(tx: Transaction, *names: str) -> list[int]:
    return tx.insert("partner", ["name"], ["text"], [(name,) for name in names])


def count(store: Store) -> int:
    with store.transaction(readonly=True) as tx:
        return tx.fetch("SELECT count(*) FROM partner", alone=True)[0][0]


RAW: list[tuple[Kind, str, object]] = [
    ("integer", "age", -3),
    ("bigint", "big", 2**53),
    ("float", "weight", 0.1),
    ("date", "born", "1999-12-31"),
    ("datetime", "seen", "2024-02-29 23:59:59"),
    ("text", "ref", "Zoë \\ \"quoted\" 'text' {a,b} 日本\n\t%_"),
    ("bytes", "picture", b"\0\xff\\x"),
]


@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize(("kind", "column", "value"), RAW, ids=[each[0] for each in RAW])
def test_a_raw_value_comes_back_as_it_was_given(shop, kind, column, value, rows):
    with shop.transaction(readonly=False) as tx:
        given = [("n", value if at == 0 else None) for at in range(rows)]
        ids = tx.insert("partner", ["name", column], ["text", kind], given)
        for got in (
            run(tx, "SELECT {} FROM partner WHERE id = {}", ident(column), ids[0]),
            run(tx, "SELECT {} FROM partner WHERE {} = {}", ident(column), ident(column), value),
        ):
            assert got == [(value,)]
            assert type(got[0][0]) is type(value)


def test_booleans_may_be_given_as_numbers(shop):
    with shop.transaction(readonly=False) as tx:
        tx.insert(
            "partner", ["name", "active"], ["text", "boolean"], [("a", True), ("b", 0), ("c", 1), ("d", None)]
        )
        tx.insert("partner", ["name", "active"], ["text", "boolean"], [("e", 1)])
        assert run(tx, "SELECT name FROM partner WHERE active = {} ORDER BY name", True) == [
            ("a",),
            ("c",),
            ("e",),
        ]
        assert run(tx, "SELECT active FROM partner ORDER BY name") == [(1,), (0,), (1,), (None,), (1,)]


def test_decimals_are_exact(shop):
    given = Decimal("12345678901234.5678") if shop.dialect.exact_decimals else 123456789012345678
    with shop.transaction(readonly=False) as tx:
        for rows in (1, 10):
            ids = tx.insert("partner", ["name", "amount"], ["text", "decimal"], [("a", given)] * rows)
            got = run(tx, "SELECT amount FROM partner WHERE id = {}", ids[-1])
            assert got == [(given,)]
            assert type(got[0][0]) is type(given)


@pytest.mark.parametrize("rows", [1, 10])
def test_json_is_text_with_the_same_meaning(shop, rows):
    with shop.transaction(readonly=False) as tx:
        tx.insert(
            "partner",
            ["name", "names"],
            ["text", "json"],
            [("a", '{"en_US": "A \\"b\\"", "fr_FR": null}')] * rows,
        )
        key = tx.dialect.json_get(ident("names"), "en_US")
        assert run(
            tx, "SELECT {}, {} FROM partner LIMIT 1", key, tx.dialect.json_get(ident("names"), "fr_FR")
        ) == [('A "b"', None)]
        assert isinstance(run(tx, "SELECT names FROM partner LIMIT 1")[0][0], str)


@pytest.mark.parametrize("rows", [1, 2, 4, 5, 1000])
def test_ids_come_in_the_order_of_the_rows(shop, rows):
    with shop.transaction(readonly=False) as tx:
        ids = add(tx, *(f"p{at}" for at in range(rows)))
        assert len(set(ids)) == rows
        assert dict(tx.fetch("SELECT id, name FROM partner")) == {
            each: f"p{at}" for at, each in enumerate(ids)
        }


@pytest.mark.parametrize("rows", [1, 10])
def test_an_id_is_never_given_twice(shop, rows):
    with shop.transaction(readonly=False) as tx:
        first = add(tx, *["x"] * rows)
    with shop.transaction(readonly=False) as tx:
        tx.execute("DELETE FROM partner")
    with shop.transaction(readonly=False) as tx:
        assert min(add(tx, *["x"] * rows)) > max(first)


def test_inserting_nothing_is_fine(shop):
    with shop.transaction(readonly=False) as tx:
        assert add(tx) == []
        assert len(tx.insert("tag", [], [], [(), ()])) == 2


def test_an_exception_undoes_everything(shop):
    with pytest.raises(KeyError), shop.transaction(readonly=False) as tx:  # noqa: PT012 - what came before is undone
        add(tx, "a", "b")
        raise KeyError
    assert count(shop) == 0


def test_a_savepoint_undoes_its_part_alone(shop):
    with shop.transaction(readonly=False) as tx:
        add(tx, "kept")
        with pytest.raises(UniqueViolation), tx.savepoint():  # noqa: PT012 - what came before is undone too
            tx.insert("partner", ["name", "ref"], ["text", "text"], [("a", "1")])
            with tx.savepoint():
                add(tx, "inner")
            tx.insert("partner", ["name", "ref"], ["text", "text"], [("b", "1")])
        with tx.savepoint():
            add(tx, "kept too")
    assert count(shop) == 2


@pytest.mark.parametrize(
    "write",
    [
        lambda tx: tx.execute("DELETE FROM partner"),
        lambda tx: tx.execute_many("DELETE FROM partner", [()]),
        lambda tx: add(tx, "b"),
        lambda tx: tx.fetch("DELETE FROM partner RETURNING id"),
        lambda tx: tx.fetch("DELETE FROM partner RETURNING id", alone=True),
        lambda tx: tx.fetch("WITH x AS (SELECT 1) DELETE FROM partner RETURNING id", alone=True),
    ],
)
def test_a_readonly_transaction_refuses_to_write(shop, write):
    with shop.transaction(readonly=False) as tx:
        add(tx, "a")
    with pytest.raises(ReadOnlyViolation), shop.transaction(readonly=True) as tx:
        write(tx)
    assert count(shop) == 1


def test_a_readonly_transaction_sees_one_snapshot(shop):
    with shop.transaction(readonly=True) as reader:
        assert reader.fetch("SELECT count(*) FROM partner") == [(0,)]
        with shop.transaction(readonly=False) as writer:
            add(writer, "a")
        assert reader.fetch("SELECT count(*) FROM partner") == [(0,)]
    assert count(shop) == 1


def test_statements_are_counted(shop):
    with shop.transaction(readonly=False) as tx:
        tx.fetch("SELECT 1")
        add(tx, *map(str, range(10)))
        tx.execute_many("UPDATE partner SET age = 1 WHERE id = " + tx.dialect.placeholder(1), [(1,), (2,)])
        assert tx.execute("UPDATE partner SET age = 2") == 10
        assert tx.statements == 4


def test_a_unique_violation_names_table_and_columns(shop):
    with pytest.raises(UniqueViolation) as caught, shop.transaction(readonly=False) as tx:
        tx.insert("partner", ["name", "ref"], ["text", "text"], [("a", "1"), ("b", "1")])
    assert (caught.value.table, caught.value.columns) == ("partner", ("ref",))


def test_an_empty_required_column_is_named(shop):
    with pytest.raises(NotNullViolation) as caught, shop.transaction(readonly=False) as tx:
        tx.insert("partner", ["name"], ["text"], [(None,)])
    assert (caught.value.table, caught.value.columns) == ("partner", ("name",))


def test_references_are_kept(shop):
    with shop.transaction(readonly=False) as tx:
        (parent,) = add(tx, "parent")
        tx.insert("partner", ["name", "parent_id"], ["text", "integer"], [("child", parent)])
        with pytest.raises(ForeignKeyViolation), tx.savepoint():
            tx.execute(f"DELETE FROM partner WHERE id = {parent}")
        with pytest.raises(ForeignKeyViolation), tx.savepoint():
            tx.insert("partner", ["name", "parent_id"], ["text", "integer"], [("orphan", 999)])
    assert count(shop) == 2


def test_removal_cascades_and_empties_as_declared(shop):
    with shop.transaction(readonly=False) as tx:
        (tag,) = tx.insert("tag", ["name"], ["text"], [("t",)])
        (partner,) = tx.insert("partner", ["name", "main_tag_id"], ["text", "integer"], [("p", tag)])
        tx.execute(f"INSERT INTO partner_tag (partner_id, tag_id) VALUES ({partner}, {tag})")
        tx.execute("DELETE FROM tag")
        assert tx.fetch("SELECT main_tag_id FROM partner") == [(None,)]
        assert tx.fetch("SELECT * FROM partner_tag") == []


@pytest.mark.parametrize("rows", [1, 10])
@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [("big", "bigint", 2**70), ("age", "integer", "x"), ("name", "text", "\ud800")],
)
def test_what_does_not_fit_is_out_of_range(shop, column, kind, value, rows):
    columns = [column] if column == "name" else ["name", column]
    row = (value,) if column == "name" else ("n", value)
    with pytest.raises(OutOfRange), shop.transaction(readonly=False) as tx:
        tx.insert("partner", columns, ["text", kind][-len(columns) :], [row] * rows)


def test_an_ignoring_insert_skips_what_is_there(shop):
    text = shop.dialect.insert_ignoring("partner_tag", ["partner_id", "tag_id"])
    with shop.transaction(readonly=False) as tx:
        (tag,) = tx.insert("tag", ["name"], ["text"], [("t",)])
        (partner,) = add(tx, "p")
        tx.execute_many(text, [(partner, tag), (partner, tag)])
        assert tx.fetch("SELECT partner_id, tag_id FROM partner_tag") == [(partner, tag)]


def test_writers_do_not_lose_updates(shop):
    with shop.transaction(readonly=False) as tx:
        tx.insert("partner", ["name", "age"], ["text", "integer"], [("counter", 0)])
    failures = []

    def raise_age() -> None:
        for _ in range(10):
            while True:
                try:
                    with shop.transaction(readonly=False) as tx:
                        (age,) = tx.fetch("SELECT age FROM partner")[0]
                        tx.execute(f"UPDATE partner SET age = {age + 1}")
                    break
                except SerializationFailure as error:
                    failures.append(error)

    threads = [threading.Thread(target=raise_age) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shop.transaction(readonly=True) as tx:
        assert tx.fetch("SELECT age FROM partner") == [(30,)]
    if shop.dialect.name == "sqlite":
        assert failures == []


def test_a_plan_runs_often_with_other_values(shop):
    found = plan(
        SQL(
            "SELECT name FROM partner WHERE {} ORDER BY name",
            shop.dialect.among(ident("id"), Slot(0), "integer"),
        ),
        shop.dialect,
    )
    with shop.transaction(readonly=False) as tx:
        ids = add(tx, *"abcdef")
        for size in (0, 1, 6, 1000, 3):
            wanted = [*ids, *range(10_000, 11_000)][:size]
            assert tx.fetch(found.text, found.bind([wanted])) == [(name,) for name in "abcdef"[:size]]


def test_a_swallowed_error_never_looks_like_a_commit(shop):
    """SQLite goes on after a refused statement; PostgreSQL cannot, and must say so at the end."""
    try:
        with shop.transaction(readonly=False) as tx:
            add(tx, "a")
            with contextlib.suppress(NotNullViolation):
                tx.insert("partner", ["name"], ["text"], [(None,)])
    except psycopg.errors.InFailedSqlTransaction:
        assert count(shop) == 0
    else:
        assert count(shop) == 1


def test_a_writer_that_would_wait_for_itself_is_told(sqlite_engine):
    sqlite_engine.create("t")
    store = sqlite_engine.open("t")
    with (
        store.transaction(readonly=False),
        pytest.raises(RuntimeError),
        store.transaction(readonly=False),
    ):
        pass
    with store.transaction(readonly=False) as tx:
        assert tx.fetch("SELECT 1") == [(1,)]
