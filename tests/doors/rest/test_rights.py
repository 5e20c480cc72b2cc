"""What somebody may not see does not exist for them, at any depth."""

from __future__ import annotations

import json

import pytest

LEAKS = ("password_hash", "$argon2", "Traceback", "SELECT ")


@pytest.fixture(scope="module")
def world(rest, clerk):
    """A company that the clerk does not belong to, with a hidden contact; contacts of theirs that lead to it."""
    foreign = rest.system("res.company", "create", {"name": "Elsewhere"})
    rest.system("res.users", "write", [2], {"company_ids": [(4, foreign)]})
    allowed = {"allowed_company_ids": [1, foreign]}
    hidden = rest.system(
        "res.partner", "create", {"name": "Hidden", "ref": "w-hidden", "company_id": foreign}, context=allowed
    )
    seen = rest.system("res.partner", "create", {"name": "Seen", "ref": "w-seen"})
    below = rest.system(
        "res.partner",
        "create",
        {"name": "Below", "ref": "w-below", "parent_id": seen, "company_id": foreign},
        context=allowed,
    )
    above = rest.system(
        "res.partner", "create", {"name": "Above", "ref": "w-above", "parent_id": hidden}, context=allowed
    )
    return {"foreign": foreign, "hidden": hidden, "seen": seen, "below": below, "above": above}


def test_the_world_is_as_told(rest, world):
    found = rest.rows(
        "/api/res.partner/",
        query="{ref}",
        filter=[["ref", "like", "w-"]],
        context={"allowed_company_ids": [1, world["foreign"]]},
    )
    assert {row["ref"] for row in found} == {"w-hidden", "w-seen", "w-below", "w-above"}


def test_hidden_records_are_not_found_nor_counted(clerk, world):
    told = clerk.get(
        "/api/res.partner/", query="{ref}", filter=[["ref", "like", "w-"]], page_size=10, page=1
    ).json
    assert {row["ref"] for row in told["result"]} == {"w-seen", "w-above"}
    assert told["total"] == 2


def test_hidden_records_are_left_out_of_lines_and_false_behind_a_link(clerk, world):
    found = clerk.rows(
        "/api/res.partner/",
        query="{ref, parent_id{name}, child_ids{name}}",
        filter=[["ref", "like", "w-"]],
        order="ref",
    )
    assert found == [
        {"ref": "w-above", "parent_id": False, "child_ids": []},
        {"ref": "w-seen", "parent_id": False, "child_ids": []},
    ]


def test_hidden_records_do_not_count_in_filters_and_orders_below(clerk, world):
    assert clerk.rows("/api/res.partner/", query="{ref}", filter=[["parent_id.name", "=", "Hidden"]]) == []
    assert clerk.rows("/api/res.partner/", query="{ref}", filter=[["child_ids.name", "=", "Below"]]) == []
    query = '{child_ids(filter: [["parent_id.child_ids.name", "=", "Below"]]){name}}'
    assert clerk.rows("/api/res.partner/", query=query, filter=[["ref", "=", "w-seen"]]) == [
        {"child_ids": []}
    ]


def test_a_hidden_record_is_refused_by_id(clerk, world):
    for heard in (
        clerk.get(f"/api/res.partner/{world['hidden']}/"),
        clerk.get(f"/api/res.partner/{world['hidden']}/image_1920"),
        clerk.put(f"/api/res.partner/{world['hidden']}/", {"data": {"name": "mine"}}, strict_status="1"),
        clerk.delete(f"/api/res.partner/{world['hidden']}/"),
        clerk.post(f"/object/res.partner/{world['hidden']}/read", {}, strict_status="1"),
    ):
        assert heard.status == 403, heard.body
        assert b"Hidden" not in heard.body


def test_a_filter_changes_only_what_is_seen(rest, clerk, world):
    told = clerk.put("/api/res.partner/", {"filter": [["ref", "like", "w-"]], "data": {"comment": "x"}}).json
    if "result" in told:
        assert told["meta"]["matched"] == 2
    context = {"allowed_company_ids": [1, world["foreign"]]}
    assert not rest.rows(
        "/api/res.partner/",
        query="{id}",
        filter=[["ref", "=", "w-hidden"], ["comment", "!=", False]],
        context=context,
    )


HIDDEN = "password_hash"
"""A field of users that nobody sees."""
WAYS = {
    "by name": {"query": f"{{{HIDDEN}}}"},
    "left out": {"query": f"{{-{HIDDEN}}}"},
    "looked into": {"query": f"{{{HIDDEN}{{id}}}}"},
    "in fields": {"fields": f"id,{HIDDEN}"},
    "in a filter": {"filter": [[HIDDEN, "like", "$argon2"]]},
    "behind a negation": {"filter": ["!", [HIDDEN, "=", "x"]]},
    "in an order": {"order": HIDDEN},
    "in a filter's path": {"filter": [["company_id.user_ids.password_hash", "like", "a"]]},
    "below": {"query": f"{{create_uid{{{HIDDEN}}}}}"},
    "in a filter below": {"query": f'{{create_uid(filter: [["{HIDDEN}", "like", "a"]]){{id}}}}'},
}


@pytest.mark.parametrize("who", ["rest", "clerk"])
@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_field_is_an_unknown_one(who, way, rest, clerk):
    client = {"rest": rest, "clerk": clerk}[who]
    heard = client.get("/api/res.users/", **WAYS[way])
    assert heard.status == 400, heard.body
    codes = {each["code"] for each in heard.json["error"]["data"]["problems"]}
    assert codes == {"unknown_field"}
    same = client.get(
        "/api/res.users/",
        **{
            name: json.loads(json.dumps(each).replace(HIDDEN, "passwords_haxx"))
            for name, each in WAYS[way].items()
        },
    )
    assert same.status == 400
    mine, other = (each.json["error"]["message"].partition(" Did you mean")[0] for each in (heard, same))
    assert mine.replace(HIDDEN, "passwords_haxx") == other


def test_near_names_are_only_those_that_are_seen(clerk):
    message = clerk.get("/api/res.users/", query="{password_has}").json["error"]["message"]
    assert "Did you mean" in message
    assert "password_hash" not in message


def test_a_hidden_field_cannot_be_written(rest):
    for heard in (
        rest.post("/api/res.users/", {"data": {"name": "u", "login": "u9", HIDDEN: "x"}}, strict_status="1"),
        rest.put("/api/res.users/2/", {"data": {HIDDEN: "x"}}, strict_status="1"),
    ):
        assert heard.status == 422
        assert [each["code"] for each in heard.json["error"]["data"]["problems"]] == ["unknown_field"]


def test_all_fields_leave_hidden_ones_out(clerk):
    (row,) = clerk.rows("/api/res.users/", filter=[["login", "=", "clerk"]])
    assert HIDDEN not in row
    assert row["password"] is False


FORBIDDEN = ["ir.config_parameter", "res.users.session", "ir.model.access"]


@pytest.mark.parametrize("model", FORBIDDEN)
def test_a_forbidden_model_is_refused_in_every_verb(clerk, model):
    for heard in (
        clerk.get(f"/api/{model}/"),
        clerk.get(f"/api/{model}/1/"),
        clerk.post(f"/api/{model}/", {"data": {}}, strict_status="1"),
        clerk.put(f"/api/{model}/1/", {"data": {}}, strict_status="1"),
        clerk.put(f"/api/{model}/", {"filter": [["id", ">", 0]], "data": {}}, strict_status="1"),
        clerk.delete(f"/api/{model}/1/"),
        clerk.delete(f"/api/{model}/", filter=[["id", ">", 0]]),
        clerk.post(f"/object/{model}/search", {}, strict_status="1"),
    ):
        assert heard.status in {403, 404}, heard.body
        assert not [word for word in LEAKS if word.encode() in heard.body]


def test_the_secret_of_cursors_stays(clerk, rest):
    secret = rest.system("ir.config_parameter", "get_param", "database.secret")
    told = clerk.get("/api/res.partner/", page_size=1, query="{id}")
    assert "next_cursor" in told.json
    assert secret not in told.body.decode()


def test_companies_of_others_are_refused(clerk, world):
    heard = clerk.get(
        "/api/res.partner/", query="{ref}", context={"allowed_company_ids": [1, world["foreign"]]}
    )
    assert heard.status == 403
