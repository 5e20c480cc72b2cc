"""Our reader against openpyxl, which writes what it reads; and files that mean harm."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from entrepot.kernel.transfer.formats import workbook_xml
from entrepot.kernel.transfer.formats.files import open_sheet, writer
from entrepot.kernel.transfer.formats.sheet import FileOptions, Unfit, Unreadable
from entrepot.kernel.transfer.formats.workbook_xml import shows_date

XLSX = FileOptions(format="xlsx")


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file


def of(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def read(file, **options):
    sheet = open_sheet(file, FileOptions(format="xlsx", **options))
    found = sheet.header, list(sheet.rows)
    sheet.close()
    return found


def test_values_of_every_kind():
    file = of(
        ["text", "whole", "part", "yes", "day", "moment", "time", "none"],
        ["Ä <&>", 3, 2.5, True, dt.date(2024, 2, 29), dt.datetime(2024, 1, 2, 3, 4, 5), dt.time(6, 7), None],  # noqa: DTZ001
    )
    [(line, cells)] = read(file)[1]
    assert line == 2
    assert cells == ["Ä <&>", 3, 2.5, True, "2024-02-29", "2024-01-02 03:04:05", "06:07:00", ""]


def test_empty_rows_are_passed_over_and_lines_are_those_of_the_sheet():
    assert [line for line, _ in read(of(["a"], [None], ["x"], [None], [None], ["y"]))[1]] == [3, 6]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    book = Workbook()
    book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
    book.active.append(["day"])
    book.active.append([dt.date(2024, 2, 29)])
    assert read(saved(book))[1] == [(2, ["2024-02-29"])]


def test_a_sheet_is_chosen_by_its_name():
    book = Workbook()
    book.active.append(["a"])
    other = book.create_sheet("Other")
    other.append(["b"])
    other.append([1])
    assert read(saved(book), sheet="Other") == (["b"], [(2, [1])])
    with pytest.raises(Unreadable, match="Other"):
        read(saved(book), sheet="None such")


def test_long_rows_are_told():
    [(line, cells)] = read(of(["a"], ["x", "y"]))[1]
    assert (line, isinstance(cells[0], Unfit)) == (2, True)


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("14", None, True),
        ("2", None, False),
        ("164", "yyyy\\-mm\\-dd", True),
        ("165", '0.00" days"', False),
        ("166", "General", False),
        ("167", "[Red]0.0", False),
        ("168", "[$-409]d-mmm-yy;@", True),
    ],
)
def test_formats_that_show_dates(number, code, expected):
    assert shows_date(number, code) is expected


def test_texts_that_begin_like_formulas_are_texts():
    made = writer(["name", "n"], FileOptions(format="xlsx", safe=False))
    file = io.BytesIO(made.rows([["=1+1", 2]]) + b"".join(made.end()))
    assert load_workbook(file).active["A2"].data_type == "s"
    assert read(file)[1] == [(2, ["=1+1", 2])]
    made = writer(["name"], XLSX)
    file = io.BytesIO(made.rows([["=1+1"]]) + b"".join(made.end()))
    assert load_workbook(file).active["A2"].value == "'=1+1"
    assert read(file)[1] == [(2, ["=1+1"])]


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(LETTERS, min_size=1, max_size=20), st.integers(-(10**9), 10**9)),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_comes_back(rows):
    made = writer(["a", "b"], XLSX)
    file = io.BytesIO(made.rows(rows) + b"".join(made.end()))
    assert [tuple(cells) for _, cells in read(file)[1]] == rows


def test_what_is_no_workbook_is_refused():
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for file in (io.BytesIO(b"no zip"), empty, io.BytesIO(of(["a"]).getvalue()[:200])):
        with pytest.raises(Unreadable):
            read(file)


def harmed(name, content):
    """A good workbook with one part replaced."""
    source, made = zipfile.ZipFile(of(["a"], ["x"])), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(part.filename, content if part.filename == name else source.read(part))
    return made


SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>',
        "<worksheet><sheetData><row><c",
        f'<worksheet {SPACE}><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>',
        f'<worksheet {SPACE}><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
    ],
)
def test_parts_that_mean_harm_are_refused(content):
    with pytest.raises(Unreadable):
        read(harmed(SHEET, content))


def test_a_cell_at_the_far_end_takes_no_memory():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="1048576"><c r="A1048576"><v>5</v></c></row>'
    assert read(harmed(SHEET, f"<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>")) == (
        ["a"],
        [(1048576, [5])],
    )


def test_what_would_unpack_to_too_much_is_refused_before(monkeypatch):
    monkeypatch.setattr(workbook_xml, "MAX_UNPACKED", 1 << 20)
    bomb = harmed(SHEET, b" " * (2 << 20))
    assert len(bomb.getvalue()) < 20_000
    with pytest.raises(Unreadable, match="unpack"):
        read(bomb)


def sharing(texts):
    """A workbook whose cells share their texts, as spreadsheets write them and openpyxl does not."""
    rows = "".join(f'<row><c t="s"><v>{at}</v></c></row>' for at in range(3))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    source, made = zipfile.ZipFile(of(["a"])), io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == SHEET:
                content = f"<x:worksheet xmlns:x={SPACE[6:]}>{rows}</x:worksheet>".encode()
            elif part.endswith("workbook.xml.rels"):
                link = (
                    f'<Relationship Id="t" Type="{kind}/sharedStrings" Target="texts.xml"/></Relationships>'
                )
                content = content.replace(b"</Relationships>", link.encode())
            target.writestr(part, content)
        target.writestr("xl/texts.xml", texts)
    return made


def test_texts_that_cells_share(monkeypatch):
    texts = "<sst><si><t>name</t></si><si><r><t>Ri</t></r><r><t>ch</t></r></si><si><t>漢</t><rPh><t>kan</t></rPh></si></sst>"
    assert read(sharing(texts)) == (["name"], [(2, ["Rich"]), (3, ["漢"])])
    monkeypatch.setattr(workbook_xml, "MAX_TEXTS", 10)
    with pytest.raises(Unreadable, match="texts"):
        read(sharing(texts))
