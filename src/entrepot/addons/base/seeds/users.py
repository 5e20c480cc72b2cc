"""The users every tenant has: the system (1), the administrator (2), the public visitor, and the model for
who signs up.

None of them has a password: the administrator gets one when the tenant is handed over, the others never log
in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from entrepot.api import Environment


class Account(NamedTuple):
    """One user to make: external ids of user and contact, name, login, groups of `base`, whether awake."""

    user: str
    partner: str
    name: str
    login: str
    groups: tuple[str, ...]
    active: bool = False


ACCOUNTS = (
    Account("user_root", "partner_root", "System", "__system__", ("group_system",)),
    Account(
        "user_admin",
        "partner_admin",
        "Administrator",
        "admin",
        ("group_system", "group_partner_manager"),
        active=True,
    ),
    Account("public_user", "public_partner", "Public user", "public", ("group_public",)),
    Account(
        "template_portal_user_id",
        "template_portal_user_id_res_partner",
        "Portal user template",
        "portaltemplate",
        ("group_portal",),
    ),
)
"""In the order of their ids: clients count on the system being 1 and the administrator 2."""


def load(env: Environment) -> None:
    """Create the users; the tenant's own changes stay."""
    company = env.ref("base.main_company").id
    for each in ACCOUNTS:
        named = {"name": each.name, "active": each.active}
        contact = env.upsert(f"base.{each.partner}", "res.partner", named, noupdate=True)
        values = {
            "login": each.login,
            "partner_id": contact.id,
            "company_id": company,
            "company_ids": [company],
            "groups_id": [env.ref(f"base.{group}").id for group in each.groups],
            "active": each.active,
        }
        env.upsert(f"base.{each.user}", "res.users", values, noupdate=True)
