"""The operations that are measured: the same bytes go to the server and to the floor.

The figures of Odoo 18 were taken on two cores of the same kind, with two worker processes and PostgreSQL 15:
CPU ms a request of the server's processes, and of PostgreSQL's beside it where that was taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xmlrpc.client import dumps

from measure import post

PARTNERS = 20_000
WRITTEN = 64
DOMAIN = [["name", "like", "an"]]
FIELDS = ["name", "email", "phone", "city"]


@dataclass(frozen=True)
class Login:
    """What every request carries."""

    db: str
    uid: int
    login: str
    password: str


@dataclass(frozen=True)
class Operation:
    """One line of the table."""

    name: str
    odoo_app_ms: float
    odoo_database_ms: float | None
    requests: Callable[[Login, list[int]], list[bytes]]


def partner(number: int) -> dict[str, Any]:
    """One of the contacts that both sides hold; half of the names match the domain, all over the alphabet."""
    stem = ("Hannah", "Joris", "Annelies", "Pieter", "Jan", "Louise", "Stefan", "Marie")[number % 8]
    return {
        "name": f"{number * 7919 % 100_003:06d} {stem}",
        "email": f"contact{number}@clinic.example",
        "phone": f"+32 9 {number:07d}",
        "city": ("Gent", "Brugge", "Antwerpen", "Leuven")[number % 4],
    }


def xml(login: Login, method: str, args: list[Any], **kwargs: Any) -> bytes:
    """An execute_kw over XML-RPC."""
    call = (login.db, login.uid, login.password, "res.partner", method, args, kwargs)
    return post("/xmlrpc/2/object", dumps(call, "execute_kw", encoding="utf-8").encode(), "text/xml")


def rpc(login: Login, method: str, args: list[Any], **kwargs: Any) -> bytes:
    """An execute_kw over JSON-RPC."""
    call = [login.db, login.uid, login.password, "res.partner", method, args, kwargs]
    params = {"service": "object", "method": "execute_kw", "args": call}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
    return post("/jsonrpc", body.encode(), "application/json")


def listing(wire: Callable[..., bytes], limit: int, *more: str) -> Callable[[Login, list[int]], list[bytes]]:
    """search_read of a page."""
    fields = [*FIELDS, *more]
    return lambda login, _: [
        wire(login, "search_read", [DOMAIN], fields=fields, limit=limit, order="name, id")
    ]


def reading(wire: Callable[..., bytes]) -> Callable[[Login, list[int]], list[bytes]]:
    """Read of one record, another each time."""
    return lambda login, ids: [wire(login, "read", [[each]], fields=FIELDS) for each in ids[:WRITTEN]]


def writing(wire: Callable[..., bytes]) -> Callable[[Login, list[int]], list[bytes]]:
    """Write of one field of one record to a value that it does not have."""
    return lambda login, ids: [
        wire(login, "write", [[each], {"city": city}])
        for city in ("Gent", "Brugge", "Leuven")
        for each in ids[:WRITTEN]
    ]


def making(wire: Callable[..., bytes]) -> Callable[[Login, list[int]], list[bytes]]:
    """Create of one record."""
    return lambda login, _: [wire(login, "create", [partner(PARTNERS + at)]) for at in range(WRITTEN)]


def authenticating(login: Login, _: list[int]) -> list[bytes]:
    """A login with the password."""
    call = (login.db, login.login, login.password, {})
    return [post("/xmlrpc/2/common", dumps(call, "authenticate").encode(), "text/xml")]


def version(_: Login, __: list[int]) -> list[bytes]:
    """What a monitor asks."""
    return [post("/xmlrpc/2/common", dumps((), "version").encode(), "text/xml")]


OPERATIONS = [
    Operation("version", 1.32, 0.28, version),
    Operation("search_read 10", 3.30, 1.20, listing(xml, 10)),
    Operation("search_read 80", 5.16, 2.17, listing(xml, 80)),
    Operation("search_read 80, with a many2one", 7.03, 2.52, listing(xml, 80, "country_id")),
    Operation("search_read 1,000", 23.7, 4.3, listing(xml, 1000)),
    Operation("search_count", 3.01, 2.64, lambda login, _: [xml(login, "search_count", [DOMAIN])]),
    Operation("read 1", 2.97, 1.05, reading(xml)),
    Operation("fields_get", 3.75, 0.53, lambda login, _: [xml(login, "fields_get", [])]),
    Operation("name_search", 4.08, 1.81, lambda login, _: [xml(login, "name_search", ["Hannah"], limit=8)]),
    Operation("authenticate", 381, None, authenticating),
    Operation("JSON-RPC search_read 10", 3.30, None, listing(rpc, 10)),
    Operation("JSON-RPC search_read 80", 4.61, None, listing(rpc, 80)),
    Operation("JSON-RPC search_read 1,000", 18.2, None, listing(rpc, 1000)),
    Operation("JSON-RPC read 1", 2.82, None, reading(rpc)),
    Operation("create 1", 13.6, 4.6, making(xml)),
    Operation(
        "create 100",
        151,
        29,
        lambda login, _: [xml(login, "create", [[partner(PARTNERS + at) for at in range(100)]])],
    ),
    Operation("write 1", 9.73, 3.7, writing(xml)),
    Operation("JSON-RPC create 1", 14.4, None, making(rpc)),
    Operation("JSON-RPC write 1", 10.4, None, writing(rpc)),
]
