"""The JSON addresses of the web session. The session cookie is the only identity here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from entrepot.doors.abc import House
from entrepot.doors.arguments import member, text
from entrepot.doors.credentials import COOKIE, session_id, set_cookie
from entrepot.doors.http import JSON, Reply, Request, Route
from entrepot.doors.jsonrpc.envelope import Outcome, route
from entrepot.doors.router import Find
from entrepot.doors.session import dataset
from entrepot.doors.session.info import info_of, session_call, session_info
from entrepot.doors.version import SERVER_VERSION, version, version_info
from entrepot.errors import AccessDenied

DOOR = "session"
MAX_MODULES = 10_000


def routes() -> dict[str, Route]:
    """Whole addresses."""
    call_kw = route(DOOR, dataset.call_kw)
    call_button = route(DOOR, dataset.call_button)
    return {
        "/web/session/authenticate": route(DOOR, authenticate),
        "/web/session/authenticate/": route(DOOR, authenticate),
        "/web/session/get_session_info": route(DOOR, get_session_info),
        "/web/session/check": route(DOOR, check),
        "/web/session/destroy": route(DOOR, destroy),
        "/web/session/modules": route(DOOR, modules),
        "/web/session/get_lang_list": route(DOOR, get_lang_list),
        "/web/dataset/call_kw": call_kw,
        "/web/dataset/call_button": call_button,
        "/web/dataset/call": route(DOOR, dataset.call),
        "/web/dataset/search_read": route(DOOR, dataset.search_read),
        "/web/dataset/resequence": route(DOOR, dataset.resequence),
        "/web/webclient/version_info": route(DOOR, get_version),
        "/web/version": Route(DOOR, web_version, ("GET",), inline=True),
        "/web/health": Route(DOOR, health, ("GET",), inline=True),
    }


def prefixes() -> list[tuple[str, Find]]:
    """The addresses that repeat model and method for the reader of a log; what counts is in the body."""
    call_kw = route(DOOR, dataset.call_kw)
    call_button = route(DOOR, dataset.call_button)
    return [
        ("/web/dataset/call_kw/", lambda _path: call_kw),
        ("/web/dataset/call_button/", lambda _path: call_button),
    ]


def authenticate(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Log in: the session's info with its id, and the cookie. Wrong credentials are a result whose `uid` is
    false.
    """
    login, password = (
        text("authenticate", each, member(params, each, "authenticate")) for each in ("login", "password")
    )
    given = params.get("db") or house.tenant_for(host=request.host or None)
    name = text("authenticate", "db", member({"db": given} if given else {}, "db", "authenticate"))
    try:
        if not login or not password:
            raise AccessDenied  # noqa: TRY301 - told like every other refusal of this address
        sid, _ = house.log_in(name, login, password, request.address)
    except AccessDenied:
        return Outcome({"uid": False, "session_id": None, "db": name}, empty=None)
    before = session_id(request)
    if before is not None and before != sid:
        # A session ends where another begins: its id may be known to whoever used this browser before.
        house.log_out(before)
    info = info_of(house, request, name, sid)
    return Outcome(
        {**info, "session_id": sid}, (set_cookie(request, COOKIE, sid, house.settings.session_seconds),)
    )


def get_session_info(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Who the session belongs to, without its id: scripts of a page must not learn it."""
    del params
    return session_info(house, request)


def check(house: House, request: Request, params: Mapping[str, Any]) -> None:
    """Nothing, when the session is alive."""
    del params
    house.answer(session_call(house, request, "res.users", "context_get"))


def destroy(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """End the session."""
    del params
    sid = session_id(request)
    if sid is not None:
        house.log_out(sid)
    return Outcome(None, (set_cookie(request, COOKIE, "", 0),))


def modules(house: House, request: Request, params: Mapping[str, Any]) -> list[str]:
    """Names of the installed modules."""
    del params
    domain = [["state", "=", "installed"]]
    kwargs = {"fields": ["name"], "limit": MAX_MODULES}
    found = house.answer(
        session_call(house, request, "ir.module.module", "search_read", (domain,), kwargs=kwargs)
    )
    rows = found if isinstance(found, list) else found.dicts()
    return [row["name"] for row in rows]


def get_lang_list(house: House, request: Request, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every language, as (code, name)."""
    del request, params
    return house.administration.languages()


def get_version(house: House, request: Request, params: Mapping[str, Any]) -> dict[str, Any]:
    """The version, for JSON-RPC clients."""
    del house, request, params
    return version()


def web_version(house: House, request: Request) -> Reply:
    """The version, for everybody else."""
    del house, request
    return Reply(200, JSON, orjson.dumps({"version": SERVER_VERSION, "version_info": version_info()}))


def health(house: House, request: Request) -> Reply:
    """The server answers."""
    del house, request
    return Reply(200, JSON, b'{"status": "pass"}')
