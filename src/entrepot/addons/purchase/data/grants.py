"""Who administers the tenant also manages purchases: a fresh tenant has nobody else."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the managers of purchases."""
    manager = env.ref("purchase.group_purchase_manager")
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager.id)]})
