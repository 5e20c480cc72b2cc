from __future__ import annotations

import pytest

from entrepot.api import (
    AccessError,
    Boolean,
    Char,
    Command,
    Integer,
    Many2many,
    Many2one,
    Model,
    ValidationError,
)
from kernel import shop


class Form(Model, name="test.form"):
    """Form"""

    title = Char(default="Untitled")
    size = Integer(default=lambda self: len(self.env.lang))
    ready = Boolean(default=False)
    plain = Char()
    tag_ids = Many2many("shop.tag", default=lambda self: self.env["shop.tag"].search([]))
    company_id = Many2one("res.company", default=lambda self: self.env.company)
    hidden = Char(groups="base.group_system", default="h")
    doubled = Integer(compute="_compute_doubled", default=3)

    def _compute_doubled(self) -> None:
        for form in self:
            form.doubled = 2


MODELS = (*shop.MODELS, Form)


def test_only_fields_with_a_default_are_answered(env):
    tag = env["shop.tag"].create({"name": "a"})
    names = ["title", "size", "ready", "plain", "tag_ids", "company_id", "nope"]
    assert env["test.form"].default_get(names) == {
        "title": "Untitled",
        "size": 5,
        "ready": False,
        "tag_ids": [Command.set([tag.id])],
        "company_id": env.company.id,
    }
    assert env["test.form"].default_get([]) == {}


def test_the_context_comes_first(env):
    forms = env["test.form"].with_context(default_title="T", default_tag_ids=[(0, 0, {"name": "x"})])
    assert forms.default_get(["title", "tag_ids"]) == {
        "title": "T",
        "tag_ids": [Command.create({"name": "x"})],
    }
    made = forms.create({})
    assert (made.title, made.tag_ids.name) == ("T", "x")


def test_a_context_default_that_does_not_fit_names_its_field(env):
    forms = env["test.form"].with_context(default_company_id="abc", default_size="x", default_tag_ids=5)
    for attempt in (lambda: forms.default_get(["company_id", "size", "tag_ids"]), lambda: forms.create({})):
        with pytest.raises(ValidationError) as error:
            attempt()
        assert {problem.path for problem in error.value.problems} == {"company_id", "size", "tag_ids"}


def test_delegated_fields_have_the_defaults_of_the_other_model(env):
    partner_lang = env["res.users"].default_get(["active", "tz", "share"])
    assert partner_lang["active"] is True


def test_a_sequence_is_not_used_up_by_asking(env):
    env["ir.sequence"].create({"name": "O", "code": "shop.order"})
    assert env["shop.order"].default_get(["name"]) == {}
    assert env["shop.order"].create({"customer": "Ann"}).name == "1"


def test_rights_are_asked(env):
    with pytest.raises(AccessError):
        env["test.form"].with_user(2).default_get(["title"])


def test_what_a_context_says_of_a_worked_out_field_is_not_heard(env):
    made = env["test.form"].with_context(default_doubled=99, default_create_uid=2).create({})
    assert (made.doubled, made.create_uid.id) == (2, env.uid)
