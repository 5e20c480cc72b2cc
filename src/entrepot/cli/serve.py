"""`entrepot serve`: the server, one process a worker."""

from __future__ import annotations

import click

from entrepot import app
from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context
from entrepot.doors import serving


@click.command(cls=Command)
@click.option("--host", help="Address to listen on (ENTREPOT_HOST, default 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on (ENTREPOT_PORT, default 8069)."
)
@click.option("--workers", type=click.IntRange(0), help="Processes (ENTREPOT_WORKERS, default one a core).")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged.")
@pass_context
def serve(
    context: Context, host: str | None, port: int | None, workers: int | None, log_level: str | None
) -> None:
    """Serve every tenant until SIGTERM or SIGINT; calls in flight finish.

    \b
    Example:
      ENTREPOT_MASTER_PASSWORD=... entrepot serve --port 8069 --workers 2
    """
    chosen = context.settings(host=host, port=port, workers=workers, log_level=log_level)
    serving.serve(chosen, app.build)
