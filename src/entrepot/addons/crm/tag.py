"""Words that leads are marked with."""

from __future__ import annotations

from entrepot.api import Char, Integer, Model


class Tag(Model, name="crm.tag", order="name, id"):
    """CRM Tag"""

    name = Char(string="Tag Name", required=True, translate=True, unique=True)
    color = Integer(aggregator=None)
