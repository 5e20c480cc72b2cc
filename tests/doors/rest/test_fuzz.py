"""Requests made from our own OpenAPI document, in every shape: no fault of ours, and every answer as the document says."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from doors.knock import Heard, knock

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PATHS = (
    "/auth/",
    "/api/res.partner/",
    "/api/res.partner/{id}/",
    "/api/res.partner.category/",
    "/api/res.partner.category/{id}/",
    "/api/res.country/",
    "/object/res.users/context_get",
)
VERBS = ("get", "post", "put", "delete")
EXAMPLES = 8
LEAKS = (b"Traceback", b'File "', b"SELECT ", b"site-packages", b"$argon2", b"psycopg", b"sqlite")


@pytest.fixture(scope="module")
def schema(rest):
    """The document of the administrator, cut down to a few models; errors come under their own status."""
    document = rest.get("/api/openapi.json").json
    document["paths"] = {path: each for path, each in document["paths"].items() if path in PATHS}
    document["components"]["parameters"]["strict_status"] |= {"required": True, "schema": {"const": "1"}}
    return schemathesis.openapi.from_dict(document)


def sent(rest, case):
    """A generated request through the door, and what was heard, as the library sees both."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    parts = urlsplit(prepared.url)
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    headers = {name: text(value) for name, value in prepared.headers.items()} | rest.headers
    target = unquote(parts.path)
    heard = knock(rest.app, prepared.method, f"{target}?{parts.query}", body, headers)
    return heard, answer(prepared, heard)


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def answer(prepared: requests.PreparedRequest, heard: Heard) -> schemathesis.Response:
    headers: dict[str, list[str]] = {}
    for name, value in heard.headers:
        headers.setdefault(name, []).append(value)
    return schemathesis.Response(heard.status, headers, heard.body, prepared, 0.0, verify=False)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_requests_of_every_shape_are_answered_as_told(path, verb, mode, rest, schema):
    if verb not in schema.raw_schema["paths"].get(path, {}):
        pytest.skip("there is no such operation")
    operation = schema[path][verb.upper()]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def every(case):
        heard, response = sent(rest, case)
        assert heard.status < 500, heard.body
        assert not [word for word in LEAKS if word in heard.body]
        if heard.status != 405:
            case.validate_response(response, checks=CHECKS)

    every()
