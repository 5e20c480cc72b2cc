from __future__ import annotations

import io
from decimal import Decimal

import orjson
import pytest

from entrepot.kernel.transfer.formats.files import open_sheet, writer
from entrepot.kernel.transfer.formats.sheet import FileOptions, Unfit, Unreadable

NDJSON = FileOptions(format="ndjson")


def read(content):
    sheet = open_sheet(io.BytesIO(content), NDJSON)
    return sheet.header, list(sheet.rows)


def test_the_keys_of_all_objects_are_the_header():
    header, rows = read(b'\xef\xbb\xbf{"a": 1}\n\n{"b": null, "a": [1]}\n')
    assert header == ["a", "b"]
    assert rows == [(1, [1, None]), (3, [[1], ""])]


def test_lines_that_are_no_object_are_told_with_their_line():
    _, rows = read(b'{"a": 1}\n{"a": \n[1]\n{"a": 2}\n')
    assert [line for line, cells in rows if isinstance(cells[0], Unfit)] == [2, 3]


@pytest.mark.parametrize("content", [b"", b"[]\n", b"nothing", b"{}\n"])
def test_a_file_without_objects_is_refused(content):
    with pytest.raises(Unreadable):
        read(content)


def test_a_file_of_too_many_keys_is_refused():
    with pytest.raises(Unreadable):
        read(b"\n".join(orjson.dumps({str(n): 1}) for n in range(600)))


def test_rows_are_objects_and_decimals_stay_exact():
    made = writer(["a", "b"], NDJSON)
    rows = [["x", Decimal("1.50")], ["y", Decimal("0.12345678901234567890")]]
    lines = (made.rows(rows) + b"".join(made.end())).splitlines()
    assert [orjson.loads(line) for line in lines] == [
        {"a": "x", "b": 1.5},
        {"a": "y", "b": "0.12345678901234567890"},
    ]
