from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.kernel.transfer.formats.files import open_sheet, writer
from entrepot.kernel.transfer.formats.sheet import FileOptions, Unfit, Unreadable


def read(content, **options):
    sheet = open_sheet(io.BytesIO(content), FileOptions(format="csv", **options))
    found = sheet.header, list(sheet.rows)
    sheet.close()
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    header, rows = read(f'name{delimiter}"a, b; c"{delimiter}x\nP{delimiter}1{delimiter}2\n'.encode())
    assert header == ["name", "a, b; c", "x"]
    assert rows == [(2, ["P", "1", "2"])]


def test_a_first_line_of_excel_states_the_delimiter():
    assert read(b"sep=;\r\na,b;c\r\n1,5;2\r\n") == (["a,b", "c"], [(3, ["1,5", "2"])])


@pytest.mark.parametrize(
    ("encoding", "given"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("utf-8-sig", "utf-8"),
    ],
)
def test_encodings(encoding, given):
    assert read("name\nDésirée\n".encode(encoding), encoding=given) == (["name"], [(2, ["Désirée"])])


def test_lines_are_those_of_the_file_also_below_cells_of_several_lines():
    content = b'name,note\r\nA,"one\r\ntwo\r\nthree"\r\n\r\nB,x\r\n'
    assert [line for line, _ in read(content)[1]] == [2, 6]


def test_short_rows_leave_cells_and_long_ones_are_told():
    _, rows = read(b"a,b\n1\n1,2,,\n1,2,3\n")
    assert rows[:2] == [(2, ["1", None]), (3, ["1", "2"])]
    assert isinstance(rows[2][1][0], Unfit)


@pytest.mark.parametrize(
    ("content", "options", "line"),
    [
        (b"", {}, 1),
        (b"\n", {}, 1),
        (b'name\n"never closed', {}, 2),
        (b'name\nx\n"a"b\n', {}, 3),
        (b"name\n" + b"x" * 200_000 + b"\n", {}, 2),
        (b"name\nD\xe9sir\xe9e\n", {}, 1),
        (b"name\nx\n", {"encoding": "rot13"}, 0),
        (b"name\nx\n", {"encoding": "nothing"}, 0),
        (b"name\nx\n", {"delimiter": ",,"}, 0),
        (",".join("abc" for _ in range(501)).encode(), {}, 1),
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(content, options, line):
    with pytest.raises(Unreadable) as error:
        read(content, **options)
    assert error.value.line == line


def test_what_is_written_is_plain_csv():
    made = writer(["name", "n", "yes"], FileOptions(format="csv"))
    content = made.rows([["=a", 1, True], ['q"', None, False]]) + b"".join(made.end())
    assert content == b'name,n,yes\r\n\'=a,1,true\r\n"q""",,false\r\n'


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2))
)
def test_every_text_comes_back(rows):
    options = FileOptions(format="csv")
    made = writer(["a", "b"], options)
    sheet = open_sheet(io.BytesIO(made.rows(rows) + b"".join(made.end())), options)
    assert [cells for _, cells in sheet.rows] == rows
    sheet.close()


def test_python_reads_what_is_written():
    made = writer(["a"], FileOptions(format="csv", encoding="utf-8-sig", delimiter=";"))
    content = made.rows([["é;"]]) + b"".join(made.end())
    assert list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";")) == [["a"], ["é;"]]
