"""Default values that users or administrators set for fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entrepot.api import Char, Many2one, Model, Problem, constrains, public

if TYPE_CHECKING:
    from collections.abc import Iterator


class Default(Model, name="ir.default", rec_name="field_id", order="id"):
    """Default Value"""

    field_id = Many2one("ir.model.fields", required=True, index=True, on_delete="cascade")
    user_id = Many2one("res.users", on_delete="cascade", index=True, help="Empty: for everybody.")
    company_id = Many2one("res.company", on_delete="cascade", help="Empty: in every company.")
    condition = Char()
    json_value = Char(string="Default Value (JSON format)", required=True)

    @constrains("json_value")
    def _value_is_json(self) -> Iterator[Problem]:
        for each in self:
            try:
                json.loads(each.json_value or "")
            except ValueError:
                yield Problem("json_value", "not_json", "Invalid JSON format in Default Value field.")

    @public(readonly=True, model=True)
    def get_defaults(self, model_name: str) -> dict[str, Any]:
        """{field: value} for the caller: their own before those of everybody."""
        found: dict[str, Any] = {}
        mine = self.search(
            [
                ("field_id.model", "=", model_name),
                ("user_id", "in", [self.env.uid, False]),
                ("company_id", "in", [self.env.company.id, False]),
            ]
        )
        for each in sorted(mine, key=lambda default: (not default.user_id, not default.company_id)):
            found.setdefault(each.field_id.name, json.loads(each.json_value or ""))
        return found
