"""Who administers the tenant also sees to what leaves it."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the managers of outgoing messages."""
    manager = env.ref("outbox.group_outbox_manager")
    env.ref("base.group_system").write({"implied_ids": [Command.link(manager.id)]})
