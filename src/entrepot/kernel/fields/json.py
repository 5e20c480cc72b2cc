"""Any JSON value."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Json(Field[Any]):
    """A JSON value as it is; None and False are unset."""

    kind = "json"
    column_kind = "json"
    table_kind = "json"

    def parse(self, value: Any, env: Environment) -> Any:
        """Anything JSON can say, but for texts with NUL or lone surrogates, which no store keeps."""
        if is_unset(value):
            return None
        try:
            text = _text(value)
            text.encode()
            found = json.loads(text)
        except UnicodeEncodeError as error:
            raise FieldError("not_text", "JSON text must not contain lone surrogates") from error
        except (TypeError, ValueError, RecursionError) as error:
            raise FieldError("not_json", f"expected a JSON value: {error}") from error
        if _NUL.search(text):
            raise FieldError("nul", "JSON text must not contain NUL characters")
        return found

    def present(self, cached: Any, records: Model) -> Any:
        """A value of one's own: changing it changes nothing until it is assigned."""
        return deepcopy(cached) if isinstance(cached, (list, dict)) else cached

    def same(self, one: Any, other: Any) -> bool:
        """Whether the texts are the same: to Python 1 and True are, to JSON not."""
        return one is other or (one == other and _sorted(one) == _sorted(other))

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """JSON text."""
        return None if cached is None else _text(cached)

    def cached(self, raw: Any) -> Any:
        """The value."""
        return None if raw is None else json.loads(raw)


def _sorted(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
