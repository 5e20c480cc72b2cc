"""A small catalogue: an optician's counter goods, a shirt with variants, two vendors and a price list for the trade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import Command, Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

_CATEGORIES = (("frames", "Frames"), ("lenses", "Lenses"), ("care", "Care"), ("services", "Services"))
_PRODUCTS = (
    # key, category, name, reference, barcode, sales price, cost
    ("frame_lyon", "frames", "Frame Lyon", "FR-LYO", "4006381333931", "149", "62"),
    ("frame_oslo", "frames", "Frame Oslo", "FR-OSL", "4006381333948", "189", "81"),
    ("lens_single", "lenses", "Lens, single vision 1.5", "LE-SV15", None, "45", "12"),
    ("lens_progressive", "lenses", "Lens, progressive 1.6", "LE-PR16", None, "170", "64"),
    ("spray", "care", "Cleaning spray 30 ml", "CA-SPR", "96385074", "6.5", "1.8"),
    ("cloth", "care", "Microfibre cloth", "CA-CLO", None, "3.9", "0.6"),
    ("fitting", "services", "Fitting", "SV-FIT", None, "25", "0"),
)
_VENDORS = (("vendor_lens", "Lumen Optics Supply"), ("vendor_frame", "Atelier Monture"))
_OFFERS = (
    ("vendor_lens", "lens_single", "11.5", 0),
    ("vendor_lens", "lens_single", "10.5", 50),
    ("vendor_lens", "lens_progressive", "64", 0),
    ("vendor_frame", "frame_lyon", "62", 0),
    ("vendor_frame", "frame_oslo", "81", 0),
)


def load(env: Environment) -> None:
    """Make the catalogue once; a second call finds it and leaves it alone."""
    if env.ref("product.demo_frame_lyon", missing_ok=True):
        return
    categories = _categories(env)
    _products(env, categories)
    _shirt(env)
    _vendors(env)
    _trade_list(env, categories)


def _categories(env: Environment) -> dict[str, int]:
    above = env.ref("product.product_category_all").id
    return {
        key: env.upsert(
            f"product.demo_categ_{key}", "product.category", {"name": name, "parent_id": above}, noupdate=True
        ).id
        for key, name in _CATEGORIES
    }


def _products(env: Environment, categories: dict[str, int]) -> None:
    rows: list[tuple[str, Mapping[str, Any]]] = [
        (
            f"product.demo_{key}",
            {
                "name": name,
                "default_code": code,
                "barcode": barcode,
                "list_price": price,
                "standard_price": cost,
                "categ_id": categories[category],
                "type": "service" if category == "services" else "consu",
                "purchase_ok": category != "services",
            },
        )
        for key, category, name, code, barcode, price, cost in _PRODUCTS
    ]
    env.upsert_many("product.product", rows, noupdate=True)


def _shirt(env: Environment) -> None:
    lines = []
    for key, name, choices in (("size", "Size", ("S", "M", "L")), ("colour", "Colour", ("White", "Navy"))):
        attribute = env.upsert(
            f"product.demo_attribute_{key}",
            "product.attribute",
            {"name": name, "value_ids": [Command.create({"name": each}) for each in choices]},
            noupdate=True,
        )
        lines.append(
            Command.create(
                {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
            )
        )
    values = {"name": "Staff shirt", "list_price": 29, "attribute_line_ids": lines}
    env.upsert("product.demo_shirt", "product.template", values, noupdate=True)


def _vendors(env: Environment) -> None:
    vendors = {
        key: env.upsert(
            f"product.demo_{key}", "res.partner", {"name": name, "is_company": True}, noupdate=True
        ).id
        for key, name in _VENDORS
    }
    offers = [
        {
            "partner_id": vendors[vendor],
            "product_tmpl_id": env.ref(f"product.demo_{product}").product_tmpl_id.id,
            "price": price,
            "min_qty": least,
            "currency_id": env.ref("base.main_company").currency_id.id,
            "delay": 3,
        }
        for vendor, product, price, least in _OFFERS
    ]
    env["product.supplierinfo"].create(offers)


def _trade_list(env: Environment, categories: dict[str, int]) -> None:
    rules = [
        {"compute_price": "percentage", "percent_price": 15, "categ_id": categories["frames"]},
        {
            "compute_price": "percentage",
            "percent_price": 25,
            "categ_id": categories["frames"],
            "min_quantity": 20,
        },
    ]
    values = {
        "name": "Trade",
        "currency_id": env.ref("base.main_company").currency_id.id,
        "item_ids": [Command.create(rule) for rule in rules],
    }
    env.upsert("product.demo_trade_list", "product.pricelist", values, noupdate=True)
