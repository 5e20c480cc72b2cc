"""The fields of a prescription that contact lenses need besides; cylinder, axis, add and base curve are
shared.
"""

from __future__ import annotations

from entrepot.addons.optometry import acuity
from entrepot.api import Boolean, Char, Float, Integer, Many2one, Model, Selection

_ADDS = [("low", "Low"), ("med", "Medium"), ("high", "High")]
_DOMINANCE = [("D", "Dominant (D)"), ("N", "Non-dominant (N)")]
_WEAR = [("daily", "Daily wear"), ("extended", "Extended wear"), ("flexible", "Flexible wear")]


class RxContact(Model, name="spec.rx.contact", abstract=True):
    """Contact Lens Parameters"""

    od_manufacturer_id = Many2one(
        "spec.contact.lens.manufacturer", string="OD manufacturer", on_delete="restrict"
    )
    od_brand = Char(string="OD brand")
    od_power = Float(string="OD power", digits=(6, 3), nullable=True, aggregator=None)
    od_diameter = Float(string="OD diameter", digits=(6, 3), nullable=True, aggregator=None, help="mm")
    od_add_design = Selection(_ADDS, string="OD add design")
    od_dominance = Selection(_DOMINANCE, string="OD dominance")
    od_color = Char(string="OD color")
    od_material = Char(string="OD material")
    od_quantity = Integer(string="OD quantity", aggregator=None, help="Boxes.")
    od_fitted_va = Char(string="OD fitted acuity", check=acuity.problem)
    od_over_refraction = Char(string="OD over-refraction")
    os_manufacturer_id = Many2one(
        "spec.contact.lens.manufacturer", string="OS manufacturer", on_delete="restrict"
    )
    os_brand = Char(string="OS brand")
    os_power = Float(string="OS power", digits=(6, 3), nullable=True, aggregator=None)
    os_diameter = Float(string="OS diameter", digits=(6, 3), nullable=True, aggregator=None, help="mm")
    os_add_design = Selection(_ADDS, string="OS add design")
    os_dominance = Selection(_DOMINANCE, string="OS dominance")
    os_color = Char(string="OS color")
    os_material = Char(string="OS material")
    os_quantity = Integer(string="OS quantity", aggregator=None, help="Boxes.")
    os_fitted_va = Char(string="OS fitted acuity", check=acuity.problem)
    os_over_refraction = Char(string="OS over-refraction")
    replacement_schedule_id = Many2one("spec.contact.lens.replacement.schedule", on_delete="restrict")
    wear_type = Selection(_WEAR)
    solution = Char()
    trial = Boolean()
