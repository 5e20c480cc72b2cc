from __future__ import annotations

from base64 import b64encode

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20


@pytest.fixture(scope="module")
def made(rest):
    return rest.make("res.partner", {"name": "Seen", "image_1920": b64encode(PNG).decode()})


def wants(rest, accept):
    return rest.known_as(**rest.headers, accept=accept)


@pytest.mark.parametrize(
    "path",
    [
        "/api/res.partner/{}/image_1920",
        "/api/res.partner/{}/image_1920/",
        "/binary/res.partner/{}/image_1920",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "image/png", "text/html,application/json;q=0.9,*/*;q=0.8", None])
def test_a_file_comes_as_bytes_with_its_type(rest, made, path, accept):
    client = rest if accept is None else wants(rest, accept)
    heard = client.get(path.format(made))
    assert (heard.status, heard.body) == (200, PNG)
    assert heard.header("content-type") == "image/png"
    assert heard.header("x-content-type-options") == "nosniff"


def test_base64_is_asked_for(rest, made):
    heard = rest.get(f"/api/res.partner/{made}/image_1920", format="base64")
    assert (heard.status, heard.body) == (200, b64encode(PNG))


def test_json_is_base64_in_a_text(rest, made):
    heard = wants(rest, "application/json").get(f"/api/res.partner/{made}/image_1920")
    assert heard.header("content-type").startswith("application/json")
    assert heard.json == b64encode(PNG).decode()
    assert (
        wants(rest, "application/json").get(f"/api/res.partner/{made}/image_1920", format="raw").body == PNG
    )


def test_a_part_of_a_file_can_be_asked_for(rest, made):
    client = rest.known_as(**rest.headers, range="bytes=1-3")
    heard = client.get(f"/api/res.partner/{made}/image_1920")
    assert (heard.status, heard.body) == (206, PNG[1:4])


def test_all_fields_tell_the_size_and_a_named_one_the_content(rest, made):
    row = rest.get(f"/api/res.partner/{made}/").json
    assert row["image_1920"] == row["image_128"] == len(PNG)
    assert rest.get(f"/api/res.partner/{made}/", query="{image_1920}").json == {
        "image_1920": b64encode(PNG).decode()
    }
    empty = rest.make("res.partner", {"name": "Unseen"})
    assert rest.get(f"/api/res.partner/{empty}/").json["image_1920"] is False


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/res.partner/{}/name", 404),
        ("/api/res.partner/{}/nope", 404),
        ("/api/res.partner/99999999/image_1920", 404),
        (f"/api/res.partner/{2**40}/image_1920", 404),
        (f"/binary/res.partner/{10**40}/image_1920", 404),
        ("/api/no.such/1/image_1920", 404),
        ("/binary/res.partner/{}/name", 404),
        ("/binary/res.partner/x/image_1920", 404),
        ("/api/res.partner/{}/image_1920?format=hex", 400),
    ],
)
def test_what_is_no_file_is_refused(rest, made, path, status):
    heard = rest.get(path.format(made))
    assert heard.status == status
    assert heard.json["error"]


def test_an_empty_file_is_not_there(rest):
    empty = rest.make("res.partner", {"name": "Unseen"})
    assert rest.get(f"/api/res.partner/{empty}/image_1920").status == 404


def test_all_fields_never_read_a_file_and_its_text_is_given_when_named(rest):
    made = rest.make("ir.attachment", {"name": "note.txt", "datas": b64encode(b"words").decode()})
    path = f"/api/ir.attachment/{made}/"
    for query in ("{*}", "{-name}"):
        row = rest.get(path, query=query).json
        assert "raw" not in row
        assert row["datas"] == row["file_size"] == 5
    for query in ("{raw}", "{*, raw}", "{raw, name}"):
        assert rest.get(path, query=query).json["raw"] == "words"


def test_a_parameter_that_a_file_does_not_know_is_refused(rest, made):
    heard = rest.get(f"/api/res.partner/{made}/image_1920", fromat="base64")
    assert heard.status == 400
    assert "format" in heard.json["error"]["message"]
