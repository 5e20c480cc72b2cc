"""The parts of a query that are no selection: which records (ids, a filter), as REST clients write them.

What a caller may not see does not exist here: a hidden field in a filter or an order is an unknown one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from entrepot.errors import AccessError, BadQuery, MissingError, Problem, UserError, ValidationError
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.fields.base import shown
from entrepot.kernel.fields.many2one import ID_LIMIT

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


def bad(path: str, code: str, message: str) -> BadQuery:
    """The error of one part of a query."""
    return BadQuery(problems=[Problem(path, code, message)])


def domain_of(given: Any, path: str = "filter") -> list[Any]:
    """The domain of a filter: a list, its JSON text, or nothing. Raises BadQuery."""
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "it nests too deeply"
            at = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
            raise bad(path, "not_json", f"The filter is no JSON{at}: {why}.") from error
    if given in (None, False, ""):
        return []
    if not isinstance(given, (list, tuple)):
        raise bad(path, "not_a_list", f"A filter is a list of [field, operator, value], got {shown(given)}.")
    return list(given)


def order_of(given: Any, path: str = "order") -> str:
    """The order as text, "" for the model's own: written bare, or as a JSON string. Raises BadQuery."""
    if given in (None, False, ""):
        return ""
    if not isinstance(given, str):
        raise bad(path, "bad_order", f"An order is a text such as 'name asc, id desc', got {shown(given)}.")
    text = given.strip()
    if text.startswith('"'):
        try:
            text = json.loads(text)
        except ValueError as error:
            raise bad(path, "not_json", f"The order is no JSON string: {shown(given)}.") from error
    return str(text).strip()


def ids_of(target: Any) -> tuple[int, ...] | None:
    """The ids of a target that is an id or a list of them; None for a filter. Raises MissingError for impossible ones."""
    ids = [target] if isinstance(target, int) and not isinstance(target, bool) else target
    if not isinstance(ids, (list, tuple)) or not ids:
        return None
    if not all(isinstance(each, int) and not isinstance(each, bool) for each in ids):
        return None
    wrong = next((each for each in ids if not 0 < each < ID_LIMIT), None)
    if wrong is not None:
        raise MissingError(f"There is no record with the id {str(wrong)[:20]}.")
    return tuple(dict.fromkeys(ids))


@contextmanager
def known_only(env: Environment) -> Iterator[None]:
    """Tell of fields that are not for the caller as of fields that are not there."""
    try:
        yield
    except AccessError as error:
        names, model = error.data.get("fields"), error.data.get("model")
        if not names or model not in env.registry.models:
            raise
        meta = env.registry.models[model]
        problems = [each for name in names for each in unknown_field(env, meta, name).problems]
        raise ValidationError(problems=problems, model=model) from None


@contextmanager
def told_as_query(path: str) -> Iterator[None]:
    """Tell what is wrong with a filter or an order as a fault of the query, not of values."""
    try:
        yield
    except UserError as error:
        found = error.problems if isinstance(error, ValidationError) else ()
        problems = [Problem(_placed(path, each.path), each.code, each.message) for each in found]
        raise BadQuery(problems=problems or [Problem(path, error.code, error.message)]) from error


def _placed(path: str, inner: str) -> str:
    """Where in a part of a query something is wrong: `filter[0]` for a term, `filter.name` for a field."""
    if inner.startswith("domain["):
        return path + inner.removeprefix("domain")
    return path if inner in {"", path} else f"{path}.{inner}"
