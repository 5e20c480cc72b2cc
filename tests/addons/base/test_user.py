"""Users: passwords never come back, rights never widen by themselves, preferences are one's own."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessDenied, AccessError, UserError, ValidationError


@pytest.fixture
def make(env):
    def make(login, *groups, **values):
        named = {"name": login.title(), "login": login, **values}
        if groups:
            named["groups_id"] = [env.ref(group).id for group in groups]
        user = env["res.users"].create(named)
        env.flush()
        return user

    return make


def test_a_user_is_a_contact_with_a_login(env, make):
    user = make("ann@x.org")
    assert (user.partner_id.name, user.email, user.name) == ("Ann@X.Org", "ann@x.org", "Ann@X.Org")
    user.write({"name": "Ann", "phone": "1"})
    assert (user.partner_id.name, user.partner_id.phone) == ("Ann", "1")
    assert user.company_id == env.company
    assert env.ref("base.group_user") in user.groups_id
    assert not user.share


def test_a_login_belongs_to_one_user(env, make):
    make("ann")
    with pytest.raises(ValidationError):
        make("ann")


def test_a_password_is_kept_as_a_hash_and_never_read(env, make):
    user = make("ann", password="secret")
    assert user.password_fits("secret")
    assert not user.password_fits("Secret")
    assert not user.password
    assert user.password_hash.startswith("$argon2id$")
    [row] = user.with_user(2).read(["login", "password"]).dicts()
    assert not row["password"]
    with pytest.raises(AccessError):
        user.with_user(2).read(["password_hash"])
    with pytest.raises(AccessError):
        env["res.users"].with_user(2).search([("password_hash", "like", "$argon")])


def test_changing_a_password_needs_the_old_one(env, make):
    user = make("ann", password="old")
    own = env["res.users"].with_user(user.id)
    with pytest.raises(AccessDenied):
        own.change_password("wrong", "new")
    with pytest.raises(UserError):
        own.change_password("old", "")
    assert own.change_password("old", "new") is True
    assert user.password_fits("new")


def test_a_new_password_ends_sessions(env, make):
    user = make("ann", password="old")
    env["res.users.session"].create({"digest": "0" * 64, "user_id": user.id, "expires": env.now()})
    user.write({"password": "new"})
    assert not env["res.users.session"].search([("user_id", "=", user.id)])


def test_users_change_their_own_preferences_only(env, make):
    ann, bob = make("ann"), make("bob")
    ann.with_user(ann.id).write({"tz": "Europe/Paris", "email": "a@y.org", "signature": "<p>A</p>"})
    assert (ann.tz, ann.email) == ("Europe/Paris", "a@y.org")
    with pytest.raises(AccessError):
        bob.with_user(ann.id).write({"tz": "Europe/Paris"})
    for values in ({"login": "root"}, {"groups_id": [env.ref("base.group_system").id]}, {"active": False}):
        with pytest.raises(AccessError):
            ann.with_user(ann.id).write(values)


def test_nobody_makes_an_administrator_without_being_one(env, make):
    keeper = make("keeper", "base.group_erp_manager")
    system = env.ref("base.group_system")
    with pytest.raises(AccessError):
        env["res.users"].with_user(keeper.id).create({"name": "x", "login": "x", "groups_id": [system.id]})
    with pytest.raises(AccessError):
        env.ref("base.user_admin").with_user(keeper.id).write({"password": "mine"})


def test_who_manages_rights_makes_users(env, make):
    keeper = make("keeper", "base.group_erp_manager")
    made = env["res.users"].with_user(keeper.id).create({"name": "x", "login": "x", "password": "p"})
    assert made.sudo().password_fits("p")
    made.write({"groups_id": [(4, env.ref("base.group_partner_manager").id)], "active": False})
    assert not made.active


def test_nobody_becomes_an_administrator_without_being_one(env, make):
    keeper = make("keeper", "base.group_erp_manager")
    with pytest.raises(AccessError):
        keeper.with_user(keeper.id).write({"groups_id": [(4, env.ref("base.group_system").id)]})


def test_implied_groups_count(env, make):
    boss = make("boss", "base.group_system")
    own = env["res.users"].with_user(boss.id)
    assert own.browse(boss.id).has_group("base.group_user")
    assert not own.browse(boss.id).has_group("base.group_portal")
    assert not own.has_group("base.no_such_group")
    ann = make("ann")
    assert not ann.with_user(boss.id).has_group("base.group_system")
    assert ann.with_user(boss.id).has_group("base.group_no_one")
    assert set(env.ref("base.group_system").trans_implied_ids.mapped("name")) >= {
        "Access Rights",
        "Internal User",
    }


def test_a_user_is_of_one_kind(env, make):
    with pytest.raises(ValidationError, match="one type"):
        make("both", "base.group_user", "base.group_portal")


def test_share_follows_what_groups_imply(env, make):
    guest = make("guest", "base.group_portal")
    assert guest.share
    helpers = env["res.groups"].create({"name": "Helpers"})
    lone = make("lone")
    lone.write({"groups_id": [(6, 0, helpers.ids)]})
    assert lone.share
    helpers.write({"implied_ids": [(4, env.ref("base.group_user").id)]})
    assert not lone.share


def test_groups_cannot_imply_themselves(env):
    one = env["res.groups"].create({"name": "One"})
    two = env["res.groups"].create({"name": "Two", "implied_ids": [(4, one.id)]})
    with pytest.raises(ValidationError, match="imply itself"):
        one.write({"implied_ids": [(4, two.id)]})


def test_the_context_and_session_tell_who_one_is(env, make):
    user = make("ann", tz="Europe/Brussels")
    own = env["res.users"].with_user(user.id)
    assert own.context_get() == {"lang": "en_US", "tz": "Europe/Brussels", "uid": user.id}
    info = own.session_info()
    assert (info["uid"], info["username"], info["is_system"]) == (user.id, "ann", False)
    assert info["user_companies"]["current_company"] == 1
    assert [each["symbol"] for each in info["currencies"].values()] == ["€", "$"]


def test_the_company_must_be_among_the_companies(env, make):
    other = env["res.company"].create({"name": "Other"})
    user = make("ann")
    with pytest.raises(ValidationError, match="allowed companies"):
        user.write({"company_id": other.id})
    user.write({"company_ids": [(4, other.id)], "company_id": other.id})
    assert user.company_id == other


def test_signing_up_is_off_until_it_is_switched_on(env):
    values = {"login": "c@x.org", "name": "C", "password": "p"}
    signup = env["res.users"].with_user(2).signup
    with pytest.raises(UserError, match="not allowed"):
        signup(values)
    env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
    assert signup(values)[-2:] == ["c@x.org", "p"]
    user = env["res.users"].search([("login", "=", "c@x.org")])
    assert user.share
    assert user.active
    assert user.groups_id == env.ref("base.group_portal")
    assert user.password_fits("p")
    with pytest.raises(UserError, match="already"):
        signup(values)
    with pytest.raises(UserError, match="groups_id"):
        signup({**values, "login": "d@x.org", "groups_id": [env.ref("base.group_system").id]})


def test_the_system_user_stays(env):
    with pytest.raises(UserError):
        env.ref("base.user_root").unlink()
    with pytest.raises(UserError):
        env.ref("base.user_root").write({"active": True})
