"""The first warehouse is the one that peers know as the central one; administrators manage the exchange."""

from __future__ import annotations

from entrepot.addons.exchange.peer import CENTRAL
from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Give the main company's first warehouse the central code, unless one has it."""
    warehouses = env["stock.warehouse"]
    if not warehouses.search_count([("code_pos", "=", CENTRAL)]):
        warehouses.search([("code_pos", "=", False)], order="id", limit=1).write({"code_pos": CENTRAL})
    manager = env.ref("exchange.group_exchange_manager")
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager.id)]})
