"""The text of a consent form: a template with tags like `{{patient.name}}`, filled once and then frozen.

Only the tags below exist; nothing is looked up by path and nothing is evaluated, so a template cannot reach
anything else. Every value is escaped for HTML.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from entrepot.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

TAGS: Mapping[str, str] = {
    "patient.name": "Full name of the patient",
    "patient.first_name": "First name",
    "patient.last_name": "Last name",
    "patient.birth_date": "Birth date, YYYY-MM-DD",
    "patient.age": "Age in years",
    "patient.number": "Chart number",
    "patient.address": "Postal address in one line",
    "patient.phone": "Phone, else mobile",
    "patient.email": "E-mail address",
    "guardian.name": "Name of the guardian",
    "exam.name": "Number of the exam",
    "exam.date": "Day of the exam, YYYY-MM-DD",
    "doctor.name": "Doctor of the exam, else of the patient",
    "company.name": "Name of the clinic",
    "company.address": "Address of the clinic in one line",
    "company.phone": "Phone of the clinic",
    "order.name": "Number of the order",
    "order.date": "Day of the order, YYYY-MM-DD",
    "order.items": "What was ordered, in one line",
    "today": "The day the form is made, YYYY-MM-DD",
}

_TAG = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*\}\}", re.ASCII)


def tag_problems(template: str) -> list[Problem]:
    """What is wrong with the tags of a template: unknown ones, and braces that are no tag."""
    unknown = sorted({name for name in _TAG.findall(template) if name not in TAGS})
    found = [Problem("body_html", "unknown_tag", f"There is no tag {{{{{name}}}}}.") for name in unknown]
    rest = _TAG.sub("", template)
    if "{{" in rest or "}}" in rest:
        found.append(
            Problem("body_html", "broken_tag", "A tag is written {{name}}, with two braces on each side.")
        )
    return found


def render(template: str, values: Mapping[str, object]) -> str:
    """Fill the tags; a missing or empty value becomes a line to write on. Unknown tags stay as they are."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in TAGS:
            return match[0]
        value = values.get(name)
        return "________" if value in (None, "", False) else escaped(str(value))

    return _TAG.sub(fill, template)


def escaped(text: str) -> str:
    """Text as HTML shows it."""
    return html.escape(text)
