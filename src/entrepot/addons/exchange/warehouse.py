"""Warehouses that peers know by the code of a point of sale."""

from __future__ import annotations

from entrepot.api import Char, Model

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Warehouse(Model, extends="stock.warehouse"):
    """What the exchange adds to a warehouse."""

    code_pos = Char(string="POS Code", unique=True, copy=False, help="EKIWH is the central warehouse.")

    def free_code(self) -> str:
        """A short code that no warehouse has: P0001, P0002, … in digits and letters."""
        self.env.lock("stock.warehouse", "free code")
        taken = {
            each.code
            for each in self.sudo().with_context(active_test=False).search([("code", "=like", "P%")])
        }
        number = len(taken)
        while (code := f"P{_spelled(number):0>4}") in taken:
            number += 1
        return code


def _spelled(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits or "0"
