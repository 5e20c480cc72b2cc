"""`GET /api/openapi.json`: what this door has for the caller, as OpenAPI 3.1.

Made from what the kernel describes: models and fields that the caller may not see are not in it. Who does not say who they
are learns how to log in, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from entrepot.call import Call
from entrepot.doors.abc import House
from entrepot.doors.http import JSON, Headers, Reply, Request, Route
from entrepot.doors.rest.envelope import DOOR, check_length, refuse, route
from entrepot.doors.rest.identity import Who, identify
from entrepot.doors.rest.openapi_parts import (
    COMPONENTS,
    LOG_IN,
    collection,
    function,
    info,
    record,
    row_schema,
    values_schema,
)
from entrepot.doors.rest.openapi_transfer import PARAMETERS, export, import_
from entrepot.errors import SessionExpired
from entrepot.files.ranges import is_unchanged

PATH = "/api/openapi.json"
DOCUMENTS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Described:
    """What the kernel tells of the models; the fingerprint stands for all of it."""

    fingerprint: str
    models: tuple[Mapping[str, Any], ...] = field(compare=False)


def routes() -> dict[str, Route]:
    """Both spellings of the address."""
    found = route(document, ("GET",))
    return {PATH: found, f"{PATH}/": found}


def document(house: House, request: Request) -> Reply:
    """The document for whoever asks; unchanged where they have it already."""
    try:
        check_length(request)
        who = _known(house, request)
        described = Described("anonymous", ()) if who is None else _described(house, request, who)
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told under a status
        return refuse(error)
    etag = f'"{described.fingerprint}"'
    headers: Headers = (
        JSON[0],
        (b"cache-control", b"private, no-cache"),
        (b"etag", etag.encode("ascii")),
        *(() if who is None else who.headers),
    )
    if is_unchanged(request.headers.get(b"if-none-match", b"").decode("latin-1") or None, etag):
        return Reply(304, headers)
    return Reply(200, headers, spelled(described))


def _known(house: House, request: Request) -> Who | None:
    """The sender; None when they claim to be nobody."""
    try:
        return identify(house, request)
    except SessionExpired:
        return None


def _described(house: House, request: Request, who: Who) -> Described:
    answer = house.answer(
        Call(
            tenant=who.tenant,
            credentials=who.credentials,
            model="ir.model",
            method="rest_describe",
            door=DOOR,
            address=request.address,
            request_id=request.request_id,
        )
    )
    return Described(answer["fingerprint"], tuple(answer["models"]))


@lru_cache(maxsize=DOCUMENTS_KEPT)
def spelled(described: Described) -> bytes:
    """The bytes of a document."""
    return orjson.dumps(built(described))


def built(described: Described) -> dict[str, Any]:
    """The document: log-in for everybody, and the models of who is known."""
    paths: dict[str, Any] = {"/auth/": LOG_IN}
    schemas = dict(COMPONENTS["schemas"])
    parameters = {**COMPONENTS["parameters"], **(PARAMETERS if described.models else {})}
    known = frozenset(each["model"] for each in described.models)
    for each in described.models:
        name, rights = each["model"], each["rights"]
        schemas[name] = row_schema(each, known)
        if {"write", "create"} & set(rights):
            schemas[f"{name}.values"] = values_schema(each)
        paths[f"/api/{name}/"] = collection(name, each["title"], rights)
        paths[f"/api/{name}/{{id}}/"] = record(name, each["title"], rights)
        paths[f"/api/{name}/export"] = export(name, each["title"])
        if {"write", "create"} & set(rights):
            paths[f"/api/{name}/import"] = import_(name, each["title"])
        for method in each["methods"]:
            where = f"/object/{name}/" + ("" if method["model"] else "{id}/")
            paths[f"{where}{method['name']}"] = function(name, method)
    return {
        "openapi": "3.1.0",
        "info": info(known=bool(described.models)),
        "paths": paths,
        "components": {**COMPONENTS, "schemas": schemas, "parameters": parameters},
        "security": [{"key": []}, {"cookie": []}],
    }
