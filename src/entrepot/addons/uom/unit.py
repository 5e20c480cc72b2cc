"""Units of measure: each category has one reference unit, the others are so many times bigger or smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.uom.conversion import Method, converted, rounded
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [
    ("bigger", "Bigger than the reference Unit of Measure"),
    ("reference", "Reference Unit of Measure for this category"),
    ("smaller", "Smaller than the reference Unit of Measure"),
]


_METHODS: Mapping[str, Method] = {"UP": "UP", "DOWN": "DOWN", "HALF-UP": "HALF-UP"}


class Unit(Model, name="uom.uom", order="factor, name, id"):
    """Unit of Measure"""

    name = Char(string="Unit of Measure", required=True, translate=True)
    category_id = Many2one("uom.category", required=True, on_delete="restrict", index=True)
    uom_type = Selection(_TYPES, string="Type", required=True, default="reference")
    factor = Float(
        string="Ratio",
        required=True,
        default=1.0,
        aggregator=None,
        help="How many of this unit make one reference unit.",
    )
    factor_inv = Float(
        string="Bigger Ratio",
        compute="_compute_inverse",
        inverse="_set_inverse",
        aggregator=None,
        help="How many reference units make one of this unit.",
    )
    ratio = Float(string="Combined Ratio", compute="_compute_inverse", aggregator=None)
    rounding = Float(
        string="Rounding Precision",
        required=True,
        default=0.01,
        aggregator=None,
        help="Quantities are multiples of this; 1.0 for what cannot be divided.",
    )
    active = Boolean(default=True)

    @depends("factor", "uom_type")
    def _compute_inverse(self) -> None:
        for unit in self:
            # Twelve digits: 1/(1/12) shows 12 and not 12.000000000000002.
            unit.factor_inv = float(f"{1 / unit.factor:.12g}") if unit.factor else 0.0
            unit.ratio = unit.factor_inv if unit.uom_type == "bigger" else unit.factor

    def _set_inverse(self) -> None:
        for unit in self:
            unit.factor = 1 / unit.factor_inv if unit.factor_inv else 0.0

    def create(self, vals_list: Any) -> Self:
        """Create; a bigger unit may give `factor_inv` (12 for a dozen) instead of `factor`."""
        return super().create(with_each(vals_list, _with_factor))

    @constrains("factor", "rounding", "uom_type")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for unit in self:
            if unit.factor <= 0:
                yield Problem(
                    "factor", "range", "The conversion ratio for a unit of measure must be above 0."
                )
            elif unit.uom_type == "reference" and unit.factor != 1:
                yield Problem(
                    "factor", "range", "The reference unit must have a conversion factor equal to 1."
                )
            elif unit.uom_type == "bigger" and unit.factor > 1:
                yield Problem(
                    "uom_type",
                    "contradiction",
                    "A bigger unit has a ratio below 1 (its bigger ratio is above).",
                )
            elif unit.uom_type == "smaller" and unit.factor < 1:
                yield Problem("uom_type", "contradiction", "A smaller unit has a ratio above 1.")
            if unit.rounding <= 0:
                yield Problem("rounding", "range", "The rounding precision must be above 0.")

    @constrains("category_id", "uom_type", "active")
    def _one_reference_each(self) -> Iterator[Problem]:
        for category in self.mapped("category_id"):
            units = self.search([("category_id", "=", category.id)])
            references = units.filtered(lambda unit: unit.uom_type == "reference")
            if len(references) > 1:
                yield Problem(
                    "uom_type",
                    "unique",
                    f"Category {category.name} must have only one reference unit of measure.",
                )
            elif units and not references:
                yield Problem(
                    "uom_type", "required", f"Category {category.name} must have a reference unit of measure."
                )

    @ondelete
    def _reference_goes_last(self) -> None:
        for unit in self.filtered(lambda each: each.uom_type == "reference"):
            others = (
                self.with_context(active_test=False).search([("category_id", "=", unit.category_id.id)])
                - self
            )
            if others:
                raise UserError(
                    f"{unit.name} is the reference unit of its category: delete the other units first."
                )

    def convert(self, quantity: float, to: Unit, *, rounding: bool = True, method: Method = "UP") -> float:
        """A quantity of this unit in another of its category, rounded as that one is counted. Raises
        UserError.
        """
        self.ensure_one()
        to.ensure_one()
        if self.category_id != to.category_id:
            raise UserError(
                f"The unit {self.name} cannot be converted into {to.name}: their categories differ."
            )
        amount = quantity if self == to else converted(quantity, self.factor, to.factor)
        return rounded(amount, to.rounding, method) if rounding else amount

    @public(readonly=True)
    def compute_quantity(
        self,
        quantity: float,
        to_unit: int,
        *,
        round: bool = True,  # noqa: A002 - the wire's word
        rounding_method: str = "UP",
    ) -> float:
        """The quantity in the unit with id `to_unit`. Raises UserError across categories or for an unknown
        method.
        """
        method = _METHODS.get(rounding_method)
        if method is None:
            raise UserError("rounding_method is UP, DOWN or HALF-UP.")
        target = self.browse(to_unit).exists()
        return self.convert(float(quantity), target, rounding=round, method=method)


def _with_factor(values: Mapping[str, Any]) -> Mapping[str, Any]:
    inverse = values.get("factor_inv")
    if not inverse or "factor" in values:
        return values
    kept = {key: value for key, value in values.items() if key != "factor_inv"}
    return {**kept, "factor": 1 / float(inverse)}
