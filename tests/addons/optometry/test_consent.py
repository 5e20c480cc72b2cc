"""Consent forms: made from templates, signed by the right person, then unchangeable."""

import datetime as dt

import pytest

from entrepot.api import UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


@pytest.fixture
def form(env, patient):
    template = env["got2.consent.form.template"].create(
        {
            "name": "Trial",
            "body_html": "<p>I, {{patient.name}}, {{patient.birth_date}}, agree on {{today}}.</p>",
            "valid_months": 12,
        }
    )
    return env["got2.consent.form"].create({"template_id": template.id, "patient_id": patient.id})


def test_every_new_patient_finds_the_default_forms(patient):
    assert patient.consent_ids.mapped("name") == ["Privacy notice"]
    assert "Ada Barrow" in patient.consent_ids.body_html
    assert patient.patient_no in patient.consent_ids.body_html


def test_the_text_is_filled_and_escaped(env, patient, form):
    assert form.body_html == "<p>I, Ada Barrow, 1980-05-04, agree on 2030-04-01.</p>"
    patient.write({"name": "Ada <b>Bold</b>"})
    again = env["got2.consent.form"].create({"template_id": form.template_id.id, "patient_id": patient.id})
    assert "<b>" not in again.body_html


def test_a_new_version_leaves_old_forms_alone(form):
    form.template_id.write({"body_html": "<p>Other {{today}}</p>"})
    assert form.template_id.version == 2
    assert form.template_version == 1
    assert "Ada Barrow" in form.body_html


def test_unknown_tags_are_refused(env):
    with pytest.raises(ValidationError) as caught:
        env["got2.consent.form.template"].create({"name": "X", "body_html": "<p>{{patient.secret}} {{</p>"})
    assert paths(caught) == ["body_html", "body_html"]


def test_signing(env, form, patient):
    form.action_send()
    form.action_sign(signed_by_name="Ada Barrow", ip="203.0.113.7")
    assert (form.state, form.relationship, form.signed_on) == ("signed", "self", env.now())
    assert form.valid_until == dt.date(2031, 4, 1)
    document = form.attachment_id
    assert document.patient_id == patient
    assert document.document_type_id == env.ref("optometry.document_type_consent")
    assert "Ada Barrow (self)" in document.datas.decode()


def test_signing_needs_a_name(form):
    with pytest.raises(ValidationError) as caught:
        form.action_sign()
    assert paths(caught) == ["signed_by_name"]


def test_the_guardian_signs_for_a_child(env, form, child):
    minor = env["got2.consent.form"].create({"template_id": form.template_id.id, "patient_id": child.id})
    with pytest.raises(ValidationError) as caught:
        minor.action_sign(signed_by_name="Bruno Barrow")
    assert paths(caught) == ["relationship"]
    minor.action_sign(signed_by_name="Alex Barrow", relationship="guardian")
    assert minor.state == "signed"


def test_nobody_signs_as_a_guardian_who_is_not_named(form):
    with pytest.raises(ValidationError) as caught:
        form.action_sign(signed_by_name="Somebody", relationship="guardian")
    assert paths(caught) == ["relationship"]


def test_what_was_signed_stays(env, form):
    form.action_sign(signed_by_name="Ada Barrow")
    for change in (
        lambda: form.write({"signed_by_name": "Somebody"}),
        lambda: form.write({"body_html": "<p>All</p>"}),
        lambda: form.write({"state": "draft"}),
        form.action_refuse,
        form.unlink,
        form.attachment_id.unlink,
    ):
        with pytest.raises(UserError), env.savepoint():
            change()
    form.action_revoke()
    assert form.state == "revoked"


def test_a_draft_text_is_not_written_either(form):
    with pytest.raises(UserError):
        form.write({"body_html": "<p>All</p>"})


def test_consent_expires(env, form):
    form.action_sign(signed_by_name="Ada Barrow")
    env["got2.consent.form"].action_expire()
    assert form.state == "signed"
    form.env.work.clock.moment += dt.timedelta(days=400)
    env["got2.consent.form"].action_expire()
    assert form.state == "expired"
