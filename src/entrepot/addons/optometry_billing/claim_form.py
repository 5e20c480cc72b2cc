"""The paper side of a claim: pages of a CMS-1500, and the limits of what one claim holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from entrepot.addons.optometry.codes import icd10_problem
from entrepot.errors import Problem

LINES_A_PAGE = 6
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
MOST_LINES = 50
"""More service lines than any payer takes in one claim."""
_LETTERS = "ABCDEFGHIJKL"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the positions of its lines (from 0), its total, and whether the claim goes on."""

    lines: tuple[int, ...]
    total: Decimal
    continued: bool


def pages(charges: Sequence[Decimal]) -> list[Page]:
    """Lines on pages of six; each page adds up its own, so the pages add up to the claim."""
    found = []
    for start in range(0, len(charges), LINES_A_PAGE):
        end = min(start + LINES_A_PAGE, len(charges))
        found.append(
            Page(tuple(range(start, end)), sum(charges[start:end], Decimal(0)), continued=end < len(charges))
        )
    return found


def diagnosis_codes(text: str | None) -> list[str]:
    """The diagnosis codes of a claim, in order: text with commas, blanks or line ends between them."""
    return [code for code in (text or "").replace(",", " ").split() if code]


def diagnosis_problems(codes: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the diagnoses of a claim."""
    if len(codes) > MOST_DIAGNOSES:
        message = f"A claim holds at most {MOST_DIAGNOSES} diagnoses, not {len(codes)}: leave the least out."
        yield Problem("diagnosis_codes", "too_many", message)
    for code in codes:
        message = icd10_problem(code) or ""
        if message:
            yield Problem("diagnosis_codes", "format", message)
    if len(set(codes)) < len(codes):
        yield Problem("diagnosis_codes", "repeated", "A diagnosis stands once in a claim.")


def pointers(text: str | None) -> list[int]:
    """Pointers `AC` (or `1,3`) as positions of diagnoses from 0; what is neither is -1."""
    spelled = (text or "").replace(",", " ").split()
    found = []
    for word in spelled:
        if word.isascii() and word.isdigit():
            found.append(int(word) - 1)
        else:
            found += [_LETTERS.find(letter) for letter in word.upper()]
    return found


def written_pointers(positions: Sequence[int]) -> str:
    """Positions of diagnoses as the letters a form has; those beyond twelve have none."""
    return "".join(_LETTERS[at] for at in positions if 0 <= at < len(_LETTERS))


def pointer_problems(text: str | None, diagnoses: int) -> Iterator[Problem]:
    """What is wrong with the pointers of a line, when a claim has so many diagnoses."""
    found = pointers(text)
    if len(found) > MOST_POINTERS:
        message = f"A line points to at most {MOST_POINTERS} diagnoses."
        yield Problem("diagnosis_pointers", "too_many", message)
    if len(set(found)) < len(found):
        yield Problem("diagnosis_pointers", "repeated", "A line points to each diagnosis once.")
    if any(not 0 <= at < diagnoses for at in found):
        message = f"{text!r} points beyond the {diagnoses} diagnoses of the claim; A is the first."
        yield Problem("diagnosis_pointers", "beyond", message)
