"""The parts that OpenAPI documents of this door are made of: paths, parameters, answers and the schemas of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_TEXT = {"type": ["string", "boolean"]}
_NUMBER = {"type": ["number", "boolean"]}
_EMPTY = {"const": False}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": ["integer", "boolean"]},
    "float": _NUMBER,
    "monetary": _NUMBER,
    "char": _TEXT,
    "text": _TEXT,
    "html": _TEXT,
    "selection": _TEXT,
    "reference": _TEXT,
    "date": {"anyOf": [{"type": "string", "format": "date"}, _EMPTY]},
    "datetime": {
        "anyOf": [{"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[ -]\d\d[:-]\d\d(:\d\d)?$"}, _EMPTY],
        "description": "YYYY-MM-DD HH:MM:SS in UTC.",
    },
    "binary": {
        "type": ["string", "integer", "boolean"],
        "description": "Base64 text where the field is asked for by name, else the size in bytes.",
    },
    "json": {},
    "many2one": {
        "description": "The id of the record, the record where it is looked into, false when empty."
    },
    "one2many": {"type": "array", "items": {"type": ["integer", "object"]}},
    "many2many": {"type": "array", "items": {"type": ["integer", "object"]}},
}
"""type of field -> how an answer spells it; false stands for what is unset"""

_INPUTS: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"type": ["boolean", "null"]},
    "integer": {"type": ["integer", "boolean", "null"]},
    "float": {"type": ["number", "boolean", "null"]},
    "monetary": {"type": ["number", "boolean", "null"]},
    "date": {"anyOf": [{"type": "string", "format": "date"}, {"type": ["boolean", "null"]}]},
    "json": {},
    "many2one": {"type": ["integer", "boolean", "null"]},
    "one2many": {"$ref": "#/components/schemas/Links"},
    "many2many": {"$ref": "#/components/schemas/Links"},
}


def ref(name: str) -> dict[str, str]:
    """A schema that stands among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def query(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A parameter of the address."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _wrapped(result: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON-RPC answer: a result, or an error under the same status."""
    done = {
        "type": "object",
        "required": ["jsonrpc", "id", "result"],
        "properties": {"jsonrpc": {"const": "2.0"}, "id": {}, "result": result, "meta": {"type": "object"}},
    }
    return {"anyOf": [done, ref("Error")]}


_IDS: dict[str, Any] = {"type": "array", "items": {"type": "integer"}}
_ERROR_DATA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "message", "arguments", "exception_type", "code", "problems"],
    "properties": {
        "name": {"type": "string"},
        "message": {"type": "string"},
        "arguments": {"type": "array"},
        "debug": {"const": ""},
        "exception_type": {"type": "string"},
        "code": {"type": "string"},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
    },
}
COMPONENTS: Mapping[str, Any] = {
    "schemas": {
        "Domain": {
            "type": "array",
            "description": "Terms [field, operator, value], joined by '&', '|' and '!'.",
        },
        "Links": {
            "description": "Ids (they replace the links there are), objects to create, or operations.",
            "anyOf": [
                {"type": "array", "items": {"type": ["integer", "object"]}},
                {
                    "type": "object",
                    "properties": {"push": {"type": "array"}, "pop": _IDS, "delete": _IDS},
                    "additionalProperties": False,
                },
                {"type": ["boolean", "null"]},
            ],
        },
        "Problem": {
            "type": "object",
            "required": ["path", "code", "message"],
            "properties": {name: {"type": "string"} for name in ("path", "code", "message")},
        },
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "jsonrpc": {"const": "2.0"},
                "id": {},
                "error": {
                    "type": "object",
                    "required": ["code", "message", "data"],
                    "properties": {
                        "code": {"type": "integer"},
                        "message": {"type": "string"},
                        "data": _ERROR_DATA,
                    },
                },
            },
        },
    },
    "responses": {"Error": answer("What went wrong, and what to do.", ref("Error"))},
    "parameters": {
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
        "strict_status": query(
            "strict_status", {"enum": ["0", "1"]}, "1: errors come under their own status."
        ),
    },
    "securitySchemes": {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "session_id"},
    },
}
FAILURES = {
    status: {"$ref": "#/components/responses/Error"}
    for status in ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")
}
_STRICT = {"$ref": "#/components/parameters/strict_status"}
_ID = {"$ref": "#/components/parameters/id"}
CONTEXT = query("context", {"type": "string"}, "The context as JSON: lang, tz, active_test …")
_SELECTION = [
    query(
        "query", {"type": "string", "default": "{*}"}, "What to take: {id, name, line_ids(limit: 3){name}}."
    ),
    query("fields", {"type": "string"}, "Names separated by commas, instead of a query."),
    query("datetime_format", {"enum": ["standard", "legacy"]}, "legacy: YYYY-MM-DD-HH-MM."),
    CONTEXT,
]
_FILTER = query("filter", {"type": "string"}, 'A domain as JSON: [["name","=","x"]].')
_SEARCH = [
    *_SELECTION,
    _FILTER,
    query("order", {"type": "string"}, "As in: name asc, id desc."),
    query("page_size", {"type": "integer", "minimum": 1}, "Records of a page."),
    query("page", {"type": "integer", "minimum": 1}, "Which page, from 1."),
    query("limit", {"type": "integer", "minimum": 0}, "Most records of this answer; 0: no limit."),
    query("offset", {"type": "integer", "minimum": 0}, "Records to pass over."),
    query("cursor", {"type": "string"}, "next_cursor of an earlier answer; empty: begin."),
]


def info(*, known: bool) -> dict[str, str]:
    """The head of a document. The version is that of this form, not of the server."""
    told = "The models that you may read." if known else "Log in to see more."
    return {"title": "REST", "version": "1", "description": told}


def _body(properties: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """A JSON-RPC body around parameters."""
    params = {"type": "object", "properties": properties, "required": list(required)}
    schema = {
        "type": "object",
        "required": ["params"],
        "properties": {"jsonrpc": {}, "id": {}, "params": params},
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}


LOG_IN: Mapping[str, Any] = {
    "post": {
        "operationId": "log_in",
        "summary": "Log in; result.session_id is the session, and a cookie.",
        "security": [],
        "parameters": [_STRICT],
        "requestBody": _body(
            {name: {"type": "string"} for name in ("login", "password", "db")}, ("login", "password")
        ),
        "responses": {"200": answer("The session.", _wrapped({"type": "object"})), **FAILURES},
    }
}


def row_schema(model: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """How a record of a model is answered; which members there are is the query's choice."""
    return {
        "type": "object",
        "title": model["title"],
        "properties": {name: _row_field(each, known) for name, each in model["fields"].items()},
    }


def _row_field(field: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    found = {**KINDS[field["type"]], "title": field["string"]}
    if field.get("choices"):
        found = {"enum": [*field["choices"], False], "title": field["string"]}
    if field.get("relation") in known:
        found["x-relation"] = field["relation"]
    if field.get("help"):
        found["description"] = field["help"]
    return found


def values_schema(model: Mapping[str, Any]) -> dict[str, Any]:
    """What may be sent for a record of a model."""
    own = {name: each for name, each in model["fields"].items() if not each.get("readonly")}
    return {
        "type": "object",
        "properties": {name: _value_field(each) for name, each in own.items()},
        "additionalProperties": False,
    }


def _value_field(field: Mapping[str, Any]) -> dict[str, Any]:
    found = _INPUTS.get(field["type"], {"type": ["string", "boolean", "null"]})
    if field.get("choices"):
        found = {"enum": [*field["choices"], False, None]}
    return {**found, "title": field["string"]}


def collection(model: str, title: str, rights: Sequence[str]) -> dict[str, Any]:
    """The verbs on all records of a model that the caller has a right to."""
    values = ref(f"{model}.values")
    found: dict[str, Any] = {
        "get": operation(f"search {model}", f"{title}: search", _SEARCH, answer("A page.", _page(model)))
    }
    if "create" in rights:
        found["post"] = {
            **operation(
                f"create {model}", f"{title}: create", [_STRICT], answer("The id, or ids.", _wrapped({}))
            ),
            "requestBody": _body(
                {
                    "data": {"anyOf": [values, {"type": "array", "items": values}]},
                    "context": {"type": "object"},
                },
                ("data",),
            ),
        }
    if "write" in rights:
        body = {"filter": ref("Domain"), "data": values, "context": {"type": "object"}}
        found["put"] = {
            **operation(f"write {model}", f"{title}: change", [_STRICT], answer("Done.", _wrapped({}))),
            "requestBody": _body({**body, "require_match": {"type": "boolean"}}, ("filter", "data")),
        }
    if "unlink" in rights:
        needed = {**_FILTER, "required": True}
        found["delete"] = operation(f"unlink {model}", f"{title}: delete", [needed, CONTEXT], _DELETED)
    return found


def record(model: str, title: str, rights: Sequence[str]) -> dict[str, Any]:
    """The verbs on one record that the caller has a right to."""
    row = answer("The record.", ref(model))
    found: dict[str, Any] = {
        "parameters": [_ID],
        "get": operation(f"read {model}", f"{title}: read", _SELECTION, row),
    }
    if "write" in rights:
        found["put"] = {
            **operation(
                f"write {model} id", f"{title}: change one", [_STRICT], answer("Done.", _wrapped({}))
            ),
            "requestBody": _body({"data": ref(f"{model}.values"), "context": {"type": "object"}}, ("data",)),
        }
    if "unlink" in rights:
        found["delete"] = operation(f"unlink {model} id", f"{title}: delete one", [CONTEXT], _DELETED)
    return found


_DELETED = answer(
    "Done.", {"type": "object", "required": ["result"], "properties": {"result": {"const": True}, "meta": {}}}
)


def function(model: str, method: Mapping[str, Any]) -> dict[str, Any]:
    """A method of a model, or of one record."""
    summary = method["doc"] or method["name"]
    arguments = {"args": {"type": "array"}, "kwargs": {"type": "object"}, "context": {"type": "object"}}
    return {
        **({} if method["model"] else {"parameters": [_ID]}),
        "post": {
            **operation(
                f"{model} {method['name']}", summary, [_STRICT], answer("What it answers.", _wrapped({}))
            ),
            "requestBody": _body(arguments),
        },
    }


def operation(
    name: str, summary: str, parameters: Sequence[Mapping[str, Any]], done: Mapping[str, Any]
) -> dict[str, Any]:
    """A verb of an address; `done` is its answer when all went well."""
    return {
        "operationId": name.replace(" ", "_"),
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": done, **FAILURES},
    }


def _page(model: str) -> dict[str, Any]:
    number = {"type": ["integer", "null"]}
    numbers = dict.fromkeys(("prev", "current", "next", "total_pages", "total"), number)
    return {
        "type": "object",
        "required": ["count", *numbers, "result"],
        "properties": {
            "count": {"type": "integer"},
            **numbers,
            "next_cursor": {"type": ["string", "null"]},
            "result": {"type": "array", "items": ref(model)},
        },
    }
