"""The small world that the tables speak of: one family of contacts whose values are known to the last blank.

w-acme    Acme             a company in Gent, Belgium; tags Glasses and (below it) Lenses
w-anna    Anna Arends      below Acme, tag Glasses, colour 3, since 2026-01-31
w-bob     bob Bakker       below Acme, no e-mail, colour 0
w-old     Old Hand         below Acme, archived
w-zoe     Zoë Žižka        in France, no e-mail, colour 7, since 2026-03-01
w-nil     100%_Nil         nothing set at all
e-empty   Empty            an e-mail that is an empty text
"""

from __future__ import annotations

from typing import Any

from api_keys import new_api_key
from server_fixtures import Tenant
from wire.doors import User

CLERK_PASSWORD = "the clerk's password"


def build(tenant: Tenant) -> tuple[dict[str, int], dict[str, User]]:
    """Make the world in a tenant; the ids by name, and the users who knock."""
    ids = {
        "be": first(tenant, "res.country", ["code", "=", "BE"]),
        "fr": first(tenant, "res.country", ["code", "=", "FR"]),
        "eur": first(tenant, "res.currency", ["name", "=", "EUR"]),
    }

    def make(name: str, model: str, /, **values: Any) -> None:
        ids[name] = int(tenant.execute(model, "create", values))  # type: ignore[call-overload]

    make("glasses", "res.partner.category", name="Glasses")
    make("lenses", "res.partner.category", name="Lenses", parent_id=ids["glasses"])
    tags = [ids["glasses"], ids["lenses"]]
    make(
        "acme",
        "res.partner",
        name="Acme",
        ref="w-acme",
        is_company=True,
        city="Gent",
        country_id=ids["be"],
        email="info@acme.example",
        category_id=[(6, 0, tags)],
    )
    make(
        "anna",
        "res.partner",
        name="Anna Arends",
        ref="w-anna",
        parent_id=ids["acme"],
        email="Anna@Acme.example",
        color=3,
        date="2026-01-31",
        function="Optician",
        category_id=[(6, 0, tags[:1])],
    )
    make("bob", "res.partner", name="bob Bakker", ref="w-bob", parent_id=ids["acme"], color=0)
    make("old", "res.partner", name="Old Hand", ref="w-old", parent_id=ids["acme"], active=False)
    make(
        "zoe", "res.partner", name="Zoë Žižka", ref="w-zoe", country_id=ids["fr"], color=7, date="2026-03-01"
    )
    make("nil", "res.partner", name="100%_Nil", ref="w-nil")
    make("empty", "res.partner", name="Empty", ref="e-empty", email="")
    admin = user(tenant, tenant.login, tenant.password)
    clerk = user(tenant, *new_clerk(tenant, ids))
    ids["admin"], ids["clerk"] = admin.uid, clerk.uid
    return ids, {"admin": admin, "clerk": clerk}


def first(tenant: Tenant, model: str, *domain: Any) -> int:
    """The id of the first record that a domain finds."""
    found = tenant.execute(model, "search", list(domain), limit=1)
    assert isinstance(found, list)
    return int(found[0])


def new_clerk(tenant: Tenant, ids: dict[str, int]) -> tuple[str, str]:
    """A user with no more rights than every user has; the login and password."""
    reference = tenant.execute("ir.model.data", "check_object_reference", "base", "group_user")
    assert isinstance(reference, list)
    values = {
        "name": "Clara Clerk",
        "login": "clerk",
        "password": CLERK_PASSWORD,
        "groups_id": [(6, 0, [reference[1]])],
    }
    tenant.execute("res.users", "create", values)
    ids["group_user"] = reference[1]
    return "clerk", CLERK_PASSWORD


def user(tenant: Tenant, login: str, password: str) -> User:
    """Everything that a door asks of a user."""
    as_user = Tenant(tenant.server, tenant.db, login, password)
    return User(as_user, as_user.uid(), login, password, new_api_key(tenant.url, tenant.db, login, password))
