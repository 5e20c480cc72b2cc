"""Contacts: people and organisations, the addresses of an organisation being contacts below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.contact_name import copied_name, parse_contact
from entrepot.addons.base.timezones import timezones
from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [
    ("contact", "Contact"),
    ("invoice", "Invoice Address"),
    ("delivery", "Delivery Address"),
    ("other", "Other Address"),
    ("private", "Private Address"),
]
_TYPE_LABELS = dict(_TYPES)
_COMPANY_TYPES = [("person", "Individual"), ("company", "Company")]
_NAMELESS = "The operation cannot be completed: Contacts require a name"
_NEGATIVE = frozenset({"!=", "not in", "not like", "not ilike"})
_LANGUAGES = "res.partner.languages"
_ADDRESS = ("street", "street2", "city", "state_id", "zip", "country_id")


class Partner(Model, name="res.partner", rec_name="complete_name", order="complete_name, id desc"):
    """Contact"""

    name = Char(index=True)
    complete_name = Char(compute="_compute_complete_name", store=True, index=True)
    active = Boolean(default=True)
    type = Selection(_TYPES, string="Address Type", default="contact")
    is_company = Boolean(string="Is a Company")
    company_type = Selection(_COMPANY_TYPES, compute="_compute_company_type", inverse="_set_company_type")
    parent_id = Many2one("res.partner", string="Related Company", index=True, on_delete="restrict")
    parent_name = Char(related="parent_id.name", string="Parent name", readonly=True)
    child_ids = One2many("res.partner", "parent_id", string="Contact", domain=[("active", "=", True)])
    commercial_partner_id = Many2one(
        "res.partner", compute="_compute_commercial_partner", string="Commercial Entity"
    )
    company_name = Char()
    title = Many2one("res.partner.title")
    ref = Char(string="Reference", index=True)
    function = Char(string="Job Position")
    employee = Boolean()
    email = Char(index=True)
    phone = Char()
    mobile = Char()
    website = Char(string="Website Link")
    street = Char()
    street2 = Char()
    zip = Char()
    city = Char()
    state_id = Many2one("res.country.state", string="State", on_delete="restrict")
    country_id = Many2one("res.country", on_delete="restrict")
    country_code = Char(related="country_id.code", readonly=True)
    contact_address = Char(compute="_compute_contact_address", string="Complete Address")
    vat = Char(string="Tax ID", index=True)
    company_registry = Char(string="Company ID")
    date = Date()
    lang = Selection("_languages", string="Language", default=lambda self: self.env.lang)
    tz = Selection("_timezones", string="Timezone", default=lambda self: self.env.context.get("tz"))
    user_id = Many2one("res.users", string="Salesperson")
    user_ids = One2many("res.users", "partner_id", string="Users")
    company_id = Many2one("res.company", index=True)
    category_id = Many2many(
        "res.partner.category",
        string="Tags",
        table="res_partner_category_rel",
        column="partner_id",
        other="category_id",
    )
    bank_ids = One2many("res.partner.bank", "partner_id", string="Banks")
    comment = Html(string="Notes")
    color = Integer(string="Color Index", aggregator=None)
    image_1920 = Binary(string="Image")
    image_128 = Binary(related="image_1920", string="Image 128", readonly=True)
    partner_share = Boolean(compute="_compute_partner_share", string="Share Partner")

    @depends("name", "parent_id.name", "type", "company_name", "is_company")
    def _compute_complete_name(self) -> None:
        for partner in self:
            partner.complete_name = self._spelled(partner)

    def _spelled(self, partner: Any) -> str | None:
        name: str | None = partner.name
        if partner.parent_id or (partner.company_name and not partner.is_company):
            above = partner.parent_id.name or partner.company_name
            name = name or _TYPE_LABELS.get(partner.type or "", "")
            return ", ".join(part for part in (above, name) if part) or None
        return name

    @depends("is_company")
    def _compute_company_type(self) -> None:
        for partner in self:
            partner.company_type = "company" if partner.is_company else "person"

    def _set_company_type(self) -> None:
        for partner in self:
            partner.is_company = partner.company_type == "company"

    @depends("is_company", "parent_id")
    def _compute_commercial_partner(self) -> None:
        for partner in self:
            top: Model = partner
            seen = {top.id}
            while top.parent_id and not top.is_company and top.parent_id.id not in seen:
                top = top.parent_id
                seen.add(top.id)
            partner.commercial_partner_id = top

    @depends("street", "street2", "zip", "city", "state_id.code", "country_id.name")
    def _compute_contact_address(self) -> None:
        for partner in self:
            town = " ".join(part for part in (partner.city, partner.state_id.code, partner.zip) if part)
            lines = (partner.street, partner.street2, town, partner.country_id.name)
            partner.contact_address = "\n".join(line for line in lines if line)

    @depends("user_ids.share", "user_ids.active")
    def _compute_partner_share(self) -> None:
        for partner in self:
            partner.partner_share = all(user.share for user in partner.sudo().user_ids)

    def _languages(self) -> list[tuple[str, str]]:
        policy = self.env.policy
        known: list[tuple[str, str]] | None = policy.memo.get(_LANGUAGES)
        if known is None:
            installed = self.env["res.lang"].sudo().search([("active", "=", True)])
            known = [(lang.code, lang.name) for lang in installed]
            # A language activated in this very transaction is not in the policy yet: then nothing is kept.
            if {code for code, _ in known} == set(policy.langs):
                policy.memo[_LANGUAGES] = known
        return known

    def _timezones(self) -> tuple[tuple[str, str], ...]:
        return timezones()

    @constrains("name", "type")
    def _contacts_have_names(self) -> Iterator[Problem]:
        for partner in self:
            if not (partner.name or "").strip() and partner.type in {None, "contact"}:
                yield Problem("name", "required", _NAMELESS)

    @constrains("parent_id")
    def _hierarchy_has_no_circle(self) -> Iterator[Problem]:
        for partner in self:
            seen = {partner.id}
            above = partner.parent_id
            while above:
                if above.id in seen:
                    yield Problem("parent_id", "circle", "You cannot create recursive Partner hierarchies.")
                    break
                seen.add(above.id)
                above = above.parent_id

    @constrains("company_id")
    def _users_keep_their_company(self) -> Iterator[Problem]:
        for partner in self.filtered("company_id"):
            if any(partner.company_id not in user.company_ids for user in partner.user_ids):
                yield Problem(
                    "company_id",
                    "not_allowed",
                    "The contact's company is not among the companies of its user.",
                )

    @constrains("active")
    def _users_are_archived_first(self) -> Iterator[Problem]:
        for partner in self.filtered(lambda each: not each.active):
            if any(user.active for user in partner.user_ids):
                message = "You cannot archive contacts linked to an active user. Archive the user first."
                yield Problem("active", "has_user", message)

    @ondelete
    def _users_are_deleted_first(self) -> None:
        users = self.env["res.users"].with_context(active_test=False)
        if users.search_count([("partner_id", "in", self.ids)]):
            raise UserError(
                "You cannot delete contacts linked to a user. Delete the user first, or archive the contact."
            )

    def create(self, vals_list: Any) -> Self:
        """Create; a person under a company that gives no address of its own takes over the company's."""
        return super().create(
            with_each(vals_list, lambda values: self._with_address(self._with_scheme(values)))
        )

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a web site keeps or gets its scheme."""
        return super().write(self._with_scheme(vals))

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy says that it is one; the contacts below stay with the original."""
        values = super().copy_data(default)
        if "name" not in (default or {}) and self.name:
            values["name"] = copied_name(self.name)
        return values

    @public(model=True, right="create")
    def name_create(self, name: str) -> tuple[int, str]:
        """Create from one line such as `"Bob" <b@x.org>`; answers (id, display name)."""
        partner = self.create([self._from_line(name)])
        return (partner.id, partner.complete_name or "")

    @public(model=True, right="create")
    def find_or_create(self, email: str) -> int:
        """The id of a contact with the address of one line, created when there is none."""
        values = self._from_line(email)
        if values.get("email"):
            found = self.search([("email", "=ilike", _literal(values["email"]))], limit=1)
            if found:
                return found.id
        return self.create([values]).id

    @public(readonly=True)
    def address_get(self, adr_pref: Any = None) -> dict[str, int]:
        """{type: contact id} for each wanted address type: the contact itself, one below it, else the main
        one.
        """
        found: dict[str, int] = {}
        wanted = adr_pref or ()
        if not isinstance(wanted, (list, tuple)) or not all(isinstance(kind, str) for kind in wanted):
            raise UserError("address_get takes a list of address types.")
        for partner in self:
            for each in partner + partner.child_ids:
                found.setdefault(each.type or "contact", each.id)
        main = found.get("contact") or (self.ids[0] if self.ids else 0)
        return {kind: found.get(kind, main) for kind in {"contact", *wanted}}

    def search_display_name(self, operator: str, value: Any) -> list[Any]:
        """Contacts are also called by their reference and their e-mail address."""
        ways = [(field, operator, value) for field in ("complete_name", "email", "ref")]
        return ["&", "&", *ways] if operator in _NEGATIVE else ["|", "|", *ways]

    def _from_line(self, line: Any) -> dict[str, Any]:
        name, email = parse_contact(line if isinstance(line, str) else "")
        return {"name": name or email, "email": email or None}

    def _with_scheme(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        site = values.get("website")
        if not isinstance(site, str) or not site.strip() or "://" in site:
            return values
        return {**values, "website": f"http://{site.strip()}"}

    def _with_address(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        parent = values.get("parent_id")
        asked = values.get("type") or "contact"
        if not isinstance(parent, int) or isinstance(parent, bool) or asked != "contact":
            return values
        if any(values.get(field) for field in _ADDRESS):
            return values
        above = self.sudo().browse(parent).exists()
        if not above:
            return values
        address = {
            "street": above.street,
            "street2": above.street2,
            "city": above.city,
            "zip": above.zip,
            "state_id": above.state_id.id or None,
            "country_id": above.country_id.id or None,
        }
        return {**values, **{key: value for key, value in address.items() if value}}


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
