"""Who administers the tenant also manages its shops: a fresh tenant has nobody else."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the managers of points of sale."""
    manager = env.ref("point_of_sale.group_pos_manager")
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager.id)]})
