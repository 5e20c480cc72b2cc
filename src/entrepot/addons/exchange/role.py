"""What a role that a peer names may do here. No message gives more than these groups, and none of them administers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.exchange.sender import MANAGER_GROUP
from entrepot.api import Char, Many2many, Model, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADMINISTERS = ("base.group_system", "base.group_erp_manager")


class Role(Model, name="ek.role", order="name, id"):
    """Exchange role"""

    name = Char(string="Role", required=True, unique=True)
    group_ids = Many2many("res.groups", table="ek_role_group_rel", column="role_id", other="group_id")

    @constrains("group_ids")
    def _roles_do_not_administer(self) -> Iterator[Problem]:
        for role in self.filtered(lambda each: each.administers()):
            text = f"{role.name}: a role that peers name never administers; leave out groups that imply it."
            yield Problem("group_ids", "administers", text)

    def administers(self) -> bool:
        """Whether this role leads to a group that administers, as groups imply each other now."""
        return self._leads_to(_ADMINISTERS)

    def manages(self) -> bool:
        """Whether this role leads to managing the exchange, and so to every bank's orders and clients."""
        return self._leads_to((MANAGER_GROUP,))

    def _leads_to(self, names: tuple[str, ...]) -> bool:
        high = [group for name in names if (group := self.env.ref(name, missing_ok=True))]
        reached = self.group_ids
        level = reached
        while level:
            level = level.mapped("implied_ids") - reached
            reached |= level
        return any(group in reached for group in high)
