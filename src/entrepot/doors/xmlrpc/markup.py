"""The smallest pieces of XML-RPC text: constant markup, escaping, and the last step from text to bytes."""

from __future__ import annotations

FALSE = "<value><boolean>0</boolean></value>"
TRUE = "<value><boolean>1</boolean></value>"
INT_MAX = 2**31 - 1
INT_MIN = -(2**31)

# XML 1.0 knows no control characters but tab, line feed and carriage return, not even as references.
_CONTROLS = bytes(code for code in range(32) if code not in {9, 10, 13})
# U+FFFE and U+FFFF in UTF-8: no characters of XML either.
_UNCLEAN = bytes(code for code in range(32) if code not in {9, 10}) + b"&<>"
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


def escape(text: str) -> str:
    """Replace the three characters that are markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_clean(text: str) -> bool:
    """Whether a text can stand in a document as it is."""
    try:
        body = text.encode()
    except UnicodeEncodeError:
        return False
    return len(body.translate(None, _UNCLEAN)) == len(body) and b"\xef\xbf" not in body


def seal(text: str) -> bytes:
    """Encode a finished document: UTF-8 without the characters XML cannot carry; lone surrogates become "?".

    Carriage returns go as references, since parsers read a bare one as a line feed. Works on the whole
    document at once: a pass in C over 47 kB is cheaper than a test a value.
    """
    body = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    if b"\r" in body:
        body = body.replace(b"\r", b"&#13;")
    if b"\xef\xbf" in body:
        for each in _NONCHARACTERS:
            body = body.replace(each, b"")
    return body
