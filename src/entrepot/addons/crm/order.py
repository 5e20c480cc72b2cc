"""What sales adds to orders here: the opportunity they come from, and who sells in which team."""

from __future__ import annotations

from entrepot.api import Many2many, Many2one, Model


class Order(Model, extends="sale.order"):
    """Sales Order"""

    opportunity_id = Many2one(
        "crm.lead", index=True, on_delete="set null", domain=[("type", "=", "opportunity")], copy=True
    )
    team_id = Many2one("crm.team", string="Sales Team", index=True, on_delete="set null")
    tag_ids = Many2many(
        "crm.tag", table="sale_order_tag_rel", column="order_id", other="tag_id", string="Tags"
    )

    def action_confirm(self) -> bool:
        """Confirm; where the team wants it so, the opportunity is won."""
        done = bool(super().action_confirm())  # type: ignore[misc]  # the model has it
        won = self.filtered(lambda order: order.state == "sale").mapped("opportunity_id").sudo()
        won = won.filtered(lambda lead: lead.team_id.won_on_order and lead.won_status != "won")
        if won:
            won.action_set_won()
        return done
