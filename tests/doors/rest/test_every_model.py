"""Every model of every add-on, with its demo data, through this door."""

from __future__ import annotations

import pytest

NAMED_ALONE = {"ir.attachment": {"raw"}}
"""Fields for which a file has to be read: they are given when they are named."""


def is_collection(path, verbs):
    return path.startswith("/api/") and path.endswith("/") and "{id}" not in path and "get" in verbs


@pytest.fixture(scope="module")
def whole(make_rest):
    """The administrator of a tenant with everything."""
    return make_rest()


@pytest.fixture(scope="module")
def document(whole):
    return whole.get("/api/openapi.json").json


def test_a_page_of_every_model_has_every_field_it_promises(whole, document):
    models = [path.split("/")[2] for path, each in document["paths"].items() if is_collection(path, each)]
    assert len(models) > 80
    wrong = {}
    for model in models:
        heard = whole.get(f"/api/{model}/", page_size=3)
        if heard.status != 200:
            wrong[model] = heard.body[:300]
            continue
        promised = set(document["components"]["schemas"][model]["properties"]) - NAMED_ALONE.get(model, set())
        for row in heard.json["result"]:
            if set(row) != promised:
                wrong[model] = set(row) ^ promised
    assert not wrong


def test_every_relation_can_be_looked_into(whole, document):
    schemas, wrong = document["components"]["schemas"], {}
    for model, schema in schemas.items():
        related = [name for name, each in schema.get("properties", {}).items() if "x-relation" in each]
        if not related or model.endswith(".values"):
            continue
        query = "{" + ", ".join(f"{name}{{id}}" for name in related) + "}"
        heard = whole.get(f"/api/{model}/", query=query, page_size=2)
        if heard.status != 200:
            wrong[model] = heard.body[:300]
    assert not wrong


def test_every_operation_has_a_name_of_its_own(document):
    names = [
        each["operationId"]
        for path in document["paths"].values()
        for verb, each in path.items()
        if verb != "parameters"
    ]
    assert len(names) == len(set(names))
