import multiprocessing

import pytest

from entrepot.auth.attempts import Attempts, Limits
from entrepot.auth.master import Master
from entrepot.auth.passwords import Cost, Passwords
from entrepot.errors import AccessDenied, RateLimited, ValidationError

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def master(tmp_path, passwords, attempts) -> Master:
    return Master(tmp_path, "from the settings", passwords, attempts)


def fits(master: Master, given: object) -> bool:
    try:
        master.verify(given, "192.0.2.1")
    except AccessDenied:
        return False
    return True


def test_the_setting_is_the_password_until_it_is_changed(master):
    master.verify("from the settings")
    master.change("from the settings", "changed")
    assert fits(master, "changed")
    assert not fits(master, "from the settings")
    master.change("changed", "changed again")
    assert fits(master, "changed again")


@pytest.mark.parametrize(
    "given", ["", None, False, 0, 7, b"from the settings", ["x"], "\ud800", "From the settings", "x" * 9999]
)
def test_anything_else_is_denied(master, given):
    assert not fits(master, given)


@pytest.mark.parametrize("given", ["", None, "admin", False])
def test_unset_everybody_is_denied_even_if_a_changed_one_is_stored(
    tmp_path, passwords, attempts, master, given
):
    master.change("from the settings", "admin")
    unset = Master(tmp_path, "", passwords, attempts)
    assert not fits(unset, given)


@pytest.mark.parametrize("new", ["", "x" * 5000, None])
def test_a_change_to_no_password_is_refused_and_changes_nothing(master, new):
    with pytest.raises(ValidationError):
        master.change("from the settings", new)
    assert fits(master, "from the settings")


def test_a_change_needs_the_old_one(master, tmp_path):
    with pytest.raises(AccessDenied):
        master.change("wrong", "mine now")
    assert not (tmp_path / "master.json").exists()


def test_too_many_failures_are_limited_even_for_the_right_one(master):
    for _ in range(3):
        assert not fits(master, "guess")
    with pytest.raises(RateLimited):
        master.verify("from the settings", "192.0.2.1")
    master.verify("from the settings", "198.51.100.1")


def test_failures_of_a_tenant_do_not_count_here(master, attempts):
    for _ in range(5):
        attempts.failed("acme", "master password", "192.0.2.1")
    master.verify("from the settings", "192.0.2.1")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"hash": null}', b'{"hash": "x"}', b"\xff" * 99999])
def test_a_damaged_file_opens_nothing(master, tmp_path, content):
    (tmp_path / "master.json").write_bytes(content)
    assert not fits(master, "from the settings")
    assert not fits(master, "x")


def test_only_a_hash_is_stored_for_the_owner_alone_and_no_draft_stays(master, tmp_path):
    master.change("from the settings", "a very secret one")
    file = tmp_path / "master.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in file.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["master.json", "run"]


def test_deleting_the_file_brings_the_setting_back(master, tmp_path):
    master.change("from the settings", "forgotten")
    (tmp_path / "master.json").unlink()
    assert fits(master, "from the settings")


def opened(data) -> Master:
    limits = Limits(pair=4000, login=4000, network=4000)
    return Master(
        data,
        "from the settings",
        Passwords(Cost(memory_kib=8, passes=1)),
        Attempts(data / "attempts", limits),
    )


def change_to_and_fro(data, ready, done) -> None:
    master = opened(data)
    ready.set()
    old = "from the settings"
    for turn in range(60):
        new = ("tick", "tock")[turn % 2]
        master.change(old, new)
        old = new
    done.set()


def test_a_change_is_seen_whole_and_at_once_by_another_process(tmp_path):
    master = opened(tmp_path)
    ready, done = SPAWN.Event(), SPAWN.Event()
    worker = SPAWN.Process(target=change_to_and_fro, args=(tmp_path, ready, done))
    worker.start()
    assert ready.wait(60)
    while not done.is_set():
        # A half-written file would open nothing and be told as None.
        try:
            assert master._stored() is not None
        except FileNotFoundError:
            continue
    worker.join(60)
    assert worker.exitcode == 0
    assert fits(master, "tock")
    assert not fits(master, "from the settings")
    master._attempts.close()
