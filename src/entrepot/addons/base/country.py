"""Countries, their states, and groups of countries. Codes are ISO 3166's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2many,
    Many2one,
    Model,
    One2many,
    Selection,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME_POSITIONS = [("before", "Before Address"), ("after", "After Address")]


class Country(Model, name="res.country", order="name"):
    """Country"""

    name = Char(required=True, translate=True)
    code = Char(
        string="Country Code", size=2, required=True, unique=True, copy=False, help="ISO 3166-1 alpha-2."
    )
    currency_id = Many2one("res.currency")
    phone_code = Integer(string="Country Calling Code", aggregator=None)
    state_ids = One2many("res.country.state", "country_id", string="States")
    country_group_ids = Many2many(
        "res.country.group",
        table="res_country_res_country_group_rel",
        column="res_country_id",
        other="res_country_group_id",
    )
    name_position = Selection(_NAME_POSITIONS, string="Customer Name Position", default="before")
    vat_label = Char(string="Vat Label", translate=True)
    state_required = Boolean()
    zip_required = Boolean(default=True)
    address_format = Text(
        default="%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s",
        help="Places: street, street2, city, zip, state_code, state_name, country_code, country_name.",
    )

    def create(self, vals_list: Any) -> Self:
        """Create; codes are kept in capitals."""
        return super().create(with_each(vals_list, _capital_code))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; codes are kept in capitals."""
        return super().write(_capital_code(vals))


class CountryState(Model, name="res.country.state", order="code", unique=[("country_id", "code")]):
    """Country State"""

    country_id = Many2one("res.country", required=True, index=True, on_delete="cascade")
    name = Char(string="State Name", required=True)
    code = Char(string="State Code", required=True, help="ISO 3166-2, without the country.")


class CountryGroup(Model, name="res.country.group", order="name"):
    """Country Group"""

    name = Char(required=True, translate=True)
    code = Char(unique=True)
    country_ids = Many2many(
        "res.country",
        table="res_country_res_country_group_rel",
        column="res_country_group_id",
        other="res_country_id",
    )


def _capital_code(values: Mapping[str, Any]) -> Mapping[str, Any]:
    code = values.get("code")
    return {**values, "code": code.upper()} if isinstance(code, str) else values
