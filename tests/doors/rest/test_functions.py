from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def pair(rest):
    return rest.make("res.partner", [{"name": "Ada", "ref": "pair"}, {"name": "Ben", "ref": "pair"}])


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_method_of_a_model_takes_its_arguments(rest, pair, slash):
    heard = rest.post(f"/object/res.partner/search_count{slash}", {"args": [[["ref", "=", "pair"]]]})
    assert heard.json == {"jsonrpc": "2.0", "id": None, "result": 2}


def test_names_with_blanks_around_them_are_understood(rest, pair):
    told = rest.post(
        "/object/res.partner/search", {"args ": [[["ref", "=", "pair"]]], " kwargs ": {"limit ": 1}}
    ).json
    assert told["result"] == [pair[0]]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_method_of_one_record(rest, pair, slash):
    told = rest.post(f"/object/res.partner/{pair[0]}/read{slash}", {"args": [["name"]]}).json
    assert told["result"] == [{"id": pair[0], "name": "Ada"}]


@pytest.mark.parametrize(
    "records",
    [
        lambda pair: {"ids": pair, "args": [["name"]]},
        lambda pair: {"filter": [["ref", "=", "pair"]], "args": [["name"]]},
        lambda pair: {"args": [pair, ["name"]]},
        lambda pair: {"args": [pair], "kwargs": {"fields": ["name"]}},
    ],
)
def test_a_method_of_several_records(rest, pair, records):
    told = rest.post("/object/res.partner/read", records(pair)).json
    assert [row["name"] for row in told["result"]] == ["Ada", "Ben"]


def test_a_filter_may_stand_in_the_address(rest, pair):
    told = rest.post("/object/res.partner/read", {"args": [["name"]]}, filter=[["name", "=", "Ben"]]).json
    assert [row["name"] for row in told["result"]] == ["Ben"]


def test_one_id_may_be_given_bare(rest, pair):
    assert (
        rest.post("/object/res.partner/read", {"ids": pair[1], "args": [["name"]]}).json["result"][0]["name"]
        == "Ben"
    )


def test_a_method_of_a_model_needs_no_record(rest, pair):
    assert (
        rest.post(f"/object/res.partner/{pair[0]}/search_count", {"args": [[["ref", "=", "pair"]]]}).json[
            "result"
        ]
        == 2
    )


def test_records_in_an_answer_are_ids_and_nothing_is_null(rest, pair):
    copied = rest.post(f"/object/res.partner/{pair[0]}/copy", {}).json["result"]
    assert isinstance(copied, list)
    assert rest.post(f"/object/res.partner/{copied[0]}/action_archive", {}).json == {
        "jsonrpc": "2.0",
        "id": None,
        "result": None,
    }


def test_a_context_counts(rest):
    told = rest.post(
        "/object/res.partner/default_get", {"args": [["ref"]], "context": {"default_ref": "c"}}
    ).json
    assert told["result"] == {"ref": "c"}


REFUSED = {
    "a private method": ("/object/res.partner/_compute_display_name", {}, 403),
    "a method that is not public": ("/object/res.partner/filtered_domain", {"args": [[]]}, 404),
    "an unknown method": ("/object/res.partner/no_such", {}, 404),
    "an unknown model": ("/object/no.such/read", {}, 404),
    "no records": ("/object/res.partner/read", {}, 400),
    "records twice": ("/object/res.partner/1/read", {"ids": [1]}, 422),
    "records in two ways": ("/object/res.partner/read", {"ids": [1], "filter": []}, 422),
    "ids that are none": ("/object/res.partner/read", {"ids": ["x"]}, 422),
    "an id that is true": ("/object/res.partner/read", {"ids": True}, 422),
    "a filter on a hidden field": ("/object/res.users/read", {"filter": [["password_hash", "=", "x"]]}, 400),
    "a filter on nothing": ("/object/res.users/read", {"filter": [["nope", "=", "x"]]}, 400),
    "a filter that is no list": ("/object/res.partner/read", {"filter": "x"}, 400),
    "arguments that are no list": ("/object/res.partner/search", {"args": {}}, 422),
    "arguments that are a text": ("/object/res.partner/search", {"args": "x"}, 422),
    "names that are no object": ("/object/res.partner/search", {"kwargs": [1]}, 422),
    "too many arguments": ("/object/res.partner/search_count", {"args": [[], 1, 2, 3]}, 400),
    "a record that is not there": ("/object/res.partner/9999999/copy", {}, 404),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_call_that_cannot_be_is_refused(rest, case):
    path, params, status = REFUSED[case]
    heard = rest.post(path, params, strict_status="1")
    assert heard.status == status, heard.body
    assert rest.post(path, params).status == 200


def test_superuser_context_is_not_taken(clerk):
    heard = clerk.post(
        "/object/res.country/create", {"args": [{"name": "x"}], "context": {"su": True, "uid": 1}}
    )
    assert heard.header("x-error-status") == "403"
