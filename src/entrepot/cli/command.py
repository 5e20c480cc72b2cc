"""What all commands have in common: the options of the house before or after their name, and how they fail.

Whatever goes wrong is one clear line on stderr (an object under `--json`) and exit status 1; a setting that cannot be
read is 2, as click's own errors of usage are.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import click
import orjson

from entrepot.cli.context import Context
from entrepot.errors import EntrepotError
from entrepot.storage.violations import SerializationFailure, StoreUnavailable, Violation


class Failure(click.ClickException):
    """A command could not do what was asked."""

    def __init__(self, message: str, code: str, *, as_json: bool) -> None:
        """`code`: stable, for programs."""
        super().__init__(message)
        self.code = code
        self.as_json = as_json

    def show(self, file: IO[Any] | None = None) -> None:
        """One line, or one object."""
        if self.as_json:
            content = {"error": {"code": self.code, "message": self.message}}
            click.echo(orjson.dumps(content).decode(), file=file, err=file is None)
        else:
            click.echo(f"entrepot: {self.message}", file=file, err=file is None)


class SettingFailure(Failure):
    """A setting cannot be read."""

    exit_code = 2


def house_options() -> list[click.Parameter]:
    """The options that the program and every command take."""
    return [
        click.Option(
            ["--data"],
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_override,
            help="Folder of the embedded stores and files (ENTREPOT_DATA).",
        ),
        click.Option(
            ["--store"],
            expose_value=False,
            callback=_override,
            help="URL of a PostgreSQL server (ENTREPOT_STORE); default: the embedded store.",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_answer_in_json,
            help="Answer in JSON, for programs.",
        ),
    ]


class Command(click.Command):
    """A command that takes the options of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As click's, with more options."""
        super().__init__(*args, **_helpful(kwargs))
        self.params.extend(house_options())

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what goes wrong is told in a line."""
        as_json = _context(ctx).as_json
        try:
            return super().invoke(ctx)
        except EntrepotError as error:
            raise Failure(error.message, error.code, as_json=as_json) from error
        except SerializationFailure as error:
            raise Failure("The database is busy; try again.", "conflict", as_json=as_json) from error
        except Violation as error:
            raise Failure(f"The database refused this: {error}", "refused", as_json=as_json) from error
        except StoreUnavailable as error:
            raise Failure(f"The database cannot be reached: {error}", "store", as_json=as_json) from error
        except OSError as error:
            shown = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise Failure(shown, "system", as_json=as_json) from error
        except ValueError as error:
            if not str(error).startswith("ENTREPOT_"):
                raise
            raise SettingFailure(str(error), "setting", as_json=as_json) from error


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As click's."""
        super().__init__(*args, **_helpful(kwargs))


def _helpful(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
        **kwargs,
    }


def _context(ctx: click.Context) -> Context:
    return ctx.ensure_object(Context)


def _override(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        _context(ctx).overrides[str(parameter.name)] = value


def _answer_in_json(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value:
        _context(ctx).as_json = True
