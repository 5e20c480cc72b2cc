"""`entrepot import` and `entrepot export`: files in, files out, as their user has them."""

from __future__ import annotations

import json

import pytest

from entrepot.cli.import_ import bar

BAD = "Number,Name,country_id\nCL-1,Ann,Belgium\nCL-2,Bob,Nowhere\n"


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "people.csv"
    found.write_text(BAD)
    return found


def test_a_file_goes_in_and_bad_rows_are_told_with_their_lines(run, file, tenant_name, tmp_path):
    words = ("import", tenant_name, "res.partner", str(file), "--map", "Number=ref", "--key", "ref")
    said = run(*words)
    assert said.status == 1
    assert "line 3: country_id: No matching record" in said.out
    assert "Nothing is kept" in said.out
    report = tmp_path / "report.ndjson"
    said = run(*words, "--keep-going", "--report", str(report), "--json")
    assert (said.json["created"], said.json["errors"]) == (1, 1)
    assert said.json["problems"][0]["line"] == 3
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [line.get("status") for line in told] == ["created", "error", None]
    file.write_text(BAD.replace("Nowhere", "France"))
    said = run(*words, "--dry-run")
    assert said.status == 0
    assert "1 created, 1 unchanged, 0 refused" in said.out
    assert "dry run" in said.out
    assert run(*words, "--from-line", "3").status == 0


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.ndjson"])
def test_what_goes_out_comes_in_again(run, tenant_name, tmp_path, name):
    target = tmp_path / name
    words = ("--columns", ".id,name,ref,country_id", "--domain", '[["active","=",true]]', "--order", "name")
    said = run("export", tenant_name, "res.partner", str(target), *words, "--json")
    assert said.status == 0
    assert said.json["rows"] > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]
    found = run("import", tenant_name, "res.partner", str(target), "--user", "admin", "--json")
    assert found.json["unchanged"] == said.json["rows"]


def test_standard_input_and_output(run, tenant_name):
    said = run("import", tenant_name, "res.partner.category", "-", stdin="name\nGold\n")
    assert said.status == 0
    out = run("export", tenant_name, "res.partner.category", "--columns", "name").out
    assert "Gold" in out.splitlines()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--format", "xlsx"), "no workbook"),
        (("--map", "Number=ref", "--key", "nothing"), "key"),
        ((), "no column"),
        (("--map", "x"), "HEADER=COLUMN"),
        (("--user", "nobody-here"), "login"),
        (("--encoding", "nothing"), "encoding"),
    ],
)
def test_what_cannot_be_is_one_clear_line(run, file, tenant_name, words, told):
    said = run("import", tenant_name, "res.partner", str(file), *words)
    assert said.status == 1
    assert told in said.err


def test_a_file_whose_name_tells_no_format_needs_one(run, tenant_name, tmp_path):
    file = tmp_path / "people"
    file.write_text("name\nx\n")
    assert "choose one" in run("import", tenant_name, "res.partner", str(file)).err


def test_the_bar_shows_rate_and_what_is_left():
    assert bar("m", 500, 0.5, 2.0) == f"m [{'#' * 12}{'.' * 12}]  50% 500 rows, 250/s, 2 s left"
    assert "left" not in bar("m", 0, 0.0, 0.0)
