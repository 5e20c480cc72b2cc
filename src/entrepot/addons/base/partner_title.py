"""Titles of people: Doctor, Mister, Madam."""

from __future__ import annotations

from entrepot.api import Char, Model


class PartnerTitle(Model, name="res.partner.title", order="name"):
    """Contact Title"""

    name = Char(required=True, translate=True)
    shortcut = Char(string="Abbreviation", translate=True)
