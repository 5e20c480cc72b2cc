"""Headings under which groups and add-ons are listed."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Many2one, Model, One2many, Text


class ModuleCategory(Model, name="ir.module.category", order="name"):
    """Application"""

    name = Char(required=True, translate=True)
    description = Text(translate=True)
    sequence = Integer()
    visible = Boolean(default=True)
    parent_id = Many2one("ir.module.category", string="Parent Application", index=True)
    child_ids = One2many("ir.module.category", "parent_id", string="Child Applications")
