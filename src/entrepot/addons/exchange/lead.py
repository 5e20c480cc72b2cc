"""Opportunities of peers: one lead and one quotation for each cart of a bank, however often it is sent.

Source: B3 (POST crm.lead), B7, B8 cases 7, 13, 20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from entrepot.addons.exchange import cart, spellings
from entrepot.addons.exchange.absorb import first_values, keep_unknown
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.people import pos_code
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import refuse_message, sender_of
from entrepot.api import Char, Command, ConflictError, Float, Integer, Many2one, Model, Monetary, Problem


class Lead(Model, extends="crm.lead", mixins=["ek.exchanged"], unique=[("ek_peer_id", "ek_cart_id")]):
    """What the exchange adds to an opportunity."""

    ek_peer_id = Many2one(
        "ek.peer", string="Bank", readonly=True, copy=False, on_delete="restrict", index=True
    )
    ek_order_source = Char(related="ek_peer_id.name", string="Order Source", readonly=True)
    ek_cart_id = Integer(string="Cart", readonly=True, copy=False, nullable=True, aggregator=None)
    ek_order_id = Integer(string="Platform Order", readonly=True, copy=False, nullable=True, aggregator=None)
    code_pos = Char(string="POS Code", copy=False)
    monthly_payment = Monetary(currency="company_currency", copy=False)
    periodicity = Integer(copy=False, nullable=True, aggregator=None, help="Number of instalments.")
    ek_file_number = Integer(string="File Number", copy=False, nullable=True, aggregator=None)
    ek_client_number = Char(string="Client Number", copy=False, help="As it was sent; zeros in front count.")
    ek_progress = Float(string="File Progress", copy=False, aggregator=None)
    ek_file_state = Char(string="File State", copy=False)
    order_id = Many2one("sale.order", string="Quotation", readonly=True, copy=False)

    def create(self, vals_list: Any) -> Self:
        """Create; what a message says of itself follows from the message."""
        refuse_kept(self.browse(), vals_list)
        return super().create(vals_list)

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; the same."""
        refuse_kept(self, vals)
        return super().write(vals)

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Peers tell what becomes of an order, not of its opportunity; anybody else writes as usual."""
        refuse_message(self.env, data, "the state of an order is told by PUT /api/sale.order/")
        return super().rest_write(target, data, require_match)

    def rest_create(self, data: Any) -> dict[str, Any]:
        """A peer's opportunity with its cart; the answer is the id of the lead. Anybody else's is created as usual."""
        sender = sender_of(self.env, data[0] if isinstance(data, list) and data else data)
        if sender is None:
            return super().rest_create(data)
        return receive(self, sender, "opportunity", data, _take_opportunity, verb="POST")


def _take_opportunity(leads: Any, receipt: Receipt) -> int:
    env, form = leads.env, receipt.form
    form.ignore("create_by")
    form.take("order_source", spellings.text, required=True)
    peer = receipt.sender.bank if receipt.sender.bank is not None else receipt.sender.peer
    cart_id = form.take("cart_id", spellings.number, required=True)
    if cart_id is not None and peer:
        env.lock("crm.lead cart", peer.id, cart_id)
        known = leads.with_context(active_test=False).search(
            [("ek_peer_id", "=", peer.id), ("ek_cart_id", "=", cart_id)]
        )
        if known:
            return _again(known, receipt)
    client, of_client, of_lead = cart.client_of(env, receipt)
    items = cart.items_of(env, receipt)
    address = cart.address_of(env, receipt)
    code = form.take("code_pos", pos_code)
    if code and not cart.warehouses_by_code(env, [code]):
        form.wrong("code_pos", "unknown_pos", f"names no point of sale: {code!r}")
    of_file = cart.file_of(form)
    form.check()
    _is_new_order(env, peer, address.order_id)
    if of_client:
        client.write(of_client)
    if peer not in client.ek_peer_ids:
        client.write({"ek_peer_ids": [Command.link(peer.id)]})
    order = _quotation(env, receipt, peer, client, items, address, of_file)
    lead = leads.create(
        {
            "type": "opportunity",
            "name": f"Ekiclik {peer.name} #{address.order_id}",
            "partner_id": client.id,
            "expected_revenue": order.amount_untaxed,
            "ek_peer_id": peer.id,
            "ek_cart_id": cart_id,
            "ek_order_id": address.order_id,
            "code_pos": code,
            "order_id": order.id,
            **of_lead,
            **of_file,
            **first_values(receipt),
        }
    )
    order.write({"opportunity_id": lead.id})
    keep_unknown(lead, form.rest())
    receipt.key = f"{peer.name} {cart_id}"
    receipt.meta["sale_order_id"] = order.id
    return int(lead.id)


def _again(lead: Any, receipt: Receipt) -> int:
    """The same cart once more: the same lead, nothing is doubled."""
    receipt.form.ignore(*receipt.form.given)
    receipt.key = f"{lead.ek_peer_id.name} {lead.ek_cart_id}"
    receipt.meta.update({"sale_order_id": lead.order_id.id, "repeated": True})
    return int(lead.id)


def _is_new_order(env: Any, peer: Any, order_id: int | None) -> None:
    env.lock("sale.order platform", peer.id, order_id or 0)
    there = env["sale.order"].search([("ek_peer_id", "=", peer.id), ("ek_order_id", "=", order_id)])
    if there:
        text = f"{peer.name} has an order {order_id} already ({there.name}), of another cart."
        raise ConflictError(problems=[Problem("quotation_address.ek_order_id", "taken", text)])


def _quotation(
    env: Any,
    receipt: Receipt,
    peer: Any,
    client: Any,
    items: list[cart.Item],
    address: cart.Address,
    of_file: Any,
) -> Any:
    """The draft order: a line for each product and warehouse, at the prices of today."""
    order = {
        "partner_id": client.id,
        "partner_shipping_id": _shipping(client, address).id,
        "warehouse_id": items[0].warehouse.id,
        "client_order_ref": str(address.order_id),
        "origin": f"Ekiclik {peer.name} #{address.order_id}",
        "ek_peer_id": peer.id,
        "ek_order_id": address.order_id,
        "ek_file_number": of_file.get("ek_file_number"),
        "order_line": [
            Command.create(
                {
                    "product_id": item.product.id,
                    "product_uom_qty": item.quantity,
                    "warehouse_id": item.warehouse.id,
                }
            )
            for item in items
        ],
        **first_values(receipt),
    }
    if peer.pricelist_id:
        order["pricelist_id"] = peer.pricelist_id.id
    return env["sale.order"].create(order)


def _shipping(client: Any, address: cart.Address) -> Any:
    """The client's address of those words, or a new one."""
    same = [("parent_id", "=", client.id)]
    same += [
        (name, "=", address.values.get(name) or False) for name in ("type", "street", "street2", "state_id")
    ]
    if not any(address.values.get(name) for name in ("street", "street2", "city", "state_id")):
        return client
    found = client.search(same, limit=1)
    return found or client.create({"parent_id": client.id, "name": client.name, **address.values})
