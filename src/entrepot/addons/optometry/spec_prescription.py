"""Spectacle prescriptions under their own name: the rows of `spec.contact.lenses` with glasses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Model, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator


class SpectaclePrescription(
    Model,
    name="spec.prescription",
    mixins=["spec.contact.lenses"],
    table="spec_contact_lenses",
    order="date desc, id desc",
):
    """Spectacle Prescription"""

    @constrains("rx_type")
    def _glasses_only(self) -> Iterator[Problem]:
        for rx in self:
            if rx.rx_type != "spectacle":
                yield Problem("rx_type", "choice", "Contact lenses are prescribed with spec.contact.lenses.")
