"""What a message may hold: its body as JSON text, its path, its method. Pure.

The text made here is stored, signed and sent as it is; nobody spells it anew on the way.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

METHODS = ("POST", "PUT", "PATCH", "DELETE")
MOST_BODY_BYTES = 1024 * 1024
"""Larger things are for a file that the message points to."""
MOST_PATH = 1000
_PATH = re.compile(r"/[\x21\x24-\x3a\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", re.ASCII)


def json_text(body: Any) -> str | None:
    """The JSON text of a body, without blanks; None has none. Raises ValueError for what JSON cannot say.

    Decimals become numbers, days and moments ISO 8601 (moments in UTC with `Z`).
    """
    if body is None:
        return None
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_spelled)
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise ValueError("text with half a surrogate pair") from error
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error) or "nested too deeply") from error
    if size > MOST_BODY_BYTES:
        raise ValueError(f"{size:,} bytes; at most {MOST_BODY_BYTES:,} are sent in one message")
    return text


def _spelled(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is no number of JSON")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be said in JSON")


def problem_of_text(text: str) -> str | None:
    """What is wrong with a body that somebody wrote; None when it is JSON of a bearable size."""
    size = len(text.encode())
    if size > MOST_BODY_BYTES:
        return f"The body has {size:,} bytes; at most {MOST_BODY_BYTES:,} are sent in one message."
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"The body is no JSON: {error}."
    return None


def is_path(path: str) -> bool:
    """Whether a text may stand behind an endpoint's address: nothing, or one slash and what stays below it."""
    if not path:
        return True
    if len(path) > MOST_PATH or not _PATH.fullmatch(path) or path.startswith("//"):
        return False
    return not any(part in {".", ".."} for part in _undotted(path.partition("?")[0]).split("/"))


def _undotted(path: str) -> str:
    return path.replace("%2e", ".").replace("%2E", ".")


def is_topic(topic: str) -> bool:
    """Whether a text may be a topic: words of letters, digits and `_`, with dots between them."""
    return len(topic) <= 100 and _TOPIC.fullmatch(topic) is not None
