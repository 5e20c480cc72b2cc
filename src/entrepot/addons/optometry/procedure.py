"""Procedure codes and their modifiers, the vocabulary of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry.codes import procedure_problem
from entrepot.api import Boolean, Char, Float, Many2one, Model, Monetary, Problem, Selection, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES = [("cpt", "CPT"), ("hcpcs", "HCPCS"), ("internal", "Internal")]
_CATEGORIES = [
    ("exam", "Exam"),
    ("refraction", "Refraction"),
    ("cl_fit", "Contact lens fitting"),
    ("imaging", "Imaging and testing"),
    ("materials", "Materials"),
    ("other", "Other"),
]


class ProcedureCode(Model, name="spec.procedure.code", order="code, id", unique=[("code", "type")]):
    """Procedure Code"""

    code = Char(required=True, index=True, size=12)
    name = Char(required=True, translate=True)
    type = Selection(_TYPES, required=True, default="cpt")
    category = Selection(_CATEGORIES)
    currency_id = Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    default_price = Monetary(currency="currency_id")
    default_duration = Float(help="Hours.", aggregator=None)
    requires_dx = Boolean(string="Requires a diagnosis")
    eye_specific = Boolean()
    active = Boolean(default=True)

    @constrains("code", "type")
    def _code_has_the_form_of_its_type(self) -> Iterator[Problem]:
        for procedure in self:
            message = procedure_problem(procedure.code or "", procedure.type or "")
            if message is not None:
                yield Problem("code", "format", message)


class ProcedureModifier(Model, name="spec.procedure.modifier", rec_name="code", order="code, id"):
    """Procedure Modifier"""

    code = Char(required=True, unique=True, size=2)
    name = Char(required=True, translate=True)
    active = Boolean(default=True)
