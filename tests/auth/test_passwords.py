import threading
import time

import pytest
from argon2.low_level import ARGON2_VERSION

from entrepot.auth.passwords import MAX_BYTES, Cost, Passwords
from entrepot.errors import ValidationError

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


@pytest.mark.parametrize(
    "password",
    ["a", "correct horse", "пароль", "🔑" * 100, " blanks count ", "null\0inside", "x" * MAX_BYTES],
    ids=["one letter", "words", "cyrillic", "emoji", "blanks", "NUL", "longest"],
)
def test_a_password_fits_its_hash_and_no_other(passwords, password):
    stored = passwords.hash(password)
    assert passwords.verify(stored, password)
    assert not passwords.verify(stored, password[:-1] + "?")
    assert not passwords.verify(passwords.hash(password + "?" if len(password) < 99 else "other"), password)


def test_a_hash_is_argon2id_of_the_owasp_cost_by_default():
    assert Passwords().hash("a").startswith(f"$argon2id$v={ARGON2_VERSION}$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "password", ["", "x" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1), "\ud800", None, False, 7]
)
def test_what_can_be_no_password_is_never_hashed_nor_verified(passwords, password):
    with pytest.raises(ValidationError):
        passwords.hash(password)
    assert not passwords.verify(passwords.hash("a"), password)
    assert not passwords.verify(None, password)


@pytest.mark.parametrize("stored", [None, "", "a", "$argon2id$nonsense", "$pbkdf2-sha512$25000$x$y"])
def test_without_a_usable_hash_no_password_fits(passwords, stored):
    assert not passwords.verify(stored, "a")


def test_a_hash_that_would_take_the_machine_is_not_computed(passwords):
    started = time.process_time()
    stored = "$argon2id$v=19$m=4194304,t=50,p=4$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
    assert not passwords.verify(stored, "a")
    assert time.process_time() - started < 1


def test_an_unknown_login_works_as_hard_as_a_known_one():
    passwords = Passwords(Cost(memory_kib=1024, passes=2, lanes=1))
    stored = passwords.hash("right")

    def cost(known: str | None) -> float:
        tries = []
        for _ in range(15):
            started = time.process_time()
            passwords.verify(known, "wrong")
            tries.append(time.process_time() - started)
        return sorted(tries)[len(tries) // 2]

    known, unknown = cost(stored), cost(None)
    assert 0.5 < unknown / known < 2


def test_a_hash_of_another_cost_is_to_be_made_anew(passwords):
    assert not passwords.needs_rehash(passwords.hash("a"))
    assert passwords.needs_rehash(Passwords(Cost(memory_kib=16, passes=1, lanes=1)).hash("a"))
    assert passwords.needs_rehash("no hash")


def test_only_so_many_hashes_are_computed_together():
    passwords = Passwords(CHEAP, at_once=2)
    running, most = 0, 0
    lock, full = threading.Lock(), threading.Barrier(2, timeout=10)
    original = passwords._hasher.verify

    class Counting:
        def verify(self, stored, secret):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            full.wait()
            with lock:
                running -= 1
            return original(stored, secret)

    stored = passwords.hash("a")
    passwords._hasher = Counting()
    threads = [threading.Thread(target=passwords.verify, args=(stored, "a")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == 2
