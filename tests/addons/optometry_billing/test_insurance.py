"""Payers, plans, and who is insured how on which day."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import UserError, ValidationError


def codes(caught):
    return {(each.path, each.code) for each in caught.value.problems}


def test_a_payer_gets_a_contact(payer):
    assert payer.partner_id.name == "Clear Vision"
    assert payer.partner_id.partner_kind == "payer"
    assert payer.timely_filing_days == 90


def test_payer_codes_are_taken_once(env, payer):
    with pytest.raises(ValidationError, match="same Payer Code"):
        env["insurance.company.listing"].create({"name": "Twin", "payer_code": "CLV1"})


def test_plans_make_sense(plan):
    with pytest.raises(ValidationError) as caught:
        plan.write({"exam_copay": -1, "frequency_lens": 500, "discount_over_allowance": 120})
    assert codes(caught) == {
        ("exam_copay", "negative"),
        ("frequency_lens", "range"),
        ("discount_over_allowance", "range"),
    }


def test_a_second_primary_plan_is_refused(enrol, enrolled, patient, second_plan):
    with pytest.raises(ValidationError) as caught:
        enrol(patient, second_plan)
    assert codes(caught) == {("rank", "taken")}
    assert enrol(patient, second_plan, "secondary")


def test_another_plan_may_follow_the_first(enrol, enrolled, patient, second_plan):
    enrolled.write({"termination_date": dt.date(2030, 12, 31)})
    assert enrol(patient, second_plan, effective_date=dt.date(2031, 1, 1))
    with pytest.raises(ValidationError):
        enrolled.write({"termination_date": dt.date(2031, 1, 1)})


def test_an_archived_plan_takes_no_rank(enrol, enrolled, patient, second_plan):
    enrolled.write({"active": False})
    assert enrol(patient, second_plan)
    with pytest.raises(ValidationError):
        enrolled.write({"active": True})


def test_dependants_name_the_subscriber(enrol, patient, plan):
    with pytest.raises(ValidationError) as caught:
        enrol(patient, plan, relationship="child")
    assert codes(caught) == {("subscriber_name", "required")}


def test_eligibility_is_asked_and_noted(enrolled):
    (answer,) = enrolled.check_eligibility()
    assert answer["eligible"]
    assert answer["problems"] == []
    assert answer["benefits"]["frame"] == {
        "available": True,
        "allowance": Decimal(150),
        "copay": Decimal(0),
        "reason": "",
    }
    assert enrolled.eligibility_state == "active"
    assert enrolled.checked_on == dt.date(2030, 4, 1)
    assert enrolled.remaining_frame == 150


def test_eligibility_outside_the_dates(enrolled):
    enrolled.write({"termination_date": dt.date(2030, 3, 31)})
    (answer,) = enrolled.check_eligibility()
    assert not answer["eligible"]
    assert [each["code"] for each in answer["problems"]] == ["terminated"]
    assert enrolled.eligibility_state == "inactive"
    assert enrolled.remaining_frame == 0
    (answer,) = enrolled.check_eligibility("2030-03-31")
    assert answer["eligible"]


def test_eligibility_refuses_what_it_cannot_read(enrolled):
    with pytest.raises(UserError, match="YYYY-MM-DD"):
        enrolled.check_eligibility("tomorrow")
    with pytest.raises(UserError, match="categories"):
        enrolled.check_eligibility(None, ["shoes"])


def test_a_used_benefit_is_gone_until_its_months_are_over(env, enrolled, claimed):
    (answer,) = enrolled.check_eligibility(None, ["frame"])
    assert [each["code"] for each in answer["problems"]] == ["used_up"]
    assert not answer["benefits"]["frame"]["available"]
    assert answer["benefits"]["exam"]["available"]
    assert enrolled.remaining_frame == 0
    (later,) = enrolled.check_eligibility("2032-04-01", ["frame"])
    assert later["eligible"]


def test_authorizations(env, enrolled, plan):
    plan.write({"requires_authorization": True})
    (answer,) = enrolled.check_eligibility()
    assert [each["path"] for each in answer["problems"]] == ["authorization_no"]
    enrolled.write({"authorization_no": "A1", "authorization_expiry": dt.date(2030, 3, 1)})
    (answer,) = enrolled.check_eligibility()
    assert [each["code"] for each in answer["problems"]] == ["expired"]


def test_a_claimed_plan_is_archived_not_deleted(enrolled, claimed):
    with pytest.raises(ValidationError, match="active=False"):
        enrolled.unlink()
