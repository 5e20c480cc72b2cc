"""`entrepot`: the list of all commands."""

from __future__ import annotations

import click

from entrepot import __version__
from entrepot.cli import addon, call, export, import_, outbox, run, serve, shell, tenant, user
from entrepot.cli.command import Group, house_options
from entrepot.cli.context import Context


@click.group(cls=Group, params=house_options())
@click.version_option(__version__, prog_name="entrepot")
@click.pass_context
def entrepot(ctx: click.Context) -> None:
    """A self-hosted, multi-tenant business-data server.

    \b
    Example:
      entrepot run                       a demo tenant on http://127.0.0.1:8069
      entrepot tenant create acme        a tenant of your own
      entrepot serve --workers 2         serve what is there
    """
    ctx.ensure_object(Context)


for command in (
    run.run,
    serve.serve,
    tenant.tenant,
    addon.addon,
    user.user,
    outbox.outbox,
    call.call,
    shell.shell,
    import_.import_,
    export.export,
):
    entrepot.add_command(command)


def main() -> None:
    """Run the command line."""
    entrepot(prog_name="entrepot")
