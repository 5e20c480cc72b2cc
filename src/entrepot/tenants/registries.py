"""One registry for each set of add-ons, shared by all tenants of this process that have exactly these."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from entrepot import __version__
from entrepot.kernel.access.policy import Parts
from entrepot.kernel.loading import manifests
from entrepot.kernel.loading.manifests import Manifest
from entrepot.kernel.registry import Registry


class Registries:
    """Add-ons and the registries made of them."""

    def __init__(self) -> None:
        """Read the manifests; nothing is imported yet."""
        self.manifests: dict[str, Manifest] = manifests.discover()
        self.parts = Parts()
        self._known: dict[tuple[str, ...], Registry] = {}
        self._digests: dict[tuple[tuple[str, ...], bool], str] = {}
        self._lock = threading.Lock()

    def names(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Wanted add-ons with all they depend on, in loading order. Raises MissingError."""
        return manifests.in_order(self.manifests, wanted)

    def all(self) -> tuple[str, ...]:
        """Every add-on, in loading order."""
        return self.names(self.manifests)

    def open(self, names: tuple[str, ...]) -> Registry:
        """The registry of add-ons given in loading order, built when it is not there."""
        found = self._known.get(names)
        if found is None:
            with self._lock:
                found = self._known.get(names)
                if found is None:
                    classes = [
                        (name, each) for name in names for each in manifests.classes(self.manifests[name])
                    ]
                    found = self._known[names] = Registry(names, classes)
        return found

    def versions(self, names: Iterable[str]) -> dict[str, str]:
        """The version of each add-on as it lies here."""
        return {name: self.manifests[name].version for name in names}

    def newer(self, there: Mapping[str, str]) -> list[str]:
        """The add-ons of a tenant (name → version) that are of a later version there than here."""
        return sorted(
            name
            for name, version in there.items()
            if name in self.manifests and _numbers(version) > _numbers(self.manifests[name].version)
        )

    def digest(self, names: tuple[str, ...], *, demo: bool) -> str:
        """What a template of these add-ons depends on: every file of theirs and of the kernel, 16 hex digits."""
        known = self._digests.get((names, demo))
        if known is None:
            # Once in a process: it runs the code it has loaded, whatever becomes of the files.
            known = self._digests[names, demo] = self._work_out(names, demo=demo)
        return known

    def _work_out(self, names: tuple[str, ...], *, demo: bool) -> str:
        found = hashlib.sha256(f"{__version__} {names} {demo}".encode())
        packages = ["entrepot.kernel", *(self.manifests[name].package for name in names)]
        for package in packages:
            for path, content in sorted(_files(resources.files(package), "")):
                found.update(path.encode() + b"\0" + hashlib.sha256(content).digest())
        return found.hexdigest()[:16]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number[:9]) for number in re.findall(r"[0-9]+", version[:100]))


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.name.startswith((".", "__pycache__")):
            continue
        if each.is_dir():
            yield from _files(each, f"{path}/{each.name}")
        else:
            yield f"{path}/{each.name}", each.read_bytes()
