"""Where things lie: no drawers, every module and test where a reader looks for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "entrepot").rglob("*.py"))
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}


def test_no_file_is_a_drawer() -> None:
    assert not [path for path in SOURCES if DRAWERS & {*path.relative_to(ROOT).with_suffix("").parts}]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src" / "entrepot")))
def test_a_module_says_what_it_holds(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name != "settings.py"
        and any(
            isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert not readers


def test_only_the_storage_names_a_driver() -> None:
    storage = ROOT / "src" / "entrepot" / "storage"
    named = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if storage not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module])
        if (name or "").split(".")[0] in {"apsw", "psycopg", "psycopg_pool", "sqlite3"}
    ]
    assert not named
