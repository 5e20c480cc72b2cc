"""The wizard that makes an opportunity of a lead, or merges it with those that are there already."""

from __future__ import annotations

from typing import Any

from entrepot.addons.crm.lead_lost import active_leads
from entrepot.api import Many2many, Many2one, Model, Problem, Selection, ValidationError, public

_NAMES = [("convert", "Convert to opportunity"), ("merge", "Merge with existing opportunities")]
_ACTIONS = [
    ("create", "Create a new customer"),
    ("exist", "Link to an existing customer"),
    ("nothing", "Do not link to a customer"),
]


class LeadToOpportunity(Model, name="crm.lead2opportunity.partner", rec_name="", transient=True):
    """Convert Lead to Opportunity (not in mass)"""

    name = Selection(_NAMES, string="Conversion Action", required=True, default="convert")
    action = Selection(_ACTIONS, string="Related Customer", help="Empty: link to who is found, else nothing.")
    lead_id = Many2one(
        "crm.lead",
        string="Associated Lead",
        required=True,
        default=lambda self: self._active(),
        on_delete="cascade",
    )
    duplicated_lead_ids = Many2many(
        "crm.lead",
        table="crm_lead2opportunity_lead_rel",
        column="wizard_id",
        other="lead_id",
        string="Opportunities",
    )
    partner_id = Many2one("res.partner", string="Customer")
    user_id = Many2one("res.users", string="Salesperson")
    team_id = Many2one("crm.team", string="Sales Team")

    def _active(self) -> int | None:
        found = active_leads(self)
        return found[0] if found else None

    @public
    def action_apply(self) -> dict[str, Any]:
        """Convert or merge; what to open then: the opportunity."""
        wizard = self.ensure_one()
        lead = wizard.lead_id
        lead.check_access("write")
        if wizard.name == "merge":
            lead = (lead | wizard.duplicated_lead_ids).merge_opportunity(
                wizard.user_id.id or False, wizard.team_id.id or False
            )
        lead = lead.sudo()
        partner = self._customer(lead)
        users = [wizard.user_id.id] if wizard.user_id else False
        lead.convert_opportunity(partner.id or False, users, wizard.team_id.id or False)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
        }

    def _customer(self, lead: Any) -> Any:
        match self.action:
            case "create":
                return lead.create_partner()
            case "exist":
                found = self.partner_id or lead.find_partner()
                if not found:
                    text = "Nobody with the e-mail address or phone of this lead is known: choose a customer."
                    raise ValidationError(problems=[Problem("partner_id", "required", text)])
                return found
            case "nothing":
                return self.env["res.partner"]
            case _:
                return self.partner_id or lead.find_partner()
