"""The checks that models declare, run together so that a caller learns of every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from entrepot.errors import Problem, ValidationError

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta


def run(env: Environment, meta: ModelMeta, ids: tuple[int, ...], names: set[str] | None) -> None:
    """Run the constraints on these fields (None: all) for records. Raises one ValidationError with every problem."""
    due = [name for name, fields in meta.constraints if names is None or not fields.isdisjoint(names)]
    if due and ids:
        collect(env, meta, ids, due)


def collect(env: Environment, meta: ModelMeta, ids: tuple[int, ...], methods: Iterable[str]) -> None:
    """Run checking methods as the superuser and raise what they find."""
    records = meta.type(env.derive(su=True), ids)
    problems: list[Problem] = []
    messages: list[str] = []
    for name in methods:
        try:
            found = list(getattr(records, name)() or ())
        except ValidationError as error:
            found = list(error.problems) or [Problem("", "invalid", error.message)]
        problems.extend(found)
        messages.extend(problem.message for problem in found)
    if problems:
        raise ValidationError("\n".join(dict.fromkeys(messages)), problems=problems, model=meta.name)
