"""`entrepot outbox`: what waits for peers, what failed, and sending it again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from entrepot.cli.command import Group
from entrepot.cli.context import Context, columns, pass_context, progress
from entrepot.errors import MissingError, UserError
from entrepot.kernel.environment import Environment

STATES = ("pending", "sending", "sent", "failed", "cancelled")
BATCH = 500
"""Messages that are replayed in one transaction, so that a server beside us never waits for long."""
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"])


@click.group(cls=Group)
def outbox() -> None:
    """Look at messages to peers, and send them again."""


@outbox.command("list")
@click.argument("tenant")
@click.option("--state", type=click.Choice(STATES), help="Only messages in this state.")
@click.option("--endpoint", help="Only those of one endpoint: its code or id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@pass_context
def list_(context: Context, tenant: str, state: str | None, endpoint: str | None, limit: int) -> None:
    """List messages, the newest first, under a line for each endpoint.

    \b
    Example:
      entrepot outbox list acme --state failed
    """
    with context.app() as built, context.environment(built, tenant, readonly=True) as env:
        _require(env)
        peers = _endpoints(env, endpoint)
        domain: list[Any] = [("endpoint_id", "in", peers.ids)]
        domain += [("state", "=", state)] if state else []
        shown = [_brief(each) for each in env["outbox.message"].search(domain, limit=limit)]
        health = [
            {
                "id": each.id,
                "code": each.code,
                "name": each.name,
                "state": each.state,
                "reason": each.disabled_reason,
                "waiting": each.waiting_count,
                "failed": each.failed_count,
            }
            for each in peers
        ]
    context.answer({"endpoints": health, "messages": shown}, lambda: _listed(health, shown))


@outbox.command("show")
@click.argument("tenant")
@click.argument("message")
@pass_context
def show(context: Context, tenant: str, message: str) -> None:
    """Show a message with every try.

    \b
    Example:
      entrepot outbox show acme msg_2KWPBgLlAfxdpx2AI54pPJ85f4W
    """
    with context.app() as built, context.environment(built, tenant, readonly=True) as env:
        _require(env)
        found = _message(env, message)
        tries = [
            {
                "number": each.number,
                "at": each.at.isoformat(),
                "ms": each.ms,
                "status": each.status,
                "error": each.error,
                "response": each.response,
            }
            for each in found.attempt_ids.sorted("number")
        ]
        told = {
            **_brief(found),
            "body": found.body,
            "next_attempt": _spelled(found.next_attempt),
            "tries": tries,
        }
    context.answer(told, lambda: _shown(told))


@outbox.command("replay")
@click.argument("tenant")
@click.argument("messages", nargs=-1)
@click.option("--endpoint", help="Those of one endpoint: its code or id.")
@click.option(
    "--state", type=click.Choice(("failed", "cancelled", "sent")), default="failed", show_default=True
)
@click.option("--since", type=_MOMENT, help="Made at this moment (UTC) or later.")
@click.option("--until", type=_MOMENT, help="Made at this moment (UTC) or earlier.")
@pass_context
def replay(
    context: Context,
    tenant: str,
    messages: tuple[str, ...],
    endpoint: str | None,
    state: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Send messages again: the ones named, or all of a stretch of time.

    \b
    Example:
      entrepot outbox replay acme --endpoint alsalam --since 2026-03-01
    """
    if not messages and since is None and until is None:
        raise UserError("Name the messages, or the time with --since and --until.")
    with context.app() as built, progress(tenant, quiet=context.as_json) as step:
        with context.environment(built, tenant, readonly=True) as env:
            _require(env)
            ids = (
                [_message(env, each).id for each in messages]
                if messages
                else _range(env, endpoint, state, since, until)
            )
        for start in range(0, len(ids), BATCH):
            step(f"{start} of {len(ids)} messages")
            with context.environment(built, tenant) as env:
                env["outbox.message"].browse(ids[start : start + BATCH]).exists().action_replay()
    context.answer({"replayed": len(ids)}, f"{len(ids)} messages of {tenant} are sent again.")


@outbox.command("resume")
@click.argument("tenant")
@click.option("--endpoint", help="Only one: its code or id.")
@pass_context
def resume(context: Context, tenant: str, endpoint: str | None) -> None:
    """Send again to endpoints that were paused or disabled, as those of a restored tenant are.

    \b
    Example:
      entrepot outbox resume acme --endpoint alsalam
    """
    with context.app() as built, context.environment(built, tenant) as env:
        _require(env)
        still = _endpoints(env, endpoint).filtered(lambda each: each.state != "running")
        names = [each.name for each in still]
        still.action_resume()
    context.answer({"resumed": names}, f"{len(names)} endpoints of {tenant} run again.")


def _require(env: Environment) -> None:
    if "outbox.message" not in env:
        raise MissingError("This tenant has no outbox; install it with `entrepot addon install`.")


def _endpoints(env: Environment, wanted: str | None) -> Any:
    everyone = env["outbox.endpoint"].with_context(active_test=False).search([])
    if wanted is None:
        return everyone
    found = everyone.filtered(lambda each: wanted in {each.code, str(each.id)})
    if not found:
        raise MissingError(f"There is no endpoint {wanted[:64]!r}.")
    return found


def _message(env: Environment, message_id: str) -> Any:
    found = env["outbox.message"].search([("message_id", "=", message_id)], limit=1)
    if not found:
        raise MissingError(f"There is no message {message_id[:80]!r}.")
    return found


def _range(
    env: Environment, endpoint: str | None, state: str, since: datetime | None, until: datetime | None
) -> list[int]:
    domain: list[Any] = [("endpoint_id", "in", _endpoints(env, endpoint).ids), ("state", "=", state)]
    domain += [("create_date", ">=", since.replace(tzinfo=UTC))] if since else []
    domain += [("create_date", "<=", until.replace(tzinfo=UTC))] if until else []
    return list(env["outbox.message"].search(domain, order="id").ids)


def _brief(message: Any) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "endpoint": message.endpoint_id.name,
        "topic": message.topic,
        "request": f"{message.method} {message.path or ''}".rstrip(),
        "record": message.record_key,
        "state": message.state,
        "attempts": message.attempts,
        "created": _spelled(message.create_date),
        "status": message.last_status,
        "error": message.last_error,
    }


def _spelled(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _listed(health: list[dict[str, Any]], shown: list[dict[str, Any]]) -> str:
    peers = columns(
        [
            (
                each["code"] or each["id"],
                each["state"],
                each["waiting"],
                each["failed"],
                each["name"],
                each["reason"] or "",
            )
            for each in health
        ],
        ("ENDPOINT", "STATE", "WAITING", "FAILED", "NAME", ""),
    )
    rows = [
        (
            each["message_id"],
            each["state"],
            each["attempts"],
            each["status"] or "",
            each["topic"],
            each["record"] or "",
        )
        for each in shown
    ]
    return f"{peers}\n\n{columns(rows, ('MESSAGE', 'STATE', 'TRIES', 'ANSWER', 'TOPIC', 'RECORD'))}"


def _shown(told: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in told.items() if name != "tries" and value is not None]
    tries = [
        (each["number"], each["at"], each["status"] or "", each["ms"], each["error"] or "")
        for each in told["tries"]
    ]
    return "\n".join([*lines, "", columns(tries, ("TRY", "AT", "ANSWER", "MS", "ERROR"))])
