"""From leads to opportunities and customers; duplicates and merging."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.crm.merging import lost_values, merged_values
from entrepot.api import AccessError, Command, UserError, ValidationError


def wizard(env, lead, **values):
    return env["crm.lead2opportunity.partner"].create({"lead_id": lead.id, **values})


def test_a_lead_becomes_an_opportunity_with_a_new_customer(env, lead):
    one = lead(type="lead", contact_name="Ada", partner_name="Blue Ltd", email_from="ada@blue.example.com")
    opened = wizard(env, one, action="create").action_apply()
    assert (opened["res_model"], opened["res_id"]) == ("crm.lead", one.id)
    assert (one.type, one.partner_id.name, one.partner_id.parent_id.name) == (
        "opportunity",
        "Ada",
        "Blue Ltd",
    )
    assert one.partner_id.parent_id.is_company
    assert one.date_conversion
    other = lead(type="lead", contact_name="Bob", partner_name="Blue Ltd")
    wizard(env, other, action="create").action_apply()
    assert other.partner_id.parent_id == one.partner_id.parent_id


def test_a_known_customer_is_found_by_address_or_number(env, lead, customer):
    by_mail = lead(type="lead", email_from="NINA@azure.example.com")
    wizard(env, by_mail, action="exist").action_apply()
    assert by_mail.partner_id == customer
    by_phone = lead(type="lead", phone="+33 1 23 45 67 89")
    wizard(env, by_phone, action="exist").action_apply()
    assert by_phone.partner_id == customer.parent_id
    unknown = lead(type="lead", email_from="who@else.example.com")
    with pytest.raises(ValidationError):
        wizard(env, unknown, action="exist").action_apply()
    wizard(env, unknown, action="nothing").action_apply()
    assert (unknown.type, unknown.partner_id.id) == ("opportunity", 0)


def test_conversion_hands_leads_out_in_turn(env, lead, staff):
    leads = env["crm.lead"].browse([lead(type="lead", user_id=False).id for _ in range(3)])
    leads.convert_opportunity(False, [staff.sam.id, staff.sue.id])
    assert [each.user_id.id for each in leads] == [staff.sam.id, staff.sue.id, staff.sam.id]
    lost = lead(type="lead")
    lost.action_set_lost()
    lost.convert_opportunity(False)
    assert lost.type == "lead"


def test_a_salesperson_may_hand_a_lead_on(env, lead, staff):
    one = lead(type="lead", user_id=staff.sam.id, contact_name="Ada")
    env.flush()
    sam = env["res.users"].with_user(staff.sam.id).env
    wizard(sam, one, action="create", user_id=staff.sue.id).action_apply()
    assert (one.user_id, one.partner_id.name, one.type) == (staff.sue, "Ada", "opportunity")
    with pytest.raises(AccessError):
        wizard(sam, one, action="nothing")


def test_somebody_without_a_name_is_no_customer(env, lead):
    with pytest.raises(UserError):
        wizard(env, lead(type="lead"), action="create").action_apply()


def test_duplicates_are_found_in_any_spelling(env, lead):
    france = env.ref("base.fr").id
    one = lead(email_from="Ada <ada@blue.example.com>", phone="06 12 34 56 78", country_id=france)
    mail = lead(email_from="ADA@blue.example.com")
    phone = lead(mobile="+33612345678")
    lead(email_from="other@blue.example.com")
    lost = lead(email_from="ada@blue.example.com")
    lost.action_set_lost()
    assert set(one.duplicate_lead_ids.ids) == {mail.id, phone.id, lost.id}
    assert one.duplicate_lead_count == 3
    assert phone.duplicate_lead_ids == one


def test_merging_keeps_everything(env, lead, clock, customer):
    old = lead(type="lead", name="Chairs", email_from="ada@blue.example.com", expected_revenue=100)
    clock.moment += dt.timedelta(days=1)
    new = lead(
        name="Tables",
        email_from="ada@home.example.com",
        partner_id=customer.id,
        expected_revenue=250,
        priority="2",
        description="<p>Wants oak</p>",
        tag_ids=[env.ref("crm.categ_oppor1").id],
    )
    meeting = env["calendar.event"].create({"name": "Visit", "opportunity_id": new.id})
    file = env["ir.attachment"].create(
        {"name": "plan.txt", "raw": b"x", "res_model": "crm.lead", "res_id": new.id}
    )
    kept = (new | old).merge_opportunity()
    assert kept == old
    assert not new.exists()
    assert (kept.type, kept.name, kept.partner_id, kept.priority) == ("opportunity", "Chairs", customer, "2")
    assert kept.email_from == "ada@blue.example.com"
    assert kept.tag_ids == env.ref("crm.categ_oppor1")
    for word in ("Tables", "ada@home.example.com", "250", "Wants oak"):
        assert word in kept.description
    assert (meeting.opportunity_id, file.res_id) == (kept, kept.id)


def test_merging_refuses_too_few_and_other_companies(env, lead):
    other = env["res.company"].create({"name": "Second"})
    with pytest.raises(UserError):
        lead().merge_opportunity()
    with pytest.raises(UserError):
        (lead() | lead(company_id=other.id)).merge_opportunity()


def test_merging_by_wizard_and_conversion(env, lead, staff):
    leads = lead() | lead(type="lead", phone="+33612345678")
    wizard_ = env["crm.merge.opportunity"].create(
        {"opportunity_ids": [Command.set(leads.ids)], "user_id": staff.sue.id}
    )
    assert wizard_.action_merge() == leads[0].id
    assert (leads[0].user_id, leads[0].phone) == (staff.sue, "+33612345678")
    more = lead(type="lead")
    opened = wizard(
        env, more, name="merge", action="nothing", duplicated_lead_ids=[Command.set([leads[0].id])]
    ).action_apply()
    assert opened["res_id"] == leads[0].id
    assert not more.exists()


values = st.one_of(st.none(), st.just(""), st.just(0), st.integers(1, 3), st.sampled_from(["a", "b"]))
rows = st.lists(st.fixed_dictionaries({"x": values, "y": values}), min_size=1, max_size=5)


@given(rows)
def test_every_value_is_kept_or_told(given_rows):
    kept = merged_values(given_rows)
    lost = lost_values(given_rows, kept)
    for row, told in zip(given_rows, lost, strict=True):
        for name, value in row.items():
            if value not in (None, "", 0):
                assert kept[name] == value or told[name] == value
    assert lost[0] == {}
