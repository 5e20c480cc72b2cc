import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.auth.keys import new_key
from entrepot.auth.session_ids import new_sid
from entrepot.observe.masking import MASK, MAX_TEXT, is_secret_name, masked, masked_text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "PASSWORD",
        "passwd",
        "user_pwd",
        "key",
        "api_key",
        "apiKey",
        "APIKEY",
        "keys",
        "token",
        "csrf_token",
        "accessToken",
        "secret",
        "client_secret",
        "Authorization",
        "authorisation",
        "sid",
        "SID",
        "session_id",
        "sessionId",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "idempotency_key",
        "credentials",
        "master_password",
    ],
)
def test_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "monkey",
        "keyword",
        "turkey",
        "inside",
        "side",
        "residence",
        "login",
        "tenant",
        "method",
        "compass",
        "author",
        "spinning",
        "request_id",
        "address",
        "statements",
    ],
)
def test_names_of_anything_else(name):
    assert not is_secret_name(name)


def canaries() -> list[tuple[str, str]]:
    key, sid = new_key().text, new_sid("acme")
    return [
        (key, key),
        (f"refused: {key}!", key),
        (sid, sid),
        (f"GET /x?sid={sid}&y=1", sid),
        ("Authorization: Bearer c4n4ry.c4n4ry", "c4n4ry"),
        ("authorization: basic YWRhOmM0bjRyeQ==", "YWRhOmM0bjRyeQ"),
        ("cannot reach postgresql://ada:c4n4ry@db.example/x", "c4n4ry"),
        ("password=c4n4ry", "c4n4ry"),
        ("new_password: 'c4n4ry with blanks', x", "c4n4ry"),
        ('{"db": "acme", "password": "c4n4ry \u00e9"}', "c4n4ry"),
        ("Key (api_key)=(c4n4ry) already exists", "c4n4ry"),
        ("/login?login=ada&token=c4n4ry&next=/", "c4n4ry"),
        ("- " * (MAX_TEXT // 2 - 10) + key, key[:20]),
    ]


@pytest.mark.parametrize(("text", "secret"), canaries(), ids=map(str, range(len(canaries()))))
def test_what_looks_like_a_secret_is_taken_out_of_a_text(text, secret):
    assert secret not in masked_text(text)
    assert MASK in masked_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "res.partner",
        "2001:db8::1",
        "the key to success",
        "https://example.org/a",
        "x=1, y=2",
        "a" * 64,
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert masked_text(text) == text


def test_the_value_under_the_name_of_a_secret_is_never_shown_however_deep():
    value = {"login": "ada", "more": [{"password": "c4n4ry", "keys": ["c4n4ry"]}, ("c4n4ry=no",)]}
    shown = masked("data", value)
    assert shown == {"login": "ada", "more": [{"password": MASK, "keys": MASK}, ["c4n4ry=no"]]}


def test_bytes_are_told_by_their_length_only():
    assert masked("body", b"c4n4ry") == "<6 bytes>"


def test_values_are_bounded():
    deep: object = "x"
    for _ in range(100):
        deep = [deep]
    assert len(str(masked("data", deep))) < 100
    assert len(masked("data", list(range(10_000)))) == 50
    assert len(masked("data", dict.fromkeys(range(10_000)))) == 50
    assert len(masked_text("x" * 1_000_000)) == MAX_TEXT + 1


@given(some.text(max_size=200) | some.from_regex(r"[a-z_=:' \"()-]{0,200}"))
def test_any_text_is_masked_without_failing_and_twice_is_once(text):
    once = masked_text(text)
    assert masked_text(once) == once or MASK in once
