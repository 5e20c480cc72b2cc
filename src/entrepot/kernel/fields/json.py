"""Any JSON value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


class Json(Field[Any]):
    """A JSON value as it is."""

    kind = "json"
    column_kind = "json"
    table_kind = "json"

    def parse(self, value: Any, env: Environment) -> Any:
        """Anything JSON can say."""
        if is_unset(value):
            return None
        try:
            text = json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise FieldError("not_json", f"expected a JSON value: {error}") from error
        if "\\u0000" in text:
            raise FieldError("nul", "JSON text must not contain NUL characters")
        return json.loads(text)

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """JSON text."""
        return None if cached is None else json.dumps(cached, ensure_ascii=False)

    def cached(self, raw: Any) -> Any:
        """The value."""
        return None if raw is None else json.loads(raw)
