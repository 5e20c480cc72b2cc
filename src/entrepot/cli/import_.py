"""`entrepot import`: the rows of a file into a model of a tenant."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import click
import orjson

from entrepot.call import Operator
from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context
from entrepot.cli.rows import FILE_OPTIONS, asker_of, file_options, format_chosen
from entrepot.errors import BadRequest
from entrepot.transfer import BATCH, MAX_BATCH, Asker, ImportOptions, Outcome, Summary

SHOWN = 20
"""How many refused rows are told on the screen."""
EVERY_SECONDS = 0.1
WIDTH = 24


@click.command("import", cls=Command)
@click.argument("tenant")
@click.argument("model")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--key",
    help="Fields that find the record of a row, separated by commas; default: the columns id and .id.",
)
@click.option(
    "--map", "mapping", multiple=True, metavar="HEADER=COLUMN", help="What a header means; may be repeated."
)
@click.option("--ignore-unknown", is_flag=True, help="Leave out columns whose header is none of the model's.")
@click.option("--keep-going", is_flag=True, help="Leave bad rows out and keep the others, batch by batch.")
@click.option("--dry-run", is_flag=True, help="Tell what would become of each row and keep nothing.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Rows to leave out at the beginning.")
@click.option("--from-line", type=click.IntRange(0), default=0, help="Begin at this line of the file.")
@click.option(
    "--batch",
    type=click.IntRange(1, MAX_BATCH),
    default=BATCH,
    show_default=True,
    help="Rows written together.",
)
@click.option("--lang", help="Language of the texts, such as fr_FR.")
@click.option("--user", "login", help="Login to act as; default: the superuser.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a line of NDJSON for each row."
)
@FILE_OPTIONS
@pass_context
def import_(
    context: Context,
    tenant: str,
    model: str,
    file: Path,
    key: str | None,
    mapping: tuple[str, ...],
    report: Path | None,
    login: str | None,
    lang: str | None,
    **given: Any,
) -> None:
    """Import a CSV, XLSX or NDJSON file: rows are created, or update the records they name.

    Without --keep-going one bad row undoes all. The status is 1 when a row was refused.

    \b
    Example:
      entrepot import acme res.partner customers.csv --key ref --map "E-mail address=email" --dry-run
    """
    options = ImportOptions(
        key=tuple(each.strip() for each in (key or "").split(",") if each.strip()),
        mapping=dict(_pair(each) for each in mapping),
        ignore_unknown=given["ignore_unknown"],
        keep_going=given["keep_going"],
        dry_run=given["dry_run"],
        skip=given["skip"],
        from_line=given["from_line"],
        batch=given["batch"],
        context={"lang": lang} if lang else {},
    )
    files = file_options(given, format_chosen(given, str(file)))
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(report.open("wb")) if report is not None else None
        shown = not context.as_json and sys.stderr.isatty()
        told = stack.enter_context(contextlib.closing(_Screen(model, lines, shown=shown)))
        handle = stack.enter_context(_opened(file))
        built = stack.enter_context(context.app())
        asker = Asker(
            tenant=tenant, credentials=Operator(asker_of(context, built, tenant, login)), door="cli"
        )
        summary = built.server.transfer.load(
            asker, model, handle, files, options, told, "none" if lines is None else "all"
        )
    if report is not None:
        with report.open("ab") as end:
            end.write(orjson.dumps(summary.plain(), option=orjson.OPT_APPEND_NEWLINE))
    problems = [outcome.plain() for outcome in told.refusals]
    context.answer({**summary.plain()["summary"], "problems": problems}, lambda: told.said(summary))
    if summary.errors or summary.stopped:
        raise click.exceptions.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    header, is_pair, column = text.rpartition("=")
    if not is_pair or not column.strip():
        raise BadRequest(f"--map takes HEADER=COLUMN, got {text[:60]!r}.")
    return header.strip(), column.strip()


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file, or standard input brought to the disk: rows may be read twice."""
    if str(file) != "-":
        with file.open("rb") as handle:
            yield handle
        return
    with tempfile.TemporaryFile() as handle:
        source = sys.stdin.buffer
        while chunk := source.read(1 << 20):
            handle.write(chunk)
        handle.seek(0)
        yield cast("BinaryIO", handle)


class _Screen:
    """Shows how far an import is, and keeps what it refused."""

    def __init__(self, label: str, lines: IO[bytes] | None, *, shown: bool) -> None:
        """`lines`: where a line for each row goes; `shown`: whether somebody looks."""
        self.refusals: list[Outcome] = []
        self._label = label
        self._lines = lines
        self._shown = shown
        self._began = self._last = time.monotonic()

    def lines(self, content: bytes) -> None:
        """See `Listener`."""
        if self._lines is not None:
            self._lines.write(content)

    def refused(self, outcome: Outcome) -> None:
        """See `Listener`; a file that is gone through again tells its rows again."""
        if self.refusals and outcome.line <= self.refusals[-1].line:
            self.refusals = [each for each in self.refusals if each.line < outcome.line]
        if len(self.refusals) < SHOWN:
            self.refusals.append(outcome)

    def progress(self, rows: int, part: float) -> None:
        """See `Listener`."""
        now = time.monotonic()
        if not self._shown or now - self._last < EVERY_SECONDS:
            return
        self._last = now
        sys.stderr.write(f"\r\x1b[K{bar(self._label, rows, part, now - self._began)}")
        sys.stderr.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def said(self, summary: Summary) -> str:
        """What a person reads at the end."""
        told = [f"line {each.line}: {_problems(each)}" for each in self.refusals]
        more = summary.errors - len(told)
        if more > 0:
            told.append(f"… and {more} more; --report FILE tells them all")
        counts = ", ".join(
            f"{getattr(summary, name)} {name}"
            for name in ("created", "updated", "unchanged")
            if getattr(summary, name)
        )
        seconds = time.monotonic() - self._began
        rate = f" in {seconds:.1f} s ({summary.rows / seconds:,.0f} rows/s)" if seconds > 0 else ""
        told.append(f"{counts or 'nothing to do'}, {summary.errors} refused{rate}")
        if summary.dry_run:
            told.append("This was a dry run: nothing is kept.")
        elif not summary.kept:
            told.append("Nothing is kept: mend these rows, or leave them out with --keep-going.")
        if summary.stopped:
            told.append(f"Stopped: {summary.stopped} Go on with --from-line {summary.next_line}.")
        return "\n".join(told)


def _problems(outcome: Outcome) -> str:
    return "; ".join(
        f"{each.path}: {each.message}" if each.path else each.message for each in outcome.problems
    ).replace("\n", " ")


def bar(label: str, rows: int, part: float, seconds: float) -> str:
    """How far: a bar, rows, rows a second, and the seconds that are left."""
    full = min(WIDTH, round(WIDTH * part))
    rate = rows / seconds if seconds > 0 else 0.0
    left = f", {seconds / part - seconds:,.0f} s left" if part > 0 else ""
    return f"{label} [{'#' * full}{'.' * (WIDTH - full)}] {part:4.0%} {rows:,} rows, {rate:,.0f}/s{left}"
