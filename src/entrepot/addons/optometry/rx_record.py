"""Between the records of prescriptions and the plain values that rules and optics work on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import optics
from entrepot.addons.optometry.rx_values import ContactEye, Contacts, SpectacleEye, Spectacles

if TYPE_CHECKING:
    from collections.abc import Mapping

EYES = ("od", "os")
_PLANO = {"PL", "PLANO", "PL0", "DS"}
_SPECTACLE = tuple(each.name for each in fields(SpectacleEye))
_CONTACT = {"power_d": "power"}
"""`ContactEye` names its power with the unit, to leave `power` to the whole lens."""


def spectacles(rx: Any) -> Spectacles:
    """A prescription record as spectacles."""
    od, os = (SpectacleEye(**{name: getattr(rx, f"{eye}_{name}") for name in _SPECTACLE}) for eye in EYES)
    return Spectacles(
        od=od,
        os=os,
        pd_distance=rx.pd_distance,
        pd_near=rx.pd_near,
        vertex_distance=rx.vertex_distance,
        needs_add=rx.usage_id.needs_add or rx.style_id.needs_add,
        min_fitting_height=rx.style_id.min_fitting_height or None,
    )


def contacts(rx: Any) -> Contacts:
    """A prescription record as contact lenses."""
    od, os = (
        ContactEye(
            **{
                each.name: getattr(rx, f"{eye}_{_CONTACT.get(each.name, each.name)}")
                for each in fields(ContactEye)
            }
        )
        for eye in EYES
    )
    return Contacts(od=od, os=os, kind=rx.rx_type)


def power_keys(eye: str, rx_type: str) -> tuple[str, str, str]:
    """The fields of one eye's power: sphere (of a contact lens: power), cylinder and axis."""
    return (f"{eye}_sphere" if rx_type == "spectacle" else f"{eye}_power", f"{eye}_cylinder", f"{eye}_axis")


def normalised(
    values: Mapping[str, Any], rx_type: str, *, minus: bool, present: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values with powers as they are stored: PL is 0.00, axis 0 is 180, cylinders in the clinic's convention.

    `present` are the values a record has already, for writes that give only a part of a power.
    """
    found = dict(values)
    for eye in EYES:
        keys = power_keys(eye, rx_type)
        if not any(key in values for key in keys):
            continue
        given = {key: values[key] if key in values else (present or {}).get(key) for key in keys}
        sphere, cylinder, axis = (number(given[key]) for key in keys)
        if str(given[keys[0]]).strip().upper() in _PLANO:
            sphere = found[keys[0]] = 0.0
        if axis == 0 and keys[2] in values:
            found[keys[2]] = 180
            axis = 180.0
        if sphere is None or axis is None or not cylinder or not axis.is_integer() or not 1 <= axis <= 180:
            continue
        power = optics.Power(sphere, cylinder, int(axis))
        written = optics.in_convention(power, minus=minus)
        if written != power:
            found |= dict(zip(keys, (written.sphere, written.cylinder, written.axis), strict=True))
    return found


def number(value: Any) -> float | None:
    """A caller's number; None where it is empty or none (the field itself will refuse what is none)."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
