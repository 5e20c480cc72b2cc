"""What peers are told, as the platform's receiving side takes it. Source: B4.

Everything here reads records and answers plain JSON values; nothing is written or sent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def money(amount: Decimal) -> float:
    """An amount as JSON says it, to the cent."""
    return float(round(amount, 2))


def product(master: Any, peer: Any) -> dict[str, Any]:
    """A product with all its configurations."""
    prices = prices_of(master.configuration_ids, peer)
    return {
        **product_head(master),
        "configurations": [configuration(each, prices) for each in master.configuration_ids.sorted("id")],
    }


def product_head(master: Any) -> dict[str, Any]:
    """A product without its configurations."""
    return {
        "name": master.name,
        "description": master.description or "",
        "categoryName": master.categ_id.complete_name or "",
        "brand": {"name": master.brand_id.name or "", "reference": master.brand_id.reference or ""},
        "refConstructor": master.ref,
        "manufactureName": master.manufacturer or "",
        "activate": master.active,
        "ref_odoo": master.id,
    }


Prices = dict[int, tuple[Decimal, Decimal]]
"""template id -> (selling price, central price)"""


def prices_of(templates: Any, peer: Any) -> Prices:
    """What a peer is told configurations cost: by the peer's price lists, else list price and cost."""
    products = templates.mapped("product_variant_id")
    selling = peer.selling_pricelist_id.prices(products, 1.0) if peer.selling_pricelist_id else {}
    central = peer.central_pricelist_id.prices(products, 1.0) if peer.central_pricelist_id else {}
    found: Prices = {}
    for template in templates:
        variant = template.product_variant_id
        found[template.id] = (
            selling.get(variant.id, template.list_price),
            central.get(variant.id, template.standard_price),
        )
    return found


def configuration(template: Any, prices: Prices) -> dict[str, Any]:
    """One configuration inside its product."""
    selling, central = prices[template.id]
    return {
        "name": template.name,
        "description": template.description or "",
        "reference": template.manufacturer_ref,
        "price": money(selling),
        "buyingPrice": money(central),
        "productCharacteristics": characteristics(template),
        "images": [template.image_url] if template.image_url else [],
        "active": template.active,
        "certificateUrl": template.fab_certificate or "",
        "ref_odoo": template.id,
    }


def configuration_alone(template: Any, prices: Prices) -> dict[str, Any]:
    """One configuration, as a change of it is told."""
    return {
        **configuration(template, prices),
        "product_ref_odoo": template.master_id.id,
        "state": "active" if template.active else "archived",
    }


def characteristics(template: Any) -> list[dict[str, str]]:
    """The characteristics of a configuration."""
    return [
        {"name": line.attribute_id.name or "", "value": value.name or ""}
        for line in template.attribute_line_ids
        for value in line.value_ids
    ]


def category(record: Any) -> dict[str, Any]:
    """A category and the one above it."""
    return {"name": record.name, "parent": record.parent_id.name or "", "ref_odoo": record.id}


def stock(
    code_pos: str, template_id: int, quantity: float, prices: tuple[Decimal, Decimal]
) -> list[dict[str, Any]]:
    """The quantity of one configuration at one point of sale, as the list of one that peers take."""
    selling, central = prices
    return [
        {
            "pos": code_pos,
            "configuration_ref_odoo": template_id,
            "realQuantity": quantity,
            "price": money(central),
            "sellingPrice": money(selling),
        }
    ]


def order_state(order: Any) -> dict[str, Any]:
    """The state of an order."""
    return {"requestNumber": order.ek_order_id, "state": order.ek_state}


def client(partner: Any) -> dict[str, Any]:
    """A client, with our id for the platform to keep."""
    return {
        "name": partner.name,
        "email": partner.email or "",
        "phone": partner.phone or "",
        "country": partner.country_id.code or "",
        "state": partner.state_id.name or "",
        "xml_id": partner.id,
    }


def user(record: Any) -> dict[str, Any]:
    """A user account; passwords never travel."""
    first, _, last = (record.name or "").partition(" ")
    return {
        "username": record.login,
        "firstname": first,
        "lastname": last,
        "phone": record.phone or "",
        "address": record.partner_id.contact_address or "",
        "codification": record.codification or "",
        "role": record.ek_role_id.name or "",
        "email": record.email or "",
    }


def point_of_sale(partner: Any) -> dict[str, Any]:
    """A point of sale."""
    responsible = (partner.responsible_user_id | partner.credit_user_id).mapped("codification")
    return {
        "name_pos": partner.name,
        "address_pos": ", ".join(part for part in (partner.street, partner.street2) if part),
        "pos_phone_one": partner.phone or "",
        "pos_phone_two": partner.mobile or "",
        "pos_wilaya": partner.state_id.name or "",
        "pos_commune": partner.city or "",
        "codification": partner.code_pos,
        "status": partner.ek_status or "",
        "source": partner.create_by or "",
        "users": [code for code in responsible if code],
    }
