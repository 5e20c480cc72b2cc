"""Seed data of add-ons: records by external id from TOML, CSV and Python; rights are `loading/access.py`'s."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from entrepot.errors import EntrepotError, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.crud import load_rows
from entrepot.kernel.loading import access

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.loading.manifests import Manifest

Batch = list[tuple[str, Mapping[str, Any]]]
SHOWN = 20
"""How many wrong rows a message names."""


def load(env: Environment, manifest: Manifest, path: str) -> None:
    """Load one data file. Raises ValidationError naming the file and record."""
    try:
        if path.endswith(".py"):
            module = path.removesuffix(".py").replace("/", ".")
            import_module(f"{manifest.package}.{module}").load(env)
        else:
            _load_text(env, manifest.name, path, manifest.folder().joinpath(path).read_text("utf-8"))
    except EntrepotError as error:
        problems = getattr(error, "problems", ())
        raise ValidationError(f"{manifest.name}/{path}: {error}", problems=problems) from error
    except (tomllib.TOMLDecodeError, csv.Error, UnicodeDecodeError, OSError, ImportError) as error:
        raise ValidationError(f"{manifest.name}/{path}: {error}") from error


def _load_text(env: Environment, module: str, path: str, text: str) -> None:
    name = path.rpartition("/")[2]
    if name == "access.toml":
        access.load(env, module, tomllib.loads(text))
    elif name.endswith(".toml"):
        records(env, module, tomllib.loads(text))
    elif name.endswith(".csv"):
        table(env, module, name.removesuffix(".csv"), text)
    else:
        raise ValidationError("data files end in .toml, .csv or .py")


def records(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    """Records of a TOML file: neighbours of one model are one upsert. Raises ValidationError naming the record."""
    unknown = sorted(set(content) - {"record"})
    if unknown or not isinstance(content.get("record", []), list):
        raise ValidationError(f"a data file holds [[record]] tables, not {', '.join(unknown) or 'record'}")
    found = _Records(env, module)
    for at, each in enumerate(content.get("record", ())):
        if not isinstance(each, Mapping):
            raise ValidationError(f"record {at + 1} is no table")
        found.add(dict(each), f"record {at + 1}")
    found.save()


class _Records:
    """The records of one file on their way. They wait while they are of one model and none below needs them."""

    def __init__(self, env: Environment, module: str) -> None:
        self.env = env
        self.module = module
        self.kind: tuple[str, bool] = ("", False)
        self.waiting: dict[str, Mapping[str, Any]] = {}

    def add(self, row: dict[str, Any], place: str) -> None:
        """Take one record. Raises ValidationError naming it."""
        name = _text(row, "id", place)
        kind = (_text(row, "model", name), bool(row.pop("noupdate", False)))
        full = load_rows.full(name, self.module)
        if kind != self.kind:
            self.save()
            self.kind = kind
        if full in self.waiting:
            raise ValidationError(f"External id {full} is given twice")
        try:
            self.waiting[full] = self._values(kind[0], row)
        except EntrepotError as error:
            raise ValidationError(f"record {name}: {error}") from error

    def _values(self, model: str, row: Mapping[str, Any]) -> dict[str, Any]:
        meta = self.env[model].meta
        values: dict[str, Any] = {}
        for key, value in row.items():
            path = load_rows.path_of(key)
            wrong = load_rows.wrong_path(self.env, meta, path)
            if wrong is not None:
                raise ValidationError(f"{key!r}: {wrong}")
            values[path[0]] = value if len(path) == 1 else load_rows.cell(self, meta, path, value)
        return values

    def resolve(self, model: str, text: str) -> int | None:
        """The id of a model's record behind an external id; a record above that waits is saved first."""
        name = load_rows.full(text, self.module)
        if name in self.waiting:
            self.save()
        found = externals.find(self.env, [name]).get(name)
        return found[1] if found is not None and found[0] == model else None

    def named(self, model: str, text: str) -> list[tuple[int, str]]:
        """The records of a model that people call so."""
        return self.env[model].name_search(text, operator="=", limit=2)

    def say(self, first: int, last: int, name: str, text: str, code: str) -> None:
        """A mistake is an error at once."""
        raise ValidationError(text)

    def save(self) -> None:
        """Save what waits in one upsert; when that is refused, one by one to learn which record is wrong."""
        model, noupdate = self.kind
        batch: Batch = list(self.waiting.items())
        self.waiting = {}
        if not batch:
            return
        try:
            with self.env.savepoint():
                self.env.upsert_many(model, batch, noupdate=noupdate)
        except EntrepotError as error:
            for name, values in batch:
                self._save_one(name, values, error)
            raise

    def _save_one(self, name: str, values: Mapping[str, Any], error: EntrepotError) -> None:
        model, noupdate = self.kind
        try:
            with self.env.savepoint():
                self.env.upsert(name, model, values, noupdate=noupdate)
        except EntrepotError as wrong:
            shown = name.removeprefix(f"{self.module}.")
            problems = getattr(wrong, "problems", ())
            raise ValidationError(f"record {shown}: {wrong}", problems=problems) from error


def _text(row: dict[str, Any], key: str, place: str) -> str:
    found = row.pop(key, None)
    if not isinstance(found, str) or not found:
        raise ValidationError(f"{place}: {key!r} is missing, or no text")
    return found


def table(env: Environment, module: str, model: str, text: str) -> None:
    """Records of a CSV file, columns as in `load`. Raises ValidationError naming the rows."""
    rows = [row for row in csv.reader(io.StringIO(text), strict=True) if any(row)]
    if not rows:
        return
    scoped = env.derive(context={**env.context, "_import_current_module": module})
    cells = [[value if value != "" else None for value in row] for row in rows[1:]]
    answer = scoped[model].load(rows[0], cells)
    if answer["messages"]:
        found = answer["messages"][:SHOWN]
        raise ValidationError(
            "\n".join(f"row {each['rows']['from'] + 2}: {each['message']}" for each in found)
        )
