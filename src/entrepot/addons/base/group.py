"""Groups of users; whoever is in a group is also in the groups it implies, and in theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.contact_name import copied_name
from entrepot.api import Boolean, Char, Many2many, Many2one, Model, Problem, Text, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Group(Model, name="res.groups", order="name", unique=[("category_id", "name")]):
    """Access Group"""

    name = Char(required=True, translate=True)
    full_name = Char(compute="_compute_full_name", string="Group Name", search="_search_full_name")
    category_id = Many2one("ir.module.category", string="Application", index=True)
    users = Many2many("res.users", table="res_groups_users_rel", column="gid", other="uid", copy=False)
    implied_ids = Many2many(
        "res.groups",
        table="res_groups_implied_rel",
        column="gid",
        other="hid",
        string="Inherits",
        help="Users of this group are automatically in these groups too.",
    )
    implied_by_ids = Many2many(
        "res.groups", table="res_groups_implied_rel", column="hid", other="gid", string="Implied By"
    )
    trans_implied_ids = Many2many(
        "res.groups", compute="_compute_trans_implied", string="Transitively Inherits"
    )
    share = Boolean(string="Share Group", help="Made to give access to people from outside.")
    comment = Text(translate=True)

    @depends("name", "category_id.name")
    def _compute_full_name(self) -> None:
        for group in self:
            group.full_name = f"{group.category_id.name} / {group.name}" if group.category_id else group.name

    def _search_full_name(self, operator: str, value: Any) -> list[Any]:
        text = value.rpartition("/")[2].strip() if isinstance(value, str) else value
        return [("name", operator, text)]

    @depends("implied_ids")
    def _compute_trans_implied(self) -> None:
        for group in self:
            group.trans_implied_ids = group.closure() - group

    def closure(self) -> Self:
        """These groups and every group that being in them brings along."""
        everything = self
        fresh = self
        while fresh:
            fresh = fresh.mapped("implied_ids") - everything
            everything |= fresh
        return everything

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write, and let users feel at once what their groups now imply."""
        done = super().write(vals)
        if "implied_ids" in vals or "implied_by_ids" in vals or "users" in vals:
            everybody = self.env["res.users"].sudo().with_context(active_test=False).search([])
            everybody.refresh_share()
        return done

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy has a name of its own, and no users."""
        return super().copy_data({"name": copied_name(self.name or ""), **(default or {})})

    @constrains("implied_ids")
    def _implies_no_circle(self) -> Iterator[Problem]:
        for group in self:
            if group in group.mapped("implied_ids").closure():
                yield Problem("implied_ids", "circle", f"The group {group.name} cannot imply itself.")
