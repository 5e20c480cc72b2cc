"""Consent forms of orders: which are laid ready, and for whom."""

import pytest

from entrepot.api import Command, ValidationError


def codes(caught):
    return {(each.path, each.code) for each in caught.value.problems}


def forms(order):
    return set(order.consent_ids.mapped("applies_to"))


def test_an_adults_order_has_the_proof_of_delivery(glasses):
    order = glasses()
    order.action_confirm()
    assert forms(order) == {"proof_of_delivery"}
    assert order.name in order.consent_ids.body_html
    assert order.prepare_consents() == []


def test_a_seventeen_year_old_without_polycarbonate(child, glasses, prescribe, catalogue):
    rx = prescribe(patient_id=child.id)
    order = glasses(patient_id=child.id, rx_id=rx.id)
    order.action_confirm()
    assert forms(order) == {"proof_of_delivery", "polycarbonate"}
    tough = glasses(catalogue.poly, patient_id=child.id, rx_id=rx.id)
    tough.action_confirm()
    assert forms(tough) == {"proof_of_delivery"}


def test_a_patients_frame_and_a_balance_lens(glasses):
    order = glasses(frame_source="patient", gls_balance=True)
    order.action_confirm()
    assert forms(order) == {"proof_of_delivery", "polycarbonate", "patient_frame"}


def test_the_literal_reading_is_a_setting(env, glasses):
    env.company.write({"polycarbonate_literally": True})
    order = glasses()
    order.action_confirm()
    assert "polycarbonate" in forms(order)


def test_forms_for_one_payer_only(env, glasses, patient, enrolled, payer, medical_payer):
    def template(only):
        return env["got2.consent.form.template"].create(
            {
                "name": f"Terms of {only.name}",
                "form_kind": "sale_order",
                "applies_to": "all_glasses",
                "body_html": "<p>{{order.items}}</p>",
                "insurance_company_ids": [Command.set(only.ids)],
            }
        )

    template(payer)
    template(medical_payer)
    order = glasses()
    order.action_confirm()
    assert "Terms of Clear Vision" in order.consent_ids.mapped("name")
    assert "Terms of Body Health" not in order.consent_ids.mapped("name")


def test_order_forms_say_for_which_orders(env):
    with pytest.raises(ValidationError) as caught:
        env["got2.consent.form.template"].create(
            {"name": "X", "form_kind": "sale_order", "body_html": "<p>x</p>"}
        )
    assert codes(caught) == {("applies_to", "required")}
