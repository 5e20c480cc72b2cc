"""A payer's sum and the lines it is for: spread, when the payer does not say; read, when it does. Exact, no records."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from entrepot.errors import Problem

Key = TypeVar("Key", bound=Hashable)
_NOTHING = Decimal(0)
AMOUNTS = ("allowed", "paid", "adjustment", "patient_resp")
_LARGEST = 2_000_000
_MOST_ROWS = 5000
_BIGGEST = Decimal(10) ** 9
_POSITION = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """What each line gets, and what is left of the sum."""

    parts: dict[Key, Decimal]
    rest: Decimal


def spread(amount: Decimal, owed: Sequence[tuple[Key, Decimal]]) -> Spread[Key]:
    """Pay what is owed from first to last until the amount is spent; nothing is ever paid twice or below zero."""
    left = max(amount, _NOTHING)
    parts: dict[Key, Decimal] = {}
    for key, open_amount in owed:
        parts[key] = min(left, max(open_amount, _NOTHING))
        left -= parts[key]
    return Spread(parts, left)


@dataclass(frozen=True, slots=True)
class Answer:
    """A payer's answer to a line of a claim: its number and the position of its line, from 1."""

    row: int
    claim: str
    line: int
    amounts: dict[str, Decimal]
    reason: str


def read(text: str) -> tuple[list[Answer], list[Problem]]:
    """The answers in a CSV text, and what is wrong with it, by row (1 is the heading).

    Columns: `claim` and `line`, as the file of the submission has them, then any of `allowed`, `paid`,
    `adjustment`, `patient_resp` and `reason_code`; others are left aside.
    """
    if len(text) > _LARGEST:
        return [], [Problem("text", "too_large", f"The text is longer than {_LARGEST} characters.")]
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    try:
        missing = [name for name in ("claim", "line") if name not in (rows.fieldnames or ())]
        if missing:
            return [], [Problem("text", "heading", f"The heading lacks {' and '.join(missing)}.")]
        found, problems = [], []
        for number, row in enumerate(rows, start=2):
            if number > _MOST_ROWS:
                problems.append(Problem("text", "too_many", f"At most {_MOST_ROWS} rows are read."))
                break
            wrong = list(_row_problems(number, row))
            problems += wrong
            if not wrong:
                found.append(_answer(number, row))
    except csv.Error as error:
        return [], [Problem("text", "csv", f"This is no CSV: {error}.")]
    return found, problems


def _row_problems(number: int, row: dict[str, str]) -> Iterator[Problem]:
    if not (row.get("claim") or "").strip():
        yield Problem(f"text.{number}.claim", "required", f"Row {number}: the claim is missing.")
    if not _POSITION.fullmatch((row.get("line") or "").strip()):
        yield Problem(f"text.{number}.line", "number", f"Row {number}: the line is a number from 1.")
    for name in AMOUNTS:
        given = (row.get(name) or "").strip()
        if given and _money(given) is None:
            message = f"Row {number}: {name} is an amount such as 12.50, not {given[:20]!r}."
            yield Problem(f"text.{number}.{name}", "amount", message)


def _answer(number: int, row: dict[str, str]) -> Answer:
    amounts = {name: _money((row.get(name) or "").strip()) or _NOTHING for name in AMOUNTS}
    claim, line = row["claim"].strip(), int(row["line"])
    return Answer(number, claim, line, amounts, (row.get("reason_code") or "").strip()[:60])


def _money(text: str) -> Decimal | None:
    if not _AMOUNT.fullmatch(text):
        return None
    value = Decimal(text)
    return value if value < _BIGGEST else None
