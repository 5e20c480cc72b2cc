"""The fields of a prescription that spectacles need, for each eye and for both."""

from __future__ import annotations

from entrepot.addons.optometry import acuity
from entrepot.api import Boolean, Char, Float, Integer, Many2many, Many2one, Model, Selection

_HORIZONTAL = [("in", "In"), ("out", "Out")]
_VERTICAL = [("up", "Up"), ("down", "Down")]


class RxSpectacle(Model, name="spec.rx.spectacle", abstract=True):
    """Spectacle Powers and Fitting"""

    od_sphere = Float(string="OD sphere", digits=(6, 3), nullable=True, aggregator=None)
    od_cylinder = Float(string="OD cylinder", digits=(6, 3), nullable=True, aggregator=None)
    od_axis = Integer(string="OD axis", nullable=True, aggregator=None)
    od_add = Float(string="OD add", digits=(6, 3), nullable=True, aggregator=None)
    od_add_intermediate = Float(string="OD intermediate add", digits=(6, 3), nullable=True, aggregator=None)
    od_prism_h = Float(string="OD horizontal prism", digits=(6, 3), nullable=True, aggregator=None)
    od_prism_h_base = Selection(_HORIZONTAL, string="OD horizontal base")
    od_prism_v = Float(string="OD vertical prism", digits=(6, 3), nullable=True, aggregator=None)
    od_prism_v_base = Selection(_VERTICAL, string="OD vertical base")
    od_pd_distance = Float(string="OD PD", digits=(6, 3), nullable=True, aggregator=None)
    od_pd_near = Float(string="OD near PD", digits=(6, 3), nullable=True, aggregator=None)
    od_seg_height = Float(string="OD seg height", digits=(6, 3), nullable=True, aggregator=None)
    od_oc_height = Float(string="OD optical centre height", digits=(6, 3), nullable=True, aggregator=None)
    od_vertex = Float(string="OD vertex distance", digits=(6, 3), nullable=True, aggregator=None)
    od_base_curve = Float(
        string="OD base curve",
        digits=(6, 3),
        nullable=True,
        aggregator=None,
        help="Spectacles: D; contact lenses: mm.",
    )
    od_va = Char(string="OD visual acuity", check=acuity.problem)
    od_balance = Boolean(string="OD balance lens")
    os_sphere = Float(string="OS sphere", digits=(6, 3), nullable=True, aggregator=None)
    os_cylinder = Float(string="OS cylinder", digits=(6, 3), nullable=True, aggregator=None)
    os_axis = Integer(string="OS axis", nullable=True, aggregator=None)
    os_add = Float(string="OS add", digits=(6, 3), nullable=True, aggregator=None)
    os_add_intermediate = Float(string="OS intermediate add", digits=(6, 3), nullable=True, aggregator=None)
    os_prism_h = Float(string="OS horizontal prism", digits=(6, 3), nullable=True, aggregator=None)
    os_prism_h_base = Selection(_HORIZONTAL, string="OS horizontal base")
    os_prism_v = Float(string="OS vertical prism", digits=(6, 3), nullable=True, aggregator=None)
    os_prism_v_base = Selection(_VERTICAL, string="OS vertical base")
    os_pd_distance = Float(string="OS PD", digits=(6, 3), nullable=True, aggregator=None)
    os_pd_near = Float(string="OS near PD", digits=(6, 3), nullable=True, aggregator=None)
    os_seg_height = Float(string="OS seg height", digits=(6, 3), nullable=True, aggregator=None)
    os_oc_height = Float(string="OS optical centre height", digits=(6, 3), nullable=True, aggregator=None)
    os_vertex = Float(string="OS vertex distance", digits=(6, 3), nullable=True, aggregator=None)
    os_base_curve = Float(
        string="OS base curve",
        digits=(6, 3),
        nullable=True,
        aggregator=None,
        help="Spectacles: D; contact lenses: mm.",
    )
    os_va = Char(string="OS visual acuity", check=acuity.problem)
    os_balance = Boolean(string="OS balance lens")
    pd_distance = Float(string="PD", digits=(6, 3), nullable=True, aggregator=None)
    pd_near = Float(string="Near PD", digits=(6, 3), nullable=True, aggregator=None)
    vertex_distance = Float(digits=(6, 3), nullable=True, aggregator=None, help="mm; 12 is usual.")
    panto_tilt = Float(string="Pantoscopic tilt", nullable=True, aggregator=None, help="Degrees.")
    wrap = Float(string="Face form", nullable=True, aggregator=None, help="Degrees.")
    material_id = Many2one("spec.lens.material", on_delete="restrict")
    style_id = Many2one("spec.lens.style", string="Lens style", on_delete="restrict")
    coating_ids = Many2many("spec.lens.coating", string="Coatings")
    tint = Char()
