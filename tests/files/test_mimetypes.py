import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.files.mimetypes import HEAD_BYTES, INLINE, UNKNOWN, guess


def archive(*names: str, mimetype: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return target.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
SCRIPTED = ("image/svg+xml", "text/html", "application/xml")
OPEN = "application/vnd.oasis.opendocument."
CASES = [
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    (b"GIF89a\x01\x00", "image/gif"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"BM\x46\x00\x00\x00\x00\x00\x00\x00", "image/bmp"),
    (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
    (b"\x00\x00\x00\x20ftypavif", "image/avif"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\x1f\x8b\x08\x00", "application/gzip"),
    (b"BZh91AY&SY", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c\x00", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf1 hello}", "application/rtf"),
    (archive("a.txt"), "application/zip"),
    (archive("xl.txt", "word.txt"), "application/zip"),
    (archive("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
    (archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    (archive("[Content_Types].xml", "ppt/presentation.xml"), OFFICE + "presentationml.presentation"),
    (archive("content.xml", mimetype=OPEN + "spreadsheet"), OPEN + "spreadsheet"),
    (archive("content.xml", mimetype="text/html"), "application/zip"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    (
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>",
        "image/svg+xml",
    ),
    (b"  <SVG:svg onload='x'>", "image/svg+xml"),
    ("<svg/>".encode("utf-16"), "image/svg+xml"),
    (b"<!DOCTYPE html><svg/>", "text/html"),
    (b"\n <!-- x --> <html>", "text/html"),
    (b"<script>alert(1)</script>", "text/html"),
    (b"<ScRiPt\nsrc=x>", "text/html"),
    (b"<?xml version='1.0'?><invoice/>", "application/xml"),
    (b'{"a": 1}', "application/json"),
    (b'[{"a": 1', "application/json"),
    (b"[1] a note", "text/plain"),
    (b"name;price\nLens;9,90\n", "text/plain"),
    ("Grüße, мир".encode(), "text/plain"),
    ("Grüße".encode("cp1252") + b" from the west", "text/plain"),
    ("Grüße".encode("utf-16"), "text/plain"),
    (b"BMW is a car, ID3 a tag, RIFF a word", "text/plain"),
    (b"a < b and <unknown> too", "text/plain"),
    (b"", UNKNOWN),
    (b"\x00\x01\x02\x03", UNKNOWN),
    (b"\xf0\xf1\xf2\xf3\xf4\xf5", UNKNOWN),
    (b"text\x00with a NUL", UNKNOWN),
]


@pytest.mark.parametrize(
    ("content", "expected"), CASES, ids=[f"{at}-{kind}" for at, (_content, kind) in enumerate(CASES)]
)
def test_a_type_is_told_from_the_content(content, expected):
    assert guess(content) == expected


@pytest.mark.parametrize("content", [content for content, kind in CASES if kind in SCRIPTED])
def test_what_may_carry_a_script_is_never_shown_inline(content):
    assert guess(content) not in INLINE


def test_a_long_text_cut_within_a_character_is_a_text():
    assert guess(b"x" + "é".encode() * HEAD_BYTES) == "text/plain"
    assert guess(("x" * 99 + "\U0001f511").encode("utf-16-le")[:1]) == "text/plain"


@given(
    some.binary(max_size=300) | some.text(alphabet="<!-?>[]doctype \"'/svgxml", max_size=200).map(str.encode)
)
def test_anything_has_a_type(content):
    kind, _, name = guess(content).partition("/")
    assert kind
    assert name


@pytest.mark.parametrize(
    "evil",
    [
        b"<!doctype " + b"[]" * 2000,
        b"<!doctype " + b"[" * 4000,
        b"<!--" * 1000,
        b"<?" * 2000,
        b" <!-- -->" * 450,
        b"\n" * 4096,
    ],
)
def test_no_content_takes_long(evil):
    started = time.process_time()
    guess(evil)
    assert time.process_time() - started < 0.5
