"""Writes the pages of docs/look-up that are told by the code: settings, errors and commands.

`make docs` runs it; a test fails when a page is not what it would write.
"""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

import click

from entrepot import errors
from entrepot.cli.root import entrepot
from entrepot.doors import error_map
from entrepot.settings import Settings

LOOK_UP = Path(__file__).parent / "look-up"
WRITTEN_BY = "This page is written by `make docs`; change the code instead.\n"


def settings_page() -> str:
    """Every setting: its variable, default and meaning."""
    lines = [
        "# Settings\n",
        WRITTEN_BY,
        "A server reads its settings once, when it starts, from the environment.",
        "An option of the command line goes before the variable.",
        "Yes-or-no settings understand `1 true yes on` and `0 false no off`.",
        "Secrets never appear in the log.\n",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for each in fields(Settings):
        meaning = each.metadata["help"] + (" *Secret.*" if each.metadata["secret"] else "")
        lines.append(f"| `ENTREPOT_{each.name.upper()}` | {default_text(each.default)} | {meaning} |")
    return "\n".join(lines) + "\n"


def default_text(default: object) -> str:
    """A default as a person would type it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{default}`" if str(default) else "empty"


def errors_page() -> str:
    """Every error: what it means, and how each wire spells it."""
    lines = [
        "# Errors\n",
        WRITTEN_BY,
        "One tree of errors serves every door; the code stays the same for ever.",
        "XML-RPC 2 gives the number as `faultCode`; JSON-RPC gives the class as `error.data.name`;",
        "JSON-2 and plain HTTP give the status.",
        "Anything that is not in this table is our fault:",
        "the client gets a trace id (HTTP 500, fault 1), the log has the rest under it.\n",
        "| code | means | HTTP | XML-RPC 2 | JSON-RPC | class |",
        "|---|---|--:|--:|--:|---|",
    ]
    for kind in error_classes():
        row = error_map.wire(kind())
        meaning = (inspect.getdoc(kind) or "").partition("\n")[0]
        lines.append(
            f"| `{kind.code}` | {meaning} | {row.http} | {row.xmlrpc} | {row.jsonrpc} | `{row.name}` |"
        )
    return "\n".join(lines) + "\n"


def error_classes() -> list[type[errors.EntrepotError]]:
    """The errors of the tree in the order of their file, without its root."""
    return [
        each
        for each in vars(errors).values()
        if isinstance(each, type)
        and issubclass(each, errors.EntrepotError)
        and each is not errors.EntrepotError
    ]


def commands_page() -> str:
    """Every command with its help, as `--help` prints it."""
    lines = [
        "# Commands\n",
        WRITTEN_BY,
        "Every command reads the same settings as the server.",
        "With no server running they work on the data directly; beside a running one as well.\n",
    ]
    context = click.Context(entrepot, info_name="entrepot", terminal_width=100, **entrepot.context_settings)
    for path, command, its_context in walk(entrepot, context):
        lines += [f"## {path}\n", "```text", command.get_help(its_context).rstrip(), "```\n"]
    return "\n".join(lines).rstrip() + "\n"


def walk(command: click.Command, context: click.Context) -> list[tuple[str, click.Command, click.Context]]:
    """A command and those below it, depth first, by name."""
    found = [(context.command_path, command, context)]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                inner = click.Context(below, parent=context, info_name=name, max_content_width=100)
                inner.terminal_width = 100
                found += walk(below, inner)
    return found


PAGES = {"settings.md": settings_page, "errors.md": errors_page, "commands.md": commands_page}


def write() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (LOOK_UP / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
