"""A lead's way through the pipeline."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import AccessError, UserError, ValidationError


def test_a_lead_begins_in_the_first_stage_of_its_team(env, lead, customer, staff):
    team = env["crm.team"].create({"name": "North", "member_ids": [staff.sam.id]})
    first = lead(user_id=staff.sam.id, partner_id=customer.id, expected_revenue=1000)
    assert (first.team_id, first.stage_id) == (team, env.ref("crm.stage_lead1"))
    assert (first.probability, first.prorated_revenue, first.won_status) == (10, Decimal(100), "pending")
    assert (first.email_from, first.contact_name, first.partner_name) == (
        "Nina@Azure.example.com",
        "Nina",
        "Azure",
    )
    assert first.email_normalized == "nina@azure.example.com"
    assert first.function == "Buyer"


def test_probability_follows_the_stage_until_it_is_given(env, lead):
    one = lead(expected_revenue="999.99")
    one.write({"stage_id": env.ref("crm.stage_lead3").id})
    assert (one.probability, one.prorated_revenue) == (70, Decimal("699.99"))
    one.write({"probability": 45})
    assert one.prorated_revenue == Decimal("450.00")
    assert lead(probability=33).probability == 33


def test_won_and_opened_again(env, lead, clock):
    one = lead(expected_revenue=50)
    clock.moment += dt.timedelta(days=3)
    one.action_set_won()
    assert (one.stage_id, one.probability, one.won_status) == (env.ref("crm.stage_lead4"), 100, "won")
    assert one.date_closed == clock.moment
    assert one.day_close == 3
    one.write({"stage_id": env.ref("crm.stage_lead2").id})
    assert (one.probability, one.won_status, one.date_closed) == (30, "pending", None)


def test_each_team_has_its_own_won_stage(env, lead):
    team = env["crm.team"].create({"name": "Lenses"})
    own = env["crm.stage"].create(
        {"name": "Sold", "is_won": True, "team_id": team.id, "sequence": 5, "probability": 100}
    )
    both = lead(team_id=team.id) | lead()
    both.action_set_won()
    assert both.mapped("stage_id") == own | env.ref("crm.stage_lead4")
    with pytest.raises(ValidationError) as caught:
        both[1].write({"stage_id": own.id})
    assert caught.value.problems[0].code == "other_team"
    env["crm.stage"].search([("is_won", "=", True)]).write({"is_won": False})
    with pytest.raises(UserError):
        lead().action_set_won()


def test_lost_for_a_reason_and_brought_back(env, lead, clock):
    one = lead()
    reason = env.ref("crm.lost_reason_1")
    wizard = env["crm.lead.lost"].with_context(active_ids=one.ids, active_model="crm.lead")
    wizard.create(
        {"lost_reason_id": reason.id, "lost_feedback": "<p>Next year</p>"}
    ).action_lost_reason_apply()
    assert (one.active, one.probability, one.won_status) == (False, 0, "lost")
    assert (one.lost_reason_id, one.date_closed) == (reason, clock.moment)
    assert reason.leads_count == 1
    one.toggle_active()
    assert (one.active, one.probability, one.won_status) == (True, 10, "pending")
    assert not one.lost_reason_id
    assert (one.lost_feedback, one.date_closed) == (None, None)


def test_lost_without_the_wizard(env, lead):
    both = lead() | lead()
    both.action_set_lost(lost_reason_id=env.ref("crm.lost_reason_2").id)
    assert set(both.mapped("won_status")) == {"lost"}


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"probability": 101}, "probability"),
        ({"probability": -1}, "probability"),
        ({"expected_revenue": -5}, "expected_revenue"),
        ({"name": ""}, "name"),
        ({"type": "deal"}, "type"),
    ],
)
def test_figures_without_sense_are_refused(lead, values, path):
    with pytest.raises(ValidationError) as caught:
        lead(**values)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_figures_of_the_pipeline(env, lead):
    for stage, revenue in (("stage_lead1", 100), ("stage_lead1", 50), ("stage_lead3", 200)):
        lead(stage_id=env.ref(f"crm.{stage}").id, expected_revenue=revenue)
    rows = env["crm.lead"].read_group(
        [("type", "=", "opportunity")],
        ["expected_revenue:sum", "prorated_revenue:sum", "probability:avg"],
        ["stage_id"],
    )
    found = {
        row["stage_id"][1]: (row["stage_id_count"], row["expected_revenue"], row["prorated_revenue"])
        for row in rows
    }
    assert found == {"New": (2, 150, 15), "Proposition": (1, 200, 140)}
    team = env.ref("crm.team_sales_department")
    assert (team.opportunities_count, team.opportunities_amount) == (3, 350)


def test_meetings_are_counted(env, lead, clock):
    one = lead()
    for day in (2, 5):
        env["calendar.event"].create(
            {"name": "Visit", "start": f"2030-04-0{day} 09:00:00", "opportunity_id": one.id}
        )
    clock.moment = dt.datetime(2030, 4, 3, tzinfo=dt.UTC)
    assert (one.calendar_event_count, one.meeting_count) == (2, 2)
    assert one.meeting_display_date == dt.date(2030, 4, 5)


def test_salespersons_see_their_own(env, lead, staff):
    mine, hers, open_ = lead(user_id=staff.sam.id), lead(user_id=staff.sue.id), lead(user_id=False)
    env.flush()
    leads = env["crm.lead"]
    assert set(leads.with_user(staff.sam.id).search([]).ids) == {mine.id, open_.id}
    assert set(leads.with_user(staff.max.id).search([]).ids) >= {mine.id, hers.id, open_.id}
    with pytest.raises(AccessError):
        hers.with_user(staff.sam.id).write({"name": "Mine now"})
    with pytest.raises(AccessError):
        mine.with_user(staff.sam.id).unlink()
    env["crm.team"].create({"name": "South", "user_id": staff.sam.id, "member_ids": [staff.sue.id]})
    late = lead(user_id=staff.sue.id)
    env.flush()
    assert late in leads.with_user(staff.sam.id).search([])


def test_many_leads_cost_no_more_statements_than_few(env, customer, staff):
    def cost(count):
        rows = [
            {"name": f"Lead {at}", "partner_id": customer.id, "user_id": staff.sam.id} for at in range(count)
        ]
        env.flush()
        before = env.tx.statements
        made = env["crm.lead"].create(rows)
        made.action_set_won()
        env.flush()
        return env.tx.statements - before

    assert cost(200) <= cost(5) + 10
