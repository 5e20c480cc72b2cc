"""Who insures: the list of payers, how each is reached and billed, their kinds, and tags to sort them by."""

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
    Problem,
    Selection,
    Text,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [
    ("vision", "Vision"),
    ("medical", "Medical"),
    ("government", "Government"),
    ("workers", "Workers' compensation"),
]
_CATEGORIES = [
    ("vision", "Vision"),
    ("medical", "Medical"),
    ("government", "Government"),
    ("self", "Self-pay"),
]
_SUBMISSIONS = [("edi", "Electronic"), ("portal", "Portal"), ("paper", "Paper")]
DEFAULT_FILING_DAYS = 365


class InsuranceCompany(Model, name="insurance.company.listing", order="name, id"):
    """Insurance Company"""

    name = Char(required=True, index=True)
    payer_code = Char(required=True, unique=True, size=40)
    edi_payer_id = Char(string="EDI payer id", size=40)
    type = Selection(_TYPES, default="vision")
    active = Boolean(default=True)
    website = Char()
    tag_ids = Many2many("tags.insurance.info", string="Tags")
    detail_ids = One2many("insurance.company.detail", "listing_id", string="Details")
    insurance_ids = One2many("spec.insurance", "company_id", string="Insurances")
    partner_id = Many2one("res.partner", string="Contact", compute="_compute_partner")
    timely_filing_days = Integer(compute="_compute_partner", aggregator=None)

    @depends("detail_ids.partner_id", "detail_ids.timely_filing_days", "detail_ids.sequence")
    def _compute_partner(self) -> None:
        for payer in self:
            first = payer.detail_ids[:1]
            payer.partner_id = first.partner_id
            payer.timely_filing_days = first.timely_filing_days or DEFAULT_FILING_DAYS


class InsuranceDetail(
    Model, name="insurance.company.detail", rec_name="display", order="listing_id, sequence, id"
):
    """Insurance Company Details"""

    listing_id = Many2one("insurance.company.listing", required=True, on_delete="cascade", index=True)
    display = Char(related="listing_id.name", store=True, string="Name")
    sequence = Integer(default=10, aggregator=None, help="The first is the one that is billed.")
    partner_id = Many2one(
        "res.partner", string="Contact", on_delete="restrict", help="Who is invoiced; made when empty."
    )
    phone = Char()
    fax = Char()
    claims_address = Text(help="Where paper claims go.")
    timely_filing_days = Integer(
        default=DEFAULT_FILING_DAYS, aggregator=None, help="Days after the service to claim in."
    )
    submission = Selection(_SUBMISSIONS, default="edi")
    accepts_secondary = Boolean(default=True, help="Takes claims as a secondary payer.")
    npi_required = Boolean(string="NPI required", default=True)
    notes = Text()

    @constrains("timely_filing_days")
    def _filing_is_a_span(self) -> Iterator[Problem]:
        for detail in self:
            if not 1 <= detail.timely_filing_days <= 3650:
                yield Problem("timely_filing_days", "range", "Claims are filed within 1 to 3650 days.")

    def create(self, vals_list: Any) -> Self:
        """Create; who is invoiced gets a contact when none is given."""
        return super().create(with_each(vals_list, self._with_contact))

    def _with_contact(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        listing = values.get("listing_id")
        if values.get("partner_id") or not isinstance(listing, int) or isinstance(listing, bool):
            return values
        payer = self.env["insurance.company.listing"].browse([listing]).exists()
        if not payer:
            return values  # the link itself says what is wrong
        contact = {
            "name": payer.name,
            "partner_kind": "payer",
            "payer_code": payer.payer_code,
            "phone": values.get("phone"),
            "is_company": True,
        }
        return {**values, "partner_id": self.env["res.partner"].sudo().create(contact).id}


class Insurance(Model, name="spec.insurance", order="name, id"):
    """Insurance"""

    name = Char(required=True, index=True)
    category = Selection(_CATEGORIES, required=True, default="vision")
    company_id = Many2one(
        "insurance.company.listing", string="Insurance company", on_delete="restrict", index=True
    )
    active = Boolean(default=True)
    plan_ids = One2many("spec.insurance.plan", "insurance_id", string="Plans")

    @constrains("category", "company_id")
    def _payers_are_named(self) -> Iterator[Problem]:
        for insurance in self:
            if insurance.category == "self" and insurance.company_id:
                yield Problem("company_id", "self", "Who pays for themselves has no insurance company.")

    @ondelete
    def _used_ones_stay(self) -> Iterator[Problem]:
        for insurance in self.with_context(active_test=False):
            if insurance.plan_ids:
                message = f"{insurance.name} has plans: archive it instead, by writing active=False."
                yield Problem("plan_ids", "used", message)


class InsuranceTag(Model, name="tags.insurance.info", order="name, id"):
    """Insurance Tag"""

    name = Char(required=True, unique=True)
    color = Integer(aggregator=None)
    category = Char()
    active = Boolean(default=True)
