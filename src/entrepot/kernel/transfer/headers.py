"""Headers of a file -> columns of a model: by path, by label, or as the caller maps them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud.load_rows import path_of, wrong_path

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

_ENDS = {"external id": "id", "id": "id", "database id": ".id", ".id": ".id"}
SHOWN = 80
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Columns:
    """The paths of the columns that are used, where they stand in a row, and the headers that are not."""

    paths: list[list[str]]
    places: list[int]
    ignored: tuple[str, ...]


def columns(
    env: Environment,
    meta: ModelMeta,
    header: Sequence[str],
    mapping: Mapping[str, str],
    *,
    ignore_unknown: bool = False,
) -> Columns:
    """The columns that headers mean.

    Raises ValidationError with every header that means none, or the same as another; fields that are hidden from the
    caller are unknown to them.
    """
    found = Columns([], [], ())
    ignored: list[str] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    unused = [each for each in mapping if each not in header]
    problems.extend(
        Problem(each[:SHOWN], "unknown_header", f"There is no header {each[:SHOWN]!r} to map.")
        for each in unused
    )
    for at, text in enumerate(header):
        path = _path(env, meta, mapping.get(text, text))
        if path is None:
            if ignore_unknown and text not in mapping:
                ignored.append(text)
            else:
                problem = _unknown(env, meta, mapping.get(text, text), at)
                problems.append(Problem(text[:SHOWN], problem.code, problem.message))
            continue
        name = "/".join(path)
        if name in taken:
            message = (
                f"The headers {taken[name][:SHOWN]!r} and {text[:SHOWN]!r} are both the column {name!r}."
            )
            problems.append(Problem(text[:SHOWN], "twice", message))
            continue
        taken[name] = text
        found.paths.append(path)
        found.places.append(at)
    if not problems and not found.paths:
        problems.append(Problem("", "no_columns", f"None of the headers is a column of {meta.name}."))
    if problems:
        raise ValidationError(problems=problems, model=meta.name)
    return Columns(found.paths, found.places, tuple(ignored))


def export_paths(env: Environment, meta: ModelMeta, names: Sequence[str]) -> list[list[str]]:
    """The paths of columns to export, which may lead through links. Raises ValidationError with every wrong one."""
    found: list[list[str]] = []
    problems: list[Problem] = []
    for at, text in enumerate(names):
        path = path_of(text)
        if not (_leads(env, meta, path) and _is_visible(env, meta, path)):
            path = _by_label(env, meta, text) or []
        if path:
            found.append(path)
        else:
            problems.append(_unknown(env, meta, text, at))
    if problems:
        raise ValidationError(problems=problems, model=meta.name)
    return found


def _leads(env: Environment, meta: ModelMeta, path: Sequence[str]) -> bool:
    """Whether a path goes from field to field, through links only."""
    current: ModelMeta | None = meta
    for at, name in enumerate(path):
        if current is None or len(path) > DEEPEST:
            return False
        if name in {"id", ".id"}:
            return at == len(path) - 1
        each = current.fields.get(name)
        if each is None:
            return False
        current = env.registry.models[each.comodel] if each.comodel else None
    return True


def _path(env: Environment, meta: ModelMeta, text: str) -> list[str] | None:
    """The path that a header means, None when it means none."""
    path = path_of(text)
    if wrong_path(env, meta, path) is None and _is_visible(env, meta, path):
        return path
    return _by_label(env, meta, text)


def _is_visible(env: Environment, meta: ModelMeta, path: Sequence[str]) -> bool:
    current = meta
    for name in path:
        field = current.fields.get(name)
        if field is None or name == "id":
            return name in {"id", ".id"}
        if not check.may_field(env, field):
            return False
        if field.comodel:
            current = env.registry.models[field.comodel]
    return True


def _by_label(env: Environment, meta: ModelMeta, text: str) -> list[str] | None:
    """The path of labels such as `Name` or `Category / External ID`; None when they mean none, or several."""
    path: list[str] = []
    current = meta
    parts = [part.strip() for part in text.split("/")]
    for at, part in enumerate(parts):
        end = _ENDS.get(part.lower()) if at == len(parts) - 1 else None
        if end is not None:
            path.append(end)
            break
        field = _labelled(env, current, part)
        if field is None:
            return None
        path.append(field.name)
        if field.comodel:
            current = env.registry.models[field.comodel]
    return path if wrong_path(env, meta, path) is None else None


def _labelled(env: Environment, meta: ModelMeta, text: str) -> Field[object] | None:
    wanted = text.casefold()
    visible = [each for each in meta.fields.values() if check.may_field(env, each)]
    found = [each for each in visible if each.name.casefold() == wanted]
    found = found or [each for each in visible if each.string.casefold() == wanted]
    if len(found) > 1:
        # of several with one label, the one that people fill in
        found = [each for each in found if not each.computed or each.inherited]
    return found[0] if len(found) == 1 else None


def _unknown(env: Environment, meta: ModelMeta, text: str, at: int) -> Problem:
    if not text:
        return Problem("", "no_header", f"Column {at + 1} has no header.")
    visible = [each for each in meta.fields.values() if check.may_field(env, each)]
    words: dict[str, str] = {each.string.casefold(): each.name for each in visible}
    words |= {each.name: each.name for each in visible}
    near = difflib.get_close_matches(text.partition("/")[0].strip().casefold()[:SHOWN], words, n=6)
    names = list(dict.fromkeys(words[each] for each in near))[:3]
    hint = f" Did you mean: {', '.join(names)}?" if names else ""
    return Problem(text[:SHOWN], "unknown_field", f"{text[:SHOWN]!r} is no column of {meta.name}.{hint}")
