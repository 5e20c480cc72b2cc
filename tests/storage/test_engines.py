"""What an engine promises about databases as a whole, on both engines."""

from __future__ import annotations

import threading

import pytest

from entrepot.errors import ConflictError, MissingError, ValidationError
from entrepot.storage.schema import apply


def fill(engine, name, tables, count=3):
    with engine.open(name).transaction(readonly=False) as tx:
        apply(tx, tables)
        tx.insert("partner", ["name"], ["text"], [(f"p{at}",) for at in range(count)])


def names_of(engine, name):
    with engine.open(name).transaction(readonly=True) as tx:
        return [each for (each,) in tx.fetch("SELECT name FROM partner ORDER BY id")]


@pytest.fixture
def full(engine, tables):
    engine.create("full")
    fill(engine, "full", tables)
    return engine


def test_a_new_engine_has_no_databases(engine):
    assert engine.names() == []
    assert not engine.exists("a")


def test_created_databases_are_listed_sorted(engine):
    for name in ("b", "a.b-c_D", "a"):
        engine.create(name)
    assert engine.names() == ["a", "a.b-c_D", "b"]
    assert engine.exists("a.b-c_D")


def test_a_taken_name_is_a_conflict(full):
    full.create("other")
    for order in (
        lambda: full.create("full"),
        lambda: full.duplicate("full", "other"),
        lambda: full.rename("full", "other"),
    ):
        with pytest.raises(ConflictError):
            order()
    assert names_of(full, "full") == ["p0", "p1", "p2"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\0", ".x", "a..b", "x" * 64, 'a"b'])
def test_names_that_are_none_are_refused(full, name):
    for order in (
        lambda: full.create(name),
        lambda: full.duplicate("full", name),
        lambda: full.rename("full", name),
    ):
        with pytest.raises(ValidationError):
            order()
    with pytest.raises(MissingError):
        full.open(name)
    assert not full.exists(name)
    assert not full.has_template(name)
    assert full.names() == ["full"]


def test_what_is_missing_is_missing(engine, tmp_path):
    for order in (
        lambda: engine.open("x"),
        lambda: engine.drop("x"),
        lambda: engine.rename("x", "y"),
        lambda: engine.duplicate("x", "y"),
        lambda: engine.freeze("x", "y"),
        lambda: engine.dump("x", tmp_path / "x"),
        lambda: engine.create("x", template="y"),
    ):
        with pytest.raises(MissingError):
            order()
    assert engine.names() == []


def test_one_name_is_one_store(full):
    assert full.open("full") is full.open("full")


def test_a_template_is_copied(full):
    full.freeze("full", "base-1")
    assert full.names() == []
    assert full.has_template("base-1")
    full.create("one", template="base-1")
    full.create("two", template="base-1")
    with full.open("one").transaction(readonly=False) as tx:
        assert tx.insert("partner", ["name"], ["text"], [("mine",)]) == [4]
    assert names_of(full, "one") == ["p0", "p1", "p2", "mine"]
    assert names_of(full, "two") == ["p0", "p1", "p2"]


def test_a_newer_template_replaces_the_older(full, tables):
    full.freeze("full", "base")
    full.create("full")
    fill(full, "full", tables, 1)
    full.freeze("full", "base")
    full.create("one", template="base")
    assert names_of(full, "one") == ["p0"]


def test_many_clones_at_once(full):
    full.freeze("full", "base")
    threads = [
        threading.Thread(target=full.create, args=(f"c{at}",), kwargs={"template": "base"}) for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert full.names() == ["c0", "c1", "c2", "c3"]
    assert names_of(full, "c3") == ["p0", "p1", "p2"]


def test_one_of_two_who_create_one_name_wins(engine):
    outcomes = []

    def create():
        try:
            engine.create("same")
            outcomes.append("made")
        except ConflictError:
            outcomes.append("taken")

    threads = [threading.Thread(target=create) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "taken", "taken"]


def test_a_duplicate_is_a_database_of_its_own(full):
    full.duplicate("full", "copy")
    with full.open("copy").transaction(readonly=False) as tx:
        assert tx.insert("partner", ["name"], ["text"], [("mine",)]) == [4]
        tx.insert("tag", ["partner_id"], ["integer"], [(4,)])
    assert names_of(full, "full") == ["p0", "p1", "p2"]


def test_a_duplicate_made_while_writing_is_consistent(full):
    stop = threading.Event()
    written = threading.Event()

    def write():
        while not stop.is_set():
            with full.open("full").transaction(readonly=False) as tx:
                ids = tx.insert("partner", ["name"], ["text"], [("pair",)] * 10)
                tx.insert("tag", ["partner_id"], ["integer"], [(each,) for each in ids])
            written.set()

    with full.open("full").transaction(readonly=True) as reader:  # keeps a connection busy all the while
        reader.fetch("SELECT 1")
        thread = threading.Thread(target=write)
        thread.start()
        written.wait(30)
        full.duplicate("full", "copy")
        stop.set()
        thread.join()
    with full.open("copy").transaction(readonly=True) as tx:
        pairs = tx.fetch("SELECT count(*) FROM partner WHERE name = 'pair'")
        assert pairs[0][0] >= 10
        assert tx.fetch("SELECT count(*) FROM tag") == pairs


def test_a_renamed_database_keeps_its_content(full):
    old = full.open("full")
    assert names_of(full, "full")
    full.rename("full", "new")
    assert full.names() == ["new"]
    assert names_of(full, "new") == ["p0", "p1", "p2"]
    with pytest.raises(MissingError), old.transaction(readonly=True) as tx:
        tx.fetch("SELECT 1")


def test_a_dropped_database_is_gone_for_those_who_held_it(full):
    old = full.open("full")
    assert names_of(full, "full")
    full.drop("full")
    assert full.names() == []
    for readonly in (True, False):
        with pytest.raises(MissingError), old.transaction(readonly=readonly) as tx:
            tx.fetch("SELECT 1")
    full.create("full")
    with full.open("full").transaction(readonly=True) as tx, pytest.raises(Exception, match="partner"):
        tx.fetch("SELECT * FROM partner")


def test_a_dump_comes_back_whole(full, tables, tmp_path):
    with full.open("full").transaction(readonly=False) as tx:
        tx.execute("UPDATE partner SET names = '{\"a\": \"\\\\n\"}', born = '2020-01-02', picture = NULL")
        tx.insert("tag", ["name", "partner_id"], ["text", "integer"], [("Zoë\t\n\\N", 2)])
        tx.execute("UPDATE partner SET main_tag_id = 1 WHERE id = 2")
        tx.execute("DELETE FROM partner WHERE id = 3")
    path = tmp_path / "full.dump"
    full.dump("full", path)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["full.dump"]
    full.restore("back", path)
    text = "SELECT id, name, names, born, main_tag_id FROM partner ORDER BY id"
    with (
        full.open("full").transaction(readonly=True) as a,
        full.open("back").transaction(readonly=False) as b,
    ):
        assert a.fetch(text) == b.fetch(text)
        assert a.fetch("SELECT * FROM tag") == b.fetch("SELECT * FROM tag")
        assert apply(b, tables) == []
        assert b.insert("partner", ["name"], ["text"], [("next",)]) == [4]
    assert full.names() == ["back", "full"]


def test_a_restore_over_a_name_is_a_conflict(full, tmp_path):
    full.dump("full", tmp_path / "x")
    with pytest.raises(ConflictError):
        full.restore("full", tmp_path / "x")


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped"])
def test_a_bad_file_makes_no_database(full, tmp_path, damage):
    path = tmp_path / "x"
    full.dump("full", path)
    content = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "text": b"CREATE TABLE x (id int);" * 1000,
            "cut": content[: len(content) // 2],
            "flipped": content[:200] + bytes(255 - each for each in content[200:-100]) + content[-100:],
        }[damage]
    )
    with pytest.raises(ValidationError):
        full.restore("back", path)
    assert full.names() == ["full"]


def test_a_few_stores_are_open_at_a_time(engine):
    engine._warm._limit = 2
    stores = []
    for at in range(4):
        engine.create(f"s{at}")
        stores.append(engine.open(f"s{at}"))
    with stores[0].transaction(readonly=True) as held:
        held.fetch("SELECT 1")
        for each in stores[1:]:
            with each.transaction(readonly=True) as tx:
                tx.fetch("SELECT 1")
        assert held.fetch("SELECT 2") == [(2,)]
    assert sum(len(each.pool._idle) for each in stores) <= 3
    with stores[3].transaction(readonly=True) as tx:
        tx.fetch("SELECT 1")
    assert sum(len(each.pool._idle) for each in stores) <= 2


def test_a_closed_engine_opens_again(full):
    full.close()
    assert names_of(full, "full") == ["p0", "p1", "p2"]


def test_many_threads_share_a_store(full):
    failures = []

    def read():
        try:
            for _ in range(30):
                assert len(names_of(full, "full")) == 3
        except Exception as error:  # noqa: BLE001 - reported below
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
