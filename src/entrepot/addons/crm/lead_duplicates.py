"""Leads that may be the same person's: by e-mail address or phone number in one spelling, or the same customer."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from entrepot.api import Integer, Many2many, Model, depends

_MOST = 1000
"""Leads beyond these are not looked at: an address of so many is nobody's own."""


class LeadDuplicates(Model, extends="crm.lead"):
    """Lead"""

    duplicate_lead_ids = Many2many(
        "crm.lead", compute="_compute_duplicates", string="Potential Duplicate Leads"
    )
    duplicate_lead_count = Integer(
        compute="_compute_duplicates", string="Potential Duplicate Lead Count", aggregator=None
    )

    @depends("email_normalized", "phone_sanitized", "partner_id")
    def _compute_duplicates(self) -> None:
        keys = {lead.id: lead.identities() for lead in self}
        wanted: dict[str, set[Any]] = defaultdict(set)
        for found in keys.values():
            for field, value in found:
                wanted[field].add(value)
        by_key: dict[tuple[str, Any], list[int]] = defaultdict(list)
        for lead in self.like(wanted):
            for key in lead.identities():
                by_key[key].append(lead.id)
        for lead in self:
            same = {each for key in keys[lead.id] for each in by_key[key]} - {lead.id}
            lead.duplicate_lead_ids = sorted(same)
            lead.duplicate_lead_count = len(same)

    def identities(self) -> set[tuple[str, Any]]:
        """What tells who this lead is: pairs of field and value."""
        found = (
            ("email_normalized", self.email_normalized),
            ("phone_sanitized", self.phone_sanitized),
            ("partner_id", self.partner_id.id),
        )
        return {(field, value) for field, value in found if value}

    def like(self, wanted: dict[str, set[Any]]) -> Any:
        """Leads with one of these values, lost ones too, won ones not; of the caller's companies."""
        ways = [(field, "in", sorted(values)) for field, values in wanted.items() if values]
        if not ways:
            return self.browse()
        domain: list[Any] = [
            ("won_status", "!=", "won"),
            ("company_id", "in", [False, *self.env.company_ids]),
        ]
        domain += ["|"] * (len(ways) - 1) + ways
        return self.with_context(active_test=False).search(domain, limit=_MOST, order="id desc")
