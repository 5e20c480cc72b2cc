"""A record of one of several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset
from entrepot.kernel.fields.many2one import id_of

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
        """Text like "model,id", or a record. The record must exist."""
        if is_unset(value) or value == "" or (hasattr(value, "env") and not value):
            return None
        model, number = self._parts(value)
        allowed = [name for name, _ in self.given.get("models", ())] or list(env.registry.models)
        record_id = id_of(number)
        if model not in allowed or model not in env.registry.models or record_id is None:
            raise FieldError(
                "not_reference", f"expected 'model,id' with a model of: {', '.join(allowed[:10])}"
            )
        if not env[model].sudo().browse([record_id]).exists():
            raise FieldError("missing", f"{model},{record_id} does not exist")
        return f"{model},{record_id}"

    def _parts(self, value: Any) -> tuple[str, Any]:
        if hasattr(value, "ids") and hasattr(value, "env"):
            return (value.model_name, value.ids[0] if len(value.ids) == 1 else None)
        model, _, number = value.partition(",") if isinstance(value, str) else ("", "", "")
        return (model, number)

    def present(self, cached: Any, records: Model) -> Model | None:
        """The record."""
        if cached is None:
            return None
        model, _, number = cached.partition(",")
        return records.env[model].browse([int(number)])

    def plain(self, cached: Any, records: Model) -> Any:
        """The text "model,id"."""
        return cached

    def describe(self, env: Environment) -> dict[str, Any]:
        """The models."""
        return {"selection": [list(pair) for pair in self.given.get("models", ())]}
