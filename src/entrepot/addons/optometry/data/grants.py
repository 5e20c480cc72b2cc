"""Who administers the tenant also manages the clinic and may sign: a fresh clinic has nobody else."""

from __future__ import annotations

from entrepot.api import Command, Environment


def load(env: Environment) -> None:
    """Let the administrators' group imply the clinic's manager and doctor."""
    brought = [env.ref(f"optometry.group_{name}").id for name in ("manager", "optometrist", "api_write")]
    env.ref("base.group_system").write({"implied_ids": [Command.link(each) for each in brought]})
