"""Tags on patients, mostly about who pays."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Model


class PaysTag(Model, name="got2.patient.pays.tag", order="name, id"):
    """Patient Tag"""

    name = Char(required=True, translate=True, unique=True)
    code = Char()
    color = Integer(string="Color Index", aggregator=None)
    insurance_related = Boolean(default=True)
    active = Boolean(default=True)
