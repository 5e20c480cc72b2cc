"""Which records of a model users see or change: domains, and-ed when they are for everybody, or-ed among
groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.access_right import model_ids, search_by_model, with_model_name
from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Boolean,
    Char,
    Many2many,
    Many2one,
    Model,
    Problem,
    Text,
    ValidationError,
    compile_domain,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class RecordRule(Model, name="ir.rule", order="model, id"):
    """Record Rule"""

    name = Char()
    active = Boolean(default=True)
    model = Char(string="Model Name", required=True, index=True)
    model_id = Many2one(
        "ir.model",
        compute="_compute_model_id",
        inverse="_set_model_id",
        search="_search_model_id",
        string="Model",
    )
    domain = Text(help="Names that may be used: uid, company_id, company_ids, partner_id, today, now.")
    domain_force = Text(related="domain", string="Domain")
    groups = Many2many(
        "res.groups",
        table="rule_group_rel",
        column="rule_group_id",
        other="group_id",
        help="None: everybody.",
    )
    locals()["global"] = Boolean(
        compute="_compute_global", store=True, string="Global"
    )  # a word of Python's own
    perm_read = Boolean(string="Apply for Read", default=True)
    perm_write = Boolean(string="Apply for Write", default=True)
    perm_create = Boolean(string="Apply for Create", default=True)
    perm_unlink = Boolean(string="Apply for Delete", default=True)

    @depends("groups")
    def _compute_global(self) -> None:
        for rule in self:
            setattr(rule, "global", not rule.groups)

    @depends("model")
    def _compute_model_id(self) -> None:
        known = model_ids(self)
        for rule in self:
            rule.model_id = known.get(rule.model or "")

    def _set_model_id(self) -> None:
        for rule in self:
            if rule.model_id:
                rule.model = rule.model_id.model

    def _search_model_id(self, operator: str, value: Any) -> list[Any]:
        return search_by_model(self, operator, value)

    def create(self, vals_list: Any) -> Self:
        """Create; the model may be given by name or as a record of `ir.model`, the domain as
        `domain_force`.
        """
        return super().create(with_each(vals_list, lambda values: with_model_name(self, values)))

    @constrains("perm_read", "perm_write", "perm_create", "perm_unlink")
    def _something_is_ruled(self) -> Iterator[Problem]:
        for rule in self:
            if not (rule.perm_read or rule.perm_write or rule.perm_create or rule.perm_unlink):
                message = "Rule must have at least one checked access right!"
                yield Problem("perm_read", "no_right", message)

    @constrains("model", "domain")
    def _domain_can_be_searched(self) -> Iterator[Problem]:
        for rule in self:
            if (rule.model or "") not in self.env:
                yield Problem("model", "unknown", f"There is no model named {str(rule.model)[:80]}.")
                continue
            try:
                self.env[rule.model or ""].sudo().search_count(_sample(rule.domain or "[]", self.env))
            except (ValidationError, ValueError, TypeError) as error:
                yield Problem("domain", "domain", f"Invalid domain: {error}")


def _sample(text: str, env: Any) -> Any:
    evaluate, _ = compile_domain(text)
    return evaluate(
        {
            "uid": env.uid,
            "company_id": env.company.id or None,
            "company_ids": list(env.company_ids),
            "partner_id": env.caller.partner_id,
            "today": env.today().isoformat(),
            "now": env.now().strftime("%Y-%m-%d %H:%M:%S"),
        }
    )
