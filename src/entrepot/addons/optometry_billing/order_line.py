"""What a line of a clinic's order knows: the eye it is for, its code, and who pays which part."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry_billing.benefit import CATEGORIES
from entrepot.api import (
    Boolean,
    Char,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EYES = [("OD", "OD"), ("OS", "OS"), ("OU", "OU")]
_SHARES = frozenset({"insurance_allowed", "insurance_amount", "insurance_discount", "discounted_line_id"})
"""What `action_apply_insurance` works out, and nobody writes."""


class OrderLine(Model, extends="sale.order.line"):
    """Order Line"""

    eye = Selection(EYES, help="OD right, OS left, OU both.")
    spec_product_type = Selection(related="product_id.spec_product_type", string="Kind at the clinic")
    procedure_id = Many2one("spec.procedure.code", on_delete="restrict", help="Empty: the product's.")
    modifier_ids = Many2many("spec.procedure.modifier", string="Modifiers")
    diagnosis_pointers = Char(size=20, help="For the claim, such as AB; empty: every diagnosis.")
    exam_service_id = Many2one("exam.service", on_delete="set null", copy=False, index=True)
    insurance = Boolean(string="For the insurer", default=True)
    benefit_category = Selection(list(CATEGORIES), compute="_compute_benefit_category", string="Benefit")
    insurance_allowed = Monetary(readonly=True, copy=False, help="What is charged after the plan's discount.")
    insurance_amount = Monetary(string="Insurer pays", readonly=True, copy=False)
    insurance_discount = Monetary(string="Plan's discount", readonly=True, copy=False)
    patient_price = Monetary(compute="_compute_patient_price", string="Patient pays")
    discounted_line_id = Many2one(
        "sale.order.line", readonly=True, copy=False, on_delete="cascade", help="Whose discount this line is."
    )
    discount_line_ids = One2many("sale.order.line", "discounted_line_id", string="Discount of the plan")

    @depends("product_id.benefit_category", "insurance", "discounted_line_id")
    def _compute_benefit_category(self) -> None:
        for line in self:
            insured = line.insurance and not line.discounted_line_id
            line.benefit_category = (line.product_id.benefit_category or "none") if insured else "none"

    @depends("price_total", "insurance_amount")
    def _compute_patient_price(self) -> None:
        for line in self:
            line.patient_price = line.price_total - line.insurance_amount

    @constrains("insurance_amount", "price_unit", "product_uom_qty", "discount")
    def _shares_make_sense(self) -> Iterator[Problem]:
        for line in self:
            if line.insurance_amount < 0 or line.insurance_amount > max(line.price_subtotal, Decimal(0)):
                message = (
                    f"The insurer's {line.insurance_amount} is more than the line's {line.price_subtotal}: take the "
                    "order back to a quotation, which splits it anew."
                )
                yield Problem("insurance_amount", "range", message)

    def create(self, vals_list: Any) -> Self:
        """Create; the code is the product's unless given."""
        given = vals_list if self.env.su else with_each(vals_list, _without_shares)
        lines = super().create(given)
        for line in lines:
            if not line.procedure_id and line.product_id.procedure_id:
                line.procedure_id = line.product_id.procedure_id.id
        return lines

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; another product brings its own code. Who pays which part is worked out."""
        if not self.env.su:
            vals = {key: value for key, value in vals.items() if key not in _SHARES}
        if "product_id" in vals and "procedure_id" not in vals:
            done = super().write(vals)
            for line in self:
                line.procedure_id = line.product_id.procedure_id.id or None
            return done
        return super().write(vals)

    def eye_names(self) -> tuple[str, ...]:
        """The prefixes of the eyes this line is for: od, os, both, or none."""
        return {"OD": ("od",), "OS": ("os",), "OU": ("od", "os")}.get(self.eye or "", ())


def _without_shares(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in values.items() if key not in _SHARES}
