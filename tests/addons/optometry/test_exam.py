"""An exam from its booking to the signature."""

import datetime as dt

import pytest

from entrepot.api import AccessError, Command, UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_a_booking_has_a_number_an_end_and_an_event(book, env, patient):
    exam = book()
    assert exam.name.startswith("EX/")
    assert exam.name.endswith("/0001")
    assert exam.duration == 0.75
    assert exam.date_end - exam.date_start == dt.timedelta(minutes=45)
    event = exam.calendar_event_id
    assert (event.start, event.stop, event.exam_id, event.patient_id) == (
        exam.date_start,
        exam.date_end,
        exam,
        patient,
    )
    assert event.status == "tentative"
    assert patient.partner_id in event.partner_ids


def test_an_end_sets_the_duration(book):
    exam = book(date_end=dt.datetime(2030, 4, 10, 10, 30, tzinfo=dt.UTC))
    assert exam.duration == 1.5
    exam.write({"duration": 2.0})
    assert exam.date_end.hour == 11
    assert exam.calendar_event_id.duration == 2.0


def test_a_doctor_is_booked_once(book):
    book(hour=9)
    with pytest.raises(ValidationError) as caught:
        book(hour=9)
    assert paths(caught) == ["date_start"]
    book(hour=10)


def test_touching_times_do_not_collide(book):
    book(hour=9, duration=1.0)
    book(hour=10, duration=1.0)


def test_two_at_once_in_one_call_collide_too(book, env, patient, staff):
    values = {
        "patient_id": patient.id,
        "optometrist_id": staff.optometrist.id,
        "date_start": dt.datetime(2030, 4, 10, 9, tzinfo=dt.UTC),
    }
    with pytest.raises(ValidationError):
        env["appointment.exam"].create([values, values])


def test_a_room_is_booked_once(book, env, staff):
    lane = env["appointment.room"].create({"name": "Lane 1", "company_id": env.ref("base.main_company").id})
    book(hour=9, room_id=lane.id)
    with pytest.raises(ValidationError) as caught:
        book(hour=9, room_id=lane.id, optometrist_id=staff.manager.id)
    assert paths(caught) == ["room_id"]


def test_a_cancelled_time_is_free_again(book):
    first = book(hour=9)
    first.action_cancel()
    assert first.calendar_event_id.status == "cancelled"
    book(hour=9)


def test_a_doctors_meeting_is_in_the_way(book, env, staff):
    start = dt.datetime(2030, 4, 10, 9, tzinfo=dt.UTC)
    env["calendar.event"].create({"name": "Board", "start": start, "user_id": staff.optometrist.id})
    with pytest.raises(ValidationError):
        book(hour=9)
    book(hour=11)


def test_an_exam_is_in_the_way_of_a_meeting(book, env, staff):
    book(hour=9)
    start = dt.datetime(2030, 4, 10, 9, tzinfo=dt.UTC)
    with pytest.raises(ValidationError):
        env["calendar.event"].create({"name": "Board", "start": start, "user_id": staff.optometrist.id})


def test_overbooking_is_a_right_and_said(book, env, patient, staff):
    book(hour=9)
    values = {
        "patient_id": patient.id,
        "optometrist_id": staff.optometrist.id,
        "date_start": dt.datetime(2030, 4, 10, 9, tzinfo=dt.UTC),
    }
    exams = env["appointment.exam"].with_context(overbook=True)
    with pytest.raises(AccessError):
        exams.with_user(staff.front_desk.id).create(values)
    assert exams.with_user(staff.manager.id).create(values)


def test_moving_the_event_moves_the_exam(book):
    exam = book(hour=9)
    event = exam.calendar_event_id
    event.write(
        {"start": exam.date_start + dt.timedelta(hours=2), "stop": exam.date_end + dt.timedelta(hours=2)}
    )
    assert exam.date_start.hour == 11
    assert exam.date_end - exam.date_start == dt.timedelta(minutes=45)
    event.write({"status": "cancelled"})
    assert exam.state == "cancelled"


def test_a_booking_is_not_deleted_under_its_exam(book):
    with pytest.raises(UserError, match="cancel the exam"):
        book().calendar_event_id.unlink()


def test_a_whole_day(book, env, patient, sign, prescribe):
    exam = book(recall_months=12)
    exam.action_confirm()
    exam.action_check_in()
    exam.action_pre_test()
    exam.action_start()
    exam.action_dilate()
    exam.action_start()
    rx = prescribe(exam_id=exam.id)
    plan = env["exam.diagnosis.plan"].create(
        {
            "exam_id": exam.id,
            "line_ids": [Command.create({"icd10_code": "h5213", "description": "Myopia"})],
        }
    )
    assert plan.line_ids.icd10_code == "H52.13"
    sign(exam)
    assert (exam.state, exam.signed_by.id, exam.signed_date) == ("signed", env.uid, env.now())
    assert rx.state == "active"
    assert plan.state == "final"
    assert patient.last_exam_date == dt.date(2030, 4, 10)
    assert patient.next_recall_date == dt.date(2031, 4, 10)


@pytest.mark.parametrize(
    ("state", "match"),
    [
        ("in_exam", "next is"),
        ("signed", "cannot become"),
        ("completed", "cannot become"),
        ("asleep", "asleep"),
    ],
)
def test_states_are_not_jumped_over(book, state, match):
    with pytest.raises(UserError, match=match):
        book().write({"state": state})


def test_writing_the_state_is_the_same_as_the_action(seen):
    exam = seen()
    exam.write({"state": "checkout", "chief_complaint": "Blurred"})
    exam.write({"state": "completed"})
    exam.write({"state": "signed"})
    assert exam.signed_by


def test_no_exam_begins_signed(book):
    with pytest.raises(UserError, match="begins"):
        book(state="signed")


def test_what_has_begun_is_not_cancelled(seen):
    with pytest.raises(UserError, match="cannot become cancelled"):
        seen().action_cancel()


def test_only_doctors_sign_and_step_back(seen, staff):
    exam = seen()
    technician = exam.with_user(staff.technician.id)
    technician.action_checkout()
    technician.action_complete()
    with pytest.raises(UserError, match="doctor"):
        technician.action_sign()
    with pytest.raises(UserError, match="doctor"):
        technician.action_back()
    doctor = exam.with_user(staff.optometrist.id)
    doctor.action_back()
    assert exam.state == "checkout"
    doctor.action_complete()
    doctor.action_sign()
    assert exam.signed_by == staff.optometrist


def test_a_signed_chart_is_closed(seen, sign, env, prescribe):
    exam = seen()
    test = env["appointment.exam.test"].create({"exam_id": exam.id, "test_type": "oct"})
    note = env["appointment.exam.history"].create({"exam_id": exam.id, "note": "Calm"})
    service = env["exam.service"].create(
        {"exam_id": exam.id, "procedure_id": env.ref("optometry.procedure_92014").id}
    )
    plan = env["exam.diagnosis.plan"].create({"exam_id": exam.id})
    line = env["exam.diagnosis.plan.line"].create(
        {"plan_id": plan.id, "icd10_code": "H52.4", "description": "Presbyopia"}
    )
    sign(exam)
    for change in (
        lambda: exam.write({"chief_complaint": "Other"}),
        exam.action_back,
        exam.unlink,
        lambda: test.write({"result_text": "Thin"}),
        test.unlink,
        lambda: note.write({"note": "Not calm"}),
        lambda: plan.write({"assessment": "Other"}),
        lambda: line.write({"description": "Other"}),
        line.unlink,
        lambda: service.write({"qty": 2}),
        lambda: env["appointment.exam.test"].create({"exam_id": exam.id, "test_type": "oct"}),
        lambda: prescribe(exam_id=exam.id),
    ):
        with pytest.raises(UserError), env.savepoint():
            change()
    service.write({"state": "billed"})
    assert service.state == "billed"


def test_addenda_are_added_and_stay(seen, sign, env, staff):
    exam = sign(seen())
    (number,) = exam.with_user(staff.optometrist.id).add_addendum("The left eye, not the right.")
    addendum = env["appointment.exam.addendum"].browse(number)
    assert (addendum.user_id, exam.addendum_ids) == (staff.optometrist, addendum)
    with pytest.raises(UserError, match="another one"):
        addendum.write({"text": "Nothing"})
    with pytest.raises(UserError, match="deleted"):
        addendum.unlink()
    with pytest.raises(ValidationError):
        exam.add_addendum("  ")


def test_nobody_writes_a_signature(seen, staff):
    exam = seen()
    exam.write({"signed_by": staff.optometrist.id, "hpi": "Since May"})
    assert not exam.signed_by


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"od_va_corrected_distance": "good"}, "od_va_corrected_distance"),
        ({"od_cd_ratio": 0.33}, "od_cd_ratio"),
        ({"od_cd_ratio": 0.2, "os_cd_ratio": 0.6}, "os_cd_ratio"),
        ({"dilated": True}, "dilation_agent"),
        ({"duration": -1}, "duration"),
        ({"recall_months": 100}, "recall_months"),
    ],
)
def test_findings_are_checked(seen, values, path):
    with pytest.raises(ValidationError) as caught:
        seen().write(values)
    assert paths(caught) == [path]


def test_unusual_findings_are_confirmed_with_a_reason(seen):
    exam = seen()
    exam.with_context(rx_override="Measured twice").write({"od_cd_ratio": 0.2, "os_cd_ratio": 0.6})
    assert exam.override_reason == "Measured twice"
    exam.write({"override_reason": "Something else"})
    assert exam.override_reason == "Measured twice"


def test_pressures(seen, env):
    exam = seen()
    entry = {"exam_id": exam.id, "entry_type": "iop", "eye": "OD", "iop": 15.0, "iop_method": "goldmann"}
    history = env["appointment.exam.history"]
    assert history.create(entry).iop_level == "normal"
    for change, path in (
        ({"iop": 81.0}, "iop"),
        ({"iop_method": False}, "iop_method"),
        ({"eye": "OU"}, "eye"),
        ({"iop": False}, "iop"),
        ({"iop": 24.0}, "iop"),
        ({"eye": "OS", "iop": 21.0}, "iop"),
    ):
        with pytest.raises(ValidationError) as caught, env.savepoint():
            history.create({**entry, **change})
        assert path in paths(caught)
    high = history.with_context(rx_override="Repeated with Goldmann").create({**entry, "iop": 34.0})
    assert (high.iop_level, high.override_reason) == ("alert", "Repeated with Goldmann")


def test_results_of_tests_are_checked(seen, env):
    exam = seen()
    tests = env["appointment.exam.test"]
    test = tests.create(
        {"exam_id": exam.id, "test_type": "keratometry", "result_values": {"k1": 43.25, "r1": 7.8}}
    )
    test.action_done()
    assert (test.state, test.performed_date) == ("done", env.now())
    with pytest.raises(ValidationError) as caught:
        tests.create(
            {"exam_id": exam.id, "test_type": "keratometry", "result_values": {"k1": 46.0, "r1": 7.8}}
        )
    assert paths(caught) == ["result_values.k1"]


def test_services_point_to_diagnoses_of_their_exam(seen, env):
    exam, other = seen(hour=9), seen(hour=11)
    lines = [
        env["exam.diagnosis.plan"]
        .create(
            {
                "exam_id": each.id,
                "line_ids": [
                    Command.create({"icd10_code": "H52.4", "description": f"D{at}"}) for at in range(5)
                ],
            }
        )
        .line_ids
        for each in (exam, other)
    ]
    procedure = env.ref("optometry.procedure_92014")
    services = env["exam.service"]
    made = services.create(
        {"exam_id": exam.id, "procedure_id": procedure.id, "diagnosis_line_ids": lines[0].ids[:4], "qty": 2}
    )
    assert made.amount == 2 * procedure.default_price
    for wrong in (lines[0].ids, lines[1].ids[:1]):
        with pytest.raises(ValidationError) as caught, env.savepoint():
            services.create({"exam_id": exam.id, "procedure_id": procedure.id, "diagnosis_line_ids": wrong})
        assert paths(caught) == ["diagnosis_line_ids"]


def test_wrong_diagnosis_codes_are_refused(seen, env):
    plan = env["exam.diagnosis.plan"].create({"exam_id": seen().id})
    with pytest.raises(ValidationError) as caught:
        env["exam.diagnosis.plan.line"].create({"plan_id": plan.id, "icd10_code": "52.1", "description": "?"})
    assert paths(caught) == ["icd10_code"]
