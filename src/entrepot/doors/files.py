"""`/web/content`, `/web/image`, `/web/binary/company_logo`: bytes of records, streamed, in ranges, with tags.

Content comes from anybody who may upload, so it is never trusted in a browser: a sandbox, no guessing of
types, and only types that run nothing are shown in place.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from entrepot import names
from entrepot.call import Anonymous, Credentials
from entrepot.doors.abc import FileReply, House
from entrepot.doors.credentials import credentials, tenant
from entrepot.doors.http import FileBody, Headers, NoSuchPage, Reply, Request, Route
from entrepot.doors.router import Find
from entrepot.errors import AccessError, MissingError
from entrepot.files.ranges import Unsatisfiable, is_range_current, is_unchanged, parse_range

GET = ("GET",)
SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
    (b"accept-ranges", b"bytes"),
)
# Shown in place; everything else is offered for saving. No SVG, no HTML, no XML: those hold scripts.
SHOWN = frozenset(
    {"application/pdf", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
)
SHOWN_FAMILIES = ("audio/", "video/")
MAX_ID_DIGITS = 18
PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="180" height="46" viewBox="0 0 180 46">'
    b'<rect width="180" height="46" rx="4" fill="#e8ebee"/></svg>'
)


def routes() -> dict[str, Route]:
    """The one whole address."""
    return {"/web/binary/company_logo": Route("files", company_logo, GET)}


def prefixes() -> list[tuple[str, Find]]:
    """Addresses that name a record."""
    return [("/web/content/", find_content), ("/web/image/", find_image)]


def find_content(path: str) -> Route | None:
    """`/web/content/<attachment id>` or `/web/content/<model>/<id>/<field>`."""
    rest = path.removeprefix("/web/content/")
    if _is_id(rest):
        return Route("files", partial(serve_field, "ir.attachment", int(rest), "datas"), GET)
    return _find_field(rest)


def find_image(path: str) -> Route | None:
    """`/web/image/<model>/<id>/<field>`."""
    return _find_field(path.removeprefix("/web/image/"))


def _find_field(rest: str) -> Route | None:
    model, _, rest = rest.partition("/")
    record_id, _, field = rest.partition("/")
    if not (names.is_model(model) and _is_id(record_id) and names.is_field(field)):
        return None
    return Route("files", partial(serve_field, model, int(record_id), field), GET)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS


def serve_field(model: str, record_id: int, field: str, house: House, request: Request) -> Reply:
    """The content of a binary field, with the sender's rights. Raises MissingError, AccessError,
    AccessDenied.
    """
    return _serve(house, request, credentials(request), (model, record_id, field))


def company_logo(house: House, request: Request) -> Reply:
    """The first company's logo, or a grey box: a log-in page always has an image to show."""
    try:
        return _serve(house, request, Anonymous(), ("res.company", 1, "logo"))
    except (MissingError, AccessError):
        headers = ((b"content-type", b"image/svg+xml"), (b"cache-control", b"public, max-age=300"), *SAFE)
        return Reply(200, headers, PLACEHOLDER)


def _serve(house: House, request: Request, who: Credentials, where: tuple[str, int, str]) -> Reply:
    database = tenant(house, request)
    if database is None:
        raise NoSuchPage("No database is chosen: name it with ?db=.")
    file = house.open_file(database, who, *where, request.address)
    return reply(request, file)


def reply(request: Request, file: FileReply) -> Reply:
    """The answer for a file: whole, a range, unchanged, or a range past its end. Source: RFC 9110."""
    etag = f'"{file.etag}"'
    given = {
        name: request.headers[name].decode("latin-1")
        for name in (b"range", b"if-range", b"if-none-match")
        if name in request.headers
    }
    caching = b"public, max-age=3600" if file.public else b"private, no-cache"
    headers: Headers = ((b"etag", etag.encode("latin-1", "replace")), (b"cache-control", caching), *SAFE)
    if is_unchanged(given.get(b"if-none-match"), etag):
        return Reply(304, headers)
    span = None
    if request.method == "GET" and is_range_current(given.get(b"if-range"), etag):
        try:
            span = parse_range(given.get(b"range"), file.size)
        except Unsatisfiable:
            return Reply(416, (*headers, (b"content-range", f"bytes */{file.size}".encode("ascii"))))
    headers = (*headers, *_description(request, file))
    try:
        handle = file.path.open("rb")
    except FileNotFoundError as error:
        raise MissingError("The content of this file is not there any more.") from error
    if span is None:
        return Reply(200, headers, FileBody(handle, 0, file.size))
    where = f"bytes {span.first}-{span.last}/{file.size}".encode("ascii")
    return Reply(206, (*headers, (b"content-range", where)), FileBody(handle, span.first, span.length))


def _description(request: Request, file: FileReply) -> Headers:
    """What the bytes are and what they are called. Nothing of it may break out of its header."""
    kind = file.mimetype.partition(";")[0].strip().lower()
    shown = kind in SHOWN or kind.startswith(SHOWN_FAMILIES)
    asked = (request.parameter("download") or "").lower() in {"1", "true", "yes"}
    if not all(33 <= ord(letter) < 127 for letter in kind) or "/" not in kind:
        kind, shown = "application/octet-stream", False
    if kind == "text/plain":
        kind = "text/plain; charset=utf-8"
    where = "attachment" if asked or not shown else "inline"
    return (b"content-type", kind.encode("ascii")), (b"content-disposition", disposition(where, file.name))


def disposition(where: str, name: str) -> bytes:
    """A Content-Disposition for any file name: plain ASCII for old clients, UTF-8 for all others. Source: RFC
    6266.
    """
    # The last part only, without what a header or a file system would read as something else.
    base = name.replace("\\", "/").rpartition("/")[2]
    base = "".join(letter for letter in base if letter.isprintable())[:200].strip(" .") or "file"
    plain = "".join(letter if letter.isascii() and letter not in '"\\;%' else "_" for letter in base)
    return f"{where}; filename=\"{plain}\"; filename*=UTF-8''{quote(base, safe='', errors='replace')}".encode(
        "ascii"
    )
