import hashlib
import io
import multiprocessing
import os

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.errors import ConflictError, MissingError, TooLarge, UserError
from entrepot.files.store import CHUNK_BYTES, FileStore, Swept

SPAWN = multiprocessing.get_context("spawn")
NOW = 1_800_000_000.0
BIG = bytes(range(256)) * 1024


@pytest.fixture
def store(tmp_path) -> FileStore:
    return FileStore(tmp_path / "acme", durable=False, clock=lambda: NOW)


def age(store: FileStore, key: str, seconds: float) -> None:
    os.utime(store.path(key), (NOW - seconds, NOW - seconds))


def all_files(store: FileStore) -> list[str]:
    return sorted(path.name for path in store.root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "content", [b"", b"a", b"x" * CHUNK_BYTES, BIG], ids=["empty", "small", "a chunk", "large"]
)
@pytest.mark.parametrize("durable", [False, True], ids=["fast", "durable"])
def test_bytes_a_stream_and_chunks_are_one_file_named_by_its_content(tmp_path, content, durable):
    store = FileStore(tmp_path / "acme", durable=durable)
    stored = store.put(content)
    assert stored.key == hashlib.sha256(content).hexdigest()
    assert stored.sha1 == hashlib.sha1(content).hexdigest()  # noqa: S324 - a name, no defence
    assert stored.size == len(content) == store.size(stored.key)
    assert store.put(io.BytesIO(content)) == stored
    assert store.put(content[at : at + 1000] for at in range(0, len(content), 1000)) == stored
    assert store.read(stored.key) == content
    assert all_files(store) == [stored.key]
    assert store.path(stored.key) == store.root / stored.key[:2] / stored.key


def test_a_file_is_read_in_bounded_chunks(store):
    chunks = list(store.open(store.put(BIG).key))
    assert max(map(len, chunks)) <= CHUNK_BYTES
    assert b"".join(chunks) == BIG


@given(first=some.integers(0, 300), length=some.integers(1, 300))
def test_any_range_is_the_slice_of_the_content(tmp_path_factory, first, length):
    store = FileStore(tmp_path_factory.getbasetemp() / "ranges", durable=False)
    key = store.put(BIG[:300]).key
    if first >= 300:
        with pytest.raises(UserError):
            store.open(key, first, first + length - 1)
    else:
        assert b"".join(store.open(key, first, first + length - 1)) == BIG[:300][first : first + length]


@pytest.mark.parametrize(("first", "last"), [(3, None), (99, 100), (-1, 2), (2, 1)])
def test_a_range_outside_the_file_is_refused(store, first, last):
    with pytest.raises(UserError):
        store.open(store.put(b"abc").key, first, last)


def test_an_empty_file_has_no_bytes_and_no_second_one(store):
    key = store.put(b"").key
    assert list(store.open(key)) == []
    with pytest.raises(UserError):
        store.open(key, 1)


def test_a_reader_that_stops_early_leaves_nothing_open(store):
    key = store.put(BIG).key
    with store.open(key) as chunks:
        next(chunks)
    assert chunks._file.closed
    del chunks
    store.open(key)


def test_a_file_being_read_survives_its_deletion(store):
    key = store.put(BIG).key
    chunks = store.open(key)
    next(chunks)
    store.path(key).unlink()
    assert sum(map(len, chunks)) == len(BIG) - CHUNK_BYTES


def test_a_file_cut_by_hand_is_told_and_not_answered_short(store):
    key = store.put(BIG).key
    chunks = store.open(key)
    os.truncate(store.path(key), CHUNK_BYTES)
    with pytest.raises(MissingError, match="damaged"):
        list(chunks)


KEYS = [
    "",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "0" * 63,
    "0" * 65,
    "A" * 64,
    "0" * 64 + "\n",
    "../" + "0" * 61,
    "0" * 62 + "/.",
    "\0" * 64,
    "\u0660" * 64,
    None,
    7,
]


@pytest.mark.parametrize("key", KEYS)
def test_what_cannot_be_a_key_is_no_file(store, key):
    assert not store.exists(key)
    for ask in (store.open, store.read, store.size, store.path):
        with pytest.raises(MissingError):
            ask(key)


def test_an_unknown_key_is_missing(store):
    assert not store.exists("0" * 64)
    for ask in (store.open, store.read, store.size, store.path):
        with pytest.raises(MissingError):
            ask("0" * 64)


def torn():
    yield BIG
    raise ConnectionResetError


def test_a_torn_upload_leaves_nothing(store):
    with pytest.raises(ConnectionResetError):
        store.put(torn())
    with store.upload() as upload:
        upload.write(BIG)
    assert all_files(store) == []


def test_a_file_past_the_bound_is_refused_and_leaves_nothing(store):
    assert store.put(b"abc", max_bytes=3).size == 3
    with pytest.raises(TooLarge):
        store.put((b"ab", b"cd"), max_bytes=3)
    assert len(all_files(store)) == 1


def test_a_full_disk_is_told_and_leaves_nothing(store, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left on device")

    durable = FileStore(store.root, durable=True)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        durable.put(BIG)
    assert all_files(store) == []


def test_a_file_that_power_loss_emptied_is_written_anew(store):
    key = store.put(BIG).key
    os.truncate(store.path(key), 0)
    store.put(BIG)
    assert store.read(key) == BIG


def test_nobody_else_may_read_the_files(store):
    key = store.put(b"abc").key
    assert store.path(key).stat().st_mode & 0o777 == 0o600
    assert store.path(key).parent.stat().st_mode & 0o777 == 0o700


def test_keys_come_in_order(store):
    keys = [store.put(str(number).encode()).key for number in range(50)]
    (store.root / "00").mkdir(exist_ok=True)
    (store.root / "00" / "note.txt").write_text("not ours")
    assert list(store.keys()) == sorted(keys)
    assert list(FileStore(store.root / "nowhere").keys()) == []


def test_a_sweep_deletes_what_is_old_and_not_referred_to(store):
    kept, old, young = (store.put(content).key for content in (b"kept", b"old", b"young"))
    age(store, kept, 1000)
    age(store, old, 1000)
    age(store, young, 10)
    assert store.delete_unreferenced({kept}, older_than_s=100) == Swept(1, 3)
    assert set(store.keys()) == {kept, young}
    assert store.delete_unreferenced({kept}, older_than_s=100) == Swept(0, 0)


def test_storing_again_makes_a_file_young(store):
    key = store.put(b"abc").key
    age(store, key, 1000)
    store.put(b"abc")
    assert store.delete_unreferenced(set(), older_than_s=100) == Swept(0, 0)


def test_a_file_stored_while_the_sweep_looks_at_it_comes_back(store, monkeypatch):
    key = store.put(b"abc").key
    age(store, key, 1000)
    rename = type(store.root).rename

    def late(path, target):
        # The other process gets in between the look and the removal.
        store.put(b"abc")
        return rename(path, target)

    monkeypatch.setattr(type(store.root), "rename", late)
    assert store.delete_unreferenced(set(), older_than_s=100) == Swept(0, 0)
    assert store.read(key) == b"abc"


def test_a_sweep_clears_forgotten_drafts_and_spares_running_uploads(store):
    with store.upload() as upload:
        upload.write(b"abc")
        os.utime(upload._draft, (NOW, NOW))
        forgotten = upload._draft.with_name("forgotten")
        forgotten.write_bytes(b"x")
        os.utime(forgotten, (NOW - 1000, NOW - 1000))
        store.delete_unreferenced(set(), older_than_s=100)
        assert not forgotten.exists()
        key = upload.finish().key
    assert store.read(key) == b"abc"


def test_a_copy_holds_every_file_and_lives_on_its_own(store, tmp_path):
    keys = {store.put(str(number).encode()).key for number in range(20)}
    store.copy_to(tmp_path / "copies" / "new")
    copy = FileStore(tmp_path / "copies" / "new", clock=lambda: NOW)
    assert set(copy.keys()) == keys
    for key in keys:
        age(store, key, 1000)
    store.delete_unreferenced(set(), older_than_s=100)
    assert list(store.keys()) == []
    assert {copy.read(key) for key in keys} == {str(number).encode() for number in range(20)}
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["new"]


def test_a_copy_without_hard_links_is_a_copy_too(store, tmp_path, monkeypatch):
    def unsupported(*_paths):
        raise OSError(95, "Operation not supported")

    key = store.put(BIG).key
    monkeypatch.setattr(os, "link", unsupported)
    FileStore(store.root, durable=True).copy_to(tmp_path / "new")
    assert FileStore(tmp_path / "new").read(key) == BIG


def test_a_copy_never_lands_on_another_store_and_a_failed_one_leaves_nothing(store, tmp_path, monkeypatch):
    store.put(BIG)
    (tmp_path / "taken").mkdir()
    with pytest.raises(ConflictError):
        store.copy_to(tmp_path / "taken")

    def full(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        store.copy_to(tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "taken"]


def test_the_copy_of_a_store_without_files_is_one(store, tmp_path):
    store.copy_to(tmp_path / "new")
    assert list(FileStore(tmp_path / "new").keys()) == []


def store_and_sweep(root, seed) -> None:
    store = FileStore(root, durable=False)
    for turn in range(150):
        content = f"content {turn % 7}".encode() * 50
        key = store.put(content).key
        # Everything is unreferenced, nothing is old: a sweep under way must not hurt who stores.
        store.delete_unreferenced(set(), older_than_s=30)
        if store.read(key) != content:
            raise AssertionError(seed)


def test_processes_store_the_same_files_and_sweep_together(tmp_path):
    workers = [SPAWN.Process(target=store_and_sweep, args=(tmp_path / "acme", seed)) for seed in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(all_files(FileStore(tmp_path / "acme"))) == 7
