"""Companies of this tenant. The contact behind a company holds its name, address and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.contact_name import copied_name
from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Binary,
    Boolean,
    Command,
    Integer,
    Many2many,
    Many2one,
    Model,
    One2many,
    Problem,
    Text,
    UserError,
    constrains,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Company(Model, name="res.company", delegates={"partner_id": "res.partner"}, order="sequence, name"):
    """Company"""

    partner_id = Many2one("res.partner", required=True, on_delete="restrict", index=True)
    active = Boolean(default=True)
    sequence = Integer(default=10, aggregator=None)
    parent_id = Many2one("res.company", string="Parent Company", index=True, on_delete="restrict")
    child_ids = One2many("res.company", "parent_id", string="Branches")
    currency_id = Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    user_ids = Many2many(
        "res.users",
        table="res_company_users_rel",
        column="cid",
        other="user_id",
        string="Accepted Users",
        copy=False,
    )
    logo = Binary(related="partner_id.image_1920", string="Company Logo")
    report_header = Text(string="Company Tagline", translate=True)
    report_footer = Text(translate=True)

    def create(self, vals_list: Any) -> Self:
        """Create; who creates a company may work in it."""
        companies = super().create(with_each(vals_list, _with_kind))
        companies.wake_currencies()
        if not self.env.su:
            self.env.user.write({"company_ids": [Command.link(company.id) for company in companies]})
        return companies

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a currency comes awake when a company uses it."""
        done = super().write(vals)
        if "currency_id" in vals:
            self.wake_currencies()
        return done

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy has a name of its own."""
        return super().copy_data({"name": copied_name(self.name), **(default or {})})

    def wake_currencies(self) -> None:
        """Make the currencies of these companies active."""
        asleep = self.sudo().mapped("currency_id").filtered(lambda currency: not currency.active)
        asleep.write({"active": True})

    @constrains("name")
    def _name_is_unique(self) -> Iterator[Problem]:
        for company in self.with_context(active_test=False):
            if self.with_context(active_test=False).search_count([("name", "=", company.name)]) > 1:
                yield Problem(
                    "name", "unique", "The operation cannot be completed: The company name must be unique!"
                )

    @constrains("parent_id")
    def _hierarchy_has_no_circle(self) -> Iterator[Problem]:
        for company in self:
            seen = {company.id}
            above = company.parent_id
            while above and above.id not in seen:
                seen.add(above.id)
                above = above.parent_id
            if above:
                yield Problem("parent_id", "circle", "You cannot create recursive companies.")

    @constrains("active")
    def _users_do_not_work_in_archived_ones(self) -> Iterator[Problem]:
        for company in self.filtered(lambda each: not each.active):
            users = self.env["res.users"].search_count(
                [("company_id", "=", company.id), ("active", "=", True)]
            )
            if users:
                message = f"{company.name} cannot be archived: it is the default company of {users} users."
                yield Problem("active", "in_use", message)

    @ondelete
    def _one_stays(self) -> None:
        everything = self.with_context(active_test=False).search([])
        if not everything - self:
            raise UserError("At least one company must stay.")


def _with_kind(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return values if values.get("partner_id") else {"is_company": True, **values}
