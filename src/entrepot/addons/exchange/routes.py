"""Where a peer is told what, unless its own settings say otherwise. Pure. Source: B4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DEFAULTS: dict[str, tuple[str, str]] = {
    "product.created": ("POST", "/api/odoo/products"),
    "product.changed": ("PUT", "/api/odoo/products/update"),
    "product.archived": ("PATCH", "/api/odoo/products/archive/{ref}"),
    "product.restored": ("PATCH", "/api/odoo/products/activate/{ref}"),
    "configuration.changed": ("PUT", "/api/odoo/products/configuration"),
    "configuration.archived": ("PATCH", "/api/odoo/products/configuration/archive/{ref}"),
    "configuration.restored": ("PATCH", "/api/odoo/products/configuration/activate/{ref}"),
    "category.changed": ("POST", "/api/odoo/product/category"),
    "stock.changed": ("PUT", "/api/odoo/stocks"),
    "order.state": ("PUT", "/api/odoo/order/{ref}"),
    "client.changed": ("PUT", "/api/odoo/client/clients"),
    "user.created": ("POST", "/api/odoo/users"),
    "user.changed": ("PUT", "/api/odoo/users"),
    "pos.created": ("POST", "/api/odoo/pos"),
    "pos.changed": ("PUT", "/api/odoo/pos"),
}
VERBS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PATH = re.compile(r"(?!//)(?!.*/\.{1,2}(/|$))/[\w./~-]*(\{ref\}[\w./~-]*)?", re.ASCII)
"""No part of it leads up: what cannot be sent would otherwise refuse every change that is to be told."""
OFF = "off"
"""A verb that means: this peer is not told."""


def wrong_route(given: Any) -> str | None:
    """What is wrong with a peer's own routes; None when they can be used."""
    if given in (None, {}):
        return None
    if not isinstance(given, dict):
        return "Routes are an object: {topic: [verb, path]}."
    for topic, route in given.items():
        if topic not in DEFAULTS:
            return f"{topic!r} is no topic; topics are {', '.join(DEFAULTS)}."
        if route == [OFF, ""]:
            continue
        if not isinstance(route, list) or len(route) != 2 or route[0] not in VERBS:
            return f"The route of {topic} is a list of a verb ({', '.join(sorted(VERBS))}) and a path."
        if not isinstance(route[1], str) or not _PATH.fullmatch(route[1]):
            return f"The path of {topic} begins with one /, holds no part .. and may hold {{ref}}."
    return None


def wrong_names(given: Any) -> str | None:
    """What is wrong with a peer's own names of keys; None when they can be used."""
    if given in (None, {}):
        return None
    if not isinstance(given, dict):
        return "Key names are an object: {topic: {our key: the peer's key}}."
    for topic, names in given.items():
        if topic not in DEFAULTS:
            return f"{topic!r} is no topic; topics are {', '.join(DEFAULTS)}."
        if not isinstance(names, dict) or not all(isinstance(each, str) and each for each in names.values()):
            return f"The key names of {topic} are an object of texts."
    return None


def renamed(body: Any, names: Mapping[str, str] | None) -> Any:
    """A body with the peer's names for its keys, at every depth."""
    if not names:
        return body
    if isinstance(body, dict):
        return {names.get(key, key): renamed(value, names) for key, value in body.items()}
    if isinstance(body, list):
        return [renamed(each, names) for each in body]
    return body
