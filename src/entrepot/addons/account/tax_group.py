"""Tax groups: which taxes an invoice adds up in one line of its total."""

from __future__ import annotations

from entrepot.api import Char, Integer, Many2one, Model


class TaxGroup(Model, name="account.tax.group", order="sequence, id"):
    """Tax Group"""

    name = Char(required=True, translate=True)
    sequence = Integer(default=10, aggregator=None)
    company_id = Many2one(
        "res.company", index=True, default=lambda self: self.env.company, on_delete="cascade"
    )
