"""What one may ask of a prescription's powers; nothing stored changes by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import lens_fit, optics
from entrepot.addons.optometry.rx_record import EYES, contacts, spectacles
from entrepot.api import Model, public

if TYPE_CHECKING:
    from collections.abc import Callable

    from entrepot.addons.optometry.optics import Power


class PrescriptionOptics(Model, extends="spec.contact.lenses"):
    """Prescription"""

    def power_of(self, eye: str) -> Power | None:
        """The distance power of one eye (od or os); None where none is prescribed."""
        whole = spectacles(self) if self.rx_type == "spectacle" else contacts(self)
        power: Power | None = getattr(whole, eye).power
        return power

    @public(readonly=True)
    def transpose(self) -> list[dict[str, Any]]:
        """For each prescription `{id, od, os}` with the powers in the other cylinder convention."""
        return self._told(lambda power, _: _plain(optics.transpose(power)))

    @public(readonly=True)
    def compute_near(self) -> list[dict[str, Any]]:
        """For each prescription `{id, od, os}` with the powers for near; None for an eye without an add."""

        def near(power: Power, add: float | None) -> dict[str, Any] | None:
            return None if not add else _plain(optics.near(power, add))

        return self._told(near)

    @public(readonly=True)
    def spherical_equivalent(self) -> list[dict[str, Any]]:
        """For each prescription `{id, od, os}` with S + C/2 in dioptres."""
        return self._told(lambda power, _: optics.spherical_equivalent(power))

    @public(readonly=True)
    def contact_lens_power(self) -> list[dict[str, Any]]:
        """For each spectacle prescription `{id, od, os}` with the contact lens power in steps makers offer.

        ValidationError when a power beyond 4 D comes without its vertex distance.
        """
        found = []
        for rx in self:
            row: dict[str, Any] = {"id": rx.id}
            for eye in EYES:
                power = rx.power_of(eye) if rx.rx_type == "spectacle" else None
                vertex = getattr(rx, f"{eye}_vertex") or rx.vertex_distance
                row[eye] = (
                    None
                    if power is None
                    else _plain(lens_fit.from_spectacles(power, vertex, path=f"{eye}_vertex"))
                )
            found.append(row)
        return found

    def _told(self, tell: Callable[[Power, float | None], Any]) -> list[dict[str, Any]]:
        found = []
        for rx in self:
            powers = {eye: rx.power_of(eye) for eye in EYES}
            told = {
                eye: None if power is None else tell(power, getattr(rx, f"{eye}_add"))
                for eye, power in powers.items()
            }
            found.append({"id": rx.id, **told})
        return found


def _plain(power: Power) -> dict[str, Any]:
    return {"sphere": power.sphere, "cylinder": power.cylinder, "axis": power.axis}
