"""From a lead to an opportunity, with the customer behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.api import Model, UserError, public


class LeadConversion(Model, extends="crm.lead"):
    """Lead"""

    @public
    def convert_opportunity(
        self,
        partner: Any,
        user_ids: Sequence[int] | bool = False,  # noqa: FBT001, FBT002 - the field's own signature
        team_id: int | bool = False,  # noqa: FBT001, FBT002 - the field's own signature
    ) -> bool:
        """Make opportunities of these leads, for a customer (an id, or False) and in turn for these salespersons.

        Leads that are lost or won stay as they are.
        """
        self.check_access("write")
        customer = partner.id if isinstance(partner, Model) else partner
        now = self.env.now()
        people = list(user_ids) if isinstance(user_ids, (list, tuple)) else []
        leads = self.filtered(lambda lead: lead.active and lead.won_status == "pending")
        for at, lead in enumerate(leads):
            values: dict[str, Any] = {"type": "opportunity", "date_conversion": now}
            if customer:
                values["partner_id"] = customer
            if people:
                values["user_id"] = people[at % len(people)]
            if team_id:
                values["team_id"] = team_id
            team = team_id or lead.team_id.id
            if not lead.stage_id or (lead.stage_id.team_id and lead.stage_id.team_id.id != team):
                values["stage_id"] = lead.first_stage(team).id or None
            lead.sudo().write(values)  # also to somebody whose leads the caller does not see
        return True

    def find_partner(self) -> Any:
        """The customer of this lead: its own, or one with its e-mail address or phone; none if nobody has."""
        if self.partner_id:
            return self.partner_id
        partners = self.env["res.partner"]
        if self.email_normalized:
            found = partners.search([("email", "=ilike", _literal(self.email_normalized))], limit=1)
            if found:
                return found
        numbers = [each for each in (self.phone_sanitized, self.phone, self.mobile) if each]
        if not numbers:
            return partners
        return partners.search(["|", ("phone", "in", numbers), ("mobile", "in", numbers)], limit=1)

    def create_partner(self) -> Any:
        """The customer of this lead, made from what it says: a person under their company, or one of the two.

        Raises UserError when it says no name.
        """
        name, company_name = self.contact_name, self.partner_name
        if not name and not company_name:
            name = self.email_normalized
        if not name and not company_name:
            raise UserError(
                "Give the lead a contact, a company or an e-mail address before making a customer of it."
            )
        partners = self.env["res.partner"].sudo()
        company = partners
        if company_name:
            own = [False, self.company_id.id or False]
            domain = [("name", "=", company_name), ("is_company", "=", True), ("company_id", "in", own)]
            company = partners.search(domain, limit=1)
        if company_name and not company:
            values = {**self._partner_values(), "function": None, "title": None}
            company = partners.create({**values, "name": company_name, "is_company": True})
        if not name:
            return self.env["res.partner"].browse(company.ids)
        values = {**self._partner_values(), "name": name, "parent_id": company.id or None}
        return self.env["res.partner"].browse(partners.create(values).ids)

    def _partner_values(self) -> dict[str, Any]:
        return {
            "email": self.email_from,
            "phone": self.phone,
            "mobile": self.mobile,
            "website": self.website,
            "function": self.function,
            "title": self.title.id or None,
            "street": self.street,
            "street2": self.street2,
            "city": self.city,
            "zip": self.zip,
            "state_id": self.state_id.id or None,
            "country_id": self.country_id.id or None,
            "company_id": self.company_id.id or None,
            "user_id": self.user_id.id or None,
        }


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
