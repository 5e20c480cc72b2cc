"""Merging leads: the oldest stays and takes over what the others have and it has not; nothing is lost.

What the others say otherwise is written into its notes, and every record that links to them links to it.
"""

from __future__ import annotations

import html
from typing import Any

from entrepot.addons.crm.merging import lost_values, merged_values
from entrepot.api import Many2many, Many2one, Model, UserError, public

LOG_FIELDS = frozenset({"id", "create_uid", "create_date", "write_uid", "write_date"})
MOST = 50
"""How many leads are merged at once."""
_OWN_WAY = frozenset(
    {
        "active",
        "type",
        "priority",
        "description",
        "color",
        "probability",
        "lost_reason_id",
        "lost_feedback",
        "date_open",
        "date_conversion",
        "date_closed",
        "date_last_stage_update",
    }
)
"""Fields that are not merged value by value."""
_UNTOLD = frozenset({"stage_id", "team_id", "company_id", "state_id", "country_id", "lang_id"})
_WORDLESS = frozenset({"binary", "json", "boolean"})


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
        values = leads._merged()  # noqa: SLF001 - its own kind
        if user_id:
            values["user_id"] = user_id
        if team_id:
            values["team_id"] = team_id
        relink(head, others)
        if auto_unlink:
            others.sudo().unlink()
        else:
            others.sudo().write({"active": False, "probability": 0.0})
            values = {name: each for name, each in values.items() if not head.meta.fields[name].unique}
        # a salesperson may hand the lead on to somebody whose leads they do not see
        head.sudo().write(
            {name: each for name, each in values.items() if each != _plain(getattr(head, name))}
        )
        return head

    def _merged(self) -> dict[str, Any]:
        """The values of what these become, the oldest first; fields that other add-ons gave them too."""
        fields = self.meta.fields.values()
        single = [field.name for field in self.meta.columns.values() if not field.computed]
        single = [name for name in single if name not in _OWN_WAY and name not in LOG_FIELDS]
        rows = [{name: _plain(getattr(lead, name)) for name in single} for lead in self]
        values = merged_values(rows)
        if any(lead.type == "opportunity" for lead in self):
            values["type"] = "opportunity"
        if not self[0].active and any(lead.active for lead in self):
            values["active"] = True
        values["priority"] = max(lead.priority or "0" for lead in self)
        values["description"] = self._notes(self, lost_values(rows, values))
        for field in fields:
            if field.kind == "many2many" and not field.computed:
                values[field.name] = [(6, 0, self.mapped(field.name).ids)]
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
                if name not in _UNTOLD and field.kind not in _WORDLESS:
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
