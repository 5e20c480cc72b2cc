"""SQLite files are shared with other processes, which may also vanish at any moment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

from entrepot.errors import MissingError, ValidationError
from entrepot.storage.sqlite import SqliteEngine
from entrepot.storage.sqlite_connection import open_file

PREAMBLE = """
import sys
from pathlib import Path
from entrepot.storage.sqlite import SqliteEngine
engine = SqliteEngine(Path(sys.argv[1]), durable=False)
store = engine.open("t")
def say(text):
    print(text, flush=True)
"""


@pytest.fixture
def other(tmp_path):
    """Start another process on the same folder; ask it by a line, hear it by a line."""
    started = []

    def start(code):
        command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(code), str(tmp_path / "data")]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def engine(sqlite_engine):
    sqlite_engine.create("t")
    with sqlite_engine.open("t").transaction(readonly=False) as tx:
        tx.execute("CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, v INTEGER)")
    return sqlite_engine


def hear(process):
    return process.stdout.readline().strip()


def tell(process):
    process.stdin.write("\n")
    process.stdin.flush()


def values(engine, name="t"):
    with engine.open(name).transaction(readonly=True) as tx:
        return [each for (each,) in tx.fetch("SELECT v FROM n ORDER BY id")]


WRITE = """
    say("ready")
    for at in range(200):
        with store.transaction(readonly=False) as tx:
            (count,) = tx.fetch("SELECT count(*) FROM n")[0]
            tx.insert("n", ["v"], ["integer"], [(count,)])
    say("done")
"""


def test_writers_of_several_processes_wait_for_each_other(engine, other):
    processes = [other(WRITE) for _ in range(2)]
    for process in processes:
        assert hear(process) == "ready"
    for process in processes:
        assert hear(process) == "done"
    assert values(engine) == list(range(400))


def test_a_killed_writer_leaves_whole_transactions(engine, other):
    process = other("""
        say("ready")
        while True:
            with store.transaction(readonly=False) as tx:
                tx.insert("n", ["v"], ["integer"], [(1,)] * 10)
    """)
    hear(process)
    while len(values(engine)) < 100:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(values(engine)) % 10 == 0
    with engine.open("t").transaction(readonly=False) as tx:
        assert tx.fetch("PRAGMA integrity_check") == [("ok",)]


HOLD = """
    from entrepot.errors import MissingError
    def try_it():
        try:
            with store.transaction(readonly=False) as tx:
                tx.insert("n", ["v"], ["integer"], [(7,)])
            say("written")
        except MissingError:
            say("missing")
    try_it()
    while sys.stdin.readline():
        try_it()
"""


def test_a_drop_is_noticed_by_other_processes(engine, other):
    process = other(HOLD)
    assert hear(process) == "written"
    engine.drop("t")
    tell(process)
    assert hear(process) == "missing"


def test_a_new_database_of_an_old_name_is_safe_from_those_who_held_the_old_one(engine, other):
    process = other(HOLD)
    assert hear(process) == "written"
    engine.drop("t")
    engine.create("t")
    with engine.open("t").transaction(readonly=False) as tx:
        tx.execute("CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, v INTEGER)")
        tx.insert("n", ["v"], ["integer"], [(1,)])
    tell(process)  # closes its old file, whose log had the same name as the new one's
    assert hear(process) == "written"
    process.stdin.close()
    process.wait()
    engine.close()
    assert values(engine) == [1, 7]


def test_a_rename_loses_no_write_of_other_processes(engine, other):
    process = other("""
        from entrepot.errors import MissingError
        say("ready")
        done = 0
        try:
            while True:
                with store.transaction(readonly=False) as tx:
                    tx.insert("n", ["v"], ["integer"], [(done,)])
                done += 1
        except MissingError:
            say(done)
    """)
    hear(process)
    while len(values(engine)) < 50:
        pass
    engine.rename("t", "new")
    assert int(hear(process)) == len(values(engine, "new"))


def test_a_log_left_by_a_killed_process_is_not_replayed_into_a_new_database(engine, tmp_path):
    folder = tmp_path / "data" / "tenants"
    with engine.open("t").transaction(readonly=False) as tx:
        tx.insert("n", ["v"], ["integer"], [(1,)])
    shutil.copy(folder / "t.db-wal", folder / "u.db-wal")
    engine.create("u")
    with engine.open("u").transaction(readonly=True) as tx:
        assert tx.fetch("SELECT name FROM sqlite_schema") == []


def test_unfinished_files_are_not_listed_and_swept_when_old(engine, tmp_path):
    import os

    folder = tmp_path / "data" / "tenants"
    old, young = folder / ".aa.new", folder / ".bb.new"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, 0))
    assert engine.names() == ["t"]
    SqliteEngine(tmp_path / "data").close()
    assert young.exists()
    assert not old.exists()


def test_a_foreign_sqlite_file_is_refused(engine, tmp_path):
    path = tmp_path / "foreign"
    raw = open_file(path, create=True)
    raw.execute("CREATE TABLE x (y)").fetchall()
    raw.close()
    with pytest.raises(ValidationError) as caught:
        engine.restore("r", path)
    assert caught.value.problems[0].code == "foreign"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER x AFTER INSERT ON n BEGIN DELETE FROM n; END",
        "CREATE VIEW x AS SELECT 1",
        "CREATE VIRTUAL TABLE x USING fts5(y)",
    ],
)
def test_a_dump_with_code_in_it_is_refused(engine, tmp_path, statement):
    path = tmp_path / "x"
    engine.dump("t", path)
    raw = open_file(path, create=False)
    raw.execute(statement).fetchall()
    raw.close()
    with pytest.raises(ValidationError) as caught:
        engine.restore("r", path)
    assert caught.value.problems[0].code == "active"
    with pytest.raises(MissingError):
        engine.open("r")
