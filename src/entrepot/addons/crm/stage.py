"""Stages of the pipeline: shared by all teams, or of one."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.api import Boolean, Char, Float, Integer, Many2one, Model, Problem, Text, constrains


class Stage(Model, name="crm.stage", order="sequence, name, id"):
    """CRM Stages"""

    name = Char(string="Stage Name", required=True, translate=True)
    sequence = Integer(default=1, aggregator=None)
    is_won = Boolean(string="Is Won Stage?")
    probability = Float(
        digits=(5, 2),
        aggregator=None,
        default=10.0,
        help="What an opportunity gets that comes here, in percent.",
    )
    requirements = Text(help="What has to be done before an opportunity moves on.")
    team_id = Many2one("crm.team", string="Sales Team", on_delete="set null", help="Empty: for all teams.")
    fold = Boolean(string="Folded in Pipeline")

    @constrains("probability")
    def _probability_is_a_percentage(self) -> Iterator[Problem]:
        for stage in self:
            if not 0 <= stage.probability <= 100:
                yield Problem("probability", "range", "A probability is between 0 and 100 percent.")
