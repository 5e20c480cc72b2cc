"""Who administers the tenant also manages products: a fresh tenant has nobody else."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the manager of products."""
    manager = env.ref("product.group_product_manager")
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager.id)]})
