"""What peers say of products and their configurations -> values of records. Source: B3, product with configurations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.form import Form
from entrepot.addons.exchange.names import Names
from entrepot.addons.exchange.receive import Receipt
from entrepot.api import Command, Environment

_TYPES = {"product": ("consu", True), "consu": ("consu", False), "service": ("service", False)}
_QUANTITIES = ("qty_available", "virtual_available", "quantity", "stock", "realQuantity", "qty")
"""Stock is counted here alone: whatever a message says of it is not listened to (B8, case 15)."""
_IGNORED = ("create_by", "order_source")
_MAX_URL = 2000


def master_values(env: Environment, receipt: Receipt, *, new: bool = False) -> dict[str, Any]:
    """The values of a product that a message speaks of; problems land in its form."""
    form, names = receipt.form, Names(env, receipt)
    form.ignore(*_IGNORED)
    values: dict[str, Any] = {}
    name = form.take("name", spellings.line, required=new or form.has("name"))
    ref = form.take("product_ref", spellings.reference, required=new or form.has("product_ref"))
    category = form.take("categ_id", spellings.line, required=new)
    brand = form.take("brand", spellings.line)
    manufacturer = form.take("fab_name", spellings.line)
    description = form.take("description", spellings.text) if form.has("description") else None
    values.update({key: value for key, value in (("name", name), ("ref", ref)) if value})
    if form.problems:
        return values
    if category:
        values["categ_id"] = names.category(category, "categ_id").id
    if brand:
        values["brand_id"] = names.or_make("product.brand", brand, "brand", {}).id
    elif form.has("brand"):
        values["brand_id"] = None
    if manufacturer or form.has("fab_name"):
        values["manufacturer"] = manufacturer
    if form.has("description"):
        values["description"] = description
    return values


def configuration_values(env: Environment, receipt: Receipt, form: Form, *, new: bool) -> dict[str, Any]:
    """The values of one configuration; without its characteristics, which are links of their own."""
    form.ignore(*_IGNORED)
    for key in _QUANTITIES:
        if form.has(key):
            form.ignore(key)
            receipt.warn(f"{key} was ignored: quantities are counted here.")
    values: dict[str, Any] = {}
    for key, reader in (("name", spellings.line), ("manufacturer_ref", spellings.reference)):
        told = form.take(key, reader, required=new or form.has(key))
        if told:
            values[key] = told
    form.fill(values, _AMOUNTS_AND_FLAGS)
    form.fill(values, _TEXTS, clears=True)
    kind = form.take("detailed_type", product_type)
    if kind is not None or new:
        values["type"], values["is_storable"] = kind or _TYPES["product"]
    company = form.take("company_id", spellings.line)
    if company:
        own = (("id", "in", env.caller.company_ids),)
        found = Names(env, receipt).find("res.company", company, "company_id", own)
        if found:
            values["company_id"] = found.id
        else:
            form.wrong("company_id", "unknown_company", f"names no company here: {company!r}")
    elif form.has("company_id"):
        values["company_id"] = None
    return values


def companies_of(env: Environment) -> list[Any]:
    """The companies whose products the acting account may change, and False for those that are everybody's."""
    return [*env.caller.company_ids, False]


def product_type(given: Any) -> tuple[str, bool]:
    """A type as messages spell it -> (type, whether its stock is counted)."""
    if given not in _TYPES:
        raise ValueError(f"is one of {', '.join(_TYPES)}")
    return _TYPES[given]


def web_address(given: Any) -> str | None:
    """An address of the web; a text that is none, such as a placeholder, is kept as it is and never fetched."""
    address = spellings.line(given)
    if address is not None and len(address) > _MAX_URL:
        raise ValueError(f"is longer than {_MAX_URL} characters")
    return address


def is_fetchable(address: str | None) -> bool:
    """Whether an address can be asked for at all."""
    if not address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


_AMOUNTS_AND_FLAGS: dict[str, Callable[[Any], Any]] = {
    "list_price": spellings.amount,
    "standard_price": spellings.amount,
    "purchase_ok": spellings.flag,
    "sale_ok": spellings.flag,
    "active": spellings.flag,
}
_TEXTS: dict[str, Callable[[Any], Any]] = {
    "description": spellings.text,
    "default_code": spellings.line,
    "barcode": spellings.line,
    "image_url": web_address,
    "fab_certificate": web_address,
}


def characteristics(form: Form) -> list[tuple[str, str]] | None:
    """The characteristics of a configuration as (name, value); None when the message does not speak of them."""
    if not form.has("attribute"):
        return None
    found: list[tuple[str, str]] = []
    for item in form.items("attribute"):
        name_key = "attribute_id" if item.has("attribute_id") else "name"
        value_key = "value_id" if item.has("value_id") else "value"
        name = item.take(name_key, spellings.line, required=True)
        value = item.take(value_key, spellings.line, required=True)
        if name and value:
            found.append((name, value))
    return found


def write_characteristics(template: Any, told: list[tuple[str, str]], receipt: Receipt) -> None:
    """Make a configuration's characteristics be those that were told. They make no variants."""
    names = Names(template.env, receipt)
    wanted: dict[int, list[int]] = {}
    for name, value in told:
        attribute = names.or_make("product.attribute", name, "attribute", {"create_variant": "no_variant"})
        domain = (("attribute_id", "=", attribute.id),)
        of_it = names.or_make(
            "product.attribute.value", value, "attribute", {"attribute_id": attribute.id}, domain
        )
        wanted.setdefault(attribute.id, []).append(of_it.id)
    lines = template.attribute_line_ids
    commands: list[Any] = [Command.delete(line.id) for line in lines if line.attribute_id.id not in wanted]
    there = {line.attribute_id.id: line for line in lines}
    for attribute_id, value_ids in wanted.items():
        line = there.get(attribute_id)
        if line is None:
            commands.append(
                Command.create({"attribute_id": attribute_id, "value_ids": [Command.set(value_ids)]})
            )
        elif set(line.value_ids.ids) != set(value_ids):
            commands.append(Command.update(line.id, {"value_ids": [Command.set(value_ids)]}))
    if commands:
        template.write({"attribute_line_ids": commands})
