"""Who administers the tenant also manages the stock: a fresh tenant has nobody else."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the stock's manager."""
    manager = env.ref("stock.group_stock_manager").id
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager)]})
