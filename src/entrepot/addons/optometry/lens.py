"""The vocabulary of lenses: materials, styles, coatings; contact lens makers and replacement schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry.codes import procedure_problem
from entrepot.api import Boolean, Char, Float, Integer, Many2one, Model, Problem, Selection, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

_CATEGORIES = [
    ("SV", "Single vision"),
    ("BF", "Bifocal"),
    ("TF", "Trifocal"),
    ("PAL", "Progressive"),
    ("OCC", "Occupational"),
]


class LensMaterial(Model, name="spec.lens.material", order="index, name, id"):
    """Lens Material"""

    name = Char(required=True, unique=True)
    index = Float(string="Refractive index", required=True, digits=(4, 3), aggregator=None)
    abbe = Float(string="Abbe number", aggregator=None)
    density = Float(help="g/cm³", aggregator=None)
    uv = Boolean(string="Blocks UV")
    impact_resistant = Boolean()
    vcode = Char(string="V code", check=lambda code: procedure_problem(code, "hcpcs") if code else None)
    active = Boolean(default=True)

    @constrains("index", "abbe", "density")
    def _physics(self) -> Iterator[Problem]:
        for material in self:
            if not 1.4 <= material.index <= 2.0:
                yield Problem("index", "range", "The refractive index of a lens lies between 1.4 and 2.0.")
            if material.abbe and not 20 <= material.abbe <= 70:
                yield Problem("abbe", "range", "The Abbe number of a lens lies between 20 and 70.")


class LensStyle(Model, name="spec.lens.style", order="name, id"):
    """Lens Style"""

    name = Char(required=True, unique=True)
    category = Selection(_CATEGORIES, required=True, default="SV")
    needs_add = Boolean()
    needs_seg_height = Boolean()
    min_fitting_height = Float(help="mm", aggregator=None)
    active = Boolean(default=True)


class LensCoating(Model, name="spec.lens.coating", order="name, id"):
    """Lens Coating"""

    name = Char(required=True, unique=True)
    vcode = Char(string="V code", check=lambda code: procedure_problem(code, "hcpcs") if code else None)
    active = Boolean(default=True)


class Manufacturer(Model, name="spec.contact.lens.manufacturer", order="name, id"):
    """Contact Lens Manufacturer"""

    name = Char(required=True, unique=True)
    partner_id = Many2one("res.partner")
    code = Char()
    active = Boolean(default=True)


class ReplacementSchedule(Model, name="spec.contact.lens.replacement.schedule", order="days, id"):
    """Contact Lens Replacement Schedule"""

    name = Char(required=True, unique=True, translate=True)
    days = Integer(required=True, aggregator=None)
    boxes_per_year = Integer(aggregator=None, help="Boxes for one eye and a year.")
    active = Boolean(default=True)

    @constrains("days")
    def _days_are_counted(self) -> Iterator[Problem]:
        for schedule in self:
            if not 1 <= schedule.days <= 730:
                yield Problem("days", "range", "Lenses are replaced after 1 to 730 days.")
