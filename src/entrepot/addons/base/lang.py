"""Languages: which are installed, and how each writes dates, times and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Boolean, Char, Model, Problem, Selection, UserError, constrains, ondelete, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]
_SOURCE = "en_US"


class Lang(Model, name="res.lang", order="active desc, name"):
    """Language"""

    name = Char(required=True)
    code = Char(string="Locale Code", required=True, unique=True)
    iso_code = Char(string="ISO code")
    active = Boolean()
    direction = Selection([("ltr", "Left-to-Right"), ("rtl", "Right-to-Left")], required=True, default="ltr")
    date_format = Char(required=True, default="%m/%d/%Y")
    time_format = Char(required=True, default="%H:%M:%S")
    week_start = Selection(_WEEKDAYS, string="First Day of Week", required=True, default="7")
    grouping = Char(
        string="Separator Format",
        required=True,
        default="[3,0]",
        help="Sizes of digit groups; a final 0 repeats.",
    )
    decimal_point = Char(string="Decimal Separator", required=True, default=".", trim=False)
    thousands_sep = Char(string="Thousands Separator", default=",", trim=False)

    @constrains("active")
    def _one_is_installed(self) -> Iterator[Problem]:
        if not self.search_count([("active", "=", True)]):
            yield Problem("active", "none_left", "At least one language must be active.")

    @constrains("active")
    def _nobody_speaks_it(self) -> Iterator[Problem]:
        asleep = [lang.code for lang in self if not lang.active]
        if _SOURCE in asleep:
            yield Problem("active", "source", "English (US) is the language of the source and stays active.")
        if asleep and self.env["res.users"].search_count([("partner_id.lang", "in", asleep)]):
            yield Problem("active", "in_use", "Cannot deactivate a language that is currently used by users.")

    @ondelete
    def _source_stays(self) -> None:
        for lang in self:
            if lang.code == _SOURCE:
                raise UserError("English (US) is the language of the source and cannot be deleted.")
            if lang.active:
                raise UserError("You cannot delete an active language; deactivate it first.")

    @public(readonly=True, model=True)
    def get_installed(self) -> list[list[str]]:
        """[code, name] of every installed language, by name."""
        return [
            [lang.code or "", lang.name or ""] for lang in self.search([("active", "=", True)], order="name")
        ]
