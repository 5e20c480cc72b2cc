"""`/api/<model>/<id>/<field>` and `/binary/<model>/<id>/<field>`: the content of a file of a record.

The bytes with their type, in ranges; as base64 text with `?format=base64`; as a JSON text of it where JSON is asked for.
"""

from __future__ import annotations

from base64 import b64encode
from functools import partial

from entrepot.doors.abc import FileReply, House
from entrepot.doors.files import reply
from entrepot.doors.http import JSON, TEXT, Reply, Request
from entrepot.doors.rest.envelope import plain
from entrepot.doors.rest.identity import Who
from entrepot.doors.rest.parameters import COMMON, parameters
from entrepot.errors import BadQuery, MissingError, Problem, TooLarge

ID_LIMIT = 2**31
_KNOWN = COMMON | {"format", "download"}


def content(model: str, record_id: int, field: str, house: House, request: Request) -> Reply:
    """The content of a binary field, with the sender's rights."""
    return plain(partial(_content, model, record_id, field), house, request)


def _content(model: str, record_id: int, field: str, house: House, request: Request, who: Who) -> Reply:
    form = parameters(request, _KNOWN).get("format")
    if form not in {None, "", "raw", "base64"}:
        text = "format is 'raw' (the bytes) or 'base64'."
        raise BadQuery(problems=[Problem("format", "unknown_format", text)])
    if record_id >= ID_LIMIT:
        raise MissingError("There is no such file.")
    file = house.open_file(who.tenant, who.credentials, model, record_id, field, request.address)
    if form == "base64":
        return Reply(200, TEXT, _base64(house, file))
    if not form and _wants_json(request):
        return Reply(200, JSON, b'"' + _base64(house, file) + b'"')
    return reply(request, file)


def _wants_json(request: Request) -> bool:
    """Whether JSON is all that is asked for."""
    kinds = [
        each.partition(b";")[0].strip() for each in request.headers.get(b"accept", b"").lower().split(b",")
    ]
    return bool(kinds) and all(each == b"application/json" or each.endswith(b"+json") for each in kinds)


def _base64(house: House, file: FileReply) -> bytes:
    """The content as base64, which is held in memory as a whole. Raises TooLarge."""
    if file.size > house.settings.max_body_bytes:
        raise TooLarge(f"The file has {file.size} bytes, too many for base64; ask for the bytes.")
    return b64encode(file.path.read_bytes())
