"""`entrepot run`: up in one command, with a demo tenant."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from entrepot.cli.context import Context, pass_context, progress
from entrepot.doors import serving

DEMO = "demo"


@click.command()
@click.option("--port", type=int, help="Port to listen on (default 8069).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data (default var).")
@click.option("--workers", type=int, help="Processes (ENTREPOT_WORKERS, default one a core).")
@pass_context
def run(context: Context, port: int | None, data: Path | None, workers: int | None) -> None:
    """Serve the demo tenant `demo` with every add-on on loopback, made at the first start; login admin / admin.

    \b
    Example:
      entrepot run --port 8069 --data var
    """
    if data is not None:
        context.overrides["data"] = data
    given = context.settings(port=port, workers=workers)
    master = given.master_password or secrets.token_urlsafe(18)
    chosen = context.settings(port=port, workers=workers, master_password=master, host="127.0.0.1")
    with context.app(master_password=master) as built, progress("demo tenant", quiet=False) as step:
        if not built.tenants.exists(DEMO):
            built.administer.provision.create(DEMO, demo=True, login="admin", password="admin", step=step)  # noqa: S106 - the demo
    click.echo(f"Entrepot listens on http://127.0.0.1:{chosen.port}")
    click.echo(f"  database {DEMO}, login admin, password admin (this is a demo: do not put it on a network)")
    if not given.master_password:
        click.echo(f"  master password for this run: {master}")
    serving.serve(chosen)
