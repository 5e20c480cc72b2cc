"""Services of exams: billed on orders, priced by the plan's prices, freed again."""

from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


def codes(caught):
    return {(each.path, each.code) for each in caught.value.problems}


@pytest.fixture
def perform(env, diagnosed):
    """A performed service: `perform("92014", insurance=True)`; it points to every diagnosis unless told."""

    def make(code, *, pointers=True, **values):
        procedure = env["spec.procedure.code"].search([("code", "=", code)])
        lines = diagnosed.diagnosis_plan_ids.line_ids.ids if pointers else []
        given = {
            "exam_id": diagnosed.id,
            "procedure_id": procedure.id,
            "diagnosis_line_ids": [Command.set(lines)],
            "state": "performed",
        }
        return env["exam.service"].create({**given, **values})

    return make


def test_services_become_an_order(env, diagnosed, perform, enrolled):
    diagnosed.write({"insurance_plan_id": enrolled.id})
    exam, photo = perform("92014", insurance=True), perform("92250", price_unit=60)
    (number,) = diagnosed.action_bill()
    order = env["sale.order"].browse(number)
    assert diagnosed.sale_order_id == order
    assert (order.order_kind, order.insurance_plan_id, order.exam_id) == ("service", enrolled, diagnosed)
    assert (exam.state, exam.sale_line_id.order_id) == ("billed", order)
    assert photo.sale_line_id.price_unit == 60
    order.action_confirm()
    # the exam of 140 less the copay of 10 from the payer; the photo is the patient's
    assert (order.amount_total, order.insurance_amount) == (D(200), D(130))
    (claim,) = env["claim.manager"].browse(diagnosed.action_make_claims())
    assert claim.line_ids.mapped("procedure_code") == ["92014"]
    assert claim.line_ids.diagnosis_pointers == "AB"
    with pytest.raises(UserError, match="not claimed yet"):
        diagnosed.action_make_claims()


def test_services_join_an_open_quotation(env, diagnosed, perform, glasses):
    order = glasses()
    perform("92014")
    assert diagnosed.action_bill(order.id) == [order.id]
    assert len(order.order_line) == 4
    perform("92250")
    order.action_confirm()
    with pytest.raises(UserError, match="open quotation"):
        diagnosed.action_bill(order.id)


def test_medical_services_need_a_diagnosis(diagnosed, perform):
    perform("92014", pointers=False)
    with pytest.raises(ValidationError) as caught:
        diagnosed.action_bill()
    assert codes(caught) == {("service_ids.diagnosis_line_ids", "required")}


def test_nothing_performed_is_nothing_billed(diagnosed, perform):
    perform("92014", state="draft")
    with pytest.raises(ValidationError) as caught:
        diagnosed.action_bill()
    assert codes(caught) == {("service_ids", "required")}


def test_cancelling_the_order_frees_its_services(env, diagnosed, perform, staff):
    service = perform("92014")
    order = env["sale.order"].browse(diagnosed.action_bill())
    with pytest.raises(UserError, match="action_bill"):
        service.with_user(staff.biller.id).write({"state": "performed"})
    order.action_confirm()
    order.action_cancel()
    assert service.state == "performed"
    assert not service.sale_line_id
    assert diagnosed.action_bill() != [order.id]


def test_billing_goes_on_after_signing(env, diagnosed, perform, enrolled, staff):
    service = perform("92014")
    for step in ("action_checkout", "action_complete", "action_sign"):
        getattr(diagnosed, step)()
    diagnosed.with_user(staff.front_desk.id).write({"insurance_plan_id": enrolled.id})
    service.with_user(staff.biller.id).write({"insurance": True})
    (number,) = diagnosed.with_user(staff.biller.id).action_bill()
    assert env["sale.order"].browse(number).insurance_plan_id == enrolled
    with pytest.raises(UserError, match="is billed"):
        service.with_user(staff.biller.id).write({"qty": 2})


def test_nobody_bills_by_writing(staff, perform):
    with pytest.raises(UserError, match="action_bill"):
        perform("92014").with_user(staff.biller.id).write({"state": "billed"})


def test_every_service_is_a_product(env):
    procedures = env["spec.procedure.code"].search([("category", "!=", "materials")])
    assert all(each.product_id.type == "service" for each in procedures)
    exam = env.ref("optometry.procedure_92014").product_id
    assert (exam.spec_product_type, exam.benefit_category, exam.procedure_id.code) == (
        "exam",
        "exam",
        "92014",
    )
    own = env["spec.procedure.code"].create(
        {"code": "FIT", "name": "Fit", "type": "internal", "category": "cl_fit"}
    )
    assert own.ensure_products().benefit_category == "cl_fit"


def test_products_of_a_clinic_make_sense(env):
    with pytest.raises(ValidationError) as caught:
        env["product.template"].create(
            {
                "name": "Odd",
                "spec_product_type": "exam",
                "type": "consu",
                "eye_size": 200,
                "power_min": 3,
                "power_max": -3,
                "sphere_min": 1,
                "box_qty": -1,
            }
        )
    assert codes(caught) == {
        ("type", "kind"),
        ("eye_size", "range"),
        ("power_min", "order"),
        ("sphere_min", "required"),
        ("box_qty", "range"),
    }
