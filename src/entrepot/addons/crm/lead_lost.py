"""The wizard that asks why an opportunity was lost."""

from __future__ import annotations

from typing import Any

from entrepot.api import Html, Many2many, Many2one, Model, public


class LeadLost(Model, name="crm.lead.lost", transient=True):
    """Get Lost Reason"""

    lead_ids = Many2many(
        "crm.lead",
        table="crm_lead_lost_lead_rel",
        column="wizard_id",
        other="lead_id",
        default=lambda self: self._active(),
        string="Leads",
    )
    lost_reason_id = Many2one("crm.lost.reason")
    lost_feedback = Html(string="Closing Note")

    def _active(self) -> list[int]:
        return active_leads(self)

    @public
    def action_lost_reason_apply(self) -> bool:
        """Lose the leads for this reason."""
        for wizard in self:
            leads = wizard.lead_ids or self.env["crm.lead"].browse(active_leads(self))
            note = {"lost_feedback": wizard.lost_feedback} if wizard.lost_feedback else {}
            leads.action_set_lost(lost_reason_id=wizard.lost_reason_id.id or None, **note)
        return True


def active_leads(records: Model) -> list[int]:
    """The leads that a client works on, of the context."""
    context: Any = records.env.context
    if context.get("active_model", "crm.lead") != "crm.lead":
        return []
    given = context.get("active_ids") or [context.get("active_id")]
    ids = given if isinstance(given, (list, tuple)) else []
    return [each for each in ids if type(each) is int and each > 0]
