"""What a clinic knows of its products: frames, lenses, contact lenses, coatings, services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry_billing.benefit import CATEGORIES
from entrepot.addons.optometry_billing.order_rules import Offered, numbers, numbers_problem
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = [
    ("frame", "Frame"),
    ("lens", "Spectacle lens"),
    ("contact_lens", "Contact lens"),
    ("coating", "Coating"),
    ("accessory", "Accessory"),
    ("service", "Service"),
    ("exam", "Exam"),
]
_RIMS = [("full", "Full rim"), ("semi", "Semi-rimless"), ("rimless", "Rimless")]
_GENDERS = [("female", "Women"), ("male", "Men"), ("unisex", "Unisex"), ("child", "Children")]
_OF_PROCEDURES = {
    "exam": "exam",
    "refraction": "exam",
    "cl_fit": "cl_fit",
    "imaging": "medical",
    "other": "medical",
}
_OF_KINDS = {"frame": "frame", "lens": "lens", "contact_lens": "contact_lens"}
_FRAME_MM = {
    "eye_size": (20, 80),
    "b_size": (10, 70),
    "dbl": (5, 35),
    "temple_length": (80, 180),
    "ed": (20, 90),
}
_RANGES = (("sphere_min", "sphere_max"), ("power_min", "power_max"))


class Product(Model, extends="product.template"):
    """Product"""

    spec_product_type = Selection(KINDS, string="Kind at the clinic", index=True)
    benefit_category = Selection(list(CATEGORIES), compute="_compute_benefit_category", string="Benefit")
    procedure_id = Many2one(
        "spec.procedure.code", string="Procedure", on_delete="restrict", help="The code it is claimed under."
    )
    # frames
    brand = Char(index=True)
    model_no = Char(string="Model number")
    frame_color = Char(string="Frame colour")
    eye_size = Float(string="Eye size (A)", nullable=True, aggregator=None, help="mm")
    b_size = Float(string="B size", nullable=True, aggregator=None, help="mm")
    dbl = Float(string="Bridge (DBL)", nullable=True, aggregator=None, help="mm")
    temple_length = Float(nullable=True, aggregator=None, help="mm")
    ed = Float(string="Effective diameter", nullable=True, aggregator=None, help="mm")
    material = Char(string="Frame material")
    shape = Char()
    rim_type = Selection(_RIMS)
    gender = Selection(_GENDERS, string="Made for")
    vendor_id = Many2one("res.partner", on_delete="set null")
    collection = Char()
    # spectacle lenses
    material_id = Many2one("spec.lens.material", string="Lens material", on_delete="restrict")
    style_id = Many2one("spec.lens.style", string="Lens style", on_delete="restrict")
    index = Float(related="material_id.index", string="Refractive index")
    sphere_min = Float(nullable=True, aggregator=None, help="D")
    sphere_max = Float(nullable=True, aggregator=None, help="D")
    cylinder_max = Float(nullable=True, aggregator=None, help="D, without its sign.")
    coating_ids = Many2many("spec.lens.coating", string="Coatings")
    photochromic = Boolean()
    polarized = Boolean()
    # contact lenses
    manufacturer_id = Many2one("spec.contact.lens.manufacturer", on_delete="restrict")
    replacement_schedule_id = Many2one("spec.contact.lens.replacement.schedule", on_delete="restrict")
    base_curves = Char(check=numbers_problem, help="mm, such as 8.4, 8.8.")
    diameters = Char(check=numbers_problem, help="mm")
    cylinders = Char(check=numbers_problem, help="D, of toric lenses, such as -0.75, -1.25.")
    power_min = Float(nullable=True, aggregator=None, help="D")
    power_max = Float(nullable=True, aggregator=None, help="D")
    toric = Boolean()
    multifocal = Boolean()
    cosmetic = Boolean()
    box_qty = Integer(string="Lenses a box", aggregator=None)

    @depends("spec_product_type", "procedure_id.category")
    def _compute_benefit_category(self) -> None:
        for product in self:
            kind = product.spec_product_type or ""
            of_procedure = _OF_PROCEDURES.get(product.procedure_id.category or "", "none")
            product.benefit_category = _OF_KINDS.get(
                kind, of_procedure if kind in {"service", "exam"} else "none"
            )

    @constrains(*_FRAME_MM, *(name for pair in _RANGES for name in pair), "cylinder_max", "box_qty")
    def _measures_make_sense(self) -> Iterator[Problem]:
        for product in self:
            for name, (least, most) in _FRAME_MM.items():
                value = getattr(product, name)
                if value is not None and not least <= value <= most:
                    yield Problem(
                        name, "range", f"This lies between {least} and {most} mm, not at {value:g}."
                    )
            for low, high in _RANGES:
                first, last = getattr(product, low), getattr(product, high)
                if (first is None) is not (last is None):
                    yield Problem(low, "required", "A range has two ends: give both, or none.")
                elif first is not None and not -40 <= first <= last <= 40:
                    yield Problem(low, "order", "A range goes from less to more, within 40 D.")
            if product.cylinder_max is not None and not 0 <= product.cylinder_max <= 20:
                yield Problem(
                    "cylinder_max", "range", "The strongest cylinder is given without sign, up to 20 D."
                )
            if product.box_qty < 0:
                yield Problem("box_qty", "range", "A box holds no fewer than 0 lenses.")

    @constrains("spec_product_type", "type")
    def _services_are_services(self) -> Iterator[Problem]:
        for product in self:
            service = product.spec_product_type in {"service", "exam"}
            if product.spec_product_type and service is not (product.type == "service"):
                message = (
                    f"A product of kind {product.spec_product_type} is no {product.type}: change its type."
                )
                yield Problem("type", "kind", message)

    def offered(self) -> Offered:
        """What this product comes in, for the rules of orders."""
        self.ensure_one()
        glasses = self.spec_product_type == "lens"
        first, last = (self.sphere_min, self.sphere_max) if glasses else (self.power_min, self.power_max)
        cylinders = (
            [self.cylinder_max] if glasses and self.cylinder_max is not None else numbers(self.cylinders)
        )
        return Offered(
            None if first is None or last is None else (first, last),
            numbers(self.base_curves),
            numbers(self.diameters),
            cylinders,
            bool(self.toric),
        )
