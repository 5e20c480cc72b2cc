from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from entrepot import __version__
from entrepot.doors.rest import transfer

PATH = "/api/openapi.json"


@pytest.mark.parametrize("who", ["rest", "clerk", "nobody"])
def test_the_document_is_valid(who, rest, clerk):
    client = {"rest": rest, "clerk": clerk, "nobody": rest.nobody()}[who]
    if who != "nobody" and (who == "rest") == bool(rest.house.app.settings.store):
        pytest.skip("it is the same on both stores, and large: one user on each is enough")
    heard = client.get(PATH)
    assert heard.status == 200
    assert heard.json["openapi"] == "3.1.0"
    assert not list(OpenAPIV31SpecValidator(heard.json).iter_errors())


def test_nobody_learns_how_to_log_in_and_nothing_else(rest):
    heard = rest.nobody().get(PATH)
    assert list(heard.json["paths"]) == ["/auth/"]
    text = heard.body.decode()
    assert not [word for word in ("res.", "ir.", __version__, "entrepot", "Entrepot", "18.0") if word in text]


def test_a_model_is_told_with_the_verbs_that_are_allowed(rest, clerk):
    mine, theirs = (client.get(PATH).json["paths"] for client in (rest, clerk))
    assert set(mine["/api/res.country/"]) == {"get", "post", "put", "delete"}
    assert set(theirs["/api/res.country/"]) == {"get"}
    assert set(mine["/api/res.country/{id}/"]) == {"parameters", "get", "put", "delete"}
    assert "/api/ir.config_parameter/" in mine
    assert "/object/res.users/{id}/change_password" in mine or any(
        path.startswith("/object/res.users/") for path in mine
    )


def test_files_of_rows_are_told_where_they_are_allowed(rest, clerk):
    mine, theirs = (client.get(PATH).json for client in (rest, clerk))
    assert "/api/res.country/import" in mine["paths"]
    assert "/api/res.country/import" not in theirs["paths"]
    assert "get" in theirs["paths"]["/api/res.country/export"]
    assert "/api/ir.config_parameter/export" not in theirs["paths"]
    taken = mine["paths"]["/api/res.country/import"]["post"]
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert set(taken["requestBody"]["content"]) == {"text/csv", sheet, "application/x-ndjson"}
    for verb, path, known in (("post", "import", transfer._IMPORT), ("get", "export", transfer._EXPORT)):
        refs = mine["paths"][f"/api/res.country/{path}"][verb]["parameters"]
        named = {mine["components"]["parameters"][each["$ref"].rpartition("/")[2]]["name"] for each in refs}
        assert named == known - {"db", "session_id", "fields", "filter"}


def test_what_may_not_be_seen_is_not_in_it(clerk):
    text = clerk.get(PATH).body.decode()
    assert not [
        word for word in ("ir.config_parameter", "password_hash", "res.users.session") if word in text
    ]


def test_fields_have_their_types(rest):
    schemas = rest.get(PATH).json["components"]["schemas"]
    fields = schemas["res.partner"]["properties"]
    assert fields["name"]["title"] == "Name"
    assert fields["child_ids"]["x-relation"] == "res.partner"
    assert False in fields["type"]["enum"]
    assert "contact" in fields["type"]["enum"]
    values = schemas["res.partner.values"]["properties"]
    assert "name" in values
    assert not {"id", "create_date", "write_uid"} & set(values)


def test_every_operation_has_a_name_of_its_own(rest):
    paths = rest.get(PATH).json["paths"].values()
    names = [each["operationId"] for path in paths for verb, each in path.items() if verb != "parameters"]
    assert len(names) == len(set(names))


def test_an_unchanged_document_is_not_sent_again(rest, clerk):
    etag = rest.get(PATH).header("etag")
    again = rest.known_as(**rest.headers, **{"if-none-match": etag}).get(PATH)
    assert (again.status, again.body) == (304, b"")
    assert clerk.get(PATH).header("etag") != etag
    other = rest.known_as(**clerk.headers, **{"if-none-match": etag}).get(PATH)
    assert other.status == 200


def test_a_right_that_is_taken_away_changes_it_at_once(rest, clerk):
    group = rest.system("ir.model.data", "check_object_reference", "base", "group_user")[1]
    values = {"name": "for a test", "model": "ir.config_parameter", "group_id": group, "perm_read": True}
    line = rest.make("ir.model.access", values)
    assert "/api/ir.config_parameter/" in clerk.get(PATH).json["paths"]
    rest.delete(f"/api/ir.model.access/{line}/")
    assert "/api/ir.config_parameter/" not in clerk.get(PATH).json["paths"]


def test_an_ended_session_is_nobody(rest):
    heard = rest.known_as(cookie="session_id=nope").get(PATH)
    assert heard.status == 401 or json.loads(heard.body)["paths"].keys() == {"/auth/"}
