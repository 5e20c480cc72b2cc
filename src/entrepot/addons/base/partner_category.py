"""Tags of contacts, in a hierarchy."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Many2many, Many2one, Model, One2many


class PartnerCategory(Model, name="res.partner.category", order="name"):
    """Contact Tag"""

    name = Char(required=True, translate=True)
    color = Integer()
    parent_id = Many2one("res.partner.category", string="Parent Tag", index=True, on_delete="cascade")
    child_ids = One2many("res.partner.category", "parent_id", string="Child Tags")
    active = Boolean(default=True)
    partner_ids = Many2many(
        "res.partner", table="res_partner_category_rel", column="category_id", other="partner_id", copy=False
    )
