from datetime import UTC, datetime, timedelta

import pytest

from entrepot.auth import keys

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_a_new_key_has_the_form_clients_expect_and_proves_itself():
    key = keys.new_key()
    assert keys.is_key(key.text)
    assert len(key.text) == 40
    assert key.index == keys.index(key.text) == key.text[:8]
    assert keys.is_same(key.digest, key.text)


def test_no_two_keys_are_alike():
    assert len({keys.new_key().text for _ in range(1000)}) == 1000


def test_what_is_stored_and_shown_does_not_hold_the_key():
    key = keys.new_key()
    assert key.text not in repr(key)
    assert key.text not in key.digest + key.index


@pytest.mark.parametrize("other", ["", "0" * 40, "é" * 40, "\ud800"])
def test_another_text_does_not_fit_a_digest(other):
    assert not keys.is_same(keys.new_key().digest, other)


@pytest.mark.parametrize("stored", ["", "é", "0" * 64])
def test_a_damaged_digest_fits_no_key(stored):
    assert not keys.is_same(stored, keys.new_key().text)


@pytest.mark.parametrize(
    "text", [None, 7, "", "0" * 39, "0" * 41, "G" * 40, "A" * 40, "0" * 40 + "\n", "\u0660" * 40]
)
def test_what_has_not_the_form_is_no_key(text):
    assert not keys.is_key(text)


@pytest.mark.parametrize(
    ("expires", "expired"),
    [(None, False), (NOW + timedelta(seconds=1), False), (NOW, True), (NOW - timedelta(days=1), True)],
)
def test_a_key_ends_at_its_moment(expires, expired):
    assert keys.is_expired(expires, NOW) is expired
