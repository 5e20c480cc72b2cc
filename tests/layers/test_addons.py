"""What an add-on may import: the api, the errors, itself and the add-ons its manifest depends on."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDONS = Path(__file__).parents[2] / "src" / "entrepot" / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/manifest.toml"))


def depends(addon: str) -> set[str]:
    """The add-ons an add-on depends on, directly or through others."""
    manifest = tomllib.loads((ADDONS / addon / "manifest.toml").read_text())
    direct = set(manifest.get("depends", []))
    return direct.union(*(depends(each) for each in direct))


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, `from a import b` as `a`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("entrepot"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            if (node.module or "").startswith("entrepot"):
                yield str(node.module)


@pytest.mark.parametrize("addon", NAMES)
def test_an_addon_sees_the_api_and_what_it_depends_on(addon: str) -> None:
    allowed = {f"entrepot.addons.{name}" for name in depends(addon) | {addon}}
    stray = [
        f"{path.relative_to(ADDONS)} imports {module}"
        for path in sorted((ADDONS / addon).rglob("*.py"))
        for module in imports(path)
        if module not in {"entrepot.api", "entrepot.errors"}
        and ".".join(module.split(".")[:3]) not in allowed
    ]
    assert not stray


@pytest.mark.parametrize("addon", NAMES)
def test_the_dependencies_of_an_addon_are_there_and_in_no_circle(addon: str) -> None:
    assert depends(addon) <= set(NAMES) - {addon}


@pytest.mark.parametrize("addon", NAMES)
def test_an_addon_has_the_rooms_that_all_have(addon: str) -> None:
    manifest = tomllib.loads((ADDONS / addon / "manifest.toml").read_text())
    assert manifest["name"] == addon
    assert {"name", "title", "version", "summary", "depends", "models", "data"} <= manifest.keys()
    assert (ADDONS / addon / "access.toml").is_file()
    listed = {f"{model}.py" for model in manifest["models"]} | set(manifest["data"])
    assert not [file for file in listed if not (ADDONS / addon / file).is_file()]
