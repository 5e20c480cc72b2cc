"""The filter of a peer's PUT: equality with business keys, nothing else. Source: B2 (values typed as text), B3.

A message runs with the exchange's rights, so its filter may ask only for what a peer knows itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.addons.exchange import spellings
from entrepot.addons.exchange.receive import Receipt
from entrepot.api import BadQuery, MissingError, Problem

MAX_TERMS = 20
_ID_LIMIT = 2**31


def aimed(
    records: Any,
    target: Any,
    keys: Sequence[str],
    receipt: Receipt,
    *,
    within: Sequence[Any] = (),
    require_match: bool = False,
) -> Any:
    """The records that a peer's filter means; `meta.matched` says how many they are. The first key is the field.

    `target`: an id, ids, or a list of `[key, "=", value]`. `within`: the domain of what the peer may change; for it
    there is nothing else. Raises BadQuery with everything that cannot be used, MissingError for ids that are not
    there, and with `require_match` for a filter that finds nothing.
    """
    if isinstance(target, int) and not isinstance(target, bool):
        target = [target]
    if not isinstance(target, (list, tuple)) or not target or len(target) > MAX_TERMS:
        text = f"filter is a list of conditions such as [[{keys[0]!r}, '=', …]]."
        raise BadQuery(text, problems=[Problem("filter", "bad_filter", text)])
    if all(isinstance(each, int) and not isinstance(each, bool) for each in target):
        possible = [each for each in target if 0 < each < _ID_LIMIT]
        found = records.with_context(active_test=False).search([("id", "in", possible), *within])
        missing = sorted(set(target) - set(found.ids))
        if missing:
            raise MissingError(
                f"{records.model_name} has no record {str(missing)[:80]} that this account may change.",
                model=records.model_name,
            )
    else:
        found = records.with_context(active_test=False).search([*_domain(records, target, keys), *within])
    if require_match and not found:
        raise MissingError(f"No {records.model_name} matches the filter.", model=records.model_name)
    receipt.meta["matched"] = len(found)
    receipt.key = ", ".join(str(term[2]) for term in target if isinstance(term, (list, tuple)))
    return found.with_env(records.env)


def _domain(records: Any, target: Sequence[Any], keys: Sequence[str]) -> list[Any]:
    problems = []
    domain: list[Any] = []
    allowed = ("id", *keys)
    for at, term in enumerate(target):
        if term == "&":
            continue
        if (
            not isinstance(term, (list, tuple))
            or len(term) != 3
            or not isinstance(term[0], str)
            or term[0] not in allowed
            or term[1] not in ("=", "==")
        ):
            text = f"filter.{at}: a peer's filter compares with = and one of {', '.join(allowed)}."
            problems.append(Problem(f"filter.{at}", "bad_filter", text))
            continue
        key, value = term[0], term[2]
        if value is None or isinstance(value, (bool, list, dict)) or str(value).strip() == "":
            text = f"filter.{at}: {key} is compared with a value of its own, not with nothing."
            problems.append(Problem(f"filter.{at}", "bad_filter", text))
            continue
        if _kind(records, key, keys) == "integer":
            try:
                value = spellings.number(value)
            except ValueError as error:
                text = f"filter.{at}: {key} {error}; got {str(value)[:40]!r}."
                problems.append(Problem(f"filter.{at}", "bad_filter", text))
                continue
        # a key of a message that is no field is another word for the first key
        name = key if key in records.meta.fields else keys[0]
        kind = records.meta.fields[name].kind
        operator = "=ilike" if name in {"email", "login"} else "="
        domain.append((name, operator, _literal(str(value).strip()) if kind == "char" else value))
        if kind == "char" and operator == "=":
            domain[-1] = (name, "=", str(value).strip())
    if problems:
        raise BadQuery(problems=problems)
    return domain


def _kind(records: Any, key: str, keys: Sequence[str]) -> str:
    return str(records.meta.fields[key if key in records.meta.fields else keys[0]].kind)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
