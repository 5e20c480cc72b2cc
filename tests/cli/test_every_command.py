"""Every command: help with an example, the options of the house on either side of its name, clear errors."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from entrepot import __version__
from entrepot.cli.root import entrepot


def commands(group: click.Group = entrepot, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, (*before, name))
        else:
            yield (*before, name)


COMMANDS = sorted(commands())
GROUPS = [(), ("tenant",), ("addon",), ("user",), ("outbox",)]


def test_all_of_them_are_tried_here() -> None:
    assert {" ".join(each) for each in COMMANDS} == {
        "run",
        "serve",
        "call",
        "import",
        "export",
        "shell",
        "addon list",
        "addon install",
        "tenant create",
        "tenant list",
        "tenant duplicate",
        "tenant rename",
        "tenant drop",
        "tenant dump",
        "tenant restore",
        "tenant sweep",
        "user list",
        "user create",
        "user password",
        "user key",
        "outbox list",
        "outbox show",
        "outbox replay",
        "outbox resume",
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_each_explains_itself_with_an_example(words: tuple[str, ...], flag: str) -> None:
    found = CliRunner().invoke(entrepot, [*words, flag], prog_name="entrepot")
    assert found.exit_code == 0
    assert "Example:" in found.output
    assert f"entrepot {' '.join(words)}" in found.output.partition("Example:")[2].replace("--json ", "")
    for option in ("--data", "--store", "--json"):
        assert option in found.output


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_each_group_lists_its_commands(words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(entrepot, [*words, "--help"], prog_name="entrepot")
    assert found.exit_code == 0
    assert "Commands:" in found.output


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_unknown_option_is_named(words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(entrepot, [*words, "--no-such"], prog_name="entrepot")
    assert found.exit_code == 2
    assert "--no-such" in found.stderr
    assert "Traceback" not in found.output


def test_it_knows_its_version() -> None:
    assert __version__ in CliRunner().invoke(entrepot, ["--version"], prog_name="entrepot").output
