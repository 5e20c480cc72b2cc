"""`entrepot call`: one method of one model, as a user of a tenant."""

from __future__ import annotations

from typing import Any

import click
import orjson

from entrepot.call import Call, Operator
from entrepot.cli.command import Command
from entrepot.cli.context import Context, pass_context
from entrepot.doors.values import to_json
from entrepot.errors import BadRequest


@click.command(cls=Command)
@click.argument("tenant")
@click.argument("model")
@click.argument("method")
@click.argument("arguments", required=False, default="[]")
@click.argument("named", required=False, default="{}")
@click.option("--user", "uid", type=int, default=2, show_default=True, help="Id of the user to act as.")
@pass_context
def call(
    context: Context, tenant: str, model: str, method: str, arguments: str, named: str, uid: int
) -> None:
    """Call a public method with JSON arguments and print the JSON answer.

    \b
    Example:
      entrepot call demo res.partner search_read '[[["name", "ilike", "smith"]]]' '{"fields": ["name"], "limit": 3}'
    """
    args = _read("arguments", arguments, list)
    kwargs = _read("named arguments", named, dict)
    with context.app() as built:
        answer = built.server.answer(
            Call(
                tenant=tenant,
                credentials=Operator(uid),
                model=model,
                method=method,
                args=tuple(args),
                kwargs=kwargs,
                door="cli",
            )
        )
    click.echo(orjson.dumps(orjson.loads(to_json(answer, empty=None)), option=orjson.OPT_INDENT_2).decode())


def _read(what: str, text: str, kind: type) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The {what} are not JSON: {error}") from error
    if not isinstance(value, kind):
        raise BadRequest(f"The {what} must be a JSON {'list' if kind is list else 'object'}.")
    return value
