"""The summary of a chart as an HTML page a patient can read. Pure: values in, text out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SECTIONS = ("rx", "allergies", "exam", "balance")
"""What may be included. The balance is filled by the billing add-on where that is installed."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines under it."""

    title: str
    lines: Sequence[str]


def page(title: str, clinic: str, sections: Sequence[Section], lang: str = "en_US") -> str:
    """A complete HTML document; every text is escaped."""
    parts = [
        f'<!DOCTYPE html>\n<html lang="{html.escape(lang.replace("_", "-"))}">',
        f'<head><meta charset="utf-8"><title>{html.escape(title)}</title></head>',
        f"<body>\n<h1>{html.escape(title)}</h1>\n<p>{html.escape(clinic)}</p>",
    ]
    for section in sections:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in section.lines)
        parts.append(f"<h2>{html.escape(section.title)}</h2>\n<ul>{lines}</ul>")
    return "\n".join([*parts, "</body>\n</html>\n"])
