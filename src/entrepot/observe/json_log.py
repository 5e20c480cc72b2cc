"""The log: one JSON object a line, to a stream.

Every line has `ts` (UTC), `level` and `event`; the other keys are the event's fields. Secrets are masked,
texts are bounded, and nothing that came from outside can begin a line of its own or move a terminal's cursor:
control characters (C0, C1, line separators, direction marks) stand as JSON escapes. Lines of the standard
library's `logging`, ours and other libraries', come out in the same form through `LogHandler`.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, BinaryIO, get_args

import orjson

from entrepot.observe.events import Crashed, Event, Level, new_trace_id
from entrepot.observe.lines import Lines
from entrepot.observe.masking import MASK, is_secret_name, masked, masked_text

LEVELS: Mapping[str, int] = {level: 10 * rank for rank, level in enumerate(get_args(Level), start=1)}
"""The levels with the numbers that `logging` knows them by."""

_URGENT = LEVELS["warning"]
_MAX_TRACE = 20_000
_MAX_LINE = 65_536
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
# orjson escapes C0; these also end a line or steer a terminal, or make text read in another order than it is.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class JsonLog:
    """Writes events of at least `level` to a binary stream. A sink; also called by `LogHandler`.

    Lines below a warning may wait `linger` seconds to be written together; `close` writes what waits. Raises ValueError
    for an unknown level.
    """

    def __init__(
        self,
        stream: BinaryIO,
        level: str = "info",
        clock: Callable[[], float] = time.time,
        *,
        linger: float = 0.0,
    ) -> None:
        if level not in LEVELS:
            raise ValueError(f"unknown log level {level!r}: expected one of {', '.join(LEVELS)}")
        self.threshold = LEVELS[level]
        self._lines = Lines(stream, linger)
        self._clock = clock
        self._shapes: dict[type[Event], _Shape] = {}

    def __call__(self, event: Event, /) -> None:
        """Write an event, if it matters enough."""
        kind = type(event)
        shape = self._shapes.get(kind)
        if shape is None:
            shape = self._shapes[kind] = _Shape(kind)
        if shape.rank < self.threshold:
            return
        content: dict[str, Any] = {
            "ts": datetime.fromtimestamp(self._clock(), UTC),
            "level": shape.level,
            "event": shape.event,
        }
        for name in shape.names:
            value = getattr(event, name)
            plain = type(value)
            if plain is str:
                content[name] = masked_text(value)
            else:
                content[name] = value if plain is int or plain is float else masked(name, value)
        for name in shape.secrets:
            content[name] = MASK if getattr(event, name) else getattr(event, name)
        if isinstance(event, Crashed):
            content.update(told(event.exception))
        self._put(shape.rank, content)

    def write(self, level: str, event: str, values: Mapping[str, Any]) -> None:
        """Write one line; `values` are masked already."""
        moment = datetime.fromtimestamp(self._clock(), UTC)
        self._put(LEVELS[level], {"ts": moment, "level": level, "event": event, **values})

    def close(self) -> None:
        """Write what waits; later lines are written at once."""
        self._lines.close()

    def _put(self, rank: int, content: Mapping[str, Any]) -> None:
        self._lines.put(encoded(content), urgent=rank >= _URGENT)


class _Shape:
    """What the lines of one kind of event have in common."""

    __slots__ = ("event", "level", "names", "rank", "secrets")

    def __init__(self, kind: type[Event]) -> None:
        self.level = kind.level
        self.rank = LEVELS[kind.level]
        self.event = _CAPITAL.sub("_", kind.__name__).lower()
        names = [each.name for each in fields(kind) if each.name != "exception"]
        self.names = tuple(name for name in names if not is_secret_name(name))
        self.secrets = tuple(name for name in names if is_secret_name(name))


class LogHandler(logging.Handler):
    """Brings the records of the standard library's `logging` into the same log.

    A record with an exception gets a trace id (its own `trace_id`, if it has one), and the trace stands under
    it.
    """

    def __init__(self, log: JsonLog) -> None:
        super().__init__(log.threshold)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a broken one is told by `logging`'s own means and never raised."""
        try:
            values: dict[str, Any] = {"logger": record.name, "message": masked_text(record.getMessage())}
            given = getattr(record, "trace_id", None)
            if given is not None:
                values["trace_id"] = masked_text(str(given))
            if record.exc_info and record.exc_info[1] is not None:
                values.setdefault("trace_id", new_trace_id())
                values.update(told(record.exc_info[1]))
            self._log.write(_level_of(record.levelno), "log", values)
        except Exception:  # noqa: BLE001 - logging's contract: a handler reports its failure and goes on
            self.handleError(record)


def told(exception: BaseException) -> dict[str, Any]:
    """What the log says of an exception: its class, its message and its trace, masked and bounded."""
    trace = "".join(traceback.format_exception(exception, limit=-40))
    return {
        "error": type(exception).__qualname__,
        "message": masked_text(str(exception)),
        # The end of a trace tells where it broke.
        "trace": masked_text(trace[-_MAX_TRACE:], longest=_MAX_TRACE),
    }


def encoded(content: Mapping[str, Any]) -> bytes:
    """One line of JSON with a line feed at its end and no other control character."""
    try:
        line = orjson.dumps(content, default=str, option=_OPTIONS)
    except orjson.JSONEncodeError:
        # Lone surrogates and integers past 64 bit: rare, and no reason to lose a line.
        line = json.dumps(content, default=str).encode() + b"\n"
    if len(line) > _MAX_LINE:
        kept = {
            key: content[key] for key in ("ts", "level", "event", "trace_id", "request_id") if key in content
        }
        line = orjson.dumps({**kept, "cut_bytes": len(line)}, default=str, option=_OPTIONS)
    if line.isascii() and b"\x7f" not in line:
        return line
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", line.decode()).encode()


def _level_of(number: int) -> str:
    return max(
        (level for level in LEVELS if LEVELS[level] <= number), key=LEVELS.__getitem__, default="debug"
    )
