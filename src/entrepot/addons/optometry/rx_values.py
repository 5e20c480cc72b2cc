"""Prescriptions as plain frozen values, between the records and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from entrepot.addons.optometry.optics import Power


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectacleEye:
    """One eye of a spectacle prescription: dioptres, degrees, Δ and mm; None where nothing was given."""

    sphere: float | None = None
    cylinder: float | None = None
    axis: int | None = None
    add: float | None = None
    add_intermediate: float | None = None
    prism_h: float | None = None
    prism_h_base: str | None = None
    prism_v: float | None = None
    prism_v_base: str | None = None
    pd_distance: float | None = None
    pd_near: float | None = None
    seg_height: float | None = None
    oc_height: float | None = None
    vertex: float | None = None
    base_curve: float | None = None
    balance: bool = False
    """A balance lens: chosen by the lab to match the other side, so its powers may be left out."""

    @property
    def power(self) -> Power | None:
        """The power, when there is a sphere."""
        return None if self.sphere is None else Power(self.sphere, self.cylinder or 0.0, self.axis)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEye:
    """One contact lens: mm, dioptres, degrees."""

    base_curve: float | None = None
    diameter: float | None = None
    power_d: float | None = None
    cylinder: float | None = None
    axis: int | None = None
    add: float | None = None
    add_design: str | None = None
    """low, med or high, where a maker names its adds."""
    brand: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is prescribed for this eye."""
        return self == ContactEye()

    @property
    def power(self) -> Power | None:
        """The power, when it is known."""
        return None if self.power_d is None else Power(self.power_d, self.cylinder or 0.0, self.axis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectacles:
    """A spectacle prescription, with what its usage and lens style demand."""

    od: SpectacleEye = field(default_factory=SpectacleEye)
    os: SpectacleEye = field(default_factory=SpectacleEye)
    pd_distance: float | None = None
    pd_near: float | None = None
    vertex_distance: float | None = None
    needs_add: bool = False
    min_fitting_height: float | None = None

    def eyes(self) -> tuple[tuple[str, SpectacleEye], tuple[str, SpectacleEye]]:
        """Both eyes with the prefix of their fields."""
        return (("od", self.od), ("os", self.os))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """A contact lens prescription; `kind` is the prescription's type: soft_cl, rgp_cl or trial."""

    od: ContactEye = field(default_factory=ContactEye)
    os: ContactEye = field(default_factory=ContactEye)
    kind: str = "soft_cl"

    def eyes(self) -> tuple[tuple[str, ContactEye], tuple[str, ContactEye]]:
        """Both eyes with the prefix of their fields."""
        return (("od", self.od), ("os", self.os))
