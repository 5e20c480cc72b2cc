"""Who may see and do what on the clinic's business side."""

import pytest

from entrepot.api import AccessError, Command, UserError

CLAIMS = [
    "claim.manager",
    "claim.manager.line",
    "got2.batch.account.payment",
    "got2.batch.account.payment.line",
]
VOCABULARY = [
    "insurance.company.listing",
    "insurance.company.detail",
    "spec.insurance",
    "spec.insurance.plan",
    "tags.insurance.info",
    "patient.insurance.plan",
]


def test_every_model_has_access_lines(env):
    ours = [
        name
        for name, meta in env.registry.models.items()
        if "optometry_billing" in meta.module and not meta.abstract
    ]
    assert len(ours) >= 11
    manager = env.ref("optometry.group_manager")
    for name in ours:
        lines = env["ir.model.access"].search([("model", "=", name)])
        assert manager in lines.mapped("group_id"), name


def test_users_of_other_add_ons_see_nothing(env):
    outsider = env["res.users"].create(
        {
            "name": "Out",
            "login": "out@example.com",
            "groups_id": [Command.set([env.ref("base.group_user").id])],
        }
    )
    for name in [*CLAIMS, *VOCABULARY, "optical.inspection", "sale.order"]:
        with pytest.raises(AccessError):
            env[name].with_user(outsider.id).search([])


def test_claims_are_not_for_the_front_desk_nor_the_optician(env, staff, claimed):
    for role in (staff.front_desk, staff.optician, staff.technician):
        for name in CLAIMS:
            with pytest.raises(AccessError):
                env[name].with_user(role.id).search([])
    for role in (staff.biller, staff.optometrist, staff.manager, staff.api_read):
        assert claimed in env["claim.manager"].with_user(role.id).search([])


@pytest.mark.parametrize(
    "role", ["front_desk", "optician", "biller", "technician", "optometrist", "manager", "api_read"]
)
def test_everybody_reads_what_they_may_whole(env, staff, claimed, role):
    user = getattr(staff, role).id
    for record in (claimed.patient_id, claimed.sale_order_id, claimed.exam_id, claimed.patient_plan_id):
        mine = env[record.model_name].with_user(user).browse(record.ids)
        (row,) = mine.read([]).dicts()
        assert row["id"] == record.id
    assert "chief_complaint" not in env["appointment.exam"].with_user(staff.front_desk.id).fields_get()


def test_the_desk_enrols_and_takes_orders(env, staff, patient, plan, glasses):
    desk = staff.front_desk.id
    values = {"patient_id": patient.id, "plan_id": plan.id, "member_id": "M-1"}
    made = env["patient.insurance.plan"].with_user(desk).create(values)
    (answer,) = made.check_eligibility()
    assert answer["eligible"]
    assert glasses().with_user(desk).action_confirm()
    with pytest.raises(AccessError):
        env["spec.insurance.plan"].with_user(desk).browse(plan.ids).write({"exam_copay": 1})


def test_opticians_claim_nothing(env, staff, glasses, enrolled):
    order = glasses(insurance_plan_id=enrolled.id)
    order.action_confirm()
    with pytest.raises(AccessError):
        order.with_user(staff.optician.id).action_make_claims()
    with pytest.raises(AccessError):
        order.with_user(staff.api_read.id).bill()


def test_billers_do_not_write_what_payers_say(env, staff, claimed):
    biller = staff.biller.id
    line = env["claim.manager.line"].with_user(biller).browse(claimed.line_ids[:1].ids)
    line.write({"paid": 100, "reason_code": "CO-45"})
    assert (line.paid, line.reason_code) == (0, "CO-45")
    with pytest.raises(UserError, match="submitted"):
        line.write({"charge": 1000})
    with pytest.raises(UserError, match="submitted"):
        line.create({"claim_id": claimed.id, "procedure_id": line.procedure_id.id, "charge": 5})
    fresh = env["claim.manager"].with_user(biller)
    made = fresh.create(
        {
            "patient_id": claimed.patient_id.id,
            "patient_plan_id": claimed.patient_plan_id.id,
            "state": "paid",
            "line_ids": [
                Command.create({"procedure_id": line.procedure_id.id, "charge": 5, "paid": 5, "expected": 5})
            ],
        }
    )
    assert (made.state, made.total_paid, made.total_expected) == ("draft", 0, 0)


def test_a_biller_works_through_a_claim(env, staff, claimed):
    biller = staff.biller.id
    claim = claimed.with_user(biller)
    claim.action_accept()
    batch = env["got2.batch.account.payment"].with_user(biller)
    batch = batch.create(
        {"payer_id": claim.payer_id.id, "amount_total": 245, "claim_ids": [Command.set(claim.ids)]}
    )
    batch.action_post()
    assert (batch.state, claim.state, claim.balance) == ("reconciled", "paid", 0)
    with pytest.raises(UserError, match="action_post"):
        batch.write({"state": "draft"})


def test_claims_of_other_companies_are_hidden(env, staff, claimed):
    other = env["res.company"].create({"name": "Branch"})
    claimed.write({"company_id": other.id})
    biller = staff.biller.id
    assert not env["claim.manager"].with_user(biller).search([])
    assert not env["claim.manager.line"].with_user(biller).search([])
