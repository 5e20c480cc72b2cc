"""Accounts that the platform keeps: codes, roles and points of sale. Source: B3 (PUT res.users), B8 case 18.

A role gives the groups that `ek.role` lists for it, never administration; and what an account has besides, it keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.absorb import belongs, first_values, keep_unknown
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.filters import aimed
from entrepot.addons.exchange.form import Form
from entrepot.addons.exchange.people import email, pos_code
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import MANAGER_GROUP, sender_of
from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import Char, Command, Many2many, Many2one, Model, Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLD = frozenset({"name", "login", "email", "phone", "codification", "ek_role_id"})
SUPERUSER = 1
_ADMINISTERS = ("base.group_system", "base.group_erp_manager")


class User(Model, extends="res.users", mixins=["ek.exchanged"]):
    """What the exchange adds to an account."""

    codification = Char(unique=True, copy=False, help="The code by which points of sale name this account.")
    ek_role_id = Many2one("ek.role", string="Exchange Role", readonly=True, copy=False, on_delete="restrict")
    ek_pos_ids = Many2many(
        "res.partner",
        table="ek_user_pos_rel",
        column="user_id",
        other="partner_id",
        string="Points of Sale",
        copy=False,
        domain=[("is_pos", "=", True)],
    )

    def create(self, vals_list: Any) -> Self:
        """Create; points of sale that name the new codes are linked, and peers are told."""
        refuse_kept(self.browse(), vals_list)
        users = super().create(vals_list)
        coded = users.filtered("codification")
        coded.link_codes()
        if coded:
            self.env["ek.teller"].sudo().users(coded.sudo(), created=True)
        return users

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; the same for changed ones."""
        refuse_kept(self, vals)
        before = snapshot(self, vals, TOLD)
        done = super().write(vals)
        changed = noted(self, before)
        if changed:
            coded = self.browse(changed).filtered("codification")
            if "codification" in vals:
                coded.link_codes()
            if coded:
                self.env["ek.teller"].sudo().users(coded.sudo(), created=False)
        return done

    def link_codes(self) -> None:
        """Link the points of sale that name these accounts by their codes."""
        codes = [user.codification for user in self if user.codification]
        if codes:
            named = ["|", ("credit_code", "in", codes), ("responsible_code", "in", codes)]
            self.env["res.partner"].sudo().search(named).resolve_codes()

    def rest_create(self, data: Any) -> dict[str, Any]:
        """A peer's new account, without a password: its owner sets one when invited. Others create as usual."""
        sender = sender_of(self.env, data[0] if isinstance(data, list) and data else data)
        if sender is None:
            return super().rest_create(data)
        return receive(self, sender, "user", data, _take_user, verb="POST")

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """A peer changes an account, found by `login`; anybody else writes as usual."""
        sender = sender_of(self.env, data)
        if sender is None:
            return super().rest_write(target, data, require_match)

        def change(users: Any, receipt: Receipt) -> bool:
            mine = sender.within("partner_id.ek_peer_ids")
            keys = ("login", "codification")
            found = aimed(users, target, keys, receipt, within=mine, require_match=require_match)
            values = _account_values(users, receipt, new=False)
            receipt.form.check()
            for user in found:
                _refuse_others(user, receipt)
                _give(user, values, receipt)
            return True

        return receive(self, sender, "user", data, change, verb="PUT")


def _account_values(users: Any, receipt: Receipt, *, new: bool) -> dict[str, Any]:
    form: Form = receipt.form
    form.ignore("create_by", "order_source")
    for key in ("password", "new_password", "groups_id", "group_ids", "company_ids", "active"):
        if form.has(key):
            form.wrong(key, "not_by_message", "is never set by a message")
            form.ignore(key)
    values: dict[str, Any] = {}
    for key, reader in (
        ("name", spellings.line),
        ("login", email),
        ("email", email),
        ("codification", spellings.reference),
    ):
        told = form.take(
            key,
            reader,
            required=(new and key in {"name", "login"}) or (form.has(key) and key != "codification"),
        )
        if told is not None or (form.has(key) and key == "codification"):
            values[key] = told
    phone = form.take("phone", spellings.line)
    if phone is not None or form.has("phone"):
        values["phone"] = spellings.phone(phone, receipt.sender.country)
    role = _role(users.env, receipt)
    if role:
        values["ek_role_id"] = role.id
    code = form.take("code_pos", pos_code)
    if code:
        place = users.env["res.partner"].search([("code_pos", "=", code)])
        if place:
            values["ek_pos_ids"] = [Command.link(place.id)]
        else:
            form.wrong("code_pos", "unknown_pos", f"names no point of sale: {code!r}")
    return values


def _role(env: Any, receipt: Receipt) -> Any:
    """The role that a message names; None when it names none, or one that it may not give (which is noted)."""
    form = receipt.form
    name = form.take("role", spellings.line)
    if not name:
        return None
    found = env["ek.role"].search([("name", "=", name)])
    if not found:
        names = ", ".join(str(each.name) for each in env["ek.role"].search([]))
        form.wrong("role", "unknown_role", f"is one of {names}; got {name!r}")
    elif found.administers():
        form.wrong("role", "administers", f"{name!r} leads to groups that administer; no message gives those")
        return None
    elif found.manages() and not receipt.sender.everywhere:
        text = f"{name!r} manages the exchange of every bank: an account that speaks for every bank gives it"
        form.wrong("role", "every_bank", text)
        return None
    return found


def _give(user: Any, values: Mapping[str, Any], receipt: Receipt) -> None:
    """Write what a message says; groups of a former role go, those of the new one come."""
    role = user.env["ek.role"].browse(values.get("ek_role_id") or ())
    commands: list[Any] = []
    if role and role != user.ek_role_id:
        former = user.ek_role_id.group_ids - role.group_ids
        commands = [Command.unlink(each.id) for each in former]
        commands += [Command.link(each.id) for each in role.group_ids]
    user.write(
        {**values, **({"groups_id": commands} if commands else {}), "ek_last_writer": receipt.sender.side}
    )
    belongs(user, receipt)
    keep_unknown(user, receipt.form.rest())


def _take_user(users: Any, receipt: Receipt) -> int:
    values = _account_values(users, receipt, new=True)
    receipt.form.check()
    login = str(values["login"])
    receipt.key = login
    users.env.lock("res.users login", login.casefold())
    found = users.with_context(active_test=False).search([("login", "=", login)]).with_env(users.env)
    if found:
        _refuse_others(found, receipt)
    else:
        # Its groups are those of its role, and none without one.
        own = {"name": values["name"], "login": login, "groups_id": [Command.clear()]}
        found = users.create({**own, **first_values(receipt)})
    _give(found, values, receipt)
    return int(found.id)


def _refuse_others(user: Any, receipt: Receipt) -> None:
    """Only accounts of the exchange are a peer's to change, and never those that administer: with a changed address
    or login somebody could take one over.
    """
    high = [group for name in _ADMINISTERS if (group := user.env.ref(name, missing_ok=True))]
    if user.id == SUPERUSER or any(group in user.all_group_ids for group in high):
        text = f"{user.login} administers this system and is not changed by messages."
        raise ValidationError(problems=[Problem("login", "administers", text)])
    if not (user.codification or user.ek_role_id or user.create_by == spellings.PLATFORM):
        text = f"{user.login} is no account of the exchange; give it a codification here first."
        raise ValidationError(problems=[Problem("login", "not_exchanged", text)])
    if not receipt.sender.reaches(user.ek_peer_ids):
        text = f"{user.login} is taken by an account of another bank; choose another login."
        raise ValidationError(problems=[Problem("login", "taken", text)])
    manager = user.env.ref(MANAGER_GROUP)
    if manager in user.all_group_ids and not receipt.sender.everywhere:
        text = f"{user.login} manages the exchange of every bank: an account that speaks for every bank changes it."
        raise ValidationError(problems=[Problem("login", "every_bank", text)])
