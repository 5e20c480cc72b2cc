"""A small pipeline: a fresh lead, two opportunities under way, one won and one lost."""

from __future__ import annotations

from entrepot.api import Environment

_LEADS = (
    # external id, name, stage, values
    (
        "demo_lead",
        "Reading lamps",
        "stage_lead1",
        {"type": "lead", "contact_name": "Theo Marsh", "priority": "1"},
    ),
    (
        "demo_frames",
        "Frames for three shops",
        "stage_lead2",
        {
            "partner_name": "Northside Optics",
            "email_from": "buy@northside.example.com",
            "expected_revenue": 4200,
        },
    ),
    (
        "demo_chairs",
        "Chairs for the waiting room",
        "stage_lead3",
        {"contact_name": "Ines Roth", "phone": "+49 30 123456", "expected_revenue": 900, "priority": "2"},
    ),
    ("demo_won", "Cleaning cloths", "stage_lead4", {"expected_revenue": 150}),
)


def load(env: Environment) -> None:
    """Make the demo leads, once."""
    team = env.ref("crm.team_sales_department").id
    for key, name, stage, values in _LEADS:
        if not env.ref(f"crm.{key}", missing_ok=True):
            more = {"name": name, "stage_id": env.ref(f"crm.{stage}").id, "team_id": team, **values}
            env.upsert(f"crm.{key}", "crm.lead", more, noupdate=True)
    if not env.ref("crm.demo_lost", missing_ok=True):
        values = {"name": "Shop fitting", "team_id": team, "expected_revenue": 12000}
        lost = env.upsert("crm.demo_lost", "crm.lead", values, noupdate=True)
        env["crm.lead"].browse(lost.id).action_set_lost(lost_reason_id=env.ref("crm.lost_reason_1").id)
