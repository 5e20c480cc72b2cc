"""What peers say of clients and points of sale -> values of contacts. Source: B3, client and point of sale."""

from __future__ import annotations

import unicodedata
from typing import Any

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.names import Names
from entrepot.addons.exchange.receive import Receipt
from entrepot.addons.exchange.spellings import folded
from entrepot.api import Environment

STATUSES = [("WAITING", "Waiting"), ("ACTIVE", "Active"), ("BLOCKED", "Blocked")]
_STATUS_KEYS = frozenset(key for key, _ in STATUSES)
_TYPES = frozenset({"contact", "delivery", "invoice", "other"})
_MAX_CODE = 64


def status(given: Any) -> str:
    """The approval of a client."""
    word = str(given).strip().upper()
    if word not in _STATUS_KEYS:
        raise ValueError(f"is one of {', '.join(sorted(_STATUS_KEYS))}")
    return word


def contact_type(given: Any) -> str:
    """What kind of address a contact is."""
    if given not in _TYPES:
        raise ValueError(f"is one of {', '.join(sorted(_TYPES))}")
    return str(given)


def pos_code(given: Any) -> str:
    """The code of a point of sale, of whatever length."""
    code = spellings.key(given)
    if code is None or len(code) > _MAX_CODE:
        raise ValueError("is a code of up to 64 characters, such as PDVA-E-TIN-TIN-88-07")
    return code


def email(given: Any) -> str:
    """The e-mail address that is a client's key. Whether it is a real one is the platform's affair."""
    address = spellings.key(given)
    if address is None:
        raise ValueError("is an e-mail address")
    return address


def key_of(address: str, *, is_pos: bool) -> str:
    """The key under which a client or a point of sale is found, whatever the case of its address.

    Accents count: an address with one is another person's.
    """
    return f"{'pos' if is_pos else 'client'}:{unicodedata.normalize('NFC', address).strip().casefold()}"


def contact_values(env: Environment, receipt: Receipt, *, new: bool) -> dict[str, Any]:
    """The values of a client or a point of sale that a message speaks of; problems land in its form."""
    form, names = receipt.form, Names(env, receipt)
    form.ignore("create_by", "order_source", "source")
    values: dict[str, Any] = {}
    name = form.take("name", spellings.line, required=new or form.has("name"))
    surname = form.take("lastname", spellings.line)
    if name:
        values["name"] = f"{name} {surname}" if surname else name
    address = form.take("email", email, required=new or form.has("email"))
    if address:
        values["email"] = address
    for key, field, reader in (
        ("is_company", "is_company", spellings.flag),
        ("is_pos", "is_pos", spellings.flag),
        ("status", "ek_status", status),
        ("type", "type", contact_type),
        ("code_pos", "code_pos", pos_code),
        ("salary", "salary", spellings.amount),
        ("birth_date", "birth_date", spellings.day),
    ):
        told = form.take(key, reader)
        if told is not None:
            values[field] = told
    for key in ("street", "street2", "city", "zip", "mobile", "credit_code", "responsible_code"):
        text = form.take(key, spellings.line)
        if text is not None or form.has(key):
            values[key] = text
    phone = form.take("phone", spellings.line)
    if phone is not None or form.has("phone"):
        values["phone"] = spellings.phone(phone, receipt.sender.country)
    title = form.take("title", spellings.line)
    if title:
        values["title"] = names.or_make("res.partner.title", title, "title", {}).id
    elif form.has("title") and not new:
        values["title"] = None
    values.update(place_values(env, receipt, names))
    return values


def place_values(env: Environment, receipt: Receipt, names: Names) -> dict[str, Any]:
    """Country by its ISO code and province by its name."""
    form = receipt.form
    values: dict[str, Any] = {}
    country = env["res.country"]
    code = form.take("country_id", spellings.line)
    if code:
        country = country_of(env, code)
        if country:
            values["country_id"] = country.id
        else:
            form.wrong("country_id", "unknown_country", f"is no ISO country code or country name: {code!r}")
    province = form.take("state_id", spellings.line)
    if province:
        within = country or receipt.sender.peers.mapped("country_id")[:1] or env.ref("base.dz")
        values["state_id"] = province_of(names, within, province).id
        values.setdefault("country_id", within.id)
    return values


def country_of(env: Environment, code: str) -> Any:
    """A country by its ISO code, else by its name."""
    return env["res.country"].search(["|", ("code", "=", code.upper()), ("name", "=ilike", code)], limit=1)


def province_of(names: Names, country: Any, name: str) -> Any:
    """A province (wilaya) of a country by its name; one that is not known is made."""
    code = f"X{abs(hash_of(name)):06d}"
    return names.or_make(
        "res.country.state",
        name,
        "state_id",
        {"country_id": country.id, "code": code},
        (("country_id", "=", country.id),),
    )


def hash_of(name: str) -> int:
    """A small number for a name, the same everywhere."""
    found = 0
    for letter in folded(name):
        found = (found * 131 + ord(letter)) % 1_000_003
    return found
