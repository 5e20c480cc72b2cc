"""Settings of one tenant as keys with text values."""

from __future__ import annotations

from typing import Any

from entrepot.api import Char, Model, Text, public


class ConfigParameter(Model, name="ir.config_parameter", rec_name="key", order="key"):
    """System Parameter"""

    key = Char(required=True, unique=True)
    value = Text(required=True)

    @public(readonly=True, model=True)
    def get_param(self, key: str, default: Any = None) -> Any:
        """The value under a key, or the default when there is none."""
        found = self.search([("key", "=", key)], limit=1)
        return found.value if found else default

    @public(model=True)
    def set_param(self, key: str, value: Any) -> Any:
        """Keep a value under a key and return what was there (None if nothing).

        None or False forgets the key.
        """
        found = self.search([("key", "=", key)], limit=1)
        before = found.value if found else None
        if value is None or value is False:
            found.unlink()
        elif found:
            found.write({"value": str(value)})
        else:
            self.create({"key": key, "value": str(value)})
        return before
