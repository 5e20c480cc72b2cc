"""Users: who may log in, what they belong to, and what they may change of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.contact_name import copied_name
from entrepot.addons.base.user_rights import NOBODY, SELF_WRITEABLE, is_kind_clear
from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    One2many,
    Passwords,
    Problem,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
)
from entrepot.errors import AccessDenied, AccessError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SYSTEM_USER = 1


class Users(Model, name="res.users", delegates={"partner_id": "res.partner"}, order="name, login"):
    """User"""

    partner_id = Many2one(
        "res.partner", string="Related Partner", required=True, on_delete="restrict", index=True
    )
    login = Char(required=True, unique=True, trim=False, help="Used to log into the system.")
    password = Char(
        compute="_compute_password",
        inverse="_set_password",
        trim=False,
        help="Never read back, only its hash is kept.",
    )
    new_password = Char(
        compute="_compute_password", inverse="_set_new_password", trim=False, string="Set Password"
    )
    password_hash = Char(groups=NOBODY, copy=False)
    active = Boolean(default=True)
    active_partner = Boolean(related="partner_id.active", string="Partner is Active")
    groups_id = Many2many(
        "res.groups",
        table="res_groups_users_rel",
        column="uid",
        other="gid",
        string="Groups",
        default=lambda self: self.env.ref("base.group_user", missing_ok=True),
    )
    group_ids = Many2many("res.groups", related="groups_id", search="_search_group_ids", string="Own groups")
    all_group_ids = Many2many("res.groups", compute="_compute_all_groups", string="Groups and implied groups")
    share = Boolean(
        compute="_compute_share", store=True, string="Share User", help="From outside: portal or public."
    )
    company_id = Many2one(
        "res.company", required=True, index=True, on_delete="restrict", default=lambda self: self.env.company
    )
    company_ids = Many2many(
        "res.company",
        table="res_company_users_rel",
        column="user_id",
        other="cid",
        string="Companies",
        default=lambda self: self.env.company,
    )
    companies_count = Integer(
        compute="_compute_companies_count", string="Number of Companies", aggregator=None
    )
    signature = Html(string="Email Signature")
    login_date = Datetime(string="Latest authentication", readonly=True, copy=False)
    api_key_ids = One2many("res.users.apikeys", "user_id", string="API Keys")

    def _compute_password(self) -> None:
        for user in self:
            user.password = None
            user.new_password = None

    def _set_password(self) -> None:
        for user in self:
            if user.password:
                user.set_password(user.password)

    def _set_new_password(self) -> None:
        for user in self:
            if user.new_password:
                user.set_password(user.new_password)

    @depends("groups_id", "groups_id.implied_ids")
    def _compute_all_groups(self) -> None:
        for user in self:
            user.all_group_ids = user.groups_id.closure()

    def _search_group_ids(self, operator: str, value: Any) -> list[Any]:
        return [("groups_id", operator, value)]

    @depends("groups_id")
    def _compute_share(self) -> None:
        internal = self.env.ref("base.group_user", missing_ok=True)
        for user in self:
            user.share = user.id != SYSTEM_USER and (
                internal is None or internal not in user.groups_id.closure()
            )

    @depends("company_ids")
    def _compute_companies_count(self) -> None:
        for user in self:
            user.companies_count = len(user.company_ids)

    def refresh_share(self) -> None:
        """Work `share` out again: what groups imply has changed."""
        internal = self.env.ref("base.group_user")
        for user in self:
            share = user.id != SYSTEM_USER and internal not in user.groups_id.closure()
            if user.share != share:
                user.share = share

    @constrains("login")
    def _login_can_be_typed(self) -> Iterator[Problem]:
        for user in self:
            login = user.login or ""
            if not login.strip() or len(login) > 256 or not login.isprintable():
                yield Problem("login", "invalid", "A login has between 1 and 256 printable characters.")

    @constrains("company_id", "company_ids", "active")
    def _company_is_allowed(self) -> Iterator[Problem]:
        for user in self.filtered("active"):
            if user.company_id not in user.company_ids:
                message = (
                    f"Company {user.company_id.name} is not in the allowed companies for user {user.name}."
                )
                yield Problem("company_id", "not_allowed", message)

    @constrains("groups_id")
    def _kind_is_clear(self) -> Iterator[Problem]:
        kinds = {
            self.env.ref(f"base.{name}", missing_ok=True)
            for name in ("group_user", "group_portal", "group_public")
        }
        for user in self:
            if not is_kind_clear({group.id for group in kinds if group}, set(user.groups_id.closure().ids)):
                yield Problem(
                    "groups_id",
                    "kind",
                    "The user cannot be internal, portal and public at once: choose one type.",
                )

    def unlink(self) -> bool:
        """Delete; administrators only by administrators."""
        if not self.env.su:
            self._refuse_touching_administrators()
        return super().unlink()

    @ondelete
    def _some_stay(self) -> None:
        if SYSTEM_USER in self.ids:
            raise UserError("You can not remove the user of the system itself, as it is used internally.")
        if self.env.uid in self.ids:
            raise UserError("You cannot delete the user you're currently logged in as.")

    def create(self, vals_list: Any) -> Self:
        """Create; a login that is an address is the contact's e-mail too, unless another is given."""
        users = super().create(with_each(vals_list, _user_values))
        self._refuse_raising(users)
        return users

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; users may change their own preferences without the right to write users."""
        if not self.env.su and set(self.ids) == {self.env.uid} and set(vals) <= SELF_WRITEABLE:
            return self._write_own(vals)
        if not self.env.su:
            self._refuse_touching_administrators()
        done = super().write(vals)
        if "active" in vals and not vals["active"] and self.env.uid in self.ids:
            raise UserError("You cannot deactivate the user you're currently logged in as.")
        if vals.get("active") and SYSTEM_USER in self.ids:
            raise UserError("You cannot activate the superuser.")
        if not self.env.su and {"groups_id", "group_ids"} & set(vals):
            self._refuse_raising(self)
        if "active" in vals and not vals["active"]:
            self.end_sessions()
        return done

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy has a name and login of its own, and no password."""
        own = {"name": copied_name(self.name), "login": copied_name(self.login or "")}
        return super().copy_data({**own, **(default or {})})

    def _write_own(self, values: Mapping[str, Any]) -> bool:
        company = values.get("company_id")
        if company and company not in self.env.user.company_ids.ids:
            raise AccessError("Access to unauthorized or invalid companies.")
        return self.sudo().write(values)

    def _refuse_touching_administrators(self) -> None:
        if self.env.has_group("base.group_system"):
            return
        system = self.env.ref("base.group_system")
        for user in self.sudo():
            if user.id != self.env.uid and system in user.groups_id.closure():
                raise AccessError("Only administrators may change administrators.")

    def _refuse_raising(self, users: Self) -> None:
        if self.env.su or self.env.has_group("base.group_system"):
            return
        system = self.env.ref("base.group_system")
        if any(system in user.groups_id.closure() for user in users.sudo()):
            raise AccessError("Only administrators may make administrators.")

    def set_password(self, password: str) -> None:
        """Keep a password's hash and end the user's sessions. Raises ValidationError for an impossible
        password.
        """
        user = self.ensure_one().sudo()
        user.write({"password_hash": Passwords().hash(password)})
        user.end_sessions()

    def password_fits(self, password: str) -> bool:
        """Whether this is the user's password; the answer takes as long either way."""
        return Passwords().verify(self.ensure_one().sudo().password_hash, password)

    def end_sessions(self) -> None:
        """Log these users out everywhere."""
        self.env["res.users.session"].sudo().search([("user_id", "in", self.ids)]).unlink()

    @public(model=True, right="read")
    def change_password(self, old_passwd: Any, new_passwd: Any) -> bool:
        """Change the caller's own password. Raises AccessDenied when the old one is wrong."""
        user = self.env.user
        if not old_passwd or not user.password_fits(old_passwd):
            raise AccessDenied
        if not isinstance(new_passwd, str) or not new_passwd.strip():
            raise UserError("Setting empty passwords is not allowed for security reasons!")
        user.set_password(new_passwd)
        self.env.log("password_changed", model="res.users", res_id=user.id)
        return True

    @public(readonly=True, model=True)
    def context_get(self) -> dict[str, Any]:
        """The caller's language, time zone and id."""
        user = self.env.user
        return {"lang": user.lang or "en_US", "tz": user.tz, "uid": self.env.uid}

    @public(readonly=True)
    def has_group(self, group_ext_id: str) -> bool:
        """Whether the user (the caller when no ids are given) is in a group. Only internal users may ask
        about others.
        """
        user_id = self.ensure_one().id if self else self.env.uid
        if user_id == self.env.uid:
            return self.env.has_group(group_ext_id)
        if not self.env.su and not self.env.has_group("base.group_user"):
            raise AccessError("You can only call user.has_group() with your current user.")
        group = self.env.ref(group_ext_id, missing_ok=True)
        return group is not None and group in self.sudo().groups_id.closure()

    @public(readonly=True, model=True)
    def session_info(self) -> dict[str, Any]:
        """What a web client wants to know once, as far as records tell; the door adds what only it knows."""
        user = self.env.user
        system = self.env.has_group("base.group_system")
        return {
            "uid": self.env.uid,
            "username": user.login,
            "name": user.name,
            "partner_id": user.partner_id.id,
            "partner_display_name": user.partner_id.complete_name,
            "is_system": system,
            "is_admin": system or self.env.has_group("base.group_erp_manager"),
            "is_internal_user": self.env.has_group("base.group_user"),
            "is_public": self.env.has_group("base.group_public"),
            "user_context": self.context_get(),
            "web.base.url": self.env["ir.config_parameter"].sudo().get_param("web.base.url", ""),
            "user_companies": self._companies_info(user),
            "currencies": self._currencies_info(),
            "active_ids_limit": 20000,
        }

    def _companies_info(self, user: Any) -> dict[str, Any]:
        allowed = {
            str(company.id): {
                "id": company.id,
                "name": company.name,
                "sequence": company.sequence,
                "child_ids": (company.child_ids & user.company_ids).ids,
                "parent_id": company.parent_id.id or False,
            }
            for company in user.company_ids
        }
        return {
            "current_company": user.company_id.id,
            "allowed_companies": allowed,
            "disallowed_ancestor_companies": {},
        }

    def _currencies_info(self) -> dict[str, Any]:
        awake = self.env["res.currency"].sudo().search([("active", "=", True)])
        return {
            str(each.id): {
                "symbol": each.symbol,
                "position": each.position,
                "digits": [69, each.decimal_places],
            }
            for each in awake
        }

    @public(model=True, right="read")
    def signup(self, values: Any, token: Any = None) -> list[str]:
        """Make a portal user of {login, name, password}; answers [tenant, login, password].

        Raises UserError when sign-up from outside is off (parameter `auth_signup.invitation_scope` is not
        `b2c`), when an
        invitation's token is sent (there are none), and when the login is taken.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("auth_signup.invitation_scope", "b2b") != "b2c":
            raise UserError("Signup is not allowed for uninvited users.")
        if token:
            raise UserError("The signup token is not valid.")
        new = _signup_values(values)
        everybody = self.sudo().with_context(active_test=False)
        if everybody.search_count([("login", "=", new["login"])]):
            raise UserError("Another user is already registered using this email address.")
        template = self.env.ref("base.template_portal_user_id").sudo()
        template.copy({**new, "active": True, "groups_id": template.groups_id.ids})
        return [self.env.work.tenant, new["login"], new["password"]]


def _user_values(values: Mapping[str, Any]) -> Mapping[str, Any]:
    login = values.get("login")
    if values.get("email") or values.get("partner_id") or not isinstance(login, str) or "@" not in login:
        return values
    return {**values, "email": login}


def _signup_values(values: Any) -> dict[str, Any]:
    allowed = ("login", "name", "password", "email", "lang", "tz", "phone", "street", "city", "zip")
    unknown = sorted(set(values) - set(allowed)) if isinstance(values, dict) else ["?"]
    if unknown:
        raise UserError(f"Signup takes {', '.join(allowed)}, not {', '.join(unknown)[:200]}.")
    for name in ("login", "password"):
        if not isinstance(values.get(name), str) or not values[name].strip():
            raise UserError(f"Signup needs a {name}.")
    return {
        **values,
        "name": values.get("name") or values["login"],
        "email": values.get("email") or values["login"],
    }
