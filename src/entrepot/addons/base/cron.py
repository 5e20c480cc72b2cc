"""Scheduled actions: which method of which model runs by itself, how often, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.base.access_right import model_ids
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]


class Cron(Model, name="ir.cron", order="priority, name, id", unique=[("model", "method")]):
    """Scheduled Actions"""

    name = Char(required=True)
    active = Boolean(default=True)
    model = Char(string="Model Name", required=True, index=True)
    model_id = Many2one("ir.model", compute="_compute_model_id", string="Model")
    method = Char(required=True)
    user_id = Many2one(
        "res.users", string="Scheduler User", on_delete="restrict", help="Empty: the system itself."
    )
    interval_number = Integer(required=True, default=1, string="Repeat Every", aggregator=None)
    interval_type = Selection(_UNITS, string="Interval Unit", required=True, default="days")
    nextcall = Datetime(
        string="Next Execution Date", required=True, index=True, default=lambda self: self.env.now()
    )
    lastcall = Datetime(string="Last Execution Date", readonly=True, copy=False)
    numbercall = Integer(
        default=-1, string="Number of Calls", aggregator=None, help="How often still; negative for ever."
    )
    priority = Integer(default=5, aggregator=None, help="Lower goes first.")
    failure_count = Integer(readonly=True, copy=False, aggregator=None, help="Failures in a row.")
    last_error = Text(readonly=True, copy=False)

    def reflect(self) -> None:
        """Make a record for each scheduled method that has none yet; what administrators changed stays."""
        known = {(each.model, each.method) for each in self.sudo().with_context(active_test=False).search([])}
        wanted = [
            {
                "name": f"{meta.title}: {method.replace('_', ' ')}",
                "model": name,
                "method": method,
                "interval_number": every.number,
                "interval_type": every.unit,
            }
            for name, meta in self.env.registry.models.items()
            for method, every in meta.crons.items()
            if (name, method) not in known
        ]
        self.sudo().create(wanted)

    @depends("model")
    def _compute_model_id(self) -> None:
        known = model_ids(self)
        for each in self:
            each.model_id = known.get(each.model or "")

    @constrains("interval_number")
    def _interval_is_positive(self) -> Iterator[Problem]:
        for each in self:
            if each.interval_number <= 0:
                yield Problem(
                    "interval_number",
                    "not_positive",
                    "The interval number must be a strictly positive number.",
                )

    @constrains("model", "method")
    def _method_is_meant_for_it(self) -> Iterator[Problem]:
        for each in self:
            meta = self.env.registry.models.get(each.model or "")
            if meta is None or each.method not in meta.crons:
                yield Problem(
                    "method",
                    "not_cron",
                    f"{str(each.model)[:80]} has no scheduled method named {str(each.method)[:80]}.",
                )
