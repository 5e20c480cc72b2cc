"""What a command is given: settings, a built server when it needs one, and how it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import click
import orjson

from entrepot import app as house
from entrepot import settings
from entrepot.app import App
from entrepot.kernel.environment import Environment
from entrepot.observe.json_log import JsonLog
from entrepot.settings import Settings
from entrepot.tenants.tenant import finish


class Context:
    """Shared by all commands of one invocation."""

    def __init__(self) -> None:
        """Nothing is chosen yet."""
        self.overrides: dict[str, Any] = {}
        """The settings given as options."""
        self.as_json = False

    def settings(self, **more: Any) -> Settings:
        """The settings: options before environment before defaults. Raises ValueError naming a bad variable."""
        return settings.load(**{**self.overrides, **more})

    @contextmanager
    def app(self, **more: Any) -> Iterator[App]:
        """A server in this process, closed afterwards. Only warnings are logged."""
        log = JsonLog(sys.stderr.buffer, "warning")
        built = house.build(self.settings(**more), log)
        try:
            yield built
        finally:
            built.close()

    @contextmanager
    def environment(
        self, built: App, tenant: str, uid: int = 1, *, readonly: bool = False
    ) -> Iterator[Environment]:
        """A transaction of a tenant, committed when the block ends well."""
        found = built.tenants.open(tenant)
        with found.store.transaction(readonly=readonly) as tx:
            env = found.environment(tx, uid)
            yield env
            if not readonly:
                finish(env.work)
        for hook in env.cache.after_commit:
            hook()

    def answer(self, value: Any, text: str | Callable[[], str] = "") -> None:
        """Print a value as JSON where it was asked for, its text otherwise."""
        if self.as_json:
            options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
            click.echo(orjson.dumps(value, default=str, option=options).decode())
        else:
            shown = text() if callable(text) else text
            if shown:
                click.echo(shown)


def columns(rows: Sequence[Sequence[Any]], head: Sequence[str]) -> str:
    """Rows under a head, in columns."""
    table = [list(map(str, head)), *(list(map(str, row)) for row in rows)]
    widths = [max(len(row[at]) for row in table) for at in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show the steps of long work on stderr, one line that is written over, when a person is looking."""
    stream = sys.stderr
    shown = not quiet and stream.isatty()

    def step(name: str) -> None:
        if shown:
            stream.write(f"\r\x1b[K{label}: {name}")
            stream.flush()

    try:
        yield step
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()


def pass_context(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the `Context` of its invocation as its first argument."""
    return cast("Callable[..., None]", click.make_pass_decorator(Context)(command))
