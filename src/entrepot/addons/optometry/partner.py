"""What a clinic knows of contacts: what they are to it, and the numbers of providers and payers."""

from __future__ import annotations

from entrepot.addons.optometry.codes import npi_problem
from entrepot.api import Char, Model, Selection

_KINDS = [
    ("patient", "Patient"),
    ("payer", "Payer"),
    ("manufacturer", "Manufacturer"),
    ("provider", "Provider"),
    ("lab", "Laboratory"),
    ("employer", "Employer"),
]


class Partner(Model, extends="res.partner"):
    """Contact"""

    partner_kind = Selection(_KINDS, string="Kind", index=True)
    npi = Char(string="NPI", check=npi_problem, help="National Provider Identifier.")
    payer_code = Char()
