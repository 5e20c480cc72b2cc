"""A key is made only for who gives the password again, is shown once, and belongs to its owner."""

from __future__ import annotations

from hashlib import sha256

import pytest

from entrepot.errors import AccessError, RateLimited, UserError, ValidationError


@pytest.fixture
def ann(env):
    user = env["res.users"].create({"name": "Ann", "login": "ann", "password": "secret"})
    env.flush()
    return user


def ask(env, user, **values):
    description = env["res.users.apikeys.description"].with_user(user.id).create({"name": "script", **values})
    action = description.make_key()
    assert action["res_model"] == "res.users.identitycheck"
    return env["res.users.identitycheck"].with_user(user.id).browse(action["res_id"])


def test_a_key_is_shown_once_and_kept_as_a_digest(env, ann):
    check = ask(env, ann, duration="30")
    check.write({"password": "secret"})
    action = check.run_check()
    assert action["res_model"] == "res.users.apikeys.show"
    text = action["context"]["default_key"]
    assert len(text) == 40
    key = env["res.users.apikeys"].search([("user_id", "=", ann.id)])
    assert (key.name, key.index, key.digest) == ("script", text[:8], sha256(text.encode()).hexdigest())
    assert (key.expiration_date - env.now()).days in {29, 30}
    assert not check.exists()


def test_a_wrong_password_makes_no_key(env, ann):
    check = ask(env, ann)
    check.write({"password": "guess"})
    with pytest.raises(UserError, match="Incorrect Password"):
        check.run_check()
    assert not check.password
    assert not env["res.users.apikeys"].search([("user_id", "=", ann.id)])


def test_guessing_ends_soon_however_many_checks_are_opened(env, ann):
    for _ in range(5):
        ask(env, ann).write({"password": "guess"})
    with pytest.raises(RateLimited):
        ask(env, ann).write({"password": "secret"})


def test_proof_cannot_be_written(env, ann):
    check = ask(env, ann)
    for values in ({"proven": True}, {"method": "unlink"}, {"failures": -100}):
        with pytest.raises(AccessError):
            check.write(values)


def test_a_check_belongs_to_its_user(env, ann):
    bob = env["res.users"].create({"name": "Bob", "login": "bob", "password": "other"})
    check = ask(env, ann)
    with pytest.raises(AccessError):
        check.with_user(bob.id).write({"password": "other"})
    with pytest.raises(AccessError):
        check.with_user(bob.id).run_check()


@pytest.mark.parametrize(
    "values", [{"duration": "0"}, {"duration": "-1"}, {"duration": "-1", "expiration_date": "2001-01-01"}]
)
def test_keys_of_users_end(env, ann, values):
    with pytest.raises(ValidationError):
        env["res.users.apikeys.description"].with_user(ann.id).create({"name": "script", **values})


def test_an_owner_sees_and_revokes_only_own_keys(env, ann):
    bob = env["res.users"].create({"name": "Bob", "login": "bob"})
    env.flush()
    for user in (ann, bob):
        env["res.users.apikeys"].with_user(user.id).mint(None, "k", None)
    mine = env["res.users.apikeys"].with_user(ann.id)
    assert mine.search([]).mapped("user_id") == ann
    theirs = env["res.users.apikeys"].search([("user_id", "=", bob.id)])
    with pytest.raises(AccessError):
        theirs.with_user(ann.id).unlink()
    with pytest.raises(AccessError):
        mine.create({"name": "x", "user_id": ann.id, "index": "0", "digest": "0"})
    with pytest.raises(AccessError):
        mine.search([]).read(["digest"])
    mine.search([]).remove()
    assert not mine.search([])
