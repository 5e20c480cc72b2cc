"""The registry, rights and settings are records too, read by those who may, changed by administrators."""

from __future__ import annotations

import pytest

from entrepot.errors import AccessError, MissingError, ValidationError


@pytest.fixture
def ann(env):
    user = env["res.users"].create({"name": "Ann", "login": "ann"})
    env.flush()
    return user


def test_models_and_fields_are_records(env, ann):
    mine = env["ir.model"].with_user(ann.id)
    partner = mine.search([("model", "=", "res.partner")])
    assert (partner.name, partner.transient, partner.state) == ("Contact", False, "base")
    fields = {each.name: each for each in partner.field_id}
    assert fields["parent_id"].relation == "res.partner"
    assert (fields["child_ids"].ttype, fields["child_ids"].relation_field) == ("one2many", "parent_id")
    assert fields["complete_name"].store
    with pytest.raises(AccessError):
        partner.write({"name": "X"})


def test_reflecting_twice_changes_nothing(env):
    before = env["ir.model.fields"].search_count([])
    env["ir.model"].reflect()
    assert env["ir.model.fields"].search_count([]) == before


def test_external_ids_lead_to_records(env, ann):
    data = env["ir.model.data"].with_user(ann.id)
    assert data.check_object_reference("base", "be") == ["res.country", env.ref("base.be").id]
    with pytest.raises(MissingError, match=r"base\.nowhere"):
        data.check_object_reference("base", "nowhere")
    assert data.check_object_reference("base", "parameter_invitation_scope") == ["ir.config_parameter", None]


def test_parameters_are_the_administrators(env, ann):
    parameters = env["ir.config_parameter"]
    assert parameters.get_param("x.y") is None
    assert parameters.get_param("x.y", "d") == "d"
    assert parameters.set_param("x.y", 1) is None
    assert parameters.set_param("x.y", "2") == "1"
    assert parameters.with_user(2).get_param("x.y") == "2"
    parameters.set_param("x.y", False)
    assert parameters.get_param("x.y") is None
    with pytest.raises(AccessError):
        parameters.with_user(ann.id).get_param("x.y")


def test_rights_may_be_given_by_model_name_or_record(env):
    model = env["ir.model"].search([("model", "=", "res.bank")])
    line = env["ir.model.access"].create({"name": "x", "model_id": model.id, "perm_read": True})
    assert (line.model, line.model_id) == ("res.bank", model)
    assert line in env["ir.model.access"].search([("model_id", "=", model.id)])
    with pytest.raises(ValidationError, match="no model"):
        env["ir.model.access"].create({"name": "x", "model": "no.such"})


@pytest.mark.parametrize(
    "domain", ["[('no_such_field', '=', 1)]", "[('name',", "__import__('os')", "[('name', '=', user.id)]"]
)
def test_a_rule_that_cannot_be_searched_is_refused(env, domain):
    with pytest.raises(ValidationError):
        env["ir.rule"].create({"name": "x", "model": "res.bank", "domain": domain})


def test_a_rule_without_groups_is_everybodys(env):
    rule = env["ir.rule"].create({"name": "x", "model": "res.bank", "domain_force": "[('id', '>', 0)]"})
    assert rule.domain == "[('id', '>', 0)]"
    assert getattr(rule, "global") is True
    rule.write({"groups": [(4, env.ref("base.group_user").id)]})
    assert getattr(rule, "global") is False


def test_the_log_only_grows(env):
    env.log("tested", model="res.partner", res_id=1, detail="x")
    line = env["ir.logging"].search([("name", "=", "tested")])
    assert (line.model, line.res_id, line.data) == ("res.partner", 1, {"detail": "x"})
    for refused in (lambda: line.with_user(2).write({"name": "x"}), line.with_user(2).unlink):
        with pytest.raises(AccessError):
            refused()


def test_scheduled_methods_have_a_record(env):
    cron = env["ir.cron"].search([("model", "=", "res.users.session")])
    assert (cron.method, cron.interval_number, cron.interval_type) == ("remove_expired", 1, "days")
    with pytest.raises(ValidationError, match="no scheduled method"):
        env["ir.cron"].create({"name": "x", "model": "res.users", "method": "unlink"})


def test_mail_headers_are_one_line(env):
    mail = env["mail.mail"].create(
        {"subject": "S", "email_to": "a@x.org", "body_html": "<p>x</p><script>y</script>"}
    )
    assert "script" not in mail.body_html
    assert mail.state == "outgoing"
    mail.cancel()
    mail.mark_outgoing()
    assert mail.state == "outgoing"
    with pytest.raises(ValidationError, match="line break"):
        env["mail.mail"].create({"subject": "S\nBcc: b@x.org", "email_to": "a@x.org"})


def test_everybody_reads_reference_data_and_only_managers_write_contacts(env, ann):
    assert env["res.country"].with_user(ann.id).search([("code", "=", "BE")])
    with pytest.raises(AccessError):
        env["res.partner"].with_user(ann.id).create({"name": "X"})
    with pytest.raises(AccessError):
        env["res.currency"].with_user(ann.id).create({"name": "XYZ", "symbol": "x"})
    with pytest.raises(AccessError):
        env["ir.cron"].with_user(ann.id).search([])


def test_every_model_can_be_read_whole_by_those_who_may(env, ann):
    for uid in (2, ann.id):
        for name, meta in env.registry.models.items():
            records = env[name].with_user(uid)
            if meta.abstract or not records.check_access_rights("read", raise_exception=False):
                continue
            fields = records.fields_get()
            rows = list(records.with_context(bin_size=True).search_read([], limit=3).dicts())
            assert all(set(fields) == set(row) for row in rows), name


def test_every_model_says_what_it_is(env):
    for name, meta in env.registry.models.items():
        assert meta.title, name
        assert meta.title != name


def test_copies_have_names_of_their_own(env):
    for name in ("res.partner", "res.users", "res.groups", "res.company"):
        record = env[name].search([], limit=1)
        copy = record.copy()
        env.flush()
        assert copy.name == f"{record.name} (copy)", name
    for name in ("res.country.group", "ir.sequence", "ir.rule", "ir.model.access"):
        record = env[name].search([], limit=1)
        if record:
            record.copy().env.flush()
