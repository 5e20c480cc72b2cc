"""The pages that people write: their links lead somewhere, and what exists is mentioned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_has_one_title_and_no_stray_marks(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    assert not re.search(r"TO" + r"DO|FIX" + r"ME|\bTBD\b", text)


def test_the_places_of_the_guess_test_exist() -> None:
    text = (ROOT / "docs" / "understand" / "where.md").read_text()
    places = [
        place
        for row in re.findall(r"^\|.*\|(.*)\|$", text, re.MULTILINE)
        for place in re.findall(r"`([^`]+)`", row)
    ]
    assert places
    assert not [place for place in places if not (ROOT / "src" / "entrepot" / place).exists()]


def test_every_make_target_is_in_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text()
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"^([a-z]+):[^#\n]*## ", makefile, re.MULTILINE)
    assert {"run", "test", "check", "bench", "docs"} <= set(targets)
    assert not [name for name in targets if f"make {name}" not in readme and name not in {"help", "clean"}]


def test_every_example_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert not [path.name for path in (ROOT / "examples").glob("*.py") if path.name not in readme]
