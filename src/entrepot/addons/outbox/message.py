"""Messages: what waits, what was sent, and what nobody took (the dead-letter box)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.addons.outbox import bodies
from entrepot.api import (
    AccessError,
    BadRequest,
    Char,
    Datetime,
    Integer,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    ValidationError,
    cron,
    new_message_id,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES = [
    ("pending", "Waiting"),
    ("sending", "Sending"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
EDITABLE = ("body", "path", "method")
MOST_REPLAYED = 100_000
KEPT_DAYS, FAILED_KEPT_DAYS = 30, 180
BATCH = 500
MOST_REMOVED = 50_000
"""Messages that one run of the clean-up removes: a call must end."""


class Message(
    Model,
    name="outbox.message",
    rec_name="message_id",
    order="id desc",
    indexes=[("endpoint_id", "state", "id")],
):
    """Outgoing Message of a Peer"""

    endpoint_id = Many2one("outbox.endpoint", required=True, index=True, on_delete="restrict")
    message_id = Char(
        required=True, unique=True, readonly=True, string="Message ID", default=lambda _: new_message_id()
    )
    topic = Char(required=True, readonly=True, index=True)
    method = Selection([(each, each) for each in bodies.METHODS], required=True, default="POST")
    path = Char(help="What follows the endpoint's address.")
    body = Text(help="JSON, exactly as it is signed and sent.")
    record_key = Char(
        readonly=True, index=True, string="Record", help="model,id: messages of one record arrive in order."
    )
    coalesce_key = Char(readonly=True, index=True, string="Coalesce")
    origin = Char(readonly=True, help="The endpoint that the change came from.")
    state = Selection(STATES, required=True, default="pending", index=True, readonly=True, copy=False)
    attempts = Integer(readonly=True, copy=False, aggregator=None)
    next_attempt = Datetime(readonly=True, copy=False, default=lambda self: self.env.now())
    lease = Char(readonly=True, copy=False, help="Who is sending it at the moment.")
    lease_until = Datetime(readonly=True, copy=False)
    sent_at = Datetime(readonly=True, copy=False)
    last_status = Integer(readonly=True, copy=False, aggregator=None, nullable=True, string="Last Answer")
    last_error = Text(readonly=True, copy=False)
    attempt_ids = One2many("outbox.attempt", "message_id", string="Tries")

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write. A person may change what is sent of a message that is not sent; it becomes another one if it was
        tried.
        """
        if self.env.su:
            return super().write(vals)
        self._check_edit(vals)
        done = super().write(vals)
        # Who has seen the old content under this id would take the new for a repetition.
        for message in self.sudo().filtered(lambda each: each.attempts > 0):
            message.write({"message_id": new_message_id()})
        return done

    def _check_edit(self, vals: Mapping[str, Any]) -> None:
        others = sorted(set(vals) - set(EDITABLE))
        if others:
            raise AccessError(
                f"Only {', '.join(EDITABLE)} of a message can be changed, not {', '.join(map(str, others))[:200]}."
            )
        if any(each.state in {"sending", "sent"} for each in self):
            raise UserError("A message that is sent, or being sent, cannot be changed.")
        problems = []
        body, path = vals.get("body"), vals.get("path")
        if body:
            wrong = bodies.problem_of_text(str(body))
            problems += [Problem("body", "not_json", wrong)] if wrong else []
        if "path" in vals and not bodies.is_path(str(path or "")):
            problems.append(
                Problem("path", "not_path", "A path begins with one slash and holds no blanks and no '..'.")
            )
        if problems:
            raise ValidationError(problems=problems)

    @public(right="write")
    def action_replay(self) -> bool:
        """Send these messages again, from the first try on and under the same id; what waits is tried at once."""
        again = self.sudo().filtered(lambda each: each.state != "sending")
        now = self.env.now()
        again.filtered(lambda each: each.state == "pending").write({"next_attempt": now})
        again.filtered(lambda each: each.state != "pending").write(
            {"state": "pending", "attempts": 0, "next_attempt": now, "sent_at": None, "last_error": None}
        )
        again.mapped("endpoint_id").write({"not_before": None})
        self.env.wake()
        return True

    @public(right="write")
    def action_cancel(self) -> bool:
        """Never send these messages. Those that are sent, or on their way, stay as they are."""
        self.sudo().filtered(lambda each: each.state in {"pending", "failed"}).write({"state": "cancelled"})
        return True

    @public(model=True, right="write")
    def replay_range(
        self,
        endpoint_id: int | None = None,
        since: Any = None,
        until: Any = None,
        states: Sequence[str] = ("failed",),
        topic: str | None = None,
    ) -> int:
        """Replay every message of an endpoint (None: of all) made in a stretch of time; how many they are.

        `since` and `until` (both included) are moments in UTC. `states`: which of failed, cancelled, sent.
        """
        if isinstance(states, str) or not set(states) <= {"failed", "cancelled", "sent"}:
            raise BadRequest("states is a list of failed, cancelled and sent")
        domain: list[Any] = [("state", "in", list(states))]
        domain += [("endpoint_id", "=", endpoint_id)] if endpoint_id else []
        domain += [("create_date", ">=", since)] if since else []
        domain += [("create_date", "<=", until)] if until else []
        domain += [("topic", "=", topic)] if topic else []
        found = self.search(domain, limit=MOST_REPLAYED + 1, order="id")
        if len(found) > MOST_REPLAYED:
            raise UserError(f"These are more than {MOST_REPLAYED:,} messages; choose a shorter time.")
        found.action_replay()
        return len(found)

    @ondelete
    def _is_settled(self) -> Iterator[Problem]:
        if any(each.state in {"pending", "sending"} for each in self):
            yield Problem("state", "waiting", "A message that waits cannot be deleted; cancel it first.")

    @cron(every="1 day")
    def remove_old(self) -> None:
        """Forget messages that are settled for long: `outbox.retention_days` and `outbox.failed_retention_days`."""
        left = MOST_REMOVED
        for key, default, states in (
            ("outbox.retention_days", KEPT_DAYS, ["sent", "cancelled"]),
            ("outbox.failed_retention_days", FAILED_KEPT_DAYS, ["failed"]),
        ):
            before = self.env.now() - timedelta(days=self._days(key, default))
            domain = [("state", "in", states), ("write_date", "<", before)]
            while left > 0:
                old = self.sudo().search(domain, limit=BATCH, order="id")
                if not old:
                    break
                old.unlink()
                left -= BATCH

    def _days(self, key: str, default: int) -> int:
        """A number of days from the tenant's parameters; the default when it is none."""
        text = str(self.env["ir.config_parameter"].sudo().get_param(key, default))
        return min(max(int(text), 1), 3650) if text.isdigit() and len(text) < 9 else default
