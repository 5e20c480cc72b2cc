"""A record of one of several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model


class Reference(Field["Model | None"]):
    """A record of one of the models given as (model, label), or of any model; stored as "model,id"."""

    kind = "reference"
    column_kind = "text"
    table_kind = "text"

    def __init__(self, models: Sequence[tuple[str, str]] | None = None, **given: Unpack[Options]) -> None:
        """Declare a reference."""
        options: dict[str, Any] = dict(given)
        if models is not None:
            options["models"] = tuple(models)
        super().__init__(**options)

    def parse(self, value: Any, env: Environment) -> str | None:
        """ "model,id", or a record. The record must exist."""
        if is_unset(value) or value == "":
            return None
        if hasattr(value, "ids") and hasattr(value, "env"):
            return f"{value.model_name},{value.id}" if value else None
        model, _, number = value.partition(",") if isinstance(value, str) else ("", "", "")
        allowed = [name for name, _ in self.given.get("models", ())] or list(env.registry.models)
        if (
            model not in allowed
            or model not in env.registry.models
            or not (number.isascii() and number.isdigit())
        ):
            raise FieldError(
                "not_reference", f"expected 'model,id' with a model of: {', '.join(allowed[:10])}"
            )
        if not env[model].sudo().browse([int(number)]).exists():
            raise FieldError("missing", f"{model},{number} does not exist")
        return value  # type: ignore[no-any-return]  # checked to be text above

    def present(self, cached: Any, records: Model) -> Model | None:
        """The record."""
        if cached is None:
            return None
        model, _, number = cached.partition(",")
        return records.env[model].browse([int(number)])

    def plain(self, cached: Any, records: Model) -> Any:
        """ "model,id"."""
        return cached

    def describe(self, env: Environment) -> dict[str, Any]:
        """The models."""
        return {"selection": [list(pair) for pair in self.given.get("models", ())]}
