"""Files of rows over REST: streamed both ways, with the caller's rights."""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from doors.knock import knock
from entrepot.doors.rest import transfer

CSV = {"content-type": "text/csv"}
GOOD = b"ref,name\nRT-A,Ann\nRT-B,Bob\n"


def sent(rest, body, path="/api/res.partner/import", headers=CSV, **asked):
    target = f"{path}?{urlencode(asked)}" if asked else path
    return knock(rest.app, "POST", target, body, {**headers, **rest.headers})


def lines(heard):
    return [json.loads(line) for line in heard.body.splitlines()]


def test_a_file_is_imported_and_each_row_answered(rest):
    heard = sent(rest, [GOOD[:10], GOOD[10:]], key="ref")
    assert (heard.status, heard.header("content-type")) == (200, "application/x-ndjson")
    *rows, last = lines(heard)
    assert [(row["line"], row["status"]) for row in rows] == [(2, "created"), (3, "created")]
    assert last["summary"]["kept"] is True
    again = lines(sent(rest, GOOD.replace(b"Bob", b"Bill"), key="ref"))
    assert [row["status"] for row in again[:2]] == ["unchanged", "updated"]
    assert again[0]["id"] == rows[0]["id"]


def test_a_refused_file_keeps_nothing_and_says_so_in_the_status(rest):
    body = b"ref,name,country_id\nRT-X,Ann,Belgium\nRT-Y,Bob,Nowhere\n"
    heard = sent(rest, body)
    assert heard.status == 422
    assert [(row["line"], row["field"], row["code"]) for row in lines(heard)[:-1]] == [
        (3, "country_id", "bad_value")
    ]
    assert lines(heard)[-1]["summary"]["kept"] is False
    heard = sent(rest, body, keep_going="1", report="errors")
    assert heard.status == 200
    assert (
        lines(heard)[-1]["summary"] | {"created": 1, "errors": 1, "kept": True} == lines(heard)[-1]["summary"]
    )


def test_headers_are_mapped_and_a_dry_run_keeps_nothing(rest):
    asked = {"map": json.dumps({"Nr": "ref"}), "dry_run": "1", "ignore_unknown": "1"}
    heard = sent(rest, b"Nr;Name;Nonsense\nRT-D;Dora;x\n", **asked)
    assert heard.status == 200
    assert lines(heard)[0]["id"] is None
    assert lines(heard)[-1]["summary"]["ignored"] == ["Nonsense"]
    assert rest.system("res.partner", "search_count", [["ref", "=", "RT-D"]]) == 0


@pytest.mark.parametrize(
    ("body", "headers", "asked", "status"),
    [
        (b"", CSV, {}, 400),
        (b"a", {"content-type": "image/png"}, {}, 400),
        (b"nmae\nx\n", CSV, {}, 422),
        (b"no zip", {}, {"format": "xlsx"}, 422),
        (b"name\nx\n", CSV, {"nonsense": "1"}, 400),
        (b"name\nx\n", CSV, {"batch": "0"}, 400),
        (b"name\nx\n", CSV, {"dry_run": "perhaps"}, 400),
        (b"name\nx\n", CSV, {"map": "[1]"}, 400),
        (b"name\nx\n", CSV, {"key": "ref"}, 422),
        (b"name\nx\n", {**CSV, "content-encoding": "gzip"}, {}, 415),
    ],
)
def test_what_cannot_be_is_refused_with_a_status(rest, body, headers, asked, status):
    heard = sent(rest, body, headers=headers, **asked)
    assert heard.status == status
    assert heard.json["error"]["message"]


def test_a_file_past_the_bound_is_refused(rest, monkeypatch):
    spool = transfer.Spool(10)
    spool.feed(b"12345")
    with pytest.raises(transfer.TooLarge):
        spool.feed(b"678901")
    spool.discard()


@pytest.mark.parametrize("verb", ["import", "export"])
def test_nobody_gets_nothing(rest, verb):
    method = "POST" if verb == "import" else "GET"
    heard = knock(rest.app, method, f"/api/res.partner/{verb}", GOOD if verb == "import" else b"", CSV)
    assert heard.status == 401


def test_rights_hold(clerk):
    assert sent(clerk, b"key,value\na,b\n", "/api/ir.config_parameter/import").status == 403
    assert clerk.get("/api/ir.config_parameter/export").status == 403
    assert clerk.get("/api/no.such/export").status == 404


def test_records_are_exported_in_the_format_that_is_accepted(rest):
    sent(rest, GOOD, key="ref")
    asked = urlencode(
        {"columns": "ref,name", "domain": '[["ref","like","RT-"]]', "order": "ref", "limit": "1"}
    )
    target = f"/api/res.partner/export?{asked}"
    heard = knock(rest.app, "GET", target, headers={**rest.headers, "accept": "text/csv"})
    assert heard.header("content-type") == "text/csv; charset=utf-8"
    assert heard.header("content-disposition").startswith('attachment; filename="res.partner.csv"')
    assert heard.body == b"ref,name\r\nRT-A,Ann\r\n"
    heard = knock(rest.app, "GET", target, headers={**rest.headers, "accept": "application/x-ndjson"})
    assert lines(heard) == [{"ref": "RT-A", "name": "Ann"}]
    heard = knock(rest.app, "GET", f"{target}&format=xlsx", headers=rest.headers)
    assert load_workbook(io.BytesIO(heard.body)).active["B2"].value == "Ann"
    assert knock(rest.app, "GET", target, headers={**rest.headers, "accept": "image/png"}).status == 400


def test_a_wrong_export_is_refused_before_its_first_byte(rest):
    for asked in ({"columns": "nmae"}, {"domain": '[["nmae","=",1]]'}, {"order": "nmae"}):
        heard = rest.ask("GET", "/api/res.partner/export", asked)
        assert heard.status == 422
        assert "nmae" in heard.body.decode()


def test_a_verb_that_does_not_fit_is_told(rest):
    assert rest.get("/api/res.partner/import").status == 405
