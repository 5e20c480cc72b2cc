"""`/web/dataset/*`: methods of models called within a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments, member, text
from entrepot.doors.calls import ask, keywords
from entrepot.doors.http import Request
from entrepot.doors.session.info import session_call

MAX_RESEQUENCED = 10_000


def call_kw(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Call a method with positions and names. All four members are required, as in the original."""
    model, method, args, kwargs = (
        member(params, name, "call_kw") for name in ("model", "method", "args", "kwargs")
    )
    return _run(house, request, "call_kw", (model, method, args, kwargs))


def call(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Call a method with positions only: gone from the original, kept for older clients."""
    model, method, args = (member(params, name, "call") for name in ("model", "method", "args"))
    return _run(house, request, "call", (model, method, args, None))


def call_button(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Call a method for the sake of the action it returns; everything that is no action is false."""
    model, method, args, kwargs = (
        member(params, name, "call_button") for name in ("model", "method", "args", "kwargs")
    )
    action = _run(house, request, "call_button", (model, method, args, kwargs))
    return action if isinstance(action, Mapping) else False


def search_read(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Rows and how many there are in all: gone from the original, kept for older clients."""
    model = text("search_read", "model", member(params, "model", "search_read"))
    domain = params.get("domain") or []
    kwargs = {
        "fields": params.get("fields") or [],
        "offset": params.get("offset") or 0,
        "limit": params.get("limit") or None,
        "order": params.get("sort") or None,
    }
    context = {"context": params["context"]} if params.get("context") else {}
    records = ask(
        house, session_call(house, request, model, "search_read", (domain,), kwargs={**kwargs, **context})
    )
    length = ask(house, session_call(house, request, model, "search_count", (domain,), kwargs=context))
    return {"length": length, "records": records}


def resequence(house: House, request: Request, params: Mapping[str, Any]) -> bool:
    """Number records in the order of their ids; False when the model has no such field. Raises
    WrongArguments.
    """
    model = text("resequence", "model", member(params, "model", "resequence"))
    ids = member(params, "ids", "resequence")
    if not isinstance(ids, list) or len(ids) > MAX_RESEQUENCED:
        raise WrongArguments(f"resequence(): 'ids' must be a list of at most {MAX_RESEQUENCED} ids.")
    field = text("resequence", "field", params.get("field") or "sequence")
    offset = params.get("offset") or 0
    if type(offset) is not int:
        raise WrongArguments("resequence(): 'offset' must be an integer.")
    context = {"context": params["context"]} if params.get("context") else {}
    known = ask(house, session_call(house, request, model, "fields_get", ([field], ["type"]), kwargs=context))
    if field not in known:
        return False
    for position, record_id in enumerate(ids, start=offset):
        ask(
            house,
            session_call(house, request, model, "write", ([record_id], {field: position}), kwargs=context),
        )
    return True


def _run(house: House, request: Request, name: str, given: tuple[Any, Any, Any, Any]) -> Any:
    model, method, args, kwargs = given
    if not isinstance(args, list):
        raise WrongArguments(f"{name}(): 'args' must be a list.")
    return ask(
        house,
        session_call(
            house,
            request,
            text(name, "model", model),
            text(name, "method", method),
            tuple(args),
            kwargs=keywords(name, kwargs),
        ),
    )
