"""Names and arguments from outside -> one public method, called with the caller's rights.

Only methods marked `@public` can be reached. A private name, an unknown one and one that is not public are refused
alike, before any statement runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.call import On
from entrepot.errors import AccessError, BadRequest, MissingError, UnknownMethod
from entrepot.kernel.access import check
from entrepot.kernel.crud import introspect, search
from entrepot.kernel.crud.rest_query import known_only, told_as_query
from entrepot.kernel.declare import Public
from entrepot.kernel.model import Model
from entrepot.kernel.records import Records

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta, Registry

_PRIVILEGED = frozenset({"su", "uid", "keep_log_fields"})
MAX_IDS = 1_000_000
ID_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Signature:
    """What a method takes, besides the records."""

    names: tuple[str, ...]
    required: int
    keywords: frozenset[str]
    needed_keywords: frozenset[str]
    variable: bool


def declared(registry: Registry, model: Any, method: Any) -> tuple[ModelMeta, Public]:
    """The model and how its method may be called. Raises MissingError (model), AccessError (private), UnknownMethod."""
    meta = registry.models.get(model) if isinstance(model, str) else None
    if not isinstance(method, str) or method.startswith("_") or method == "init":
        shown = method[:60] if isinstance(method, str) else "?"
        raise AccessError(f"Private methods (such as {shown}) cannot be called remotely.")
    if meta is None or meta.abstract:
        raise MissingError(f"Object {str(model)[:80]} doesn't exist", model=str(model)[:80])
    found = meta.methods.get(method)
    if found is None:
        raise UnknownMethod(f"The method {method[:60]!r} does not exist on the model {model!r}", model=model)
    return meta, found


def invoke(
    env: Environment,
    model: str,
    method: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    on: On | None = None,
) -> Any:
    """Call a public method. Records in the answer become their ids; `create` of one set of values one id.

    `on`: the records to call it on, where they do not stand in `args`; a method of the model needs none.
    Raises what the method raises, BadRequest for arguments that do not fit.
    """
    meta, public = declared(env.registry, model, method)
    named = dict(kwargs)
    context = named.pop("context", None)
    if context:
        env = env.derive(context=cleaned(context))
        _ = (
            env.company_ids
        )  # refuses companies that are not the caller's, before any code works with other rights
    function = getattr(meta.type, method)
    ids: tuple[int, ...] = ()
    if not public.model:
        if on is not None:
            args = (_aimed(env, meta, on), *args)
        if not args:
            raise BadRequest(f"{model}.{method} needs the ids of records as its first argument")
        ids = id_list(meta, method, args[0])
        args = args[1:]
    signature = env.registry.plans.get(("signature", model, method), lambda: _signature(function))
    _fit(model, method, signature, args, named)
    _check_values(model, method, args, named)
    records = meta.type(env, ids)
    if not _is_base(method):
        right = public.right or ("read" if public.readonly else "write")
        check.check_model(env, model, right)
        there = _existing(env, meta, ids)
        if len(there) < len(ids) and not public.absent:
            check.missing(env, model, [record_id for record_id in ids if record_id not in there])
        check.check_records(env, model, there, right)
    if function is Model.fields_get:
        return introspect.shared_fields_get(env, meta, *args, **named)
    result = function(records, *args, **named)
    if not public.readonly:
        env.flush()  # what is still to be worked out and checked is this caller's doing, in this context
    if isinstance(result, Records):
        single = method == "create" and isinstance(args[0] if args else named.get("vals_list"), Mapping)
        return result.ids[0] if single else list(result.ids)
    return result if _is_base(method) else plain(result)


def _aimed(env: Environment, meta: ModelMeta, on: On) -> list[int]:
    """The ids of the records that a call is meant for. Raises BadQuery for a domain that cannot be used."""
    if on.domain is None:
        return list(on.ids)
    with told_as_query("filter"), known_only(env):
        return search.search(env, meta, on.domain)


def _is_base(method: str) -> bool:
    """Whether every model has the method: its answers hold records only at the top."""
    return getattr(Model, method, None) is not None


def _check_values(model: str, method: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """Overrides of create and write rely on being given objects."""
    if method == "write":
        values = args[0] if args else named.get("vals")
        if not isinstance(values, Mapping):
            raise BadRequest(f"{model}.write takes values as an object, got {type(values).__name__}")
    elif method == "create":
        values = args[0] if args else named.get("vals_list")
        many = values if isinstance(values, (list, tuple)) else [values]
        wrong = next((each for each in many if not isinstance(each, Mapping)), None)
        if wrong is not None or values is None:
            raise BadRequest(
                f"{model}.create takes an object or a list of objects, got {type(wrong).__name__}"
            )


def _existing(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> tuple[int, ...]:
    if not ids:
        return ()
    there = set(meta.search_ids(env.derive(su=True), meta.among(tuple(dict.fromkeys(ids)))))
    return tuple(record_id for record_id in ids if record_id in there)


def plain(result: Any) -> Any:
    """A method's result without record sets."""
    if isinstance(result, Records):
        return list(result.ids)
    if isinstance(result, Mapping):
        return {key: plain(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [plain(each) for each in result]
    return result


def cleaned(context: Any) -> dict[str, Any]:
    """A caller's context without keys that would grant anything or are the server's own (`_…`).

    Raises BadRequest unless it is an object.
    """
    if not isinstance(context, Mapping):
        raise BadRequest(f"context is an object, got {type(context).__name__}")
    found = {
        key: value
        for key, value in context.items()
        if isinstance(key, str) and key not in _PRIVILEGED and not key.startswith("_")
    }
    if "lang" in found and found["lang"] and not isinstance(found["lang"], str):
        raise BadRequest("context lang is a language code")
    if found.get("tz") and not isinstance(found["tz"], str):
        raise BadRequest("context tz is the name of a time zone")
    companies = found.get("allowed_company_ids")
    if companies:
        if not isinstance(companies, (list, tuple)) or not all(type(each) is int for each in companies):
            raise BadRequest("context allowed_company_ids is a list of ids")
        found["allowed_company_ids"] = list(dict.fromkeys(companies))
    return found


def id_list(meta: ModelMeta, method: str, given: Any) -> tuple[int, ...]:
    """The ids of a call: one, a list, or nothing. Ids that cannot exist are missing, or left out by reads."""
    if given is None or given is False or given == "":
        return ()
    ids = [given] if isinstance(given, int) else given
    if not isinstance(ids, (list, tuple)) or len(ids) > MAX_IDS:
        raise BadRequest(
            f"{meta.name}.{method}: the first argument is the ids of records, got {repr(given)[:60]}"
        )
    for each in ids:
        if isinstance(each, bool) or not isinstance(each, int):
            raise BadRequest(f"{meta.name}.{method}: ids are whole numbers, got {repr(each)[:60]}")
    possible = [each for each in ids if 0 < each < ID_LIMIT]
    if len(possible) < len(ids) and method not in {"read", "exists"}:
        wrong = next(each for each in ids if not 0 < each < ID_LIMIT)
        text = f"Record does not exist or has been deleted.\n(Record: {meta.name}({str(wrong)[:20]},))"
        raise MissingError(text, model=meta.name)
    return tuple(possible)


def _signature(function: Any) -> Signature:
    names: list[str] = []
    required = 0
    keywords: set[str] = set()
    needed: set[str] = set()
    variable = False
    for name, each in list(inspect.signature(function).parameters.items())[1:]:
        if each.kind is each.VAR_KEYWORD:
            variable = True
        elif each.kind is each.KEYWORD_ONLY:
            keywords.add(name)
            if each.default is each.empty:
                needed.add(name)
        elif each.kind is not each.VAR_POSITIONAL:
            names.append(name)
            required += each.default is each.empty
    return Signature(tuple(names), required, frozenset(keywords), frozenset(needed), variable)


def _fit(
    model: str, method: str, signature: Signature, args: tuple[Any, ...], named: Mapping[str, Any]
) -> None:
    """Refuse arguments that do not fit, naming them."""
    names = signature.names
    if len(args) > len(names):
        raise BadRequest(
            f"{model}.{method} takes {len(names)} arguments ({', '.join(names)}), got {len(args)}"
        )
    for name in named:
        if name in names[: len(args)]:
            raise BadRequest(f"{model}.{method} got {name!r} twice, by position and by name")
        if name not in names and name not in signature.keywords and not signature.variable:
            known = ", ".join((*names, *sorted(signature.keywords)))
            raise BadRequest(
                f"{model}.{method} has no argument {str(name)[:60]!r}; it takes: {known or 'none'}"
            )
    missing = [name for name in names[len(args) : signature.required] if name not in named]
    missing += [name for name in sorted(signature.needed_keywords) if name not in named]
    if missing:
        raise BadRequest(f"{model}.{method} needs the argument {', '.join(missing)}")
