"""What a file is, told from its first bytes and never from its name or from what the sender says.

The type decides how a browser treats a download, so it must not be for the uploader to choose; only `INLINE`
types may be shown in the page's own origin. An own table: the well-known packages are unkept, or slow, or
know hundreds of kinds that business documents never are, and none tells SVG and HTML from plain text as
strictly as safety asks.

Sources: mimesniff.spec.whatwg.org; the file formats' own specifications.
"""

from __future__ import annotations

import codecs
import re

HEAD_BYTES = 4096
"""How many leading bytes `guess` wants to see; more do not change the answer."""

UNKNOWN = "application/octet-stream"

INLINE = frozenset(
    {
        "application/pdf",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "text/plain",
        "video/mp4",
        "video/webm",
    }
)
"""Types that carry no script. SVG, HTML and XML do: they are downloads."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"avif": "image/avif", b"heic": "image/heic", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_FOLDERS = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
# OpenDocument and EPUB keep their own type as the first, unpacked member of the archive.
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z]{1,40}|epub\+zip))")

# What may stand before the first element: blanks, a declaration, comments, a document type.
_PROLOGUE = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype(?:[^>\[]|\[[^\]]*\])*>)*", re.DOTALL | re.IGNORECASE
)
_ELEMENT = re.compile(r"<(?:[a-z_][\w.-]*:)?([a-z_][\w.-]*)", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
# What makes a browser take a text for a page.
_PAGE = re.compile(
    r"<(?:html|head|title|meta|link|style|script|body|iframe|object|embed|form|img|table|div|font"
    r"|br|p|a|h[1-6]|b|i|span|center)(?=[\s>/])",
    re.IGNORECASE,
)
_JSON = re.compile(r'\s*(?:\{\s*"|\[\s*[{"])')
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def guess(head: bytes) -> str:
    """The media type of a file that begins with these bytes; `UNKNOWN` when nothing is sure."""
    head = bytes(head[:HEAD_BYTES])
    if head.startswith(b"PK\x03\x04"):
        return _zip(head)
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if _BZIP2.match(head):
        return "application/x-bzip2"
    if head.startswith(bytes(3)) and head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    for magic, mimetype in _MAGIC:
        if head.startswith(magic) and not (mimetype == "image/bmp" and head[6:10] != bytes(4)):
            return mimetype
    text = _text(head)
    return UNKNOWN if text is None else _markup(text)


def _zip(head: bytes) -> str:
    own = _OPEN_DOCUMENT.search(head, 0, 128)
    if own is not None:
        return own[1].decode()
    if b"[Content_Types].xml" in head or b"_rels/" in head:
        return next((kind for folder, kind in _OFFICE_FOLDERS if folder in head), "application/zip")
    return "application/zip"


def _text(head: bytes) -> str | None:
    """The text that the bytes are, None when they are none."""
    encoding = next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")
    try:
        # Not final: the head may end within a character.
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        # A spreadsheet saved in the way of western Windows: mostly ASCII, and no control characters.
        if sum(byte > 0x7F for byte in head) > len(head) / 3:
            return None
        text = head.decode("latin-1")
    return None if not text or _BINARY.search(text) else text


def _markup(text: str) -> str:
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    element = _ELEMENT.match(text, start)
    name = element[1].lower() if element else ""
    if _DOCTYPE.search(text, 0, start) or _PAGE.match(text, start):
        return "text/html"
    if name == "svg":
        return "image/svg+xml"
    if text.lstrip().startswith("<?xml") or (element and "xmlns" in text[start : start + 500]):
        return "application/xml"
    return "application/json" if _JSON.match(text) else "text/plain"
