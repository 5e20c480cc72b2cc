"""`entrepot`: what all commands share, and their list."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from entrepot import __version__
from entrepot.cli import addon, call, run, serve, shell, tenant, user
from entrepot.cli.context import Context
from entrepot.errors import EntrepotError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="entrepot")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of the embedded stores and files (ENTREPOT_DATA)."
)
@click.option("--store", help="URL of a PostgreSQL server (ENTREPOT_STORE); default: the embedded store.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@click.pass_context
def entrepot(ctx: click.Context, data: Path | None, store: str | None, as_json: bool) -> None:
    """A self-hosted, multi-tenant business-data server.

    \b
    Example:
      entrepot run                       a demo tenant on http://127.0.0.1:8069
      entrepot tenant create acme        a tenant of your own
      entrepot serve --workers 2         serve what is there
    """
    ctx.obj = Context({"data": data, "store": store}, as_json)


for command in (run.run, serve.serve, tenant.tenant, addon.addon, user.user, call.call, shell.shell):
    entrepot.add_command(command)


def main() -> None:
    """Run the command line; errors are one clear line on stderr and exit status 1."""
    try:
        entrepot(prog_name="entrepot")
    except EntrepotError as error:
        click.echo(f"entrepot: {error}", err=True)
        sys.exit(1)
    except ValueError as error:
        if str(error).startswith("ENTREPOT_"):
            click.echo(f"entrepot: {error}", err=True)
            sys.exit(2)
        raise
