"""Leads and opportunities: who may buy what, for how much, how likely, and where that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.crm.contact_points import normal_email, normal_phone
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Datetime,
    Float,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    constrains,
    depends,
)

TYPES = [("lead", "Lead"), ("opportunity", "Opportunity")]
PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")]
WON_STATUSES = [("won", "Won"), ("lost", "Lost"), ("pending", "Pending")]
_OF_PARTNER = {
    "email_from": "email",
    "phone": "phone",
    "mobile": "mobile",
    "website": "website",
    "function": "function",
    "street": "street",
    "street2": "street2",
    "city": "city",
    "zip": "zip",
    "state_id": "state_id",
    "country_id": "country_id",
}
"""Fields that a lead takes from its contact where it has nothing of its own."""


class Lead(Model, name="crm.lead", order="priority desc, id desc"):
    """Lead"""

    name = Char(string="Opportunity", required=True, index=True)
    type = Selection(TYPES, required=True, default="opportunity", index=True)
    active = Boolean(default=True)
    user_id = Many2one("res.users", string="Salesperson", default=lambda self: self.env.uid, index=True)
    team_id = Many2one("crm.team", string="Sales Team", index=True, on_delete="set null")
    company_id = Many2one("res.company", index=True, default=lambda self: self.env.company)
    stage_id = Many2one("crm.stage", index=True, on_delete="restrict")
    tag_ids = Many2many("crm.tag", table="crm_tag_rel", column="lead_id", other="tag_id", string="Tags")
    priority = Selection(PRIORITIES, default="0", index=True)
    color = Integer(string="Color Index", aggregator=None)
    description = Html(string="Notes")
    referred = Char(string="Referred By")

    partner_id = Many2one("res.partner", string="Customer", index=True)
    partner_name = Char(string="Company Name")
    contact_name = Char()
    title = Many2one("res.partner.title")
    function = Char(string="Job Position")
    email_from = Char(string="Email", index=True)
    email_normalized = Char(compute="_compute_email_normalized", store=True, index=True)
    phone = Char()
    mobile = Char()
    phone_sanitized = Char(compute="_compute_phone_sanitized", store=True, index=True)
    website = Char()
    street = Char()
    street2 = Char()
    zip = Char()
    city = Char()
    state_id = Many2one("res.country.state", string="State")
    country_id = Many2one("res.country")
    lang_id = Many2one("res.lang", string="Language")

    company_currency = Many2one("res.currency", compute="_compute_company_currency", string="Currency")
    expected_revenue = Monetary(currency="company_currency")
    probability = Float(
        compute="_compute_probability", store=True, readonly=False, digits=(5, 2), aggregator="avg"
    )
    prorated_revenue = Monetary(compute="_compute_prorated_revenue", store=True, currency="company_currency")
    won_status = Selection(WON_STATUSES, compute="_compute_won_status", store=True, index=True)
    lost_reason_id = Many2one("crm.lost.reason", on_delete="restrict", index=True)
    lost_feedback = Html(string="Closing Note")

    date_open = Datetime(string="Assignment Date", readonly=True, copy=False)
    date_conversion = Datetime(string="Conversion Date", readonly=True, copy=False)
    date_closed = Datetime(string="Closed Date", readonly=True, copy=False)
    date_last_stage_update = Datetime(string="Last Stage Update", readonly=True, copy=False)
    date_deadline = Date(string="Expected Closing")
    day_open = Float(compute="_compute_days", digits=(16, 2), aggregator="avg", store=True)
    day_close = Float(compute="_compute_days", digits=(16, 2), aggregator="avg", store=True)

    @depends("email_from")
    def _compute_email_normalized(self) -> None:
        for lead in self:
            lead.email_normalized = normal_email(lead.email_from)

    @depends("phone", "mobile", "country_id.code", "company_id.country_id.code")
    def _compute_phone_sanitized(self) -> None:
        for lead in self:
            country = lead.country_id.code or lead.company_id.country_id.code
            numbers = (normal_phone(each, country) for each in (lead.mobile, lead.phone))
            lead.phone_sanitized = next((each for each in numbers if each), None)

    @depends("company_id")
    def _compute_company_currency(self) -> None:
        for lead in self:
            lead.company_currency = (lead.company_id or self.env.company).currency_id

    @depends("stage_id")
    def _compute_probability(self) -> None:
        for lead in self:
            lead.probability = 100.0 if lead.stage_id.is_won else lead.stage_id.probability

    @depends("expected_revenue", "probability")
    def _compute_prorated_revenue(self) -> None:
        for lead in self:
            share = Decimal(str(lead.probability)) / 100
            lead.prorated_revenue = round(lead.expected_revenue * share, 2)

    @depends("active", "probability", "stage_id.is_won")
    def _compute_won_status(self) -> None:
        for lead in self:
            if lead.active and lead.probability == 100 and lead.stage_id.is_won:
                lead.won_status = "won"
            else:
                lead.won_status = "lost" if not lead.active and not lead.probability else "pending"

    @depends("create_date", "date_open", "date_closed")
    def _compute_days(self) -> None:
        for lead in self:
            made = lead.create_date
            opened, closed = lead.date_open, lead.date_closed
            lead.day_open = (opened - made).total_seconds() / 86400 if made and opened else 0.0
            lead.day_close = (closed - made).total_seconds() / 86400 if made and closed else 0.0

    @constrains("probability", "expected_revenue")
    def _figures_make_sense(self) -> Iterator[Problem]:
        for lead in self:
            if not 0 <= lead.probability <= 100:
                yield Problem("probability", "range", "A probability is between 0 and 100 percent.")
            if lead.expected_revenue < 0:
                yield Problem("expected_revenue", "negative", "An expected revenue is not negative.")

    @constrains("stage_id", "team_id")
    def _stage_is_of_the_team(self) -> Iterator[Problem]:
        for lead in self:
            if lead.stage_id.team_id and lead.stage_id.team_id != lead.team_id:
                text = f"The stage {lead.stage_id.name!r} is of another sales team: choose one of this team."
                yield Problem("stage_id", "other_team", text)

    def create(self, vals_list: Any) -> Self:
        """Create; what is left open about team, stage and contact follows from salesperson, team and partner."""
        rows = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        known = _Known(self, [row for row in rows if isinstance(row, Mapping)])
        made = super().create(with_each(vals_list, lambda values: self._completed(values, known)))
        made._note_closing(self.env.now())  # noqa: SLF001 - its own kind
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; dates follow what happens, and a lead that comes back is no longer lost."""
        values = dict(vals)
        now = self.env.now()
        if values.get("stage_id"):
            values.setdefault("date_last_stage_update", now)
        if values.get("user_id"):
            values.setdefault("date_open", now)
        back = self.browse()
        if values.get("active"):
            back = self.filtered(lambda lead: not lead.active)
        done = super().write(values)
        if back:
            super(Lead, back).write({"lost_reason_id": False, "lost_feedback": None})
            for lead in back.filtered(lambda each: not each.probability):
                super(Lead, lead).write({"probability": lead.stage_id.probability})
        if vals.get("partner_id"):
            self._fill_from_partner()
        if {"stage_id", "active", "probability"} & vals.keys():
            self._note_closing(now)
        return done

    def _note_closing(self, now: Any) -> None:
        closed = self.filtered(lambda lead: lead.won_status != "pending")
        fresh = closed.filtered(lambda lead: not lead.date_closed)
        reopened = (self - closed).filtered("date_closed")
        if fresh:
            super(Lead, fresh).write({"date_closed": now})
        if reopened:
            super(Lead, reopened).write({"date_closed": None})

    def _fill_from_partner(self) -> None:
        for lead in self:
            found = {
                key: each for key, each in partner_values(lead.partner_id).items() if not getattr(lead, key)
            }
            if found:
                super(Lead, lead).write(found)

    def _completed(self, values: Mapping[str, Any], known: _Known) -> Mapping[str, Any]:
        now = self.env.now()
        found = {"date_last_stage_update": now, **values}
        user = values.get("user_id", self.env.uid)
        if user:
            found.setdefault("date_open", now)
        if not values.get("team_id") and "default_team_id" not in self.env.context:
            found["team_id"] = known.team(user or self.env.uid) or None
        if not values.get("stage_id") and "default_stage_id" not in self.env.context:
            found["stage_id"] = known.stage(found.get("team_id")) or None
        of_partner = known.partners.get(values.get("partner_id") or 0, {})
        return found | {key: each for key, each in of_partner.items() if not found.get(key)}

    def first_stage(self, team_id: Any) -> Any:
        """The first stage of a team that is not won."""
        team = team_id if isinstance(team_id, int) else False
        domain = [("team_id", "in", [False, team or False]), ("is_won", "=", False)]
        return self.env["crm.stage"].sudo().search(domain, limit=1)


class _Known:
    """What new leads are completed with, each asked for once however many leads there are."""

    def __init__(self, leads: Lead, rows: Sequence[Mapping[str, Any]]) -> None:
        self._leads = leads
        self._teams: dict[Any, int] = {}
        self._stages: dict[Any, int] = {}
        ids = {row["partner_id"] for row in rows if type(row.get("partner_id")) is int}
        partners = leads.env["res.partner"].browse(sorted(ids)).exists()
        self.partners = {partner.id: partner_values(partner) for partner in partners}

    def team(self, user: Any) -> int:
        """The id of somebody's team; 0 for none."""
        if user not in self._teams:
            self._teams[user] = self._leads.env["crm.team"].of_user(user).id
        return self._teams[user]

    def stage(self, team: Any) -> int:
        """The id of a team's first stage; 0 for none."""
        if team not in self._stages:
            self._stages[team] = self._leads.first_stage(team).id
        return self._stages[team]


def partner_values(partner: Any) -> dict[str, Any]:
    """What a lead takes from its contact; links as ids."""
    found: dict[str, Any] = {}
    if not partner:
        return found
    for own, theirs in _OF_PARTNER.items():
        value = getattr(partner, theirs)
        found[own] = value.id if isinstance(value, Model) else value
    company = partner if partner.is_company else partner.parent_id
    found["partner_name"] = company.name if company else partner.company_name
    found["contact_name"] = None if partner.is_company else partner.name
    found["title"] = partner.title.id
    return {key: value for key, value in found.items() if value}
