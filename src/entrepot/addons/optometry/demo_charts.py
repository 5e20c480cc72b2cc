"""Plausible clinical values for the demo clinic; every prescription satisfies the rules without a warning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry.lens_fit import from_spectacles
from entrepot.addons.optometry.optics import Power, spherical_equivalent, to_step

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Eyes:
    """The refraction of a person, and the distance of the pupils in mm."""

    od: Power
    os: Power
    add: float | None
    pd: float

    def powers(self) -> tuple[tuple[str, Power], tuple[str, Power]]:
        """Both eyes with the prefix of their fields."""
        return (("od", self.od), ("os", self.os))


def eyes(chance: random.Random, age: int) -> Eyes:
    """The eyes of somebody of an age."""
    od = _power(chance, max(-6.5, min(4.0, chance.gauss(-1.2 if age < 45 else -0.2, 1.8))))
    os = _power(chance, od.sphere + chance.choice((-0.5, -0.25, 0.0, 0.0, 0.25, 0.5)))
    pd = (
        62.0 + chance.choice((-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3))
        if age >= 18
        else 52.0 + chance.randrange(0, 5)
    )
    return Eyes(od, os, add(age), pd)


def add(age: int) -> float | None:
    """The near addition usual at an age."""
    return None if age < 45 else to_step(min(2.75, 1.0 + (age - 45) * 0.09))


def later(chance: random.Random, before: Eyes, age: int) -> Eyes:
    """The same eyes a year on."""
    drift = chance.choice((-0.25, -0.25, 0.0, 0.0, 0.0, 0.25))
    return replace(
        before,
        od=replace(before.od, sphere=before.od.sphere + drift),
        os=replace(before.os, sphere=before.os.sphere + drift),
        add=add(age),
    )


def spectacle_values(found: Eyes) -> dict[str, Any]:
    """The fields of a spectacle prescription."""
    values: dict[str, Any] = {
        "rx_type": "spectacle",
        "pd_distance": found.pd,
        "pd_near": found.pd - 3,
        "vertex_distance": 12.0,
    }
    for eye, power in found.powers():
        values |= {f"{eye}_sphere": power.sphere, f"{eye}_va": "20/20"}
        if power.cylinder:
            values |= {f"{eye}_cylinder": power.cylinder, f"{eye}_axis": power.axis}
        if found.add:
            values |= {f"{eye}_add": found.add, f"{eye}_seg_height": 19.0}
    return values


def contact_values(found: Eyes) -> dict[str, Any]:
    """The fields of a soft lens prescription: the spherical equivalent at the cornea."""
    values: dict[str, Any] = {"rx_type": "soft_cl", "wear_type": "daily"}
    for eye, power in found.powers():
        lens = from_spectacles(Power(to_step(spherical_equivalent(power))), 12.0)
        values |= {
            f"{eye}_power": lens.sphere,
            f"{eye}_base_curve": 8.6,
            f"{eye}_diameter": 14.2,
            f"{eye}_brand": "Demo Daily",
            f"{eye}_quantity": 4,
        }
    return values


def refraction(chance: random.Random, power: Power) -> dict[str, Any]:
    """What an autorefractor prints for an eye."""
    printed: dict[str, Any] = {"sphere": round(power.sphere + chance.choice((-0.12, 0.0, 0.13)), 2)}
    if power.cylinder:
        printed |= {"cylinder": power.cylinder, "axis": power.axis}
    return printed


def curvature(chance: random.Random) -> dict[str, Any]:
    """What a keratometer prints: radius and power that agree."""
    radius = round(chance.uniform(7.5, 8.2), 2)
    return {"r1": radius, "k1": round(337.5 / radius, 2)}


def pressures(chance: random.Random) -> tuple[float, float]:
    """Both eyes' pressure in mmHg; one in twenty raised."""
    base = chance.randrange(23, 27) if chance.random() < 0.05 else chance.randrange(11, 20)
    return float(base), float(base + chance.choice((-1, 0, 0, 1)))


def diagnoses(found: Eyes, chance: random.Random, age: int) -> list[tuple[str, str]]:
    """(ICD-10-CM code, description in our words) that fit the eyes, the principal one first."""
    lines = []
    if found.od.sphere <= -0.5:
        lines.append(("H52.13", "Myopia, both eyes"))
    elif found.od.sphere >= 0.5:
        lines.append(("H52.03", "Hyperopia, both eyes"))
    if found.od.cylinder and found.os.cylinder:
        lines.append(("H52.223", "Regular astigmatism, both eyes"))
    if age >= 45:
        lines.append(("H52.4", "Presbyopia"))
    if age >= 65 and chance.random() < 0.5:
        lines.append(("H25.13", "Age-related nuclear cataract, both eyes"))
    if chance.random() < 0.15:
        lines.append(("H04.123", "Dry eye, both eyes"))
    return lines or [("Z01.00", "Eye exam without abnormal findings")]


def _power(chance: random.Random, sphere: float) -> Power:
    if chance.random() < 0.5:
        return Power(to_step(sphere))
    return Power(
        to_step(sphere),
        -0.25 * chance.randrange(1, 8),
        chance.choice((5, 10, 80, 85, 90, 95, 100, 170, 175, 180)),
    )
