"""Names that peers use for records which are called otherwise here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.exchange.spellings import folded
from entrepot.api import Char, Integer, Many2one, Model, Problem, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mapping(
    Model, name="ek.mapping", order="model, external_name, id", unique=[("model", "folded_name", "peer_id")]
):
    """Name mapping"""

    model = Char(required=True, index=True)
    external_name = Char(required=True)
    folded_name = Char(compute="_compute_folded_name", store=True, index=True)
    res_id = Integer(string="Record", required=True, aggregator=None)
    peer_id = Many2one("ek.peer", on_delete="cascade", help="Left empty, the name is every peer's.")

    @depends("external_name")
    def _compute_folded_name(self) -> None:
        for mapping in self:
            mapping.folded_name = folded(mapping.external_name or "")

    @constrains("model", "res_id")
    def _record_is_there(self) -> Iterator[Problem]:
        for mapping in self:
            if mapping.model not in self.env:
                yield Problem("model", "unknown", f"There is no model {mapping.model!r}.")
            elif not self.env[str(mapping.model)].sudo().browse([mapping.res_id]).exists():
                yield Problem("res_id", "missing", f"{mapping.model} has no record {mapping.res_id}.")
