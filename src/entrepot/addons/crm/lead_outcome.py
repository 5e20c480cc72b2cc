"""How leads end: won, or lost for a reason."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from entrepot.api import Model, UserError, public


class LeadOutcome(Model, extends="crm.lead"):
    """Lead"""

    @public
    def action_set_won(self) -> bool:
        """Move these to the next won stage of their team: certain, and closed. Raises UserError without such a stage."""
        stages = self.env["crm.stage"].sudo().search([("is_won", "=", True)])
        by_stage: dict[int, list[int]] = defaultdict(list)
        for lead in self:
            own = [stage for stage in stages if not stage.team_id or stage.team_id == lead.team_id]
            if not own:
                raise UserError("There is no won stage for this team: make one, or let a shared one be won.")
            later = [stage for stage in own if stage.sequence >= lead.stage_id.sequence]
            by_stage[(later or own)[0].id].append(lead.id)
        for stage, ids in by_stage.items():
            self.browse(ids).write({"active": True, "stage_id": stage, "probability": 100.0})
        return True

    @public
    def action_set_won_rainbowman(self) -> bool:
        """The name under which clients win one."""
        return self.action_set_won()

    @public
    def action_set_lost(self, **additional_values: Any) -> bool:
        """Archive these with no chance left; `lost_reason_id` and other fields may be given along."""
        return self.write({**additional_values, "active": False, "probability": 0.0})
