"""Smaller records: documents, images, vocabulary, settings, numbers of providers."""

import datetime as dt

import pytest

from entrepot.addons.optometry.demo_records import picture
from entrepot.api import UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_documents_are_kept_as_long_as_their_type_demands(env, patient):
    kind = env.ref("optometry.document_type_clinical")
    document = env["ir.attachment"].create(
        {
            "name": "letter.txt",
            "datas": b"Dear colleague",
            "patient_id": patient.id,
            "document_type_id": kind.id,
        }
    )
    assert document in patient.document_ids
    env.flush()
    with pytest.raises(UserError, match="kept until"), env.savepoint():
        document.unlink()
    env.work.clock.moment += dt.timedelta(days=366 * 8)
    assert document.unlink()


def test_images_are_images(env, patient):
    image = env["multi.images"].create(
        {"name": "Fundus", "image": picture(1, 2, 3), "patient_id": patient.id}
    )
    assert image in patient.image_ids
    with pytest.raises(ValidationError) as caught:
        env["multi.images"].create({"name": "Page", "image": b"<html>", "patient_id": patient.id})
    assert paths(caught) == ["image"]


def test_images_belong_to_one_patient(env, patient, child, seen):
    exam = seen()
    values = {"name": "Fundus", "image": picture(1, 2, 3)}
    for owners, path in (({}, "patient_id"), ({"patient_id": child.id, "exam_id": exam.id}, "patient_id")):
        with pytest.raises(ValidationError) as caught, env.savepoint():
            env["multi.images"].create({**values, **owners})
        assert paths(caught) == [path]


@pytest.mark.parametrize(("npi", "good"), [("1234567893", True), ("1234567890", False), ("12345", False)])
def test_npis_are_checked_on_contacts_users_and_companies(env, npi, good):
    for values in (
        ("res.partner", {"name": "Dr. No"}),
        ("res.users", {"name": "Dr. No", "login": "no@example.com"}),
    ):
        if good:
            assert env[values[0]].create({**values[1], "npi": npi}).npi == npi
        else:
            with pytest.raises(ValidationError) as caught, env.savepoint():
                env[values[0]].create({**values[1], "npi": npi})
            assert paths(caught) == ["npi"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"place_of_service": "1"}, "place_of_service"),
        ({"rx_months_contact": 0}, "rx_months_contact"),
    ],
)
def test_settings_of_the_clinic_make_sense(env, values, path):
    with pytest.raises(ValidationError) as caught:
        env.ref("base.main_company").write(values)
    assert paths(caught) == [path]


@pytest.mark.parametrize(
    ("model", "values", "path"),
    [
        ("spec.procedure.code", {"code": "9201", "name": "Short"}, "code"),
        ("spec.procedure.code", {"code": "92014", "name": "Again", "type": "hcpcs"}, "code"),
        ("spec.lens.material", {"name": "Air", "index": 1.0}, "index"),
        ("spec.contact.lens.replacement.schedule", {"name": "Never", "days": 0}, "days"),
        ("document.type", {"name": "Eternal", "retention_years": 1000}, "retention_years"),
    ],
)
def test_vocabulary_is_checked(env, model, values, path):
    with pytest.raises(ValidationError) as caught:
        env[model].create(values)
    assert paths(caught) == [path]


def test_a_procedure_code_is_there_once(env):
    with pytest.raises(ValidationError):
        env["spec.procedure.code"].create({"code": "92014", "name": "Again"})


def test_seeds_are_there(env):
    assert env.ref("optometry.rx_usage_progressive").needs_add
    assert env.ref("optometry.lens_material_polycarbonate").impact_resistant
    assert env.ref("optometry.cl_schedule_daily").days == 1
    assert env["spec.procedure.code"].search_count([("code", "=", "92014")]) == 1
