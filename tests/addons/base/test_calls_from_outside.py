"""What each kind of user reaches through the one door of public methods."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessError, UnknownMethod
from entrepot.kernel.invoke import invoke


@pytest.fixture
def user(env):
    def make(login, group):
        record = env["res.users"].create({"name": login, "login": login, "groups_id": [env.ref(group).id]})
        env.flush()
        return record

    return make


def call(env, user, model, method, *args, **kwargs):
    return invoke(env["res.users"].with_user(user.id).env, model, method, args, kwargs)


def test_internal_users_do_their_daily_work(env, user):
    ann = user("ann", "base.group_user")
    assert call(env, ann, "res.users", "write", [ann.id], {"tz": "Asia/Tokyo"}) is True
    assert call(env, ann, "res.users", "context_get")["tz"] == "Asia/Tokyo"
    assert call(env, ann, "res.users", "has_group", [ann.id], "base.group_user") is True
    assert call(env, ann, "res.users", "has_group", [], "base.group_system") is False
    env["ir.sequence"].create({"name": "S", "code": "x.s"})
    assert call(env, ann, "ir.sequence", "next_by_code", "x.s") == "1"
    assert call(env, ann, "ir.model.data", "check_object_reference", "base", "be")[0] == "res.country"
    assert call(env, ann, "ir.attachment", "create", {"name": "x", "datas": "eA=="}) > 0
    action = call(env, ann, "res.users.apikeys.description", "create", {"name": "k", "duration": "30"})
    assert call(env, ann, "res.users.apikeys.description", "make_key", [action])["res_id"] > 0


def test_contact_managers_make_contacts_and_others_do_not(env, user):
    bob = user("bob", "base.group_user")
    with pytest.raises(AccessError):
        call(env, bob, "res.partner", "name_create", "X")
    bob.write({"groups_id": [(4, env.ref("base.group_partner_manager").id)]})
    assert call(env, bob, "res.partner", "name_create", '"X" <x@x.org>')[1] == "X"
    assert len(call(env, bob, "res.partner", "create", [{"name": "a"}, {"name": "b"}])) == 2


@pytest.mark.parametrize("group", ["base.group_portal", "base.group_public"])
def test_people_from_outside_see_themselves(env, user, group):
    guest = user("guest", group)
    assert call(env, guest, "res.users", "search", []) == [guest.id]
    assert call(env, guest, "res.partner", "search", []) == [guest.partner_id.id]
    assert call(env, guest, "res.country", "search_count", []) > 200
    assert call(env, guest, "res.users", "write", [guest.id], {"street": "Here"}) is True
    assert call(env, guest, "ir.attachment", "search", []) == []
    for model, method, args in (
        ("res.partner", "create", ({"name": "x"},)),
        ("res.users", "write", ([2], {"name": "x"})),
        ("ir.attachment", "create", ({"name": "x"},)),
        ("ir.config_parameter", "get_param", ("database.uuid",)),
        ("ir.model", "search", ([],)),
        ("res.users", "has_group", ([2], "base.group_system")),
        ("res.users.apikeys.description", "create", ({"name": "x"},)),
    ):
        with pytest.raises(AccessError):
            call(env, guest, model, method, *args)


@pytest.mark.parametrize(
    ("model", "method", "args"),
    [
        ("res.users", "set_password", ([2], "x")),
        ("res.users", "password_fits", ([2], "x")),
        ("res.users", "end_sessions", ([2],)),
        ("res.users.apikeys", "mint", (None, "x", None)),
        ("res.users.identitycheck", "ask", ("res.users", 1, "unlink")),
        ("res.users.apikeys.description", "make_key_now", ([1],)),
        ("ir.model", "reflect", ()),
        ("ir.sequence", "take", ([1],)),
    ],
)
def test_what_is_ours_alone_cannot_be_called(env, model, method, args):
    with pytest.raises(UnknownMethod):
        call(env, env.ref("base.user_admin"), model, method, *args)


def test_administrators_manage_what_the_system_knows(env):
    admin = env.ref("base.user_admin")
    assert call(env, admin, "ir.config_parameter", "set_param", "x.y", "1") is None
    assert call(env, admin, "ir.config_parameter", "get_param", "x.y") == "1"
    assert call(env, admin, "res.lang", "write", [env.ref("base.lang_fr_FR").id], {"active": True}) is True
    assert call(env, admin, "res.groups", "create", {"name": "G", "users": [(4, admin.id)]}) > 0
    second = call(
        env, admin, "res.company", "create", {"name": "Second", "currency_id": env.ref("base.EUR").id}
    )
    assert call(env, admin, "res.users", "session_info")["is_system"] is True
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
    call(env, admin, "res.company", "write", [second], {"currency_id": currency.id})
    assert currency.active
