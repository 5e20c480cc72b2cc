"""Add-ons written for one test."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entrepot.kernel.loading import manifests
from entrepot.kernel.loading.manifests import Manifest

_numbers = itertools.count(1)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Write a package of these files (path=text, `__` for `/` and `___` for `.`): its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(files: dict[str, str | bytes]) -> str:
        name = f"addon_under_test_{next(_numbers)}"
        made.append(name)
        for path, content in {"__init__.py": "", **files}.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    yield write
    for module in [each for each in sys.modules if each.partition(".")[0] in made]:
        del sys.modules[module]


@pytest.fixture
def addon(package: Callable[..., str]) -> Callable[..., Manifest]:
    """Write an add-on named `sample` with these files and read its manifest."""

    def write(files: dict[str, str | bytes], manifest: str = 'name = "sample"\n') -> Manifest:
        return manifests.read("sample", package({"manifest.toml": manifest, **files}))

    return write
