"""The addresses of the REST door. Every one may end in a slash or not."""

from __future__ import annotations

from functools import partial

from entrepot import names
from entrepot.doors.abc import House
from entrepot.doors.http import NoSuchPage, Reply, Request, Route
from entrepot.doors.rest import auth, openapi, transfer
from entrepot.doors.rest.content import content
from entrepot.doors.rest.envelope import enveloped, route
from entrepot.doors.rest.functions import run
from entrepot.doors.rest.records import collection, record
from entrepot.doors.router import Find

MAX_ID_DIGITS = 100
COLLECTION = ("GET", "POST", "PUT", "DELETE")
RECORD = ("GET", "PUT", "DELETE")


def routes() -> dict[str, Route]:
    """Whole addresses."""
    return {**auth.routes(), **openapi.routes()}


def prefixes() -> list[tuple[str, Find]]:
    """The families of addresses."""
    return [("/api/", find_records), ("/object/", find_function), ("/binary/", find_content)]


def find_records(path: str) -> Route:
    """`/api/<model>`, `/api/<model>/<id>`, `/api/<model>/<id>/<field>`, and what `transfer` has."""
    match _parts(path, "/api/"):
        case [model]:
            return route(partial(collection, model), COLLECTION)
        case [_, "import" | "export"]:
            return transfer.find(path) or route(nothing, COLLECTION)
        case [model, record_id] if _is_id(record_id):
            return route(partial(record, model, int(record_id)), RECORD)
        case [model, record_id, field] if _is_id(record_id) and names.is_field(field):
            return route(partial(content, model, int(record_id), field), ("GET",))
        case _:
            return route(nothing, COLLECTION)


def find_function(path: str) -> Route:
    """`/object/<model>/<function>` and `/object/<model>/<id>/<function>`."""
    match _parts(path, "/object/"):
        case [model, function]:
            return route(partial(enveloped, partial(run, model, None, function)), ("POST",))
        case [model, record_id, function] if _is_id(record_id):
            return route(partial(enveloped, partial(run, model, int(record_id), function)), ("POST",))
        case _:
            return route(nothing, ("POST",))


def find_content(path: str) -> Route:
    """`/binary/<model>/<id>/<field>`."""
    match _parts(path, "/binary/"):
        case [model, record_id, field] if _is_id(record_id) and names.is_field(field):
            return route(partial(content, model, int(record_id), field), ("GET",))
        case _:
            return route(nothing, ("GET",))


def nothing(house: House, request: Request) -> Reply:
    """What is said where nothing is: in this door's form. Raises NoSuchPage."""
    del house, request
    raise NoSuchPage("Nothing is served at this address.")


def _parts(path: str, prefix: str) -> list[str]:
    """The parts of an address; none where it names no model."""
    parts = path.removeprefix(prefix).removesuffix("/").split("/")
    return parts if names.is_model(parts[0]) else []


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS
