import multiprocessing
import time

import pytest

from entrepot.auth.attempts import _SLOTS, Attempts, Limits, network_of
from entrepot.errors import RateLimited

LIMITS = Limits(pair=3, login=6, network=9, window_s=60)
SPAWN = multiprocessing.get_context("spawn")


def is_limited(
    attempts: Attempts, tenant: str = "acme", login: str | None = "ada", address: str = "192.0.2.1"
) -> bool:
    try:
        attempts.check(tenant, login, address)
    except RateLimited:
        return True
    return False


def test_a_login_from_a_network_may_fail_so_often_and_no_more(attempts):
    for _ in range(3):
        attempts.check("acme", "ada", "192.0.2.1")
        attempts.failed("acme", "ada", "192.0.2.1")
    assert is_limited(attempts)
    assert is_limited(attempts, address="192.0.2.99"), "the next address of the same network"


@pytest.mark.parametrize(
    ("tenant", "login", "address"),
    [
        ("acme", "bob", "192.0.2.1"),
        ("other", "ada", "192.0.2.1"),
        ("acme", "ada", "198.51.100.1"),
        ("acme", None, "192.0.2.1"),
    ],
    ids=["another login", "another tenant", "another network", "a key"],
)
def test_a_lock_out_of_one_pair_touches_nobody_else(attempts, tenant, login, address):
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    attempts.check(tenant, login, address)


def test_a_login_guessed_from_everywhere_is_limited(attempts):
    for network in range(6):
        attempts.failed("acme", "ada", f"203.0.{network}.1")
    assert is_limited(attempts, address="198.51.100.1")
    assert not is_limited(attempts, login="bob", address="198.51.100.1")


def test_a_network_that_tries_many_logins_is_limited(attempts):
    for login in range(9):
        attempts.failed("acme", f"user{login}", f"192.0.2.{login}")
    assert is_limited(attempts, login="somebody else")
    assert is_limited(attempts, tenant="other", login="somebody else")
    assert is_limited(attempts, login=None)
    assert not is_limited(attempts, login="somebody else", address="198.51.100.1")


def test_wrong_keys_count_for_their_network_alone(attempts):
    for _ in range(9):
        attempts.failed("acme", None, "192.0.2.1")
    assert is_limited(attempts, login=None)
    assert not is_limited(attempts, login=None, address="198.51.100.1")


def test_the_error_tells_when_to_come_again(attempts, seconds):
    seconds.now = 1_800_000_000 + 59.5 - 1_800_000_000 % 60
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    with pytest.raises(RateLimited) as caught:
        attempts.check("acme", "ada", "192.0.2.1")
    assert caught.value.data["retry_after_s"] == 1
    seconds.now += 1
    attempts.check("acme", "ada", "192.0.2.1")


def test_a_new_window_starts_at_zero(attempts, seconds):
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    seconds.now += 60
    attempts.failed("acme", "ada", "192.0.2.1")
    assert not is_limited(attempts)


def test_a_success_clears_its_own_pair_and_nothing_wider(attempts):
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    attempts.succeeded("acme", "ada", "192.0.2.1")
    assert not is_limited(attempts)
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    attempts.succeeded("acme", "ada", "192.0.2.1")
    assert is_limited(attempts), "six failures of the login stand"


def test_a_name_is_no_part_of_another(attempts):
    for _ in range(3):
        attempts.failed("ac", "meada", "192.0.2.1")
    assert not is_limited(attempts, tenant="acme", login="ada")


def test_odd_input_is_counted_too(attempts):
    for login in ("", "x" * 1_000_000, "\ud800", "a\0b"):
        for _ in range(3):
            attempts.failed("acme", login, f"host-{len(login)}")
        assert is_limited(attempts, login=login, address=f"host-{len(login)}")


def test_a_flood_of_other_names_does_not_flush_out_a_lock_out(attempts, monkeypatch):
    monkeypatch.setattr("entrepot.auth.attempts._BUCKETS", 1)
    for _ in range(3):
        attempts.failed("acme", "ada", "192.0.2.1")
    for flood in range(20 * _SLOTS):
        attempts.failed("acme", f"user{flood}", "")
    assert is_limited(attempts)


def test_counts_outlive_a_restart(tmp_path, seconds):
    path = tmp_path / "attempts"
    first = Attempts(path, LIMITS, seconds)
    for _ in range(3):
        first.failed("acme", "ada", "192.0.2.1")
    first.close()
    second = Attempts(path, LIMITS, seconds)
    assert is_limited(second)
    second.close()


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 600_000], ids=["empty", "short", "foreign"])
def test_a_damaged_file_starts_anew(tmp_path, seconds, content):
    path = tmp_path / "attempts"
    path.write_bytes(content)
    attempts = Attempts(path, LIMITS, seconds)
    assert not is_limited(attempts)
    attempts.failed("acme", "ada", "192.0.2.1")
    attempts.close()


def test_nobody_else_may_read_the_file_and_it_stays_small(tmp_path, attempts):
    for login in range(2000):
        attempts.failed("acme", f"user{login}", "")
    status = (tmp_path / "run" / "attempts").stat()
    assert status.st_mode & 0o777 == 0o600
    assert status.st_size < 1 << 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("192.0.2.1", "::ffff:192.0.2.77", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("somewhere", "somewhere", True),
        ("somewhere", "elsewhere", False),
        ("0.0.0.1", "::1", False),
    ],
)
def test_addresses_of_one_network_are_one(one, other, same):
    assert (network_of(one) == network_of(other)) is same


@pytest.mark.parametrize("attempts_", [0, 1, 10, 10**9])
def test_limits_around_any_setting_can_be_counted(attempts_):
    limits = Limits.around(attempts_, 60)
    assert 1 <= limits.pair < limits.login < limits.network <= 4095


def fail_often(path, times, started, go):
    attempts = Attempts(path, LIMITS, lambda: 1_800_000_000.0)
    started.release()
    go.wait()
    for turn in range(times):
        attempts.failed("acme", f"user{turn}", "")
    attempts.close()


def test_processes_that_fail_together_lose_no_count(tmp_path):
    path = tmp_path / "attempts"
    started, go = SPAWN.Semaphore(0), SPAWN.Event()
    workers = [SPAWN.Process(target=fail_often, args=(path, 300, started, go)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for _ in workers:
        assert started.acquire(timeout=60)
    go.set()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    attempts = Attempts(path, LIMITS, lambda: 1_800_000_000.0)
    assert all(is_limited(attempts, login=f"user{turn}", address="") for turn in range(300))
    attempts.close()


def test_a_lock_out_is_honoured_by_a_process_that_saw_no_failure(tmp_path, attempts):
    assert not is_limited(attempts)
    started, go = SPAWN.Semaphore(0), SPAWN.Event()
    go.set()
    for _ in range(3):
        worker = SPAWN.Process(target=fail_often, args=(tmp_path / "run" / "attempts", 1, started, go))
        worker.start()
        worker.join(60)
    assert is_limited(attempts, login="user0", address="")


def test_a_quiet_check_costs_next_to_nothing_and_a_failure_less_than_a_millisecond(tmp_path):
    attempts = Attempts(tmp_path / "attempts")

    def cost_us(work) -> float:
        rounds = []
        for _ in range(5):
            started = time.process_time()
            for _ in range(200):
                work()
            rounds.append((time.process_time() - started) / 200 * 1e6)
        return min(rounds)

    assert cost_us(lambda: attempts.check("acme", "ada", "192.0.2.1")) < 5
    assert cost_us(lambda: attempts.failed("acme", "bob", "198.51.100.1")) < 1000
    attempts.close()
