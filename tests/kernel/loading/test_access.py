from __future__ import annotations

import pytest

from entrepot.api import AccessError, ValidationError
from entrepot.kernel.loading import datafiles
from kernel.shop import MODELS

__all__ = ["MODELS"]

ACCESS = """
[[group]]
id = "group_clerk"
name = "Clerk"
implies = ["base.group_user"]

[[group]]
id = "group_boss"
name = "Boss"
implies = ["group_clerk"]

[[access]]
model = "shop.order"
group = "group_clerk"
rights = "read write create"

[[access]]
model = "shop.order"
group = "group_boss"
rights = "read write create unlink"

[[access]]
model = "shop.tag"
rights = "read"

[[rule]]
name = "Own orders"
model = "shop.order"
domain = "[['create_uid', '=', uid]]"
groups = ["group_clerk"]
"""


def load(env, addon, text):
    datafiles.load(env, addon({"access.toml": text}), "access.toml")
    env.flush()


@pytest.fixture
def clerk(env, addon):
    load(env, addon, ACCESS)
    groups = [(4, env.ref("sample.group_clerk").id)]
    return env["res.users"].create({"name": "Clerk", "login": "clerk", "groups_id": groups})


def test_groups_rights_and_rules_bind(env, clerk):
    own = env["shop.order"].with_user(clerk.id)
    mine = own.create({"customer": "Ann"})
    env["shop.order"].create({"customer": "Bob"})
    assert own.search([]) == mine
    with pytest.raises(AccessError):
        mine.unlink()
    assert env["shop.tag"].with_user(clerk.id).search([]).ids == ()
    with pytest.raises(AccessError):
        env["shop.tag"].with_user(clerk.id).create({"name": "x"})


def test_loading_again_changes_nothing(env, addon, clerk):
    before = [env[model].search_count([]) for model in ("res.groups", "ir.model.access", "ir.rule")]
    load(env, addon, ACCESS)
    assert [env[model].search_count([]) for model in ("res.groups", "ir.model.access", "ir.rule")] == before


def test_what_a_newer_file_does_not_grant_is_taken_back(env, addon, clerk):
    extra = {
        "name": "theirs",
        "model": "shop.tag",
        "group_id": env.ref("sample.group_clerk").id,
        "perm_create": True,
    }
    env["ir.model.access"].create(extra)
    head, _, rest = ACCESS.partition('[[access]]\nmodel = "shop.order"\ngroup = "group_clerk"')
    load(env, addon, head + "[[access]]" + rest.partition("[[access]]")[2].partition("[[rule]]")[0])
    own = env["shop.order"].with_user(clerk.id)
    assert not own.check_access_rights("create", raise_exception=False)
    assert env["shop.tag"].with_user(clerk.id).create({"name": "by the administrators line"})
    assert not env["ir.rule"].search([("name", "=", "Own orders")])
    load(env, addon, ACCESS)
    assert own.create({"customer": "Ann"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[access]]\nmodel = "shop.tag"\nrights = "read"\ngrup = "x"', "access 1: unknown grup"),
        ('[[access]]\nmodel = "shop.tag"', "access 1: rights is missing"),
        ('[[access]]\nmodel = "shop.tag"\nrights = "raed"', "not raed"),
        ('[[access]]\nmodel = "no.model"\nrights = "read"', "no loaded add-on defines"),
        ('[[access]]\nmodel = "shop.tag"\nrights = "read"\ngroup = "gone"', "sample.gone"),
        ('[[access]]\nmodel = "shop.tag"\nrights = "read"\n' * 2, "given twice"),
        ('[[rule]]\nname = "x"\nmodel = "shop.tag"', "rule 1: domain is missing"),
        ('[[rule]]\nname = "x"\nmodel = "shop.tag"\ndomain = "[["', r"access\.toml: "),
        ('[[group]]\nid = "x"', "group 1: name is missing"),
        ('[[group]]\nid = "x"\nname = "X"\nimplys = ["base.group_user"]', "implys"),
        ('[[grant]]\nmodel = "shop.tag"', "not grant"),
        ("access = [1]", "expected a table"),
    ],
)
def test_a_mistake_is_told_and_grants_nothing(env, addon, text, message):
    with pytest.raises(ValidationError, match=message) as error:
        load(env, addon, text)
    assert str(error.value).startswith("sample/access.toml: ")
