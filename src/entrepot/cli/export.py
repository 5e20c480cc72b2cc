"""`entrepot export`: the records of a model of a tenant into a file."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
import orjson

from entrepot.call import Operator
from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context, progress
from entrepot.cli.rows import FILE_OPTIONS, asker_of, file_options, format_chosen
from entrepot.errors import BadRequest
from entrepot.transfer import Asker, ExportOptions


@click.command("export", cls=Command)
@click.argument("tenant")
@click.argument("model")
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-", required=False
)
@click.option(
    "--columns", help="Columns, separated by commas; default: .id and what an import could take back."
)
@click.option("--domain", default="[]", help="Which records, as a JSON domain.")
@click.option("--order", help="Such as 'name desc'; default: by id.")
@click.option("--limit", type=click.IntRange(1), help="At most so many records.")
@click.option("--lang", help="Language of the texts, such as fr_FR.")
@click.option("--user", "login", help="Login to act as; default: the superuser.")
@FILE_OPTIONS
@pass_context
def export(
    context: Context,
    tenant: str,
    model: str,
    file: Path,
    columns: str | None,
    domain: str,
    order: str | None,
    limit: int | None,
    lang: str | None,
    login: str | None,
    **given: Any,
) -> None:
    """Export records as CSV, XLSX or NDJSON, to a file or to standard output; `entrepot import` takes them back.

    \b
    Example:
      entrepot export acme res.partner customers.xlsx --columns id,name,email,country_id --order name
    """
    chosen = file_options(given, format_chosen(given, str(file)))
    options = ExportOptions(
        columns=tuple(each.strip() for each in (columns or "").split(",") if each.strip()),
        domain=_domain(domain),
        order=order,
        limit=limit,
        context={"lang": lang} if lang else {},
    )
    with context.app() as built, _target(file) as out, progress(model, quiet=context.as_json) as step:
        asker = Asker(
            tenant=tenant, credentials=Operator(asker_of(context, built, tenant, login)), door="cli"
        )

        def write(content: bytes) -> None:
            out.write(content)

        count = built.server.transfer.export(
            asker, model, chosen, options, write, lambda rows: step(f"{rows:,} rows")
        )
    if str(file) != "-":
        context.answer({"file": str(file), "rows": count}, f"{count} rows")


def _domain(text: str) -> list[Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The domain is not JSON: {error}") from error
    if not isinstance(found, list):
        raise BadRequest('The domain is a JSON list, such as [["active", "=", true]].')
    return found


@contextlib.contextmanager
def _target(file: Path) -> Iterator[IO[bytes]]:
    """Where the bytes go. A file appears when it is whole, so that nobody takes a part for it."""
    if str(file) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            yield opened
        draft.chmod(0o644)
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
