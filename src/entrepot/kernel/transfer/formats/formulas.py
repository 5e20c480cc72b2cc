"""Texts that a spreadsheet would run: marked on the way out, the mark taken off on the way in.

A cell that begins with one of these letters is a formula to a spreadsheet, so a name that somebody chose could fetch
and send what is on another one's screen. An apostrophe before it makes it a text. Source: OWASP, CSV injection.
"""

from __future__ import annotations

import re

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "'")
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def marked(text: str) -> str:
    """The text with an apostrophe before it, when it would be run (or would lose one in `unmarked`)."""
    return f"'{text}" if text.startswith(_BEGINS) and _RISKY.match(text) else text


def unmarked(text: str) -> str:
    """What `marked` made of it, undone."""
    return text[1:] if text.startswith("'") and _MARKED.match(text) else text
