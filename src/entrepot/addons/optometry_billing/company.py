"""What a clinic decides about its business."""

from __future__ import annotations

from entrepot.api import Boolean, Model


class Company(Model, extends="res.company"):
    """Company"""

    polycarbonate_literally = Boolean(
        string="Polycarbonate form for all other lenses",
        help="Whoever orders lenses of another material signs, not only minors and those with a balance lens.",
    )
