"""`/api/<model>/` and `/api/<model>/<id>/`: reading, making, changing and deleting records.

Every verb is one call of one of the kernel's public methods `rest_search`, `rest_read`, `rest_create`, `rest_write` and
`rest_unlink`, which add-ons may override. Source: `spec/rest-and-exchange.md` sections A3 to A8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from entrepot.call import Call
from entrepot.doors.abc import House
from entrepot.doors.calls import ask
from entrepot.doors.error_map import UnknownModel
from entrepot.doors.http import JSON, Reply, Request
from entrepot.doors.json_body import parse
from entrepot.doors.rest.envelope import DOOR, Answer, enveloped, flag, plain
from entrepot.doors.rest.identity import Who, identify
from entrepot.doors.rest.parameters import COMMON, parameters
from entrepot.doors.trees import tree_rows
from entrepot.doors.values import to_json
from entrepot.errors import BadQuery, BadRequest, EntrepotError, Problem
from entrepot.tree import Tree

_NUMBERS = ("limit", "offset", "page", "page_size")
_TEXTS = ("query", "order", "fields")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_READING = frozenset({*_NUMBERS, *_TEXTS, "filter", "domain", "cursor", *COMMON})
_WRITING = COMMON | {"legacy_put"}


def collection(model: str, house: House, request: Request) -> Reply:
    """Any verb on the records of a model."""
    match request.method:
        case "POST":
            return enveloped(partial(create, model), house, request)
        case "PUT":
            return _put(model, None, house, request)
        case "DELETE":
            return plain(partial(delete, model, None), house, request)
        case _:
            return plain(partial(search, model), house, request)


def record(model: str, record_id: int, house: House, request: Request) -> Reply:
    """Any verb on one record."""
    match request.method:
        case "PUT":
            return _put(model, record_id, house, request)
        case "DELETE":
            return plain(partial(delete, model, record_id), house, request)
        case _:
            return plain(partial(read, model, record_id), house, request)


def search(model: str, house: House, request: Request, who: Who) -> Reply:
    """The records that a filter finds, a page of them. Raises EntrepotError."""
    given = parameters(request, _READING)
    problems: list[Problem] = []
    kwargs: dict[str, Any] = {name: given[name] for name in _TEXTS if given.get(name)}
    if "cursor" in given:
        kwargs["cursor"] = given["cursor"]
    for name in _NUMBERS:
        if given.get(name):
            kwargs[name] = _number(name, given[name], problems)
    if "filter" in given and "domain" in given:
        problems.append(Problem("filter", "twice", "Give either filter or domain, not both."))
    if problems:
        raise BadQuery(problems=problems)
    domain = given.get("filter") or given.get("domain")
    if domain:
        kwargs["filter"] = domain
    answer = _call(
        house, request, who, model, "rest_search", kwargs=kwargs | {"most": house.settings.page_size}
    )
    told = {name: answer[name] for name in _ENVELOPE if name in answer}
    told["result"] = _spelled(request, answer["result"])
    if answer.get("meta"):
        told["meta"] = answer["meta"]
    return Reply(200, JSON, to_json(told, empty=None))


_ENVELOPE = ("count", "prev", "current", "next", "total_pages", "total", "next_cursor")


def read(model: str, record_id: int, house: House, request: Request, who: Who) -> Reply:
    """One record, alone. Raises EntrepotError."""
    given = parameters(request, frozenset({"query", "fields", *COMMON}))
    kwargs = {name: given[name] for name in ("query", "fields") if given.get(name)}
    answer = _call(house, request, who, model, "rest_read", ([record_id],), kwargs)
    (row,) = _spelled(request, answer["result"])
    return Reply(200, JSON, to_json(row, empty=None))


def delete(model: str, record_id: int | None, house: House, request: Request, who: Who) -> Reply:
    """Delete one record, or those that a filter finds; never all of them by leaving it out."""
    target: Any = record_id
    kwargs: dict[str, Any] = {}
    found_by = frozenset({"filter", "domain", "require_match"}) if record_id is None else frozenset()
    given = parameters(request, COMMON | found_by)
    if record_id is None:
        target = given.get("filter") or given.get("domain")
        if not target:
            raise _missing("filter", "DELETE without a record needs a filter: ?filter=[…].")
        kwargs["require_match"] = flag(request, "require_match")
    answer = _call(house, request, who, model, "rest_unlink", (target,), kwargs)
    told = {"result": answer["result"], **({"meta": answer["meta"]} if answer.get("meta") else {})}
    return Reply(200, JSON, to_json(told, empty=None))


def create(model: str, house: House, request: Request, params: Mapping[str, Any]) -> Answer:
    """Make a record of an object, or several of a list. Raises EntrepotError."""
    who = identify(house, request)
    parameters(request, COMMON)
    if "data" not in params:
        raise _missing("data", "`data` parameter is not found on POST request body")
    answer = _call(
        house, request, who, model, "rest_create", (params["data"],), context=params.get("context")
    )
    return Answer(answer["result"], answer.get("meta") or {}, headers=who.headers)


def write(
    model: str, record_id: int | None, house: House, request: Request, params: Mapping[str, Any]
) -> Answer:
    """Change one record, or those that a filter finds. Raises EntrepotError."""
    who = identify(house, request)
    parameters(request, _WRITING | {"require_match"} if record_id is None else _WRITING)
    if "data" not in params:
        raise _missing("data", "`data` parameter is not found on PUT request body")
    target: Any = record_id
    kwargs: dict[str, Any] = {}
    if record_id is None:
        target = params.get("filter", params.get("domain"))
        if target is None:
            raise _missing("filter", "`filter` parameter is not found on PUT request body")
        required = params.get("require_match", False)
        if not isinstance(required, bool):
            raise BadQuery(
                problems=[Problem("require_match", "bad_flag", "`require_match` is true or false.")]
            )
        kwargs["require_match"] = required or flag(request, "require_match")
    args = (target, params["data"])
    answer = _call(house, request, who, model, "rest_write", args, kwargs, context=params.get("context"))
    return Answer(answer["result"], answer.get("meta") or {}, headers=who.headers)


def _put(model: str, record_id: int | None, house: House, request: Request) -> Reply:
    beside = {"result": False} if _is_legacy(request) else {}
    return enveloped(partial(write, model, record_id), house, request, **beside)


def _is_legacy(request: Request) -> bool:
    """Whether a PUT that fails also says `result: false`, which is all that the module said."""
    try:
        return flag(request, "legacy_put")
    except EntrepotError:
        return False


def _call(
    house: House,
    request: Request,
    who: Who,
    model: str,
    method: str,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    context: Any = None,
) -> Mapping[str, Any]:
    """Run one of the kernel's REST methods: its answer."""
    named = dict(kwargs or {})
    said = context_of(request) if context is None else context
    if said:
        named["context"] = said
    call = Call(
        tenant=who.tenant,
        credentials=who.credentials,
        model=model,
        method=method,
        args=args,
        kwargs=named,
        door=DOOR,
        address=request.address,
        request_id=request.request_id,
    )
    answer: Mapping[str, Any] = asked(house, call)
    return answer


def asked(house: House, call: Call) -> Any:
    """Run a call; an unknown model is told in the words of this door."""
    try:
        return ask(house, call)
    except UnknownModel as error:
        raise UnknownModel(f"The model `{call.model[:80]}` does not exist.", **error.data) from error


def context_of(request: Request) -> Any:
    """The context in the address. Raises BadQuery."""
    text = request.parameter("context") if request.query else None
    if not text:
        return None
    try:
        return parse(text.encode(), 20)
    except BadRequest as error:
        raise BadQuery(
            problems=[Problem("context", "not_json", f"The context is no JSON: {error.message}")]
        ) from error


def _number(name: str, text: str, problems: list[Problem]) -> int | None:
    if _NUMBER.fullmatch(text):
        return int(text)
    problems.append(Problem(name, "bad_number", f"{name} is a whole number, got {text[:40]!r}."))
    return None


def _missing(name: str, message: str) -> BadQuery:
    return BadQuery(problems=[Problem(name, "required", message)])


def _spelled(request: Request, result: Any) -> Any:
    """The rows of a result as JSON spells them; what an add-on answers instead is left to the general speller."""
    if not isinstance(result, Tree):
        return result
    form = (request.parameter("datetime_format") if request.query else None) or "standard"
    if form not in {"standard", "legacy"}:
        raise _refused_format()
    return tree_rows(result, empty=False, legacy=form == "legacy")


def _refused_format() -> BadQuery:
    text = "datetime_format is 'standard' (YYYY-MM-DD HH:MM:SS) or 'legacy' (YYYY-MM-DD-HH-MM)."
    return BadQuery(problems=[Problem("datetime_format", "unknown_format", text)])
