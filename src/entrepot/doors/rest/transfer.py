"""`POST /api/<model>/import` and `GET /api/<model>/export`: files of rows, streamed both ways.

The body of an import is the file as it is, and goes to the disk while it comes; its answer is NDJSON, one line a row and a
summary at the end. What an import and an export may be told stands in the address.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import Any, BinaryIO, cast

import orjson

from entrepot import names
from entrepot.doors.abc import House
from entrepot.doors.files import disposition
from entrepot.doors.http import Headers, Reply, Request, Route, Sink, StreamBody, Upload, fields, media_type
from entrepot.doors.rest.envelope import DOOR, refuse
from entrepot.doors.rest.identity import PARAMETER, identify
from entrepot.doors.rest.parameters import parameters
from entrepot.errors import BadRequest, TooLarge
from entrepot.transfer import (
    FORMATS,
    MAX_BATCH,
    MEDIA_TYPES,
    Asker,
    ExportOptions,
    FileOptions,
    Format,
    ImportOptions,
    Outcome,
    Report,
)

NDJSON: Headers = ((b"content-type", b"application/x-ndjson"), (b"cache-control", b"no-store"))
MAX_NUMBER = 10**9
REFUSED = 422
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", ""})
_REPORTS: tuple[Report, ...] = ("all", "errors", "none")
_EVERYWHERE = frozenset({"db", PARAMETER, "format", "encoding", "delimiter", "sheet", "safe", "context"})
_IMPORT = _EVERYWHERE | {
    "key",
    "map",
    "ignore_unknown",
    "keep_going",
    "dry_run",
    "skip",
    "from_line",
    "batch",
    "report",
}
_EXPORT = _EVERYWHERE | {"columns", "fields", "domain", "filter", "order", "limit"}
_TYPES: dict[str, Format] = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json-lines": "ndjson",
}


def find(path: str) -> Route | None:
    """`/api/<model>/import` and `/api/<model>/export`, with or without a slash at the end."""
    match path.removeprefix("/api/").removesuffix("/").split("/"):
        case [model, "import"] if names.is_model(model):
            take = partial(_open, model)
            return Route(DOOR, partial(import_, model), ("POST",), refuse=refuse, upload=take)
        case [model, "export"] if names.is_model(model):
            return Route(DOOR, partial(export, model), ("GET",), refuse=refuse)
        case _:
            return None


class Spool:
    """A body on its way to the disk (`http.Upload`)."""

    def __init__(self, most: int) -> None:
        """`most`: bytes that are taken."""
        self._most = most
        self._size = 0
        self._file: BinaryIO | None = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - see `discard`

    def feed(self, chunk: bytes) -> None:
        """See `Upload`. Raises TooLarge."""
        self._size += len(chunk)
        if self._size > self._most:
            raise TooLarge(f"The file is larger than the {self._most} bytes this server takes.")
        if self._file is not None:
            self._file.write(chunk)

    def finish(self) -> None:
        """See `Upload`."""
        if not self._size:
            raise BadRequest("The body is empty: send the file as it is.")

    def discard(self) -> None:
        """See `Upload`."""
        if self._file is not None:
            self._file.close()

    def taken(self) -> BinaryIO:
        """The file, which is the caller's to close from now on."""
        file, self._file = self._file, None
        if file is None:
            raise BadRequest("The body is gone.")
        file.seek(0)
        return file


def _open(model: str, house: House, request: Request) -> Upload:
    """Take a file from somebody who may import, and from nobody else."""
    _import_options(request)
    _format(request)
    length = request.headers.get(b"content-length", b"")
    most = house.settings.max_import_bytes
    if length.isdigit() and len(length) < 20 and int(length) > most:
        raise TooLarge(f"The file is larger than the {most} bytes this server takes.")
    house.transfer.admit(_asker(house, request), model, "write")
    return Spool(most)


def import_(model: str, house: House, request: Request) -> Reply:
    """Import the file that was sent. Raises BadRequest."""
    if not isinstance(request.upload, Spool):
        raise BadRequest("Send the file as the body.")
    options, report = _import_options(request)
    file = FileOptions(format=_format(request), **_file_options(request))
    asker = _asker(house, request)
    handle = request.upload.taken()

    def produce(sink: Sink) -> None:
        with closing(_Listener(sink, waits=not options.keep_going)) as listener:
            summary = house.transfer.load(asker, model, handle, file, options, listener, report)
            if not options.keep_going and summary.errors:
                sink.status = REFUSED
            listener.done(orjson.dumps(summary.plain(), option=orjson.OPT_APPEND_NEWLINE))

    return Reply(200, NDJSON, StreamBody(produce, handle.close))


class _Listener:
    """Sends what is told of an import (`transfer.Listener`)."""

    def __init__(self, sink: Sink, *, waits: bool) -> None:
        """`waits`: the status is known at the end only, so lines wait for it."""
        self._sink = sink
        self._waiting = tempfile.SpooledTemporaryFile(1 << 20) if waits else None  # noqa: SIM115 - see `close`

    def lines(self, content: bytes) -> None:
        """See `Listener`."""
        if self._waiting is None:
            self._sink.write(content)
        else:
            self._waiting.write(content)

    def refused(self, outcome: Outcome) -> None:
        """See `Listener`: it is among the lines."""

    def progress(self, rows: int, part: float) -> None:
        """Stop when nobody waits any more."""
        self._sink.check()

    def done(self, last: bytes) -> None:
        """Send what waited, and the last line."""
        if self._waiting is not None:
            self._waiting.seek(0)
            while chunk := self._waiting.read(64 * 1024):
                self._sink.write(chunk)
        self._sink.write(last)

    def close(self) -> None:
        """Let go of what waited."""
        if self._waiting is not None:
            self._waiting.close()


def export(model: str, house: House, request: Request) -> Reply:
    """The records of a model as a file. Raises BadRequest."""
    given = parameters(request, _EXPORT)
    chosen = FileOptions(format=_accepted(request), **_file_options(request))
    options = ExportOptions(
        columns=_words(given.get("columns") or given.get("fields") or ""),
        domain=_json(given, "domain" if "domain" in given else "filter", list, []),
        order=_order(given.get("order")),
        limit=_number(given, "limit", 0) or None,
        context=_json(given, "context", dict, {}),
    )
    asker = _asker(house, request)
    kind = MEDIA_TYPES[chosen.format]
    headers: Headers = (
        (b"content-type", kind.encode()),
        (b"content-disposition", disposition("attachment", f"{model}.{chosen.format}")),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    )

    def produce(sink: Sink) -> None:
        house.transfer.export(asker, model, chosen, options, sink.write, lambda _: sink.check())

    return Reply(200, headers, StreamBody(produce))


# what stands in the address -------------------------------------------------------------------------------------------


def _asker(house: House, request: Request) -> Asker:
    who = identify(house, request)
    return Asker(
        tenant=who.tenant,
        credentials=who.credentials,
        door=DOOR,
        address=request.address,
        request_id=request.request_id,
    )


def _import_options(request: Request) -> tuple[ImportOptions, Report]:
    given = parameters(request, _IMPORT)
    report = given.get("report", "all")
    if report not in _REPORTS:
        raise BadRequest(f"report is one of {', '.join(_REPORTS)}.")
    mapping = _json(given, "map", dict, {})
    if not all(isinstance(each, str) for each in mapping.values()):
        raise BadRequest('map is a JSON object of texts: {"Header": "field"}.')
    batch = _number(given, "batch", ImportOptions().batch)
    if not 1 <= batch <= MAX_BATCH:
        raise BadRequest(f"batch goes from 1 to {MAX_BATCH}.")
    options = ImportOptions(
        key=_words(given.get("key", "")),
        mapping=mapping,
        ignore_unknown=_flag(given, "ignore_unknown"),
        keep_going=_flag(given, "keep_going"),
        dry_run=_flag(given, "dry_run"),
        skip=_number(given, "skip", 0),
        from_line=_number(given, "from_line", 0),
        batch=batch,
        context=_json(given, "context", dict, {}),
    )
    return options, report


def _file_options(request: Request) -> dict[str, Any]:
    given = fields(request.query) if request.query else {}
    delimiter = {"tab": "\t", "\\t": "\t"}.get(given.get("delimiter", ""), given.get("delimiter", ""))
    return {
        "encoding": given.get("encoding", ""),
        "delimiter": delimiter,
        "sheet": given.get("sheet", ""),
        "safe": _flag(given, "safe", default=True),
    }


def _format(request: Request) -> Format:
    """The format of a body: as the address says, else its content type. Raises BadRequest."""
    named = request.parameter("format")
    if named is not None:
        return _named_format(named)
    found = _TYPES.get(media_type(request).decode("latin-1"))
    if found is None:
        raise BadRequest(f"Say what the body is by its content type or ?format=: {', '.join(FORMATS)}.")
    return found


def _accepted(request: Request) -> Format:
    """The format of an answer: as the address says, else the first that is accepted. Raises BadRequest."""
    named = request.parameter("format")
    if named is not None:
        return _named_format(named)
    accepted = request.headers.get(b"accept", b"*/*").decode("latin-1").lower()
    for each in accepted.split(","):
        kind = each.partition(";")[0].strip()
        if kind in _TYPES:
            return _TYPES[kind]
        if kind in {"*/*", "text/*", ""}:
            return "csv"
    raise BadRequest(f"None of the accepted types is made here; known: {', '.join(dict.fromkeys(_TYPES))}.")


def _named_format(text: str) -> Format:
    for each in FORMATS:
        if each == text:
            return each
    raise BadRequest(f"format is one of {', '.join(FORMATS)}.")


def _flag(given: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    text = given.get(name)
    if text is None:
        return default
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise BadRequest(f"{name} is 1 or 0.")


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= MAX_NUMBER):
        raise BadRequest(f"{name} is a whole number from 0.")
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _json(given: Mapping[str, str], name: str, kind: Callable[[], Any], default: Any) -> Any:
    text = given.get(name)
    if not text:
        return default
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{name} is JSON, which this is not: {error}.") from error
    if not isinstance(value, kind):  # type: ignore[arg-type]  # list or dict
        raise BadRequest(f"{name} is a JSON {'list' if kind is list else 'object'}.")
    return value


def _order(text: str | None) -> str | None:
    """An order, bare or as a JSON text."""
    if text and text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    return text or None
