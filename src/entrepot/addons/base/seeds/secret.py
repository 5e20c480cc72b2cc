"""A random secret of each database, with which it signs what it hands out and wants back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.api import Environment

KEY = "database.secret"
BYTES = 32


def load(env: Environment) -> None:
    """Make the secret where there is none."""
    parameters = env["ir.config_parameter"]
    if not parameters.search([("key", "=", KEY)]):
        parameters.create({"key": KEY, "value": secrets.token_urlsafe(BYTES)})
