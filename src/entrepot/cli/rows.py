"""What importing and exporting files have in common on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from entrepot.app import App
from entrepot.cli.context import Context
from entrepot.errors import MissingError
from entrepot.transfer import FORMATS, FileOptions, Format, format_of

SUPERUSER = 1
C = TypeVar("C", bound=Callable[..., Any])
_DELIMITERS = {"tab": "\t", "\\t": "\t"}


def FILE_OPTIONS(command: C) -> C:  # noqa: N802 - used as a decorator that adds these options
    """Add the options that say how a file is written down."""
    for option in reversed(
        [
            click.option(
                "--format", "format_", type=click.Choice(FORMATS), help="Default: what the file's name tells."
            ),
            click.option("--encoding", help="Of CSV, such as cp1252; default: found out, else UTF-8."),
            click.option("--delimiter", help="Of CSV, one letter or 'tab'; default: found out, or a comma."),
            click.option("--sheet", help="Name of the sheet of a workbook; default: the first."),
            click.option(
                "--safe/--no-safe",
                default=True,
                help="Mark texts that a spreadsheet would take for formulas with an apostrophe; take it off again.",
            ),
        ]
    ):
        command = option(command)
    return command


def format_chosen(given: dict[str, Any], name: str) -> Format:
    """The format that was chosen, else what a name tells; CSV for standard input and output."""
    if given["format_"]:
        chosen: Format = given["format_"]
        return chosen
    return "csv" if name == "-" else format_of(name)


def file_options(given: dict[str, Any], chosen: Format) -> FileOptions:
    """How the file is written down."""
    delimiter = given["delimiter"] or ""
    return FileOptions(
        format=chosen,
        encoding=given["encoding"] or "",
        delimiter=_DELIMITERS.get(delimiter, delimiter),
        sheet=given["sheet"] or "",
        safe=given["safe"],
    )


def asker_of(context: Context, built: App, tenant: str, login: str | None) -> int:
    """The id of the user with a login; the superuser's without one. Raises MissingError."""
    if login is None:
        return SUPERUSER
    with context.environment(built, tenant, readonly=True) as env:
        found = env["res.users"].search([("login", "=", login)])
        if not found:
            raise MissingError(f"There is no active user with the login {login!r}.")
        return int(found.id)
