"""Prescriptions: what is refused, what must be confirmed, what signing does."""

import datetime as dt

import pytest

from entrepot.api import AccessError, UserError, ValidationError

SOFT = {
    "rx_type": "soft_cl",
    "od_power": -3.0,
    "od_base_curve": 8.6,
    "od_diameter": 14.2,
    "od_brand": "Clear Day",
}


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_a_draft_takes_its_number_and_expiry(prescribe, env):
    rx = prescribe()
    assert rx.name == "RX/2030/00001"
    assert (rx.state, rx.rx_type, rx.date) == ("draft", "spectacle", dt.date(2030, 4, 1))
    assert rx.expiration_date == dt.date(2032, 4, 1)
    assert rx.prescriber_id == env.user


def test_contact_lenses_are_valid_for_a_year(prescribe):
    assert prescribe(**SOFT, date="2030-01-31").expiration_date == dt.date(2031, 1, 31)


def test_validity_is_a_setting(prescribe, env):
    env.ref("base.main_company").write({"rx_months_spectacle": 12})
    assert prescribe().expiration_date == dt.date(2031, 4, 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"od_cylinder": -1.25}, ["od_axis"]),
        ({"od_sphere": -2.30}, ["od_sphere"]),
        ({"od_sphere": 31, "os_sphere": False}, ["od_sphere"]),
        ({"od_axis": 90}, ["od_axis"]),
        ({"od_sphere": False, "od_cylinder": -1.0, "od_axis": 90}, ["od_sphere"]),
        ({"os_prism_h": 1.0}, ["os_prism_h_base"]),
        ({"pd_distance": 90}, ["pd_distance"]),
        ({"os_va": "fine"}, ["os_va"]),
        ({"expiration_date": "2030-01-01"}, ["expiration_date"]),
        ({"od_sphere": -2.3, "os_cylinder": -1.0, "pd_near": 20}, ["od_sphere", "os_axis", "pd_near"]),
    ],
)
def test_hard_rules_name_every_field(prescribe, values, expected):
    with pytest.raises(ValidationError) as caught:
        prescribe(**values)
    assert paths(caught) == expected


def test_axis_zero_is_180(prescribe):
    assert prescribe(od_cylinder=-1.0, od_axis=0).od_axis == 180


def test_plus_cylinders_are_transposed(prescribe):
    rx = prescribe(od_sphere=-1.0, od_cylinder=2.0, od_axis=90)
    assert (rx.od_sphere, rx.od_cylinder, rx.od_axis) == (1.0, -2.0, 180)
    rx.write({"od_cylinder": 1.0, "od_axis": 45})
    assert (rx.od_sphere, rx.od_cylinder, rx.od_axis) == (2.0, -1.0, 135)


def test_a_clinic_may_prefer_plus(prescribe, env):
    env.ref("base.main_company").write({"minus_cylinder": False})
    rx = prescribe(od_sphere=1.0, od_cylinder=-2.0, od_axis=180)
    assert (rx.od_sphere, rx.od_cylinder, rx.od_axis) == (-1.0, 2.0, 90)


def test_a_clinic_may_grind_eighths(prescribe, env):
    env.ref("base.main_company").write({"rx_eighths": True})
    assert prescribe(od_sphere=-1.125).od_sphere == -1.125


def test_plano_is_a_word(prescribe):
    assert prescribe(od_sphere="PL").od_sphere == 0.0


def test_progressives_need_adds(prescribe, env):
    usage = env.ref("optometry.rx_usage_progressive")
    with pytest.raises(ValidationError) as caught:
        prescribe(usage_id=usage.id, od_add=2.0)
    assert paths(caught) == ["os_add"]


def test_a_style_has_its_least_height(prescribe, env):
    style = env.ref("optometry.lens_style_progressive")
    with pytest.raises(ValidationError) as caught:
        prescribe(style_id=style.id, od_add=2.0, os_add=2.0, od_seg_height=15)
    assert paths(caught) == ["od_seg_height"]


def test_what_is_unusual_needs_a_reason(prescribe):
    with pytest.raises(ValidationError, match="rx_override") as caught:
        prescribe(od_sphere=-21.0, os_sphere=-21.0)
    assert paths(caught) == ["od_sphere", "os_sphere"]


def test_true_is_no_reason(prescribe, env, patient):
    model = env["spec.contact.lenses"].with_context(rx_override=True)
    with pytest.raises(ValidationError):
        model.create({"patient_id": patient.id, "od_sphere": -21.0})


def test_a_reason_is_kept(env, patient):
    model = env["spec.contact.lenses"].with_context(rx_override="High myope since childhood")
    rx = model.create({"patient_id": patient.id, "od_sphere": -21.0, "os_sphere": -21.0})
    assert rx.override_reason == "High myope since childhood"


def test_a_reason_does_not_excuse_the_impossible(env, patient):
    with pytest.raises(ValidationError):
        env["spec.contact.lenses"].with_context(rx_override="Really").create(
            {"patient_id": patient.id, "od_sphere": -2.3}
        )


def test_changes_since_the_last_prescription_are_unusual(prescribe):
    first = prescribe()
    first.action_sign()
    with pytest.raises(ValidationError) as caught:
        prescribe(od_sphere=-3.0)
    assert paths(caught) == ["od_sphere"]


def test_signing_supersedes_the_older_of_the_same_usage(prescribe, env):
    distance, reading = env.ref("optometry.rx_usage_distance").id, env.ref("optometry.rx_usage_reading").id
    first, other = prescribe(usage_id=distance), prescribe(usage_id=reading)
    (first | other).action_sign()
    second = prescribe(usage_id=distance)
    assert second.previous_rx_id == first
    second.action_sign()
    assert [rx.state for rx in (first, other, second)] == ["superseded", "active", "active"]
    assert second.is_valid
    assert second.signed_by == env.user


def test_glasses_do_not_supersede_contact_lenses(prescribe):
    lenses = prescribe(**SOFT)
    lenses.action_sign()
    prescribe().action_sign()
    assert lenses.state == "active"


def test_only_doctors_sign(prescribe, staff):
    rx = prescribe()
    with pytest.raises(AccessError):
        rx.with_user(staff.technician.id).action_sign()
    with pytest.raises(AccessError):
        rx.with_user(staff.technician.id).write({"state": "active"})
    rx.with_user(staff.optometrist.id).write({"state": "active"})
    assert (rx.state, rx.signed_by) == ("active", staff.optometrist)


def test_half_a_prescription_is_not_signed(prescribe):
    with pytest.raises(ValidationError) as caught:
        prescribe(os_sphere=False).action_sign()
    assert paths(caught) == ["os_sphere"]
    rx = prescribe(os_sphere=False, os_balance=True)
    rx.action_sign()
    assert rx.state == "active"


def test_contact_lenses_are_signed_whole(prescribe):
    rx = prescribe(**{**SOFT, "od_brand": False, "od_diameter": False})
    with pytest.raises(ValidationError) as caught:
        rx.action_sign()
    assert paths(caught) == ["od_diameter", "od_brand"]


def test_signed_prescriptions_do_not_change(prescribe, env):
    rx = prescribe()
    rx.action_sign()
    for change in (
        lambda: rx.write({"od_sphere": -1.5}),
        lambda: rx.write({"note": "Other"}),
        lambda: rx.write({"state": "draft"}),
        rx.unlink,
    ):
        with pytest.raises(UserError), env.savepoint():
            change()
    rx.action_cancel()
    assert rx.state == "cancelled"


def test_nothing_begins_signed(prescribe):
    with pytest.raises(UserError, match="draft"):
        prescribe(state="active")


def test_expired_ones_are_marked(prescribe, env):
    rx = prescribe(date="2028-01-01", expiration_date="2030-03-31")
    rx.action_sign()
    assert not rx.is_valid
    env["spec.contact.lenses"].action_expire()
    assert rx.state == "expired"


def test_another_patients_exam_is_refused(prescribe, book, child):
    with pytest.raises(ValidationError) as caught:
        prescribe(exam_id=book(patient_id=child.id).id)
    assert paths(caught) == ["exam_id"]


def test_optics_of_a_prescription(prescribe):
    rx = prescribe(od_sphere=1.0, od_cylinder=-2.0, od_axis=180, od_add=2.0, os_sphere=0.5, os_add=2.0)
    (transposed,) = rx.transpose()
    assert transposed["od"] == {"sphere": -1.0, "cylinder": 2.0, "axis": 90}
    assert transposed["id"] == rx.id
    assert rx.od_sphere == 1.0
    assert rx.compute_near()[0]["od"] == {"sphere": 3.0, "cylinder": -2.0, "axis": 180}
    assert rx.spherical_equivalent()[0] == {"id": rx.id, "od": 0.0, "os": 0.5}


def test_contact_lens_powers_need_a_vertex_distance_when_strong(prescribe):
    rx = prescribe(od_sphere=-5.0, os_sphere=-4.0)
    with pytest.raises(ValidationError) as caught:
        rx.contact_lens_power()
    assert paths(caught) == ["od_vertex"]
    rx.write({"vertex_distance": 12})
    assert rx.contact_lens_power()[0]["od"]["sphere"] == -4.75


def test_glasses_have_a_name_of_their_own(env, patient, prescribe):
    lenses = prescribe(**SOFT)
    glasses = env["spec.prescription"].create({"patient_id": patient.id, "od_sphere": -1.0})
    env.flush()
    assert glasses.rx_type == "spectacle"
    assert env["spec.contact.lenses"].browse(glasses.id).od_sphere == -1.0
    assert lenses.id not in env["spec.prescription"].with_user(2).search([]).ids
    with pytest.raises(ValidationError):
        env["spec.prescription"].create({"patient_id": patient.id, **SOFT})
