"""Merging leads: the oldest stays and takes over what the others have and it has not; nothing is lost.

What the others say otherwise is written into its notes, and every record that links to them links to it.
"""

from __future__ import annotations

import html
from typing import Any

from entrepot.addons.crm.merging import lost_values, merged_values
from entrepot.api import Many2many, Many2one, Model, UserError, public

MOST = 50
"""How many leads are merged at once."""
_FIELDS = (
    "name",
    "partner_id",
    "user_id",
    "team_id",
    "stage_id",
    "company_id",
    "partner_name",
    "contact_name",
    "title",
    "function",
    "email_from",
    "phone",
    "mobile",
    "website",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "lang_id",
    "referred",
    "expected_revenue",
    "date_deadline",
    "priority",
)
_UNTOLD = frozenset({"stage_id", "team_id", "company_id", "priority", "state_id", "country_id", "lang_id"})


class LeadMerge(Model, extends="crm.lead"):
    """Lead"""

    @public
    def merge_opportunity(
        self,
        user_id: int | bool = False,  # noqa: FBT001, FBT002 - the field's own signature
        team_id: int | bool = False,  # noqa: FBT001, FBT002 - the field's own signature
        auto_unlink: bool = True,  # noqa: FBT001, FBT002 - the field's own signature
    ) -> Any:
        """Merge two or more leads into the oldest, and give it. It is an opportunity if one of them is.

        Without `auto_unlink` the others are archived instead of deleted. Raises UserError.
        """
        if not 2 <= len(set(self.ids)) <= MOST:
            raise UserError(f"Choose 2 to {MOST} leads to merge.")
        self.check_access("write")
        leads = self.browse(sorted(set(self.ids))).lock().sorted(lambda lead: (lead.create_date, lead.id))
        if len({lead.company_id.id for lead in leads if lead.company_id}) > 1:
            raise UserError("Leads of different companies are not merged.")
        head, others = leads[0], leads[1:]
        values = self._merged(leads)
        if user_id:
            values["user_id"] = user_id
        if team_id:
            values["team_id"] = team_id
        # a salesperson may hand the lead on to somebody whose leads they do not see
        head.sudo().write({key: each for key, each in values.items() if each != _plain(getattr(head, key))})
        relink(head, others)
        if auto_unlink:
            others.sudo().unlink()
        else:
            others.sudo().write({"active": False, "probability": 0.0})
        return head

    def _merged(self, leads: Any) -> dict[str, Any]:
        rows = [{name: _plain(getattr(lead, name)) for name in _FIELDS} for lead in leads]
        values = merged_values(rows)
        if any(lead.type == "opportunity" for lead in leads):
            values["type"] = "opportunity"
        if not leads[0].active and any(lead.active for lead in leads):
            values["active"] = True
        values["priority"] = max(lead.priority or "0" for lead in leads)
        values["description"] = self._notes(leads, lost_values(rows, values))
        tags = leads.mapped("tag_ids").ids
        values["tag_ids"] = [(6, 0, tags)]
        return values

    def _notes(self, leads: Any, lost: list[dict[str, Any]]) -> str:
        """The notes of all, and what the later ones say otherwise, as HTML."""
        parts = [leads[0].description or ""]
        for lead, values in zip(leads[1:], lost[1:], strict=True):
            told = [f"<b>{html.escape(lead.name or '')}</b> (#{lead.id})"]
            for name, value in values.items():
                field = lead.meta.fields[name]
                linked = getattr(lead, name)
                text = linked.display_name if isinstance(linked, Model) else str(value)
                if name not in _UNTOLD:
                    told.append(f"{html.escape(field.string)}: {html.escape(text or '')}")
            parts.append("<p>" + "<br>".join(told) + "</p>" + (lead.description or ""))
        return "".join(part for part in parts if part)


class MergeOpportunity(Model, name="crm.merge.opportunity", transient=True):
    """Merge Opportunities"""

    opportunity_ids = Many2many(
        "crm.lead",
        table="merge_opportunity_rel",
        column="merge_id",
        other="opportunity_id",
        string="Leads/Opportunities",
    )
    user_id = Many2one("res.users", string="Salesperson")
    team_id = Many2one("crm.team", string="Sales Team")

    @public
    def action_merge(self) -> int:
        """Merge them; the id of the one that stays."""
        wizard = self.ensure_one()
        merged = wizard.opportunity_ids.merge_opportunity(
            wizard.user_id.id or False, wizard.team_id.id or False
        )
        return int(merged.id)


def relink(head: Any, others: Any) -> None:
    """Let every record that links to one of some leads link to another one, whichever add-on it is from; files too."""
    env = head.env
    for field in env.registry.linking.get("crm.lead", ()):
        if field.computed:
            continue
        owners = env[field.model].sudo().with_context(active_test=False)
        owners.search([(field.name, "in", others.ids)]).write({field.name: head.id})
    files = env["ir.attachment"].sudo()
    files.search([("res_model", "=", "crm.lead"), ("res_id", "in", others.ids)]).write({"res_id": head.id})


def _plain(value: Any) -> Any:
    return value.id or None if isinstance(value, Model) else value
