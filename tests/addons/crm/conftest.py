"""A spring morning, a sales team of two and their manager."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock


@pytest.fixture
def clock():
    return FixedClock(dt.datetime(2030, 4, 1, 8, tzinfo=dt.UTC))


@pytest.fixture
def env(environment, clock):
    return environment(clock=clock)


@pytest.fixture
def staff(env):
    def user(name, group):
        values = {
            "name": name.title(),
            "login": f"{name}@shop.example.com",
            "email": f"{name}@shop.example.com",
            "groups_id": [Command.link(env.ref(group).id)],
        }
        return env["res.users"].create(values)

    found = SimpleNamespace(
        sam=user("sam", "sale.group_sale_salesman"),
        sue=user("sue", "sale.group_sale_salesman"),
        max=user("max", "sale.group_sale_manager"),
    )
    env.flush()
    return found


@pytest.fixture
def lead(env):
    """Make leads without any money or person, unless told otherwise."""

    def make(**values):
        return env["crm.lead"].create({"name": "Twenty chairs", **values})

    return make


@pytest.fixture
def customer(env):
    company = env["res.partner"].create({"name": "Azure", "is_company": True, "phone": "+33 1 23 45 67 89"})
    return env["res.partner"].create(
        {"name": "Nina", "parent_id": company.id, "email": "Nina@Azure.example.com", "function": "Buyer"}
    )
