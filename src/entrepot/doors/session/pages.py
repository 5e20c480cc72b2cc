"""`/web/login`, `/web`, `/web/session/logout`: as much of a browser's door as clients that log in by form
need.

The token against forged log-ins is derived from a cookie that the page itself sets: a foreign page can
neither read nor set that cookie, and no process has to remember it.
"""

from __future__ import annotations

import hmac
import secrets
from html import escape

from entrepot.doors.abc import House
from entrepot.doors.credentials import COOKIE, cookie, session_id, set_cookie, tenant
from entrepot.doors.html import alert, for_script, page
from entrepot.doors.http import Headers, NoSuchPage, Reply, Request, Route, fields, media_type, redirect
from entrepot.doors.session.info import session_info
from entrepot.doors.values import to_json
from entrepot.errors import AccessDenied, BadRequest, RateLimited, SessionExpired

CSRF_COOKIE = "csrf_id"
CSRF_SECONDS = 3600
HOME = "/web"


def routes() -> dict[str, Route]:
    """Pages and redirections."""
    return {
        "/": Route("pages", to_home, ("GET",), inline=True),
        "/odoo": Route("pages", to_home, ("GET",), inline=True),
        "/web": Route("pages", home, ("GET",)),
        "/web/login": Route("pages", login, ("GET", "POST")),
        "/web/session/logout": Route("pages", log_out, ("GET",)),
    }


def to_home(house: House, request: Request) -> Reply:
    """The addresses people type."""
    del house, request
    return redirect(HOME)


def home(house: House, request: Request) -> Reply:
    """A page that holds the session's info; without a session, the way to the log-in page."""
    try:
        info = session_info(house, request)
    except (SessionExpired, NoSuchPage):
        query = request.query.decode("latin-1")
        return redirect(f"/web/login?{query}" if query else "/web/login")
    token, headers = _token_of(request)
    script = f"{_declaration(token)}\nodoo.__session_info__ = {for_script(to_json(info, empty=False))};"
    name = escape(str(info.get("name") or info.get("username") or ""))
    content = f'<p>You are logged in as {name}.</p>\n<p><a href="/web/session/logout">Log out</a></p>'
    return page("Entrepot", content, script=script, headers=headers)


def login(house: House, request: Request) -> Reply:
    """The log-in page, and what its form is sent to. Raises BadRequest for a missing or wrong token."""
    if request.method != "POST":
        return _form(house, request, "", request.parameter("redirect") or "")
    if media_type(request) != b"application/x-www-form-urlencoded":
        raise BadRequest("Send the log-in form as application/x-www-form-urlencoded.")
    form = fields(request.body)
    secret = cookie(request, CSRF_COOKIE)
    given = form.get("csrf_token", "").encode("utf-8", "replace")
    if secret is None or not hmac.compare_digest(_token(secret).encode("ascii"), given):
        raise BadRequest("The form is out of date: load the log-in page again.")
    named = form.get("db") or request.parameter("db")
    database = house.tenant_for(named=named or None, host=request.host or None)
    if database is None:
        return _form(house, request, "Choose a database.", form.get("redirect", ""))
    try:
        sid, _ = house.log_in(database, form.get("login", ""), form.get("password", ""), request.address)
    except AccessDenied:
        return _form(house, request, "Wrong login or password.", form.get("redirect", ""))
    except RateLimited as error:
        return _form(house, request, error.message, form.get("redirect", ""))
    before = session_id(request)
    if before is not None and before != sid:
        house.log_out(before)
    return redirect(
        local_path(form.get("redirect", "")),
        set_cookie(request, COOKIE, sid, house.settings.session_seconds),
    )


def log_out(house: House, request: Request) -> Reply:
    """End the session and go to the log-in page."""
    sid = session_id(request)
    if sid is not None:
        house.log_out(sid)
    return redirect("/web/login", set_cookie(request, COOKIE, "", 0))


def local_path(wanted: str) -> str:
    r"""Where to go after log-in: a path of this server, else home. `//host` and `/\host` lead elsewhere."""
    is_local = (
        wanted.startswith("/")
        and wanted[1:2] not in {"/", "\\"}
        and wanted.isascii()
        and wanted.isprintable()
    )
    return wanted if is_local and "\\" not in wanted else HOME


def _form(house: House, request: Request, message: str, target: str) -> Reply:
    token, headers = _token_of(request)
    database = request.parameter("db") or tenant(house, request) or ""
    content = (
        f"{alert(message)}\n"
        '<form method="post" action="/web/login">\n'
        f'<input type="hidden" name="csrf_token" value="{token}">\n'
        f'<input type="hidden" name="redirect" value="{escape(target)}">\n'
        f'<label>Database <input name="db" value="{escape(database)}"></label>\n'
        '<label>Login <input name="login" autocomplete="username" required></label>\n'
        '<label>Password <input name="password" type="password" autocomplete="current-password" required>'
        "</label>\n"
        "<button>Log in</button>\n</form>"
    )
    return page("Log in", content, script=_declaration(token), headers=headers)


def _token_of(request: Request) -> tuple[str, Headers]:
    """The token for this browser's form, and the cookie it is derived from where there is none yet."""
    secret = cookie(request, CSRF_COOKIE)
    if secret is not None:
        return _token(secret), ()
    secret = secrets.token_urlsafe(24)
    return _token(secret), (set_cookie(request, CSRF_COOKIE, secret, CSRF_SECONDS),)


def _declaration(token: str) -> str:
    """The script where clients look for the token."""
    return f'var odoo = {{\n  csrf_token: "{token}"\n}};'


def _token(secret: str) -> str:
    """The form's token for a cookie: hexadecimal, and of no use to learn the cookie from."""
    return hmac.new(secret.encode("ascii"), b"login form", "sha256").hexdigest()
