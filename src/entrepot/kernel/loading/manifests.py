"""Which add-ons there are, and what their manifests say. A manifest is read without importing its add-on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module, metadata, resources
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

from entrepot.errors import MissingError, ValidationError
from entrepot.kernel.model import Model
from entrepot.names import is_addon

ENTRY_POINTS = "entrepot.addons"
OURS = "entrepot.addons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One add-on."""

    name: str
    package: str
    title: str
    version: str
    summary: str
    depends: tuple[str, ...]
    models: tuple[str, ...]
    data: tuple[str, ...]
    demo: tuple[str, ...]
    author: str
    category: str

    def folder(self) -> Traversable:
        """Where its files lie."""
        return resources.files(self.package)


def discover() -> dict[str, Manifest]:
    """Every add-on that can be installed: ours, and those of other packages' entry points `entrepot.addons`.

    An entry point's name is the add-on's, its value the package. Raises ValidationError for a manifest that cannot be used.
    """
    packages: dict[str, str] = {}
    for folder in resources.files(OURS).iterdir():
        if folder.joinpath("manifest.toml").is_file():
            packages[folder.name] = f"{OURS}.{folder.name}"
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        packages.setdefault(entry.name, entry.value)
    return {name: read(name, package) for name, package in sorted(packages.items())}


def read(name: str, package: str) -> Manifest:
    """The manifest of one add-on. Raises ValidationError naming what is wrong."""
    try:
        content: Mapping[str, Any] = tomllib.loads(
            resources.files(package).joinpath("manifest.toml").read_text("utf-8")
        )
    except (OSError, ImportError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValidationError(f"The manifest of add-on {name} cannot be read: {error}") from error
    if content.get("name") != name or not is_addon(name):
        raise ValidationError(
            f"The manifest of add-on {name} must give it that name, not {content.get('name')!r}"
        )
    known = {"name", "title", "version", "summary", "depends", "models", "data", "demo", "author", "category"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ValidationError(f"The manifest of add-on {name} has unknown keys: {', '.join(unknown)}")
    return Manifest(
        name=name,
        package=package,
        title=_text(content, "title", name),
        version=_text(content, "version", "1.0"),
        summary=_text(content, "summary", ""),
        depends=_texts(content, "depends", () if name == "base" else ("base",)),
        models=_texts(content, "models", ()),
        data=_texts(content, "data", ()),
        demo=_texts(content, "demo", ()),
        author=_text(content, "author", "Entrepot"),
        category=_text(content, "category", ""),
    )


def _text(content: Mapping[str, Any], key: str, default: str) -> str:
    found = content.get(key, default)
    if not isinstance(found, str):
        raise ValidationError(f"The manifest of add-on {content['name']} must give {key!r} as text")
    return found


def _texts(content: Mapping[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = content.get(key, default)
    if not isinstance(found, (list, tuple)) or not all(isinstance(each, str) for each in found):
        raise ValidationError(
            f"The manifest of add-on {content['name']} must give {key!r} as a list of texts"
        )
    return tuple(found)


def in_order(manifests: Mapping[str, Manifest], wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted add-ons with all they depend on, dependencies first, otherwise by name.

    Raises MissingError for an add-on that is not there, ValidationError for a circle.
    """
    found: list[str] = []
    open_: list[str] = []

    def visit(name: str) -> None:
        if name in found:
            return
        if name in open_:
            raise ValidationError(f"Add-ons depend on each other in a circle: {' → '.join([*open_, name])}")
        if name not in manifests:
            raise MissingError(f"There is no add-on {name!r}; there are: {', '.join(manifests)}", addon=name)
        open_.append(name)
        for each in sorted(manifests[name].depends):
            visit(each)
        open_.pop()
        found.append(name)

    for name in sorted({"base", *wanted}):
        visit(name)
    return tuple(found)


def classes(manifest: Manifest) -> list[type[Model]]:
    """The model classes that an add-on's modules declare, in the order of the manifest and of each file."""
    return [
        each for name in manifest.models for each in _declared(import_module(f"{manifest.package}.{name}"))
    ]


def _declared(module: ModuleType) -> Iterator[type[Model]]:
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Model)
            and value.__module__ == module.__name__
            and value.declared
        ):
            yield value
