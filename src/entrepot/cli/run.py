"""`entrepot run`: up in one command, with a demo tenant."""

from __future__ import annotations

import secrets

import click

from entrepot import app
from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context, progress
from entrepot.doors import serving
from entrepot.settings import Settings
from entrepot.tenants.provision import Owner

DEMO = "demo"
LOOPBACK = "127.0.0.1"


@click.command(cls=Command)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on (ENTREPOT_PORT, default 8069)."
)
@click.option("--workers", type=click.IntRange(0), help="Processes (ENTREPOT_WORKERS, default one a core).")
@pass_context
def run(context: Context, port: int | None, workers: int | None) -> None:
    """Serve the demo tenant `demo` with every add-on on loopback, made at the first start; login admin / admin.

    \b
    Example:
      entrepot run --port 8069 --data var
    """
    given = context.settings(port=port, workers=workers)
    master = given.master_password or secrets.token_urlsafe(18)
    chosen = context.settings(port=port, workers=workers, master_password=master, host=LOOPBACK)
    with context.app() as built:
        if not built.tenants.exists(DEMO):
            click.echo("Making the demo tenant (once)")
            with progress("demo tenant", quiet=context.as_json) as step:
                owner = Owner(login="admin", password="admin")  # noqa: S106 - the demo's, on loopback
                built.administer.make(DEMO, addons=None, demo=True, owner=owner, step=step)
        is_changed = built.administer.master.is_changed()
    serving.serve(chosen, app.build, lambda: _announce(chosen, given, is_changed=is_changed))


def _announce(chosen: Settings, given: Settings, *, is_changed: bool) -> None:
    click.echo(f"Entrepot listens on http://{LOOPBACK}:{chosen.port}")
    click.echo(f"  database {DEMO}, login admin, password admin (this is a demo: do not put it on a network)")
    if is_changed:
        click.echo("  master password: the one it was changed to")
    elif not given.master_password:
        click.echo(f"  master password for this run: {chosen.master_password}")
