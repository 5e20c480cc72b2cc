"""Workbooks as openpyxl writes them and as other programs do; and files that mean harm."""

from __future__ import annotations

import datetime as dt
import io
import re
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.xml.constants import SHARED_STRINGS

from entrepot.kernel.transfer.formats import workbook_guard
from entrepot.kernel.transfer.formats.files import open_sheet, writer
from entrepot.kernel.transfer.formats.sheet import MAX_CELL, FileOptions, Unfit, Unreadable

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
    ("code", "expected"),
    [
        ("mm-dd-yy", "2024-02-29"),
        ("0.00", 45351),
        ("yyyy\\-mm\\-dd", "2024-02-29"),
        ('0.00" days"', 45351),
        ("General", 45351),
        ("[Red]0.0", 45351),
        ("[$-409]d-mmm-yy;@", "2024-02-29"),
    ],
)
def test_formats_that_show_dates(code, expected):
    book = Workbook()
    book.active.append(["day"])
    book.active["A2"] = 45351
    book.active["A2"].number_format = code
    assert read(saved(book))[1] == [(2, [expected])]


def test_lengths_of_time_have_more_hours_than_a_day():
    book = Workbook()
    book.active.append(["worked"])
    book.active.append([dt.timedelta(days=1, hours=12, minutes=5)])
    assert read(saved(book))[1] == [(2, ["36:05:00"])]


def test_merged_cells_have_their_value_once():
    book = Workbook()
    book.active.append(["a", "b", "c"])
    book.active.append(["x", None, "y"])
    book.active.merge_cells("A2:B2")
    assert read(saved(book))[1] == [(2, ["x", "", "y"])]


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


def sheet(rows, beside=""):
    return f"<worksheet {SPACE}>{beside}<sheetData>{rows}</sheetData></worksheet>"


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
VALUES = {
    "a formula's value": ('<c r="A2" t="str"><f>1&amp;1</f><v>11</v></c>', "11"),
    "a formula's number": ('<c r="A2"><f>1+1</f><v>2</v></c>', 2),
    "a formula without a value": ('<c r="A2"><f>1+1</f><v></v></c><c r="B2"><v>1</v></c>', ""),
    "an error": ('<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
    "a number as text": ('<c r="A2" t="inlineStr"><is><t>007</t></is></c>', "007"),
    "blanks": ('<c r="A2" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>', " x "),
    "a whole number with a point": ('<c r="A2"><v>3.0</v></c>', 3),
    "a small number": ('<c r="A2"><v>1.5E-3</v></c>', 0.0015),
    "a number beyond what is exact": ('<c r="A2"><v>12345678901234567890</v></c>', 12345678901234567890.0),
    "a number beyond all": (f'<c r="A2"><v>{"9" * 400}</v></c>', "9" * 400),
    "no": ('<c r="A2" t="b"><v>0</v></c>', False),
    "a day as text of ISO": ('<c r="A2" t="d"><v>2024-02-29</v></c>', "2024-02-29"),
    "a cell without a place": ("<c><v>5</v></c>", 5),
}


@pytest.mark.parametrize("case", VALUES)
def test_cells_as_other_programs_write_them(case):
    cell, expected = VALUES[case]
    rows = (
        f'<row r="1">{HEAD[11:-6]}<c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2">{cell}</row>'
    )
    [(line, cells)] = read(harmed(SHEET, sheet(rows)))[1]
    assert (line, cells[0], type(cells[0])) == (2, expected, type(expected))


HARM = {
    "entities": '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>',
    "a file elsewhere": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet><sheetData/></worksheet>',
    "no end": "<worksheet><sheetData><row><c",
    "no rows": f"<worksheet {SPACE}/>",
    "a header far right": sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "a cell far right": sheet(HEAD + '<row r="2"><c r="XFD2"><v>1</v></c></row>'),
    "no such column": sheet(HEAD + '<row r="2"><c r="ZZZZ2"><v>1</v></c></row>'),
    "no such text": sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    "no number": sheet(HEAD + '<row r="2"><c r="A2"><v>x</v></c></row>'),
    "no such row": sheet(HEAD + '<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
    "a row with a strange number": sheet(HEAD + '<row r="1_0"><c><v>1</v></c></row>'),
    "rows in disorder": sheet('<row r="2"><c r="A2"><v>1</v></c></row>' + HEAD),
    "rows within rows": sheet(HEAD + '<row r="2"><row r="3"/></row>'),
    "too much in a row": sheet(HEAD + f'<row r="2">{"<c/>" * 50_001}</row>'),
    "too much beside rows": sheet(HEAD, beside="<a/>" * 100_001),
}


@pytest.mark.parametrize("case", HARM)
def test_parts_that_mean_harm_are_refused(case):
    with pytest.raises(Unreadable):
        read(harmed(SHEET, HARM[case]))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
)
def test_no_part_declares_a_document_type(part):
    source = zipfile.ZipFile(of(["a"])).read(part).decode()
    start = source.index("<", source.startswith("<?xml") and source.index("?>"))
    content = f'{source[:start]}<!DOCTYPE x [<!ENTITY a "b">]>{source[start:]}'
    with pytest.raises(Unreadable, match="document type"):
        read(harmed(part, content))


def test_properties_that_are_damaged_are_nobodys_concern():
    assert read(harmed("docProps/core.xml", "<x")) == (["a"], [(2, ["x"])])


def test_a_cell_at_the_far_end_is_found_in_its_line():
    rows = f'{HEAD}<row r="1048576"><c r="A1048576"><v>5</v></c></row>'
    assert read(harmed(SHEET, sheet(rows))) == (["a"], [(1048576, [5])])


def test_what_a_sheet_says_of_its_size_takes_no_memory():
    rows = f'{HEAD}<row r="2000"><c r="A2000"><v>5</v></c><c r="XFD2000" s="0"/></row>'
    file = harmed(SHEET, sheet(rows, beside='<dimension ref="A1:XFD1048576"/>'))
    tracemalloc.start()
    try:
        assert read(file) == (["a"], [(2000, [5])])
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_heights_of_rows_are_not_kept():
    rows = "".join(f'<row r="{line}" ht="{line}.5" customHeight="true"/>' for line in range(2, 20_000))
    file = harmed(SHEET, sheet(HEAD + rows))
    tracemalloc.start()
    try:
        assert read(file) == (["a"], [])
        assert tracemalloc.get_traced_memory()[1] < 6 << 20
    finally:
        tracemalloc.stop()


def test_cells_count_where_they_stand_and_not_in_which_order():
    rows = '<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row><row><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row>'
    assert read(harmed(SHEET, sheet(rows))) == (["1", "2"], [(2, [3, 4])])


def test_without_styles_numbers_are_numbers():
    source, made = zipfile.ZipFile(of(["a"], [3])), io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            if part != "xl/styles.xml":
                target.writestr(part, source.read(part))
    assert read(made) == (["a"], [(2, [3])])


def test_a_cell_that_is_too_long_spoils_its_row_alone():
    long = "x" * (MAX_CELL + 1)
    rows = "".join(
        f'<row r="{line}"><c t="inlineStr"><is><t>{text}</t></is></c></row>'
        for line, text in ((2, long), (3, "y"))
    )
    [(_, [unfit]), good] = read(harmed(SHEET, sheet(HEAD + rows)))[1]
    assert isinstance(unfit, Unfit)
    assert good == (3, ["y"])


def test_what_would_unpack_to_too_much_is_refused_before(monkeypatch):
    bomb = harmed(SHEET, b" " * (2 << 20))
    assert len(bomb.getvalue()) < 20_000
    monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 1 << 20)
    with pytest.raises(Unreadable, match="unpack"):
        read(bomb)
    monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 1 << 30)
    monkeypatch.setattr(workbook_guard, "MAX_WHOLE", 1 << 20)
    with pytest.raises(Unreadable, match="unpack"):
        read(bomb)


def test_a_row_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_WHOLE", 1 << 20)
    monkeypatch.setattr(workbook_guard, "MAX_RATIO", 10**6)
    text = '<row r="2"><c t="inlineStr"><is><t>' + "x" * (2 << 20)
    with pytest.raises(Unreadable, match="MiB"):
        read(harmed(SHEET, sheet(HEAD + text + "</t></is></c></row>")))


def test_parts_that_no_spreadsheet_packs_so_are_refused(monkeypatch):
    source = zipfile.ZipFile(of(["a"]))
    for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", packing) as target:
            for part in source.namelist():
                target.writestr(part, source.read(part))
        with pytest.raises(Unreadable, match="packed"):
            read(made)
    encrypted = bytearray(of(["a"]).getvalue())
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="packed"):
        read(io.BytesIO(encrypted))
    monkeypatch.setattr(workbook_guard, "MAX_PARTS", 3)
    with pytest.raises(Unreadable, match="parts"):
        read(of(["a"]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    made = of(["a"])
    with zipfile.ZipFile(made, "a") as target:
        target.writestr(SHEET, "<x/>")
    with pytest.raises(Unreadable, match="one name"):
        read(made)


def test_what_can_be_saved_otherwise_is_told_so():
    with pytest.raises(Unreadable, match="password"):
        read(io.BytesIO(b"\xd0\xcf\x11\xe0" + b"\0" * 600))
    strict = SPACE.replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006", "http://purl.oclc.org/ooxml/spreadsheetml"
    )
    with pytest.raises(Unreadable, match="Strict"):
        read(harmed("xl/workbook.xml", f"<workbook {strict}/>"))


def sharing(texts):
    """A workbook whose cells share their texts, as spreadsheets write them and openpyxl does not."""
    rows = "".join(f'<x:row><x:c t="s"><x:v>{at}</x:v></x:c></x:row>' for at in range(3))
    source, made = zipfile.ZipFile(of(["a"])), io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == SHEET:
                content = f"<x:worksheet xmlns:x={SPACE[6:]}><x:sheetData>{rows}</x:sheetData></x:worksheet>".encode()
            elif part == "[Content_Types].xml":
                there = f'<Override PartName="/xl/texts.xml" ContentType="{SHARED_STRINGS}"/></Types>'
                content = re.sub(rb"<Override[^>]*sharedStrings[^>]*/>", b"", content)
                content = content.replace(b"</Types>", there.encode())
            target.writestr(part, content)
        target.writestr("xl/texts.xml", texts)
    return made


def test_texts_that_cells_share(monkeypatch):
    sound = '<rPh sb="0" eb="1"><t>kan</t></rPh>'
    rich = "<si><r><t>Ri</t></r><r><t>ch</t></r></si>"
    texts = f"<sst {SPACE}><si><t>name</t></si>{rich}<si><t>漢</t>{sound}</si></sst>"
    assert read(sharing(texts)) == (["name"], [(2, ["Rich"]), (3, ["漢"])])
    monkeypatch.setattr(workbook_guard, "MAX_TEXTS", 10)
    with pytest.raises(Unreadable, match="texts"):
        read(sharing(texts))
