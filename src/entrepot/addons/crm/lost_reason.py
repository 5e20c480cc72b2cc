"""Why opportunities are lost."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Model


class LostReason(Model, name="crm.lost.reason", order="name, id"):
    """Opp. Lost Reason"""

    name = Char(string="Description", required=True, translate=True)
    active = Boolean(default=True)
    leads_count = Integer(compute="_compute_leads_count", aggregator=None)

    def _compute_leads_count(self) -> None:
        leads = self.env["crm.lead"].with_context(active_test=False)
        rows = leads.read_group([("lost_reason_id", "in", self.ids)], [], ["lost_reason_id"])
        found = {row["lost_reason_id"][0]: row["lost_reason_id_count"] for row in rows}
        for reason in self:
            reason.leads_count = found.get(reason.id, 0)
