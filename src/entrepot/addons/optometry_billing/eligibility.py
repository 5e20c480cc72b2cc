"""Whether a plan pays on a day: its dates, and how often it pays for each category. No records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from entrepot.addons.optometry.ages import add_months
from entrepot.errors import Problem

FREQUENT: Mapping[str, str] = {
    "exam": "frequency_exam",
    "cl_fit": "frequency_exam",
    "frame": "frequency_frame",
    "lens": "frequency_lens",
    "contact_lens": "frequency_cl",
}
"""The plan's field that says after how many months a category is paid again."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The dates of a patient's plan, months between uses by category, and the day each was used last."""

    effective: date | None = None
    terminated: date | None = None
    months: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, date] = field(default_factory=dict)


def again_on(used: date, months: int) -> date:
    """The first day a benefit is there again."""
    return add_months(used, months)


def date_problems(coverage: Coverage, day: date, *, path: str = "effective_date") -> Iterator[Problem]:
    """Why the plan does not pay on a day, whatever for. Both its first and its last day are insured."""
    if coverage.effective is not None and day < coverage.effective:
        message = f"The plan begins on {coverage.effective}, after {day}."
        yield Problem(path, "not_yet", message)
    if coverage.terminated is not None and day > coverage.terminated:
        message = f"The plan ended on {coverage.terminated}: ask the patient for the new one."
        yield Problem("termination_date" if path == "effective_date" else path, "terminated", message)


def frequency_problems(
    coverage: Coverage, day: date, categories: Iterable[str], *, path: str = "plan_id"
) -> Iterator[Problem]:
    """The categories that are used up on a day, and when they are there again."""
    for category in dict.fromkeys(categories):
        months, used = coverage.months.get(category, 0), coverage.used.get(category)
        if not months or used is None:
            continue
        again = again_on(used, months)
        if day < again:
            message = f"The benefit for {category} was used on {used} and is there again on {again}."
            yield Problem(path, "used_up", message)


def available(coverage: Coverage, day: date, category: str) -> bool:
    """Whether the plan pays for a category on a day."""
    return not any(date_problems(coverage, day)) and not any(frequency_problems(coverage, day, [category]))
