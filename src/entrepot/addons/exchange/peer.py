"""Peers: one instance of the platform for each bank, each with its own address, accounts and habits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.base.timezones import timezones
from entrepot.addons.exchange.routes import DEFAULTS, renamed, wrong_names, wrong_route
from entrepot.addons.exchange.spellings import folded
from entrepot.api import (
    Boolean,
    Char,
    Json,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    constrains,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAME = 200
CENTRAL = "EKIWH"
"""The point of sale by which peers know the central warehouse (B4)."""


class Peer(Model, name="ek.peer", order="name, id"):
    """Exchange peer"""

    name = Char(required=True, unique=True, help="How messages name this bank in order_source.")
    aliases = Char(help="Other spellings of the name, separated by commas.")
    active = Boolean(default=True)
    partner_id = Many2one("res.partner", string="Bank", help="The bank as a contact.")
    user_ids = Many2many(
        "res.users",
        table="ek_peer_user_rel",
        column="peer_id",
        other="user_id",
        string="Accounts",
        help="The accounts that this peer's messages come in with.",
    )
    endpoint_id = Many2one("outbox.endpoint", string="Address", on_delete="restrict")
    routes = Json(help="Other verbs and paths than the usual ones: {topic: [verb, path]}.")
    key_names = Json(help="The peer's names for keys of what it is told: {topic: {our key: its key}}.")
    tz = Selection("_timezones", string="Time Zone", required=True, default="Africa/Algiers")
    country_id = Many2one(
        "res.country", help="Of provinces and telephone numbers that come without a country."
    )
    vendor_id = Many2one(
        "res.partner", string="Purchasing Company", help="Vendor of purchases that name none."
    )
    pricelist_id = Many2one("product.pricelist", help="Prices of this peer's orders.")
    central_pricelist_id = Many2one(
        "product.pricelist", help="The central price that is sent; else the cost."
    )
    selling_pricelist_id = Many2one(
        "product.pricelist", help="The selling price that is sent; else the list price."
    )
    auto_create_clients = Boolean(help="Orders of unknown clients create them; otherwise they are refused.")

    def _timezones(self) -> tuple[tuple[str, str], ...]:
        return timezones()

    @constrains("name", "aliases")
    def _names_are_nobody_elses(self) -> Iterator[Problem]:
        known: dict[str, int] = {}
        for peer in self.with_context(active_test=False).search([]):
            for name in peer.spellings():
                if known.setdefault(name, peer.id) != peer.id:
                    yield Problem("aliases", "taken", f"{name!r} is a name of another peer already.")

    @constrains("routes")
    def _routes_can_be_used(self) -> Iterator[Problem]:
        for peer in self:
            why = wrong_route(peer.routes)
            if why:
                yield Problem("routes", "bad_route", why)

    @constrains("key_names")
    def _key_names_can_be_used(self) -> Iterator[Problem]:
        for peer in self:
            why = wrong_names(peer.key_names)
            if why:
                yield Problem("key_names", "bad_names", why)

    def spellings(self) -> set[str]:
        """The folded names of this peer."""
        return {folded(each) for each in (self.name or "", *(self.aliases or "").split(",")) if each.strip()}

    def everybody(self) -> Any:
        """All peers that are active, whatever the caller's context says."""
        return self.sudo().with_context(active_test=True).search([])

    def named(self, order_source: Any) -> Any:
        """The one of these peers that bears a name. Raises ValueError that lists these."""
        found = self.filtered(lambda each: folded(str(order_source)[:MAX_NAME]) in each.spellings())
        if not found:
            names = ", ".join(str(each.name) for each in self) or "none is set up"
            raise ValueError(
                f"{str(order_source)[:80]!r} is no order source of this account; known are: {names}"
            )
        return found

    def of_user(self) -> Any:
        """The active peers for which the acting user speaks."""
        return self.sudo().with_context(active_test=True).search([("user_ids", "=", self.env.uid)])

    def route(self, topic: str) -> tuple[str, str]:
        """(verb, path) of what is told under a topic."""
        own = (self.routes or {}).get(topic)
        verb, path = own or DEFAULTS[topic]
        return verb, path

    def spelled(self, topic: str, body: Any) -> Any:
        """A body with this peer's names for its keys."""
        return renamed(body, (self.key_names or {}).get(topic))

    @public
    def resend_all(self) -> dict[str, int]:
        """Tell these peers the whole catalogue, all points of sale and all stock anew: {topic: messages}."""
        if not self.filtered("endpoint_id"):
            raise UserError("None of these peers has an address to send to.")
        sent: dict[str, int] = self.env["ek.teller"].tell_everything(self.sudo())
        return sent


def told_to(peers: Any) -> Any:
    """Those of some peers that something can be sent to."""
    return peers.filtered(lambda peer: peer.active and peer.endpoint_id)
