"""`POST /object/<model>/<function>` and `/object/<model>/<id>/<function>`: public methods of models and of records.

Without an id, `ids` or a `filter`, a method of records takes them as its first argument, as on every other wire.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from entrepot.call import Call, On
from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments
from entrepot.doors.http import Request
from entrepot.doors.rest.envelope import DOOR, Answer
from entrepot.doors.rest.identity import identify
from entrepot.doors.rest.parameters import COMMON, parameters
from entrepot.doors.rest.records import asked, context_of
from entrepot.errors import BadQuery, Problem

MAX_IDS = 1_000_000
_KNOWN = COMMON | {"filter"}


def run(
    model: str,
    record_id: int | None,
    function: str,
    house: House,
    request: Request,
    params: Mapping[str, Any],
) -> Answer:
    """Call a method. Raises EntrepotError."""
    who = identify(house, request)
    parameters(request, _KNOWN)
    args, kwargs = params.get("args"), params.get("kwargs")
    if args is not None and not isinstance(args, list):
        raise WrongArguments("'args' must be a list.")
    if kwargs is not None and not isinstance(kwargs, dict):
        raise WrongArguments("'kwargs' must be an object.")
    named = {name.strip(): value for name, value in (kwargs or {}).items()}
    said = params.get("context") or (None if "context" in named else context_of(request))
    if said:
        named["context"] = said
    call = Call(
        tenant=who.tenant,
        credentials=who.credentials,
        model=model,
        method=function,
        args=tuple(args or ()),
        kwargs=named,
        on=_records(record_id, request, params),
        door=DOOR,
        address=request.address,
        request_id=request.request_id,
    )
    return Answer(asked(house, call), headers=who.headers)


def _records(record_id: int | None, request: Request, params: Mapping[str, Any]) -> On | None:
    """The records that a call says apart from its arguments. Raises BadQuery, WrongArguments."""
    ids, domain = params.get("ids"), params.get("filter")
    if domain is None and request.query and request.parameter("filter"):
        domain = _json(request.parameter("filter") or "")
    if sum(each is not None for each in (record_id, ids, domain)) > 1:
        raise WrongArguments("Say which records once: by the id in the address, by ids, or by a filter.")
    if record_id is not None:
        return On((record_id,))
    if domain is not None:
        if not isinstance(domain, list):
            raise _bad_filter("The filter must be a list of [field, operator, value].")
        return On(domain=domain)
    if ids is None:
        return None
    given = [ids] if isinstance(ids, int) else ids
    if not isinstance(given, list) or len(given) > MAX_IDS or any(type(each) is not int for each in given):
        raise WrongArguments("'ids' must be a list of record ids.")
    return On(tuple(given))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad_filter("The filter in the address is no JSON.") from error


def _bad_filter(message: str) -> BadQuery:
    return BadQuery(problems=[Problem("filter", "bad_filter", message)])
