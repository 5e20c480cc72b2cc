"""Purchases that peers ask for: goods for a point of sale. Source: B3 (POST purchase.order), B8 case 12.

The message has no number of its own. The same purchase (point of sale, moment to the second, products, quantities and
prices) sent again is the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Self

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.absorb import first_values, keep_unknown
from entrepot.addons.exchange.cart import warehouses_by_code
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.people import pos_code
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import refuse_message, sender_of
from entrepot.api import Char, Command, Model


class PurchaseOrder(Model, extends="purchase.order", mixins=["ek.exchanged"]):
    """What the exchange adds to a purchase."""

    ek_ref = Char(string="Peer's Purchase", readonly=True, copy=False, unique=True)

    def create(self, vals_list: Any) -> Self:
        """Create; what a message says of itself follows from the message."""
        refuse_kept(self.browse(), vals_list)
        return super().create(vals_list)

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; the same."""
        refuse_kept(self, vals)
        return super().write(vals)

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Purchases of peers stay as they were sent; anybody else writes as usual."""
        refuse_message(self.env, data, "a purchase that was sent is changed here; send another one instead")
        return super().rest_write(target, data, require_match)

    def rest_create(self, data: Any) -> dict[str, Any]:
        """A peer's purchase; the answer is its id. Anybody else's is created as usual."""
        sender = sender_of(self.env, data[0] if isinstance(data, list) and data else data)
        if sender is None:
            return super().rest_create(data)
        return receive(self, sender, "purchase", data, _take_purchase, verb="POST")


def _take_purchase(orders: Any, receipt: Receipt) -> int:
    env, form = orders.env, receipt.form
    form.ignore("create_by", "order_source")
    code = form.take("partner_id", pos_code, required=True)
    ordered = form.take("date_order", lambda given: spellings.moment(given, receipt.sender.zone))
    form.take("state", _draft)
    buyer = form.take("user_id", spellings.number)
    own_ref = form.take("ek_ref", spellings.reference)
    lines = _lines(env, form)
    place = env["res.partner"].search([("code_pos", "=", code)]) if code else env["res.partner"]
    warehouse = warehouses_by_code(env, [code]).get(code) if code else None
    if code and warehouse is None:
        form.wrong("partner_id", "unknown_pos", f"names no point of sale: {code!r}")
    vendor = _vendor(env, receipt, place)
    if warehouse is not None and not vendor:
        form.wrong("partner_id", "no_vendor", "is no vendor, and its bank has no purchasing company set up")
    form.check()
    banks = receipt.sender.account if receipt.sender.account is not None else receipt.sender.peers
    # A number is its bank's own: another bank that uses it too asks for something else.
    scope = "-".join(map(str, (receipt.sender.bank or banks).ids)) or "0"
    ref = f"{scope}:{own_ref or _fingerprint(code or '', ordered, lines)}"
    receipt.key = own_ref or ref
    env.lock("purchase.order ek_ref", ref)
    there = orders.search([("ek_ref", "=", ref)])
    if there:
        receipt.meta["repeated"] = True
        return int(there.id)
    made = orders.create(
        {
            "partner_id": vendor.id,
            "picking_type_id": warehouse.in_type_id.id if warehouse is not None else None,
            "date_order": ordered or env.now(),
            "user_id": _buyer(env, receipt, buyer),
            "origin": code,
            "ek_ref": ref,
            "order_line": [
                Command.create(
                    {"product_id": product.id, "product_qty": float(quantity), "price_unit": price}
                )
                for product, quantity, price in lines
            ],
            **first_values(receipt),
        }
    )
    keep_unknown(made, form.rest())
    return int(made.id)


def _lines(env: Any, form: Any) -> list[tuple[Any, Any, Any]]:
    told = [
        (
            item,
            item.take("product_id", spellings.reference, required=True),
            item.take("product_qty", spellings.amount, required=True),
            item.take("price_unit", spellings.amount, required=True),
        )
        for item in form.items("order_line", least=1)
    ]
    templates = env["product.template"].search(
        [("manufacturer_ref", "in", [ref for _, ref, _, _ in told if ref])]
    )
    by_ref = {each.manufacturer_ref: each for each in templates}
    found = []
    for item, ref, quantity, price in told:
        if ref and ref not in by_ref:
            item.wrong("product_id", "unknown_product", f"names no configuration: {ref!r}")
        elif quantity is not None and quantity <= 0:
            item.wrong("product_qty", "bad_value", "is greater than 0")
        elif ref and quantity is not None and price is not None:
            found.append((by_ref[ref].product_variant_id, quantity, price))
    return found


def _vendor(env: Any, receipt: Receipt, place: Any) -> Any:
    """Who sells: the named contact when it is a vendor itself, else the purchasing company of its bank."""
    if place and env["product.supplierinfo"].search([("partner_id", "=", place.id)], limit=1):
        return place
    return receipt.sender.peers.mapped("vendor_id")[:1]


def _buyer(env: Any, receipt: Receipt, user_id: int | None) -> int:
    if user_id is not None:
        user = env["res.users"].browse([user_id]).exists()
        if user and user.active and not user.share:
            return int(user.id)
        receipt.warn(f"user_id {user_id} is no account here; the buyer is the account that sent this.")
    return int(env.uid)


def _fingerprint(code: str, ordered: Any, lines: list[tuple[Any, Any, Any]]) -> str:
    spelled = [code, str(ordered)]
    spelled += sorted(
        f"{product.id}:{quantity.normalize():f}:{price.normalize():f}" for product, quantity, price in lines
    )
    return "msg:" + hashlib.blake2b("\n".join(spelled).encode(), digest_size=12).hexdigest()


def _draft(given: Any) -> str:
    if given != "draft":
        raise ValueError("of a new purchase is draft; it is confirmed here")
    return str(given)
