"""The question what becomes of what a transfer left undone, as a wizard."""

from __future__ import annotations

from typing import Any

from entrepot.api import Many2many, Model, UserError, public


class BackorderConfirmation(Model, name="stock.backorder.confirmation", transient=True):
    """Backorder Confirmation"""

    pick_ids = Many2many("stock.picking", string="Transfers")

    @public
    def process(self) -> bool:
        """Carry out the transfers; what is left becomes transfers of its own."""
        self._pickings().with_context(skip_backorder=True, picking_ids_not_to_backorder=[]).button_validate()
        return True

    @public
    def process_cancel_backorder(self) -> bool:
        """Carry out the transfers; what is left is cancelled."""
        pickings = self._pickings()
        pickings.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=list(pickings.ids)
        ).button_validate()
        return True

    def _pickings(self) -> Any:
        """The transfers of these wizards, which the caller may change."""
        pickings = self.mapped("pick_ids")
        if not pickings:
            raise UserError("Say which transfers (pick_ids) are to be carried out.")
        pickings.check_access("write")
        return pickings
