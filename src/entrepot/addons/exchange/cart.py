"""What peers say of an opportunity: client, cart, address and file. Source: B3, POST crm.lead.

Read whole before anything is written: a message with three mistakes is told all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.form import Form
from entrepot.addons.exchange.names import Names
from entrepot.addons.exchange.people import email, key_of, place_values, pos_code
from entrepot.addons.exchange.receive import Receipt
from entrepot.api import Environment

LEAST_QUANTITY = Decimal("0.001")
PROGRESS_END = Decimal(100)


@dataclass
class Item:
    """One product of a cart."""

    product: Any
    quantity: float
    warehouse: Any


def client_of(env: Environment, receipt: Receipt) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """(the client or an empty set, what is new of the client, what belongs to the opportunity)."""
    form = receipt.form.inner("partner")
    address = form.take("email", email, required=True)
    of_client: dict[str, Any] = {}
    for key, reader in (("salary", spellings.amount), ("birth_date", spellings.day)):
        told = form.take(key, reader)
        if told is not None:
            of_client[key] = told
    of_lead = {
        "monthly_payment": form.take("monthly_payment", spellings.amount),
        "periodicity": form.take("periodicity", spellings.number),
    }
    partners = env["res.partner"]
    found = partners.search([("ek_key", "=", key_of(address, is_pos=False))]) if address else partners
    if found and not receipt.sender.reaches(found.ek_peer_ids):
        text = f"is that of another bank's client: {address!r}. A manager of the exchange adds this bank to its banks"
        form.wrong("email", "other_banks", text)
        found = partners
    elif address and not found:
        peer = receipt.sender.peer
        if peer and peer.auto_create_clients:
            name = form.take("name", spellings.line) or address
            found = partners.create(
                {
                    "name": name,
                    "email": address,
                    "ek_key": key_of(address, is_pos=False),
                    "ek_status": "WAITING",
                    "create_by": receipt.sender.side,
                }
            )
            receipt.warn(f"The client {address} was not known and was made.")
        else:
            form.wrong("email", "unknown_client", f"names no client: {address!r}; send the client first")
    if found and found.ek_status == "BLOCKED":
        form.wrong("email", "blocked_client", f"is a blocked client's: {address!r}; no orders are taken")
    return found, of_client, {key: value for key, value in of_lead.items() if value is not None}


def items_of(env: Environment, receipt: Receipt) -> list[Item]:
    """The cart with its products and the warehouses they are taken from; three queries however long it is."""
    forms = receipt.form.items("cart", least=1)
    told = [
        (
            form,
            form.take("manufacturer_ref", spellings.reference, required=True),
            form.take("quantity", _quantity, required=True),
            form.take("product_warehouse_id", pos_code, required=True),
        )
        for form in forms
    ]
    templates = env["product.template"].search(
        [("manufacturer_ref", "in", [ref for _, ref, _, _ in told if ref])]
    )
    by_ref = {template.manufacturer_ref: template for template in templates}
    by_code = warehouses_by_code(env, [code for *_, code in told if code])
    found: list[Item] = []
    for form, ref, quantity, code in told:
        template = by_ref.get(ref)
        if ref and template is None:
            form.wrong("manufacturer_ref", "unknown_product", f"names no configuration: {ref!r}")
        elif template is not None and not template.sale_ok:
            form.wrong("manufacturer_ref", "not_for_sale", f"is not for sale: {ref!r}")
        warehouse = by_code.get(code or "")
        if code and warehouse is None:
            form.wrong("product_warehouse_id", "unknown_pos", f"names no point of sale: {code!r}")
        if template is not None and warehouse is not None and quantity:
            found.append(Item(template.product_variant_id, quantity, warehouse))
    return found


def warehouses_by_code(env: Environment, codes: list[str]) -> dict[str, Any]:
    """The warehouses of points of sale, by code."""
    found = env["stock.warehouse"].search([("code_pos", "in", sorted(set(codes)))])
    return {each.code_pos: each for each in found}


@dataclass
class Address:
    """Where an order goes, and its number."""

    order_id: int | None
    values: dict[str, Any]


def address_of(env: Environment, receipt: Receipt) -> Address:
    """The delivery address of an opportunity, with the number of the platform's order."""
    form = receipt.form.inner("quotation_address")
    form.ignore("order_source", "create_by")
    order_id = form.take("ek_order_id", spellings.number, required=True)
    values: dict[str, Any] = {"type": form.take("type", _address_type) or "delivery"}
    for key in ("street", "street2", "city", "zip"):
        text = form.take(key, spellings.line)
        if text is not None:
            values[key] = text
    inside = Receipt(receipt.kind, receipt.sender, form, warnings=receipt.warnings)
    values.update(place_values(env, inside, Names(env, inside)))
    code = form.take("code_pos", pos_code)
    if code and not warehouses_by_code(env, [code]):
        form.wrong("code_pos", "unknown_pos", f"names no point of sale: {code!r}")
    return Address(order_id, values)


def file_of(form: Form) -> dict[str, Any]:
    """The financing file of an opportunity."""
    inner = form.inner("file_info")
    told = {
        "ek_file_number": inner.take("file_number", spellings.number),
        "ek_client_number": inner.take("client_number", spellings.line),
        "ek_progress": inner.take("progress", _progress),
        "ek_file_state": inner.take("file_state", spellings.line),
    }
    inner.take("order_status", _first_status)
    return {key: value for key, value in told.items() if value is not None}


def _quantity(given: Any) -> float:
    amount = spellings.amount(given)
    if amount < LEAST_QUANTITY:
        raise ValueError(f"is greater than 0, and at least {LEAST_QUANTITY}")
    return float(amount)


def _progress(given: Any) -> float:
    amount = spellings.amount(given)
    if amount > PROGRESS_END:
        raise ValueError("is between 0 and 100")
    return float(amount)


def _address_type(given: Any) -> str:
    if given not in {"delivery", "invoice", "contact", "other"}:
        raise ValueError("is one of contact, delivery, invoice, other")
    return str(given)


def _first_status(given: Any) -> str:
    if given != "draft":
        raise ValueError("of a new order is draft; its later states come by PUT /api/sale.order/")
    return str(given)
