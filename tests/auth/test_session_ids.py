import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.auth import session_ids
from entrepot.errors import ValidationError

SECRET = b"a secret of this server"
RANDOM = "A" * 43


@pytest.mark.parametrize("tenant", ["a", "acme", "Acme-2.shop_1", "x" * 63])
def test_a_session_id_tells_its_tenant(tenant):
    sid = session_ids.new_sid(tenant)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\..+", sid)
    assert session_ids.tenant_of(sid) == tenant


def test_no_two_session_ids_are_alike():
    assert len({session_ids.new_sid("acme") for _ in range(1000)}) == 1000


@pytest.mark.parametrize("tenant", ["", "..", "a/b", "a..b", "x" * 64, "é"])
def test_no_session_id_names_what_cannot_be_a_tenant(tenant):
    with pytest.raises(ValidationError):
        session_ids.new_sid(tenant)
    assert session_ids.tenant_of(f"{RANDOM}.{tenant}") is None


@pytest.mark.parametrize(
    "sid",
    [
        None,
        7,
        b"x",
        "",
        ".",
        "acme",
        f"{RANDOM}",
        f"{RANDOM[1:]}.acme",
        f"{RANDOM}A.acme",
        f"{RANDOM}.acme\n",
        f"{RANDOM}.../../etc/passwd",
        f"{RANDOM}." + "a" * 10_000_000,
    ],
)
def test_what_has_not_the_form_names_no_tenant(sid):
    assert session_ids.tenant_of(sid) is None


@given(some.text())
def test_any_text_is_answered(text):
    session_ids.tenant_of(text)
    assert len(session_ids.digest(text)) == 64


def test_the_stored_digest_is_not_the_id():
    sid = session_ids.new_sid("acme")
    assert session_ids.digest(sid) != session_ids.digest(sid + "a")
    assert sid not in session_ids.digest(sid)


def test_a_form_token_is_good_for_its_session_until_it_expires():
    token = session_ids.csrf_token(SECRET, "sid-1", expires_s=1000)
    assert session_ids.is_csrf_token(SECRET, "sid-1", token, now_s=999)
    assert not session_ids.is_csrf_token(SECRET, "sid-1", token, now_s=1000)
    assert not session_ids.is_csrf_token(SECRET, "sid-2", token, now_s=999)
    assert not session_ids.is_csrf_token(b"other", "sid-1", token, now_s=999)


def test_a_form_token_cannot_be_prolonged():
    token = session_ids.csrf_token(SECRET, "sid-1", expires_s=1000)
    assert not session_ids.is_csrf_token(SECRET, "sid-1", token.replace("o1000", "o9999"), now_s=999)


@pytest.mark.parametrize(
    "token", [None, "", "o", "x" * 64 + "o1000", "0" * 64, "0" * 64 + "o", "0" * 64 + "o1" + "0" * 99]
)
def test_what_is_no_form_token_is_refused(token):
    assert not session_ids.is_csrf_token(SECRET, "sid-1", token, now_s=0)


def test_without_a_secret_there_is_no_form_token():
    with pytest.raises(ValueError, match="secret"):
        session_ids.csrf_token(b"", "sid-1", expires_s=1000)
