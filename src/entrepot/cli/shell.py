"""`entrepot shell`: a Python prompt inside a tenant."""

from __future__ import annotations

import code

import click

from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context
from entrepot.tenants.tenant import finish


@click.command(cls=Command)
@click.argument("tenant")
@click.option("--user", "uid", type=int, default=1, show_default=True, help="Id of the user to act as.")
@pass_context
def shell(context: Context, tenant: str, uid: int) -> None:
    """Open a Python prompt with `env`; nothing is kept unless you call `commit()`.

    \b
    Example:
      entrepot shell demo
      >>> env["res.partner"].search_count([])
    """
    with context.app() as built:
        house = built.tenants.open(tenant)
        kept = False

        def commit() -> None:
            """Keep what was done when the prompt ends."""
            nonlocal kept
            kept = True

        try:
            with house.store.transaction(readonly=False) as tx:
                env = house.environment(tx, uid)
                code.interact(
                    banner=f"{tenant} as user {uid}. env is the environment; call commit() to keep changes.",
                    local={"env": env, "commit": commit},
                    exitmsg="",
                )
                if not kept:
                    raise _Discarded  # noqa: TRY301 - an exception is what undoes the block
                finish(env.work)
        except _Discarded:
            click.echo("Nothing was kept.")


class _Discarded(Exception):  # noqa: N818 - a signal, not an error
    """The prompt ended without `commit()`."""
