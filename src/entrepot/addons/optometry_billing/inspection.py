"""Receiving inspections: what a lab delivered, measured and compared with the prescription."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from entrepot.addons.optometry.optics import Power
from entrepot.addons.optometry.prism import Prism
from entrepot.addons.optometry.rx_record import spectacles
from entrepot.addons.optometry.rx_values import SpectacleEye
from entrepot.addons.optometry.tolerance import Deviation, Lens, inspect
from entrepot.api import (
    Boolean,
    Datetime,
    Json,
    Many2one,
    Model,
    Problem,
    Text,
    UserError,
    ValidationError,
    public,
)

_NUMBERS = ("sphere", "cylinder", "axis", "add", "prism_h", "prism_v", "seg_height")
_BASES = {"prism_h_base": ("in", "out"), "prism_v_base": ("up", "down")}


class Inspection(Model, name="optical.inspection", rec_name="moment", order="id desc"):
    """Receiving Inspection"""

    order_id = Many2one("sale.order", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="order_id.patient_id", store=True, index=True)
    moment = Datetime(required=True, readonly=True)
    user_id = Many2one("res.users", string="Inspected by", required=True, on_delete="restrict")
    measured = Json(required=True, help="By eye (od, os): sphere, cylinder, axis, add, prisms, seg_height.")
    passed = Boolean(readonly=True)
    deviations = Text(readonly=True)


class OrderInspection(Model, extends="sale.order"):
    """Order"""

    @public
    def action_inspect(self, measured: dict[str, Any]) -> dict[str, Any]:
        """Compare a received pair with its prescription by the tolerances of ANSI Z80.1; one order at a time.

        `measured` is `{"od": {...}, "os": {...}}` with sphere, cylinder, axis, add, prism_h, prism_h_base, prism_v,
        prism_v_base and seg_height as far as they were measured; the sphere of each lens that is no balance lens is
        needed. The job becomes inspected, or a remake when it fails. Answers `{id, passed, deviations}`, each
        deviation as `{quantity, ordered, measured, allowed}`.
        """
        self.ensure_one()
        if self.job_state != "received":
            raise UserError(f"{self.name} is {self.job_state}: it is inspected when it was received.")
        ordered, got = self._pairs(measured)
        progressive = any(
            line.product_id.style_id.category == "PAL"
            for line in (self.od_lens_line_id, self.os_lens_line_id)
        )
        found = inspect(ordered, got, progressive=progressive)
        told = "; ".join(_said(each) for each in found)
        self.env["optical.inspection"].sudo().create(
            [
                {
                    "order_id": self.id,
                    "moment": self.env.now(),
                    "user_id": self.env.uid,
                    "measured": measured,
                    "passed": not found,
                    "deviations": told,
                }
            ]
        )
        if found:
            self.action_remake(f"Inspection failed: {told}")
        else:
            self._move_job("inspected")
        return {"id": self.id, "passed": not found, "deviations": [_plain(each) for each in found]}

    def _pairs(self, measured: Any) -> tuple[tuple[Lens, Lens], tuple[Lens, Lens]]:
        """What was ordered and what was measured, OD and OS; an eye that is not compared agrees with itself."""
        problems: list[Problem] = []
        glasses = spectacles(self.rx_id.sudo())
        ordered, got = [], []
        for name, eye in glasses.eyes():
            line = self.od_lens_line_id if name == "od" else self.os_lens_line_id
            if not line or eye.balance or eye.power is None:
                ordered.append(Lens(power=Power(0.0)))
                got.append(Lens(power=Power(0.0)))
                continue
            want = _ordered(eye, getattr(self, f"{name}_seg_height"))
            ordered.append(want)
            got.append(_measured(name, measured, want, problems))
        if problems:
            raise ValidationError(problems=problems)
        return (ordered[0], ordered[1]), (got[0], got[1])


def _ordered(eye: SpectacleEye, seg_height: float | None) -> Lens:
    prism = Prism(eye.prism_h or 0.0, eye.prism_h_base, eye.prism_v or 0.0, eye.prism_v_base)
    return Lens(power=eye.power or Power(0.0), add=eye.add or None, prism=prism, seg_height=seg_height)


def _measured(name: str, measured: Any, want: Lens, problems: list[Problem]) -> Lens:
    given = measured.get(name) if isinstance(measured, Mapping) else None
    if not isinstance(given, Mapping):
        problems.append(Problem(f"measured.{name}", "required", f"The {name.upper()} lens was not measured."))
        return want
    before = len(problems)
    numbers = {key: _number(f"measured.{name}.{key}", given.get(key), problems) for key in _NUMBERS}
    for key, choices in _BASES.items():
        if given.get(key) and given[key] not in choices:
            message = f"The base is {' or '.join(choices)}."
            problems.append(Problem(f"measured.{name}.{key}", "choice", message))
    unknown = sorted(str(key)[:40] for key in given if key not in {*_NUMBERS, *_BASES})
    if unknown:
        known = ", ".join((*_NUMBERS, *_BASES))
        problems.append(
            Problem(f"measured.{name}", "unknown", f"Known are {known}; not {', '.join(unknown)}.")
        )
    if numbers["sphere"] is None and len(problems) == before:
        problems.append(
            Problem(f"measured.{name}.sphere", "required", f"The {name.upper()} sphere is missing.")
        )
    axis = numbers["axis"]
    if numbers["cylinder"] and axis is None and len(problems) == before:
        problems.append(Problem(f"measured.{name}.axis", "required", f"The {name.upper()} axis is missing."))
    if len(problems) > before:
        return want
    prism = Prism(
        numbers["prism_h"] or 0.0,
        given.get("prism_h_base") or None,
        numbers["prism_v"] or 0.0,
        given.get("prism_v_base") or None,
    )
    cylinder = numbers["cylinder"] or 0.0
    return Lens(
        power=Power(
            numbers["sphere"] or 0.0,
            cylinder,
            (round(axis) or 180) if axis is not None and cylinder else None,
        ),
        add=numbers["add"],
        prism=prism,
        seg_height=numbers["seg_height"],
    )


def _number(path: str, value: Any, problems: list[Problem]) -> float | None:
    if value is None or value is False or value == "":
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or abs(value) > 180
    ):
        problems.append(Problem(path, "number", "This is a number within 180."))
        return None
    return float(value)


def _plain(each: Deviation) -> dict[str, Any]:
    return {
        "quantity": each.quantity,
        "ordered": each.ordered,
        "measured": each.measured,
        "allowed": each.allowed,
    }


def _said(each: Deviation) -> str:
    return f"{each.quantity} {each.measured:g} instead of {each.ordered:g} (allowed {each.allowed:g})"
