"""Who has the say over which field, and what happens when both sides changed it. Source: B1, B6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Char, Model, Problem, Selection, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNERS = [("here", "This system"), ("peer", "The peers"), ("both", "Both")]
POLICIES = [("ask", "Keep ours and ask"), ("here", "Keep ours"), ("peer", "Take theirs")]


class Responsibility(
    Model,
    name="ek.responsibility",
    order="model, field_name, id",
    rec_name="model",
    unique=[("model", "field_name")],
):
    """Responsibility"""

    model = Char(required=True)
    field_name = Char(string="Field", required=True, default="*", help="A field, or * for all others.")
    owner = Selection(OWNERS, required=True, default="both")
    on_conflict = Selection(POLICIES, required=True, default="ask")

    @constrains("model", "field_name")
    def _field_is_there(self) -> Iterator[Problem]:
        for each in self:
            if each.model not in self.env:
                yield Problem("model", "unknown", f"There is no model {each.model!r}.")
            elif (
                each.field_name != "*"
                and each.field_name not in self.env.registry.models[str(each.model)].fields
            ):
                yield Problem("field_name", "unknown", f"{each.model} has no field {each.field_name!r}.")

    def of(self, model: str) -> Rules:
        """The rules of a model, by field."""
        found = self.sudo().search([("model", "=", model)])
        return Rules(
            {each.field_name or "*": (each.owner or "both", each.on_conflict or "ask") for each in found}
        )


class Rules:
    """Owner and policy of each field of one model."""

    __slots__ = ("_by_field",)

    def __init__(self, by_field: dict[str, tuple[str, str]]) -> None:
        """Fields without an entry follow `*`; without that they belong to both."""
        self._by_field = by_field

    def owner(self, field: str) -> str:
        """here, peer or both."""
        return self._of(field)[0]

    def policy(self, field: str) -> str:
        """ask, here or peer."""
        return self._of(field)[1]

    def _of(self, field: str) -> tuple[str, str]:
        return self._by_field.get(field) or self._by_field.get("*") or ("both", "ask")
