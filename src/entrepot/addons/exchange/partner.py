"""Clients and points of sale, which the platform keeps; here they are mirrored. Source: B1, B3, B7, B8 cases 1, 14."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange.absorb import absorb, belongs, first_values, keep_unknown
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.filters import aimed
from entrepot.addons.exchange.peer import CENTRAL
from entrepot.addons.exchange.people import STATUSES, contact_values, key_of
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import MANAGER_GROUP, ORIGIN, Sender, sender_of
from entrepot.addons.exchange.spellings import PLATFORM
from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import (
    Boolean,
    Char,
    ConflictError,
    Date,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIRRORED = frozenset(
    {"name", "email", "phone", "ek_status", "code_pos", "is_pos", "credit_code", "responsible_code"}
)
"""What the platform keeps of a contact."""
TOLD = frozenset(
    {"name", "email", "phone", "mobile", "street", "street2", "city", "state_id", "country_id", "ek_status"}
)
_SENSITIVE = "exchange.group_exchange_manager,sale.group_sale_salesman"


class Partner(Model, extends="res.partner", mixins=["ek.exchanged"]):
    """What the exchange adds to a contact."""

    is_pos = Boolean(string="Is a Point of Sale", index=True)
    ek_status = Selection(STATUSES, string="Approval")
    ek_key = Char(unique=True, copy=False, readonly=True, help="How messages find this contact.")
    ek_peer_ids = Many2many(
        "ek.peer",
        table="ek_peer_partner_rel",
        column="partner_id",
        other="peer_id",
        string="Banks",
        copy=False,
    )
    code_pos = Char(string="POS Code", unique=True, copy=False)
    credit_code = Char(string="Credit Analyst Code", copy=False)
    responsible_code = Char(copy=False)
    credit_user_id = Many2one("res.users", string="Credit Analyst", readonly=True, copy=False)
    responsible_user_id = Many2one("res.users", string="Responsible", readonly=True, copy=False)
    warehouse_ids = One2many("stock.warehouse", "partner_id", string="Warehouses")
    salary = Monetary(groups=_SENSITIVE, copy=False, aggregator=None)
    birth_date = Date(groups=_SENSITIVE, copy=False)

    @constrains("is_pos", "code_pos")
    def _points_of_sale_have_codes(self) -> Iterator[Problem]:
        for partner in self:
            if partner.is_pos and not partner.code_pos:
                yield Problem("code_pos", "required", "A point of sale has a code_pos.")

    def create(self, vals_list: Any) -> Self:
        """Create; a point of sale gets its warehouse, and peers are told of it."""
        refuse_kept(self.browse(), vals_list)
        partners = super().create(vals_list)
        places = partners.filtered("is_pos")
        if places:
            places.sudo().furnish()
            self.env["ek.teller"].sudo().places(places.sudo(), created=True)
        return partners

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what the platform keeps is changed there, and peers are told of the rest."""
        refuse_kept(self, vals)
        self._keep_mirrored(vals)
        before = snapshot(self, vals, TOLD | {"is_pos", "code_pos", "credit_code", "responsible_code"})
        done = super().write(vals)
        changed = noted(self, before)
        if not changed:
            return done
        touched = self.browse(changed).sudo()
        touched.filtered("is_pos").furnish()
        mirrored = touched.filtered("ek_key")
        if mirrored:
            teller = self.env["ek.teller"].sudo()
            teller.places(mirrored.filtered("is_pos"), created=False)
            teller.clients(mirrored.filtered(lambda each: not each.is_pos))
        return done

    def _keep_mirrored(self, vals: Mapping[str, Any]) -> None:
        """Refuse a change here of what the platform keeps; an exchange manager's is let through and noted."""
        named = MIRRORED & vals.keys()
        if not named or self.env.su or ORIGIN in self.env.context:
            return
        kept = self.sudo().filtered(lambda each: each.create_by == PLATFORM and each.ek_key)
        if not kept:
            return
        if self.env.has_group(MANAGER_GROUP):
            for partner in kept:
                theirs = {
                    name: getattr(partner, name) for name in named if getattr(partner, name) != vals[name]
                }
                self.env["ek.conflict"].note(partner, theirs, partner.ek_peer_ids, "mirrored")
            return
        text = "The platform keeps this contact: change {} there, and it arrives here."
        raise ValidationError(
            problems=[Problem(name, "mirrored", text.format(name)) for name in sorted(named)]
        )

    def furnish(self) -> None:
        """Give points of sale their warehouse and the accounts that their codes name."""
        warehouses = self.env["stock.warehouse"]
        main = self.env.ref("base.main_company")
        for place in self:
            of_code = warehouses.search([("code_pos", "=", place.code_pos)], limit=1)
            if of_code:
                if of_code.partner_id != place:
                    of_code.write({"partner_id": place.id})
            elif place.warehouse_ids:
                place.warehouse_ids[:1].write({"code_pos": place.code_pos})
            else:
                warehouses.create(
                    {
                        "name": f"{place.name} ({place.code_pos})",
                        "code": warehouses.free_code(),
                        "code_pos": place.code_pos,
                        "partner_id": place.id,
                        "company_id": (place.company_id or self.env.company or main).id,
                    }
                )
        self.resolve_codes()

    def resolve_codes(self) -> None:
        """Link the users whose codification these points of sale name; unknown ones are linked when they arrive."""
        codes = {code for place in self for code in (place.credit_code, place.responsible_code) if code}
        known = {
            user.codification: user.id
            for user in self.env["res.users"].search([("codification", "in", sorted(codes))])
        }
        for place in self:
            place.write(
                {
                    "credit_user_id": known.get(place.credit_code),
                    "responsible_user_id": known.get(place.responsible_code),
                }
            )

    def rest_create(self, data: Any) -> dict[str, Any]:
        """A peer's client or point of sale; anybody else's contact is created as usual."""
        sender = sender_of(self.env, data[0] if isinstance(data, list) and data else data)
        if sender is None:
            return super().rest_create(data)
        return receive(self, sender, "contact", data, _take_contact, verb="POST")

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """A peer changes a client or a point of sale, found by `email` or `code_pos`; anybody else writes as usual."""
        sender = sender_of(self.env, data)
        if sender is None:
            return super().rest_write(target, data, require_match)

        def change(partners: Any, receipt: Receipt) -> bool:
            mine = [("ek_key", "!=", False), "|", ("is_pos", "=", True), *_own(sender)]
            keys = ("email", "code_pos")
            found = aimed(partners, target, keys, receipt, within=mine, require_match=require_match)
            values = contact_values(partners.env, receipt, new=False)
            if values.get("code_pos") == CENTRAL:
                receipt.form.wrong(
                    "code_pos", "central", f"is not {CENTRAL}: that is the central warehouse here"
                )
            _address_is_free(found, values, receipt)
            receipt.form.check()
            for partner in found:
                absorb(partner, _keyed(values, partner), receipt)
                belongs(partner, receipt)
                keep_unknown(partner, receipt.form.rest())
            return True

        return receive(self, sender, "contact", data, change, verb="PUT")


def _take_contact(partners: Any, receipt: Receipt) -> int:
    env, form = partners.env, receipt.form
    parent = form.take("parent_id", str)
    values = contact_values(env, receipt, new=True)
    is_pos = bool(values.get("is_pos"))
    if is_pos and not values.get("code_pos"):
        form.wrong("code_pos", "required", "is required of a point of sale")
    if values.get("code_pos") == CENTRAL:
        form.wrong("code_pos", "central", f"is not {CENTRAL}: that is the central warehouse here")
    form.check()
    key = key_of(values["email"], is_pos=is_pos)
    receipt.key = values["code_pos"] if is_pos else values["email"]
    env.lock_all([("ek_key", key), ("code_pos", values.get("code_pos") or "")])
    known = partners.with_context(active_test=False)
    found = known.search([("code_pos", "=", values["code_pos"])]) if is_pos else known.browse()
    found = (found or known.search([("ek_key", "=", key)])).with_env(env)
    if parent:
        values["parent_id"] = _client(partners, parent, receipt, "parent_id").id
        form.check()
    if found:
        _refuse_others(found, receipt)
        absorb(found, _keyed(values, found), receipt)
    else:
        found = partners.create({"ek_status": "WAITING", **values, **first_values(receipt), "ek_key": key})
    belongs(found, receipt)
    keep_unknown(found, form.rest())
    return int(found.id)


def _address_is_free(found: Any, values: Mapping[str, Any], receipt: Receipt) -> None:
    """Note when a new address is the key of another contact: two would be found by one message."""
    keys = {
        partner.id: key_of(values["email"], is_pos=partner.is_pos) for partner in found if values.get("email")
    }
    if len(keys) > 1:
        receipt.form.wrong("email", "several", f"would be the address of {len(keys)} contacts")
    for taken in found.with_context(active_test=False).search([("ek_key", "in", list(keys.values()))]):
        if keys.get(taken.id) != taken.ek_key:
            receipt.form.wrong("email", "taken", "is the address of another contact already")


def _own(sender: Sender) -> list[Any]:
    """The domain of clients that are the sender's, or nobody's yet."""
    return sender.within("ek_peer_ids") or [("id", "!=", False)]


def _refuse_others(partner: Any, receipt: Receipt) -> None:
    """A client of other banks alone is not this one's to change, nor to look at."""
    if partner.is_pos or receipt.sender.reaches(partner.ek_peer_ids):
        return
    text = "email is that of another bank's client. A manager of the exchange adds this bank to the banks of the client."
    raise ConflictError(problems=[Problem("email", "other_banks", text)])


def _client(partners: Any, address: str, receipt: Receipt, path: str) -> Any:
    form = receipt.form
    found = partners.search([("ek_key", "=", key_of(address, is_pos=False))])
    if not found or not receipt.sender.reaches(found.ek_peer_ids):
        form.wrong(path, "unknown_client", f"names no client: {address!r}; send the client first")
    return found


def _keyed(values: Mapping[str, Any], partner: Any) -> dict[str, Any]:
    """The values with the key that follows from them; a client never turns into a point of sale by a message."""
    is_pos = bool(values.get("is_pos", partner.is_pos))
    if is_pos != partner.is_pos and "is_pos" in values:
        raise UserError(f"{partner.display_name} cannot change between client and point of sale.")
    if not values.get("email"):
        return dict(values)
    return {**values, "ek_key": key_of(values["email"], is_pos=is_pos)}
