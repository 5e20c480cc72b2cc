"""The clinic's settings. Its NPI and time zone are those of the contact behind the company."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from entrepot.api import Boolean, Char, Integer, Model, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator


class Company(Model, extends="res.company"):
    """Company"""

    place_of_service = Char(default="11", help="Two digits; 11 is an office.")
    timezone = Char(help="Name of the clinic's time zone, e.g. America/New_York.")
    rx_months_spectacle = Integer(string="Spectacle Rx valid (months)", default=24, aggregator=None)
    rx_months_contact = Integer(string="Contact lens Rx valid (months)", default=12, aggregator=None)
    minus_cylinder = Boolean(
        default=True, help="Write cylinders with a minus; others are transposed when they come in."
    )
    rx_eighths = Boolean(string="Eighths of a dioptre", help="Allow steps of 0.125 D.")

    @constrains("place_of_service", "timezone", "rx_months_spectacle", "rx_months_contact")
    def _settings_make_sense(self) -> Iterator[Problem]:
        for company in self:
            place = company.place_of_service
            if place and not (len(place) == 2 and place.isascii() and place.isdigit()):
                yield Problem("place_of_service", "format", "A place of service is two digits.")
            if company.timezone and company.timezone not in available_timezones():
                yield Problem("timezone", "unknown", f"There is no time zone {company.timezone[:60]!r}.")
            for name in ("rx_months_spectacle", "rx_months_contact"):
                if not 1 <= getattr(company, name) <= 120:
                    yield Problem(name, "range", "A prescription is valid for 1 to 120 months.")
