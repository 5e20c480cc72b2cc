"""Seed data of add-ons: records by external id from TOML, CSV and Python, access rights and rules from `access.toml`."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from entrepot.errors import EntrepotError, ValidationError
from entrepot.kernel.crud.load import cell
from entrepot.kernel.declare import RIGHTS

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.loading.manifests import Manifest


def load(env: Environment, manifest: Manifest, path: str) -> None:
    """Load one data file. Raises ValidationError naming the file and record."""
    try:
        if path.endswith(".py"):
            module = path.removesuffix(".py").replace("/", ".")
            import_module(f"{manifest.package}.{module}").load(env)
            return
        text = manifest.folder().joinpath(path).read_text("utf-8")
        if path.rpartition("/")[2] == "access.toml":
            access(env, manifest.name, tomllib.loads(text))
        elif path.endswith(".toml"):
            records(env, manifest.name, tomllib.loads(text))
        elif path.endswith(".csv"):
            table(env, manifest.name, path.rpartition("/")[2].removesuffix(".csv"), text)
        else:
            raise ValidationError("data files end in .toml, .csv or .py")  # noqa: TRY301 - named below like the others
    except (EntrepotError, tomllib.TOMLDecodeError, OSError) as error:
        raise ValidationError(f"{manifest.name}/{path}: {error}") from error


def records(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    """Records of a TOML file: neighbours of one model are one upsert."""
    batch: list[tuple[str, dict[str, Any]]] = []
    current: tuple[str, bool] | None = None
    for each in content.get("record", ()):
        row = dict(each)
        kind = (row.pop("model"), bool(row.pop("noupdate", False)))
        name = str(row.pop("id"))
        if kind != current and current is not None:
            _upsert(env, module, current, batch)
            batch = []
        current = kind
        batch.append((name, row))
    if current is not None:
        _upsert(env, module, current, batch)


def _upsert(
    env: Environment, module: str, kind: tuple[str, bool], batch: list[tuple[str, dict[str, Any]]]
) -> None:
    model, noupdate = kind
    rows = [(_full(module, name), _values(env, module, model, row)) for name, row in batch]
    env.upsert_many(model, rows, noupdate=noupdate)


def _values(env: Environment, module: str, model: str, row: Mapping[str, Any]) -> dict[str, Any]:
    meta = env[model].meta
    scoped = env.derive(context={**env.context, "_import_current_module": module})
    values: dict[str, Any] = {}
    for key, value in row.items():
        path = key.split("/")
        if len(path) == 1 or path[0] not in meta.fields:
            values[key] = value
        else:
            values[path[0]] = cell(scoped, meta, path, value)
    return values


def table(env: Environment, module: str, model: str, text: str) -> None:
    """Records of a CSV file, columns as in `load`."""
    reader = csv.reader(io.StringIO(text))
    header = next(reader)
    rows = [row for row in reader if any(row)]
    scoped = env.derive(context={**env.context, "_import_current_module": module})
    answer = scoped[model].load(header, [[value if value != "" else None for value in row] for row in rows])
    if answer["messages"]:
        lines = [
            f"row {message['rows']['from'] + 2}: {message['message']}" for message in answer["messages"][:20]
        ]
        raise ValidationError("\n".join(lines))


def access(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    """Groups, access rights and record rules."""
    groups = content.get("group", ())
    rows = [
        (
            _full(module, str(each["id"])),
            {key: value for key, value in each.items() if key not in {"id", "implies", "category"}},
        )
        for each in groups
    ]
    env.upsert_many("res.groups", rows)
    for each in groups:
        values: dict[str, Any] = {}
        if each.get("implies"):
            values["implied_ids"] = [(4, env.ref(_full(module, name)).id) for name in each["implies"]]
        if each.get("category"):
            values["category_id"] = env.ref(_full(module, each["category"])).id
        if values:
            env.ref(_full(module, str(each["id"]))).write(values)
    _rights(env, module, content)
    _rules(env, module, content)


def _rights(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    rows: list[tuple[str, dict[str, Any]]] = []
    for each in content.get("access", ()):
        group = each.get("group")
        _known(env, each["model"])
        name = f"access_{each['model']}_{group or 'everybody'}".replace(".", "_")
        values = {
            "name": name,
            "model": each["model"],
            "group_id": env.ref(_full(module, group)).id if group else False,
            **_perms(each["rights"]),
        }
        rows.append((_full(module, name), values))
    env.upsert_many("ir.model.access", rows)


def _rules(env: Environment, module: str, content: Mapping[str, Any]) -> None:
    rows: list[tuple[str, dict[str, Any]]] = []
    for each in content.get("rule", ()):
        _known(env, each["model"])
        words = "".join(letter if letter.isalnum() else "_" for letter in each["name"].lower())
        name = f"rule_{each['model'].replace('.', '_')}_{words}"
        groups = [env.ref(_full(module, group)).id for group in each.get("groups", ())]
        values = {
            "name": each["name"],
            "model": each["model"],
            "domain": each["domain"],
            "groups": [(6, 0, groups)],
            **_perms(each.get("rights", " ".join(RIGHTS))),
        }
        rows.append((_full(module, name), values))
    env.upsert_many("ir.rule", rows)


def _known(env: Environment, model: str) -> None:
    if model not in env.registry.models:
        raise ValidationError(f"access is declared for {model}, which no loaded add-on defines")


def _perms(rights: str) -> dict[str, bool]:
    words = rights.split()
    wrong = [word for word in words if word not in RIGHTS]
    if wrong:
        raise ValidationError(f"rights are {', '.join(RIGHTS)}, not {', '.join(wrong)}")
    return {f"perm_{right}": right in words for right in RIGHTS}


def _full(module: str, name: str) -> str:
    return name if "." in name else f"{module}.{name}"
