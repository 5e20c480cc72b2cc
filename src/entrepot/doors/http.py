"""What an HTTP door takes and gives: requests, replies, routes.

`doors/asgi.py` makes a `Request` from the wire, finds a `Route`, runs its handler in a worker thread and
sends the `Reply`. Handlers are plain functions of (house, request); sockets and threads live in `asgi.py`
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, TypeAlias
from urllib.parse import parse_qsl

from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments
from entrepot.errors import BadRequest, MissingError

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

JSON: Headers = ((b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"))
TEXT: Headers = ((b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"))

MAX_FORM_FIELDS = 100


class NoSuchPage(MissingError):  # noqa: N818 - the state it names
    """Nothing is served at this address."""


class Upload(Protocol):
    """A body that is taken in pieces instead of being held in memory."""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Raises EntrepotError to refuse the rest."""

    def finish(self) -> None:
        """All pieces came. Raises BadRequest when the end is missing."""

    def discard(self) -> None:
        """Forget everything taken. Called in every case, last."""


class Request(NamedTuple):
    """One HTTP request, whole. `path` has no doubled slashes; `host` has no port and is lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    address: str
    scheme: str
    host: str
    request_id: str
    upload: Upload | None = None

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter, None when it is not given."""
        return fields(self.query).get(name) if self.query else None


@dataclass(frozen=True, slots=True)
class FileBody:
    """Bytes to stream: `length` of them from `start` of an open file, which is closed (and unlinked)
    afterwards.
    """

    handle: BinaryIO
    start: int
    length: int
    unlink: Path | None = None


class Sink(Protocol):
    """Where a streamed answer is written to."""

    status: int
    """Of the answer; may be changed until the first byte is written."""

    def write(self, content: bytes) -> None:
        """Send the next piece. Raises `streaming.ClientGone`."""

    def check(self) -> None:
        """Raise `streaming.ClientGone` when nobody waits any more."""


@dataclass(frozen=True, slots=True)
class StreamBody:
    """Bytes that are made while they are sent: `produce` runs in a thread, `close` when all is over."""

    produce: Callable[[Sink], None]
    close: Callable[[], None] = lambda: None


class Reply(NamedTuple):
    """One HTTP response. `headers` are without the length, which follows from the body."""

    status: int
    headers: Headers
    body: bytes | FileBody | StreamBody = b""


Handler: TypeAlias = Callable[[House, Request], Reply]
Refuse: TypeAlias = Callable[[Exception], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """What answers at an address.

    `refuse` spells errors that arise before or in the handler; None takes the plain HTTP form. `inline`
    handlers neither block nor wait and run in the event loop. `upload` opens the taker of a body that may be
    larger than memory.
    """

    door: str
    handler: Handler
    methods: tuple[str, ...] = ("POST",)
    refuse: Refuse | None = None
    inline: bool = False
    upload: Callable[[House, Request], Upload] | None = None


def fields(encoded: bytes) -> dict[str, str]:
    """Read form-encoded fields; of doubled ones the first counts. Raises BadRequest past 100 fields."""
    try:
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=MAX_FORM_FIELDS,
            encoding="utf-8",
        )
    except ValueError as error:
        raise BadRequest("The form has too many fields.") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def media_type(request: Request) -> bytes:
    """The content type of a request without its parameters, lower case; empty when none is given."""
    return request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def redirect(location: str, *headers: tuple[bytes, bytes]) -> Reply:
    """Send the browser to a path of this server by GET."""
    return Reply(
        303, ((b"location", location.encode("ascii", "replace")), (b"cache-control", b"no-store"), *headers)
    )


def required(form: Mapping[str, str], name: str) -> str:
    """A form field that must be there. Raises WrongArguments naming it."""
    try:
        return form[name]
    except KeyError as error:
        raise WrongArguments(f"The form is missing the field '{name}'.") from error
