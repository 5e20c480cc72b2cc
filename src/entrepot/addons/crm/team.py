"""Sales teams: who sells together, and who leads them."""

from __future__ import annotations

from typing import Any

from entrepot.api import Boolean, Char, Integer, Many2many, Many2one, Model, Monetary, depends

_SALES = "sale.group_sale_salesman"


class Team(Model, name="crm.team", order="sequence, id"):
    """Sales Team"""

    name = Char(string="Sales Team", required=True, translate=True)
    sequence = Integer(default=10, aggregator=None)
    active = Boolean(default=True)
    company_id = Many2one("res.company", index=True)
    user_id = Many2one("res.users", string="Team Leader")
    member_ids = Many2many(
        "res.users",
        table="crm_team_member",
        column="crm_team_id",
        other="user_id",
        string="Salespersons",
    )
    color = Integer(string="Color Index", aggregator=None)
    use_leads = Boolean(string="Leads", help="Unqualified leads come before opportunities.")
    use_opportunities = Boolean(string="Pipeline", default=True)
    won_on_order = Boolean(string="Won by Orders", help="A confirmed order wins its opportunity.")
    currency_id = Many2one("res.currency", compute="_compute_currency")
    opportunities_count = Integer(compute="_compute_pipeline", aggregator=None, groups=_SALES)
    opportunities_amount = Monetary(compute="_compute_pipeline", aggregator=None, groups=_SALES)

    @depends("company_id")
    def _compute_currency(self) -> None:
        for team in self:
            team.currency_id = (team.company_id or self.env.company).currency_id

    def _compute_pipeline(self) -> None:
        """Of the open opportunities of the companies at work, whoever's they are."""
        rows = self.env["crm.lead"].read_group(
            [
                ("team_id", "in", self.ids),
                ("type", "=", "opportunity"),
                ("won_status", "=", "pending"),
                ("company_id", "in", [False, *self.env.company_ids]),
            ],
            ["expected_revenue:sum"],
            ["team_id"],
        )
        found: dict[int, dict[str, Any]] = {row["team_id"][0]: row for row in rows if row["team_id"]}
        for team in self:
            row = found.get(team.id, {})
            team.opportunities_count = row.get("team_id_count", 0)
            team.opportunities_amount = row.get("expected_revenue", 0)

    def of_user(self, user_id: int) -> Team:
        """The team that somebody works in: as a member or its leader, else the first there is."""
        teams = self.sudo().search([("company_id", "in", [False, *self.env.company_ids])])
        own = teams.filtered(lambda team: user_id in team.member_ids.ids or user_id == team.user_id.id)
        return self.browse((own or teams).ids[:1])
