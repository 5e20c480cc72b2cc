"""What a point of sale adds to transfers: the session or ticket they come from."""

from __future__ import annotations

from entrepot.api import Many2one, Model


class Picking(Model, extends="stock.picking"):
    """Transfer"""

    pos_session_id = Many2one("pos.session", index=True, readonly=True, copy=False, on_delete="set null")
    pos_order_id = Many2one("pos.order", index=True, readonly=True, copy=False, on_delete="set null")
