"""How OpenAPI documents tell of `import` and `export`: bodies and answers that are files, and what stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.doors.rest.openapi_parts import CONTEXT, FAILURES, operation, query, ref
from entrepot.transfer import BATCH, FORMATS, MAX_BATCH, MEDIA_TYPES

_FLAG: Mapping[str, Any] = {"enum": ["0", "1"], "default": "0"}
_TEXT: Mapping[str, Any] = {"type": "string"}
_WHOLE: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_NDJSON = "application/x-ndjson"
_EITHER = [
    query("format", {"enum": list(FORMATS)}, "The format of the file; default: by its media type."),
    query("encoding", _TEXT, "Of CSV: UTF-8 and UTF-16 are found out, others are named, such as cp1252."),
    query("delimiter", _TEXT, "Of CSV: one letter or 'tab'; found out by the header."),
    query("sheet", _TEXT, "The name of a workbook's sheet; default: the first."),
    query("safe", {**_FLAG, "default": "1"}, "0: texts that look like formulas are left as they are."),
]
_IMPORT = [
    query("key", _TEXT, "Fields that tell which record a row means, separated by commas."),
    query("map", _TEXT, 'What headers mean, as JSON: {"E-mail address": "email"}.'),
    query("ignore_unknown", _FLAG, "1: columns with an unknown header are left out."),
    query("keep_going", _FLAG, "1: rows that are refused are left out; else all are kept or none."),
    query("dry_run", _FLAG, "1: nothing is kept."),
    query("skip", _WHOLE, "Rows to pass over."),
    query("from_line", _WHOLE, "The line of the file to begin with."),
    query(
        "batch",
        {"type": "integer", "minimum": 1, "maximum": MAX_BATCH, "default": BATCH},
        "Rows that are saved together.",
    ),
    query("report", {"enum": ["all", "errors", "none"], "default": "all"}, "Which rows are answered."),
]
_EXPORT = [
    query("columns", _TEXT, "Names separated by commas; default: every stored field that an import takes."),
    query("domain", _TEXT, 'A domain as JSON: [["name","=","x"]].'),
    query("order", _TEXT, "As in: name asc, id desc."),
    query("limit", _WHOLE, "Most records; 0: no limit."),
]


def _named(verb: str, given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{verb}_{each['name']}": each for each in given}


PARAMETERS: Mapping[str, Any] = {
    **_named("file", _EITHER),
    **_named("import", _IMPORT),
    **_named("export", _EXPORT),
    "context": CONTEXT,
}
"""What a document says once and every model refers to."""


def _refs(*verbs: str) -> list[dict[str, str]]:
    names = [name for name in PARAMETERS if name.partition("_")[0] in {*verbs, "file", "context"}]
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _files() -> dict[str, Any]:
    """The media types of files of rows. A workbook is bytes, which has no schema."""
    return {
        MEDIA_TYPES[each].partition(";")[0]: {} if each == "xlsx" else {"schema": _TEXT} for each in FORMATS
    }


def import_(model: str, title: str) -> dict[str, Any]:
    """`POST /api/<model>/import`."""
    lines = "A line of JSON for each row, and a summary at the end."
    told = {"description": lines, "content": {_NDJSON: {"schema": _TEXT}}}
    refused = {
        "description": "The file, or some of its rows, cannot be taken; nothing is kept.",
        "content": {_NDJSON: {"schema": _TEXT}, "application/json": {"schema": ref("Error")}},
    }
    found = operation(f"import {model}", f"{title}: import a file of rows", _refs("import"), told)
    return {
        "post": {
            **found,
            "requestBody": {"required": True, "content": _files()},
            "responses": {"200": told, **FAILURES, "422": refused},
        }
    }


def export(model: str, title: str) -> dict[str, Any]:
    """`GET /api/<model>/export`."""
    told = {"description": "The file, as Accept or format says.", "content": _files()}
    return {"get": operation(f"export {model}", f"{title}: export as a file of rows", _refs("export"), told)}
