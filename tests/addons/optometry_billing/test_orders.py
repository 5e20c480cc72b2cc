"""Orders of glasses, contact lenses and services: what is checked, who pays, which forms are laid ready."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


def codes(caught):
    return {(each.path, each.code) for each in caught.value.problems}


def test_measurements_come_from_the_prescription(glasses, prescribe):
    order = glasses(rx_id=prescribe(od_seg_height=21.0, os_seg_height=21.5).id)
    assert (order.pd_distance, order.od_seg_height, order.os_seg_height) == (62.0, 21.0, 21.5)
    assert order.frame_source == "in_stock"
    assert order.frame_line_id.product_id.name == "Alder"
    assert order.od_lens_line_id.eye == "OD"
    assert order.partner_id == order.patient_id.partner_id


def test_the_responsible_party_pays(env, glasses, patient):
    parent = env["res.partner"].create({"name": "Alex Barrow"})
    patient.write({"responsible_party_id": parent.id})
    assert glasses().partner_id == parent


def test_an_order_without_insurance_is_the_patients(glasses):
    order = glasses()
    order.action_confirm()
    assert (order.amount_total, order.insurance_amount, order.patient_amount) == (D(320), D(0), D(320))


def test_the_price_is_split_by_the_plan(glasses, enrolled):
    order = glasses(insurance_plan_id=enrolled.id)
    (answer,) = order.action_apply_insurance()
    # frame 200: 150 from the payer, a fifth off the 50 above; lenses 120: all but the copay of 25
    assert [(each["insurer"], each["patient"], each["discount"]) for each in answer["lines"]] == [
        (D(150), D(40), D(10)),
        (D(35), D(25), D(0)),
        (D(60), D(0), D(0)),
    ]
    assert (order.amount_total, order.insurance_amount, order.patient_amount) == (D(310), D(245), D(65))
    (again,) = order.action_apply_insurance()
    assert again["patient_amount"] == D(65)
    assert len(order.order_line.filtered("discounted_line_id")) == 1


def test_two_invoices_add_up_to_the_order_with_taxes(env, glasses, enrolled, ledger_balances):
    tax = env["account.tax"].create({"name": "Sales 7.25 %", "amount": 7.25, "type_tax_use": "sale"})
    order = glasses(insurance_plan_id=enrolled.id)
    order.order_line.write({"tax_id": [Command.set([tax.id])]})
    order.action_confirm()
    order.bill()
    (mine,), (theirs,) = order.invoice_ids, order.insurer_invoice_ids
    assert (mine.payer_kind, theirs.payer_kind) == ("patient", "insurer")
    assert theirs.amount_total == order.insurance_amount == D(245)
    assert mine.amount_total == order.patient_amount
    assert mine.amount_total + theirs.amount_total == order.amount_total
    assert mine.amount_tax == order.amount_tax > 0
    assert theirs.partner_id.name == "Clear Vision"
    assert ledger_balances(env)


@pytest.mark.parametrize("rounding", ["round_per_line", "round_globally"])
def test_no_cent_is_lost_however_taxes_are_rounded(env, glasses, enrolled, plan, rounding, ledger_balances):
    env.company.write({"tax_calculation_rounding_method": rounding})
    plan.write({"frequency_frame": 0, "frequency_lens": 0})
    tax = env["account.tax"].create({"name": "Sales 8.375 %", "amount": 8.375, "type_tax_use": "sale"})
    for frame, right, left in (
        ("199.99", "33.33", "66.67"),
        ("151.07", "0.01", "12.50"),
        ("149.95", "25.03", "0.02"),
    ):
        order = glasses(insurance_plan_id=enrolled.id)
        order.order_line.write({"tax_id": [Command.set([tax.id])]})
        for line, price in zip(order.order_line, (frame, right, left), strict=True):
            line.write({"price_unit": price})
        order.action_confirm()
        order.bill()
        invoices = order.invoice_ids | order.insurer_invoice_ids
        assert sum(invoices.mapped("amount_total")) == order.amount_total
        assert order.insurance_amount + order.patient_amount == order.amount_total
    assert ledger_balances(env)


def test_who_pays_alone_has_no_payer(env, enrol, patient, glasses):
    insurance = env["spec.insurance"].create({"name": "Self-pay", "category": "self"})
    plan = env["spec.insurance.plan"].create({"name": "Self-pay", "insurance_id": insurance.id})
    order = glasses(insurance_plan_id=enrol(patient, plan).id)
    order.action_confirm()
    assert (order.insurance_amount, order.patient_amount) == (D(0), D(320))


def test_from_a_prescription_to_an_order(env, patient, prescribe, enrolled, catalogue):
    lens = catalogue.contact.id
    rx = prescribe(rx_type="soft_cl", od_product_id=lens, os_product_id=lens, od_quantity=4, os_quantity=2)
    order = env["sale.order"].browse(rx.action_to_order())
    assert (order.order_kind, order.rx_id, order.insurance_plan_id) == ("contact_lens", rx, enrolled)
    assert [(line.eye, line.product_uom_qty) for line in order.order_line] == [("OD", 4.0), ("OS", 2.0)]
    order.action_confirm()
    assert order.insurance_amount == D(130)


def test_glasses_name_no_contact_lens(prescribe, catalogue):
    with pytest.raises(ValidationError) as caught:
        prescribe(od_product_id=catalogue.contact.id)
    assert codes(caught) == {("od_product_id", "kind")}


def test_a_plan_used_up_leaves_all_to_the_patient(claimed, glasses, enrolled):
    order = glasses(insurance_plan_id=enrolled.id)
    (answer,) = order.action_apply_insurance()
    assert answer["insurance_amount"] == 0


def test_lines_kept_from_the_insurer_are_the_patients(glasses, enrolled):
    order = glasses(insurance_plan_id=enrolled.id)
    order.frame_line_id.write({"insurance": False})
    order.action_apply_insurance()
    assert order.insurance_amount == D(95)


def test_the_plans_price_list_is_the_orders(env, glasses, enrolled, plan):
    rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
    prices = env["product.pricelist"].create({"name": "Fees", "item_ids": [Command.create(rule)]})
    plan.write({"pricelist_id": prices.id})
    order = glasses(insurance_plan_id=enrolled.id)
    assert order.pricelist_id == prices
    assert order.amount_total == D(288)


# what is checked -----------------------------------------------------------------------------------------------


def test_an_expired_prescription_needs_a_reason(env, prescribe, glasses):
    old = prescribe(date=dt.date(2028, 1, 1), expiration_date=dt.date(2030, 3, 31))
    order = glasses(rx_id=old.id)
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) == {("rx_id", "expired")}
    assert "rx_override" in str(caught.value)
    order.with_context(rx_override="Lost on holiday, sees well").action_confirm()
    assert order.state == "sale"
    assert order.override_reason == "Lost on holiday, sees well"


def test_a_draft_prescription_carries_no_order(env, patient, glasses):
    draft = env["spec.contact.lenses"].create({"patient_id": patient.id, "od_sphere": -1, "os_sphere": -1})
    order = glasses(rx_id=draft.id, pd_distance=62)
    with pytest.raises(ValidationError) as caught:
        order.with_context(rx_override="please").action_confirm()
    assert codes(caught) == {("rx_id", "unsigned")}


def test_everything_missing_is_told_at_once(env, patient):
    order = env["sale.order"].create(
        {"patient_id": patient.id, "order_kind": "glasses", "frame_source": "lab"}
    )
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) >= {("rx_id", "required"), ("order_line", "frame"), ("order_line", "lens")}
    (answer,) = order.check_order()
    assert not answer["ok"]


def test_progressive_lenses_need_their_seg_height(glasses, catalogue, prescribe):
    order = glasses(catalogue.progressive, rx_id=prescribe(od_add=2.0, os_add=2.0).id)
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) == {("od_seg_height", "required"), ("os_seg_height", "required")}
    order.write({"od_seg_height": 12, "os_seg_height": 20})
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) == {("od_seg_height", "too_low")}
    order.write({"od_seg_height": 20})
    assert order.action_confirm()


def test_progressive_lenses_need_an_add(glasses, catalogue):
    order = glasses(catalogue.progressive, od_seg_height=20, os_seg_height=20)
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) == {("order_line", "add")}


def test_no_pd_no_glasses(glasses):
    with pytest.raises(ValidationError) as caught:
        glasses(pd_distance=False).action_confirm()
    assert codes(caught) == {("pd_distance", "required")}


def test_powers_beyond_the_product(glasses, child, prescribe):
    strong = prescribe(patient_id=child.id, od_sphere=-9.0, os_sphere=-8.5)
    with pytest.raises(ValidationError) as caught:
        glasses(patient_id=child.id, rx_id=strong.id).action_confirm()
    assert codes(caught) == {("order_line", "power")}


@pytest.mark.parametrize(
    ("source", "frame", "code"),
    [("patient", False, None), ("patient", True, "frame"), ("lab", False, "frame"), ("lab", True, None)],
)
def test_where_the_frame_comes_from(glasses, catalogue, line, source, frame, code):
    lines = [line(catalogue.lens, eye="OD"), line(catalogue.lens, eye="OS")]
    order = glasses(frame_source=source, order_line=lines + ([line(catalogue.frame)] if frame else []))
    found = {each["code"] for each in order.check_order()[0]["problems"]}
    assert found == ({code} if code else set())


def test_a_frame_that_is_not_in_stock(glasses, catalogue, line):
    lines = [line(catalogue.frame, 6), line(catalogue.lens, eye="OU")]
    order = glasses(order_line=lines)
    with pytest.raises(ValidationError) as caught:
        order.action_confirm()
    assert codes(caught) == {("order_line", "stock")}
    order.write({"frame_source": "special_order"})
    assert order.action_confirm()


def contact_order(env, patient, rx, lines):
    values = {"patient_id": patient.id, "order_kind": "contact_lens", "rx_id": rx.id, "order_line": lines}
    return env["sale.order"].create(values)


def test_contact_lenses_as_prescribed(env, patient, prescribe, catalogue, line):
    rx = prescribe(rx_type="soft_cl")
    order = contact_order(
        env, patient, rx, [line(catalogue.contact, 2, eye="OD"), line(catalogue.contact, 2)]
    )
    assert {each["path"] for each in order.check_order()[0]["problems"]} == {"order_line.eye"}
    order.order_line[1:].write({"eye": "OS"})
    order.action_confirm()
    assert set(order.consent_ids.mapped("applies_to")) == {"proof_of_delivery", "all_contact_lens"}


def test_contact_lenses_beyond_the_products_range(env, patient, prescribe, catalogue, line):
    rx = prescribe(rx_type="soft_cl", od_base_curve=8.6, os_cylinder=-1.75, os_axis=180)
    order = contact_order(
        env, patient, rx, [line(catalogue.contact, eye="OD"), line(catalogue.toric, eye="OS")]
    )
    found = {each["code"] for each in order.check_order()[0]["problems"]}
    assert found == {"base_curve", "cylinder"}


def test_everything_is_of_one_patient(env, child, glasses, enrol, plan):
    theirs = enrol(child, plan)
    with pytest.raises(ValidationError) as caught:
        glasses(insurance_plan_id=theirs.id)
    assert codes(caught) == {("insurance_plan_id", "other_patient")}


def test_nobody_writes_what_is_worked_out(glasses, staff, enrolled):
    order = glasses(insurance_plan_id=enrolled.id).with_user(staff.optician.id)
    frame = order.frame_line_id
    frame.write({"insurance_amount": 199, "discounted_line_id": order.od_lens_line_id.id})
    frame.create(
        {"order_id": order.id, "product_id": frame.product_id.id, "insurance_amount": 200, "insurance": False}
    )
    assert order.insurance_amount == 0
    with pytest.raises(ValidationError) as caught:
        order.write({"job_state": "ready", "remake_count": 3})
    assert codes(caught) == {("job_state", "not_allowed"), ("remake_count", "not_allowed")}
    assert order.write({"job_state": "new", "tray_no": "T7"})


def test_what_was_settled_stays_once_confirmed(glasses, staff, enrolled, prescribe):
    order = glasses(insurance_plan_id=enrolled.id).with_user(staff.optician.id)
    order.action_confirm()
    with pytest.raises(ValidationError) as caught:
        order.write({"insurance_plan_id": False, "frame_source": "lab"})
    assert codes(caught) == {("insurance_plan_id", "confirmed"), ("frame_source", "confirmed")}
    assert order.write({"rx_id": order.rx_id.id, "promised_date": dt.date(2030, 4, 9)})


def test_billed_in_parts_the_shares_still_add_up(
    env, patient, prescribe, enrolled, catalogue, line, ledger_balances
):
    rx = prescribe(rx_type="soft_cl")
    catalogue.contact.write({"invoice_policy": "delivery", "list_price": 49.99})
    lines = [line(catalogue.contact, 7, eye="OU")]
    values = {"patient_id": patient.id, "order_kind": "contact_lens", "rx_id": rx.id, "order_line": lines}
    order = env["sale.order"].create({**values, "insurance_plan_id": enrolled.id})
    order.action_confirm()
    assert order.insurance_amount == D(130)
    for quantity in (3, 4):
        picking = order.picking_ids.filtered(lambda each: each.state not in {"done", "cancel"})
        picking.action_assign()
        picking.move_ids.write({"quantity": quantity})
        picking.with_context(skip_backorder=True).button_validate()
        order.bill()
    theirs = [move.amount_total for move in order.insurer_invoice_ids.sorted("id")]
    assert theirs == [D("55.71"), D("74.29")]
    mine = sum((move.amount_total for move in order.invoice_ids), D(0))
    assert mine + sum(theirs) == order.amount_total
    assert ledger_balances(env)


def test_orders_of_customers_who_are_no_patients(env, catalogue, line):
    partner = env["res.partner"].create({"name": "Corner Shop"})
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": [line(catalogue.frame)]})
    order.action_confirm()
    (number,) = order.create_invoices()
    invoice = env["account.move"].browse(number)
    assert not invoice.payer_kind
    assert not order.consent_ids
    with pytest.raises(UserError, match="no job"):
        order.action_ready()


def test_invoicing_patients_and_others_together(env, glasses, enrolled, catalogue, line):
    partner = env["res.partner"].create({"name": "Corner Shop"})
    orders = env["sale.order"].create({"partner_id": partner.id, "order_line": [line(catalogue.coating)]})
    orders |= glasses(insurance_plan_id=enrolled.id)
    orders.action_confirm()
    assert len(orders.create_invoices()) == 2
    with pytest.raises(UserError, match="Nothing to invoice"):
        orders.create_invoices()


# changing one's mind ---------------------------------------------------------------------------------------------


def test_cancelling_frees_everything(env, glasses, enrolled, catalogue):
    order = glasses(insurance_plan_id=enrolled.id)
    order.action_confirm()
    order.create_invoices()
    claim = env["claim.manager"].browse(order.action_make_claims())
    assert catalogue.frame.free_qty == 4
    order.action_cancel()
    assert (order.state, order.job_state, claim.state) == ("cancel", "cancelled", "void")
    assert set((order.invoice_ids | order.insurer_invoice_ids).mapped("state")) == {"cancel"}
    assert catalogue.frame.free_qty == 5
    order.action_draft()
    assert order.job_state == "new"


def test_a_claimed_order_is_not_cancelled(claimed):
    with pytest.raises(UserError, match="claimed"):
        claimed.sale_order_id.action_cancel()
