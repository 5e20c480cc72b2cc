"""The pages that are told by the code tell the code that is there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "errors.md", "commands.md"])
def test_a_page_is_what_make_docs_writes(generate: ModuleType, name: str) -> None:
    assert (DOCS / "look-up" / name).read_text() == generate.PAGES[name]()


def test_every_setting_and_every_error_is_explained(generate: ModuleType) -> None:
    assert generate.settings_page().count("| `ENTREPOT_") == len(generate.fields(generate.Settings))
    for kind in generate.error_classes():
        assert f"`{kind.code}`" in generate.errors_page()
