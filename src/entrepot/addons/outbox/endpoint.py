"""Peers: where messages go, how they are signed and authorised, and how patient we are with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.user_rights import NOBODY
from entrepot.addons.outbox import headers
from entrepot.addons.outbox.posting import Post, posted
from entrepot.api import (
    AccessError,
    AddressRefused,
    BadRequest,
    Boolean,
    Char,
    Datetime,
    Integer,
    Json,
    Model,
    Problem,
    Selection,
    Text,
    UserError,
    constrains,
    depends,
    is_retry_schedule,
    new_webhook_secret,
    ondelete,
    public,
    webhook_secret_problem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATES = [("running", "Running"), ("paused", "Paused"), ("disabled", "Disabled")]
_AUTH = [("none", "None"), ("bearer", "Bearer Token"), ("basic", "User and Password"), ("header", "Header")]
MOST_SECRETS = 5
"""Old secrets that still sign; each makes the header longer."""
MOST_OVERLAP_HOURS = 30 * 24
SCHEDULE = "5 300 1800 7200 18000 36000 50400 72000 86400"


class Endpoint(Model, name="outbox.endpoint", order="name, id"):
    """Endpoint"""

    name = Char(required=True, size=100)
    code = Char(
        unique=True, size=64, help="A short name for programs; what comes from here is not sent back here."
    )
    url = Char(
        required=True, size=1000, string="Address", help="What stands before the path of each message."
    )
    active = Boolean(default=True)
    state = Selection(_STATES, required=True, default="running", readonly=True, copy=False)
    disabled_reason = Text(readonly=True, copy=False, help="Why nothing is sent at the moment.")
    notify_email = Char(help="Who is told when the endpoint is switched off after failing for long.")
    allow_internal = Boolean(help="May lie in the inner network. Only administrators set this.", copy=False)

    secret = Char(compute="_compute_hidden", inverse="_set_secret", help="Only written; whsec_ and base64.")
    secret_kept = Char(groups=NOBODY, copy=False, required=True, default=lambda _: new_webhook_secret())
    secrets_before = Json(groups=NOBODY, copy=False, help="Secrets that still sign, each with its end.")
    secret_shown = Datetime(readonly=True, copy=False, help="When the secret was shown; it is shown once.")
    auth_kind = Selection(_AUTH, required=True, default="none", string="Authorization")
    auth_name = Char(size=200, help="The user, or the name of the header.")
    auth_secret = Char(compute="_compute_hidden", inverse="_set_auth_secret", help="Only written.")
    auth_secret_kept = Char(groups=NOBODY, copy=False)

    timeout_s = Integer(
        string="Timeout", default=15, required=True, aggregator=None, help="Seconds for one try."
    )
    max_attempts = Integer(default=10, required=True, aggregator=None)
    retry_schedule = Char(
        default=SCHEDULE, required=True, help="Seconds after each try; the last one repeats."
    )
    ordered = Boolean(default=True, string="In Order", help="Messages of one record wait for each other.")
    disable_after_days = Integer(
        default=5, required=True, aggregator=None, help="Days of failure; 0 for never."
    )

    failures = Integer(
        readonly=True, copy=False, aggregator=None, help="Failed tries in a row, of any message."
    )
    failing_since = Datetime(readonly=True, copy=False)
    not_before = Datetime(readonly=True, copy=False, help="Nothing is sent here before this moment.")
    last_success = Datetime(readonly=True, copy=False)
    waiting_count = Integer(compute="_compute_counts", string="Waiting")
    failed_count = Integer(compute="_compute_counts", string="Failed")

    # posting -------------------------------------------------------------------------------------------------------

    def post(
        self,
        topic: str,
        path: str,
        body: Any = None,
        method: str = "POST",
        key: str | None = None,
        coalesce: str | None = None,
        origin: str | int | None = None,
        *,
        force: bool = False,
    ) -> Any:
        """Put a message for each of these endpoints into the outbox; it leaves when this call has committed.

        `body`: anything JSON says, besides decimals, days and moments; None for none. `key`: the record it is about
        (`sale.order,5`): messages of one record arrive in order. `coalesce`: only the last value under this key
        counts, so a message that waits is replaced. `origin`: the id or code of the endpoint where the change came
        from (default: context `_origin`); nothing is sent back there unless `force`. Archived endpoints get nothing.
        Returns the messages. Raises ValidationError for a path, method, topic or body that cannot be sent.
        """
        post = Post(topic, path, body, method, key, coalesce)
        return self.post_all([post._asdict()], origin, force=force)

    def post_all(
        self, posts: Sequence[Mapping[str, Any]], origin: str | int | None = None, *, force: bool = False
    ) -> Any:
        """The same for many messages at once, in their order; each says what `post` takes, by name."""
        return posted(self, [Post(**each) for each in posts], origin, force=force)

    @public(right="write")
    def action_send(
        self, topic: str, path: str, body: Any = None, method: str = "POST", key: str | None = None
    ) -> list[str]:
        """Send a message by hand, as after a repair at the peer's. Returns the message ids.

        The arguments are those of `post`; `body` is any JSON value, and unset for none.
        """
        given: dict[str, Any] = {"topic": topic, "path": path, "method": method, "key": key or None}
        problem = next(
            (f"{name} is a text" for name, each in given.items() if each and not isinstance(each, str)), None
        )
        if problem:
            raise BadRequest(problem)
        made = self.post(topic, path or "", None if body is False else body, method, key or None)
        return [each.message_id for each in made]

    # keeping secrets -----------------------------------------------------------------------------------------------

    def _compute_hidden(self) -> None:
        """Secrets are written and never read."""
        for endpoint in self:
            endpoint.secret = None
            endpoint.auth_secret = None

    def _set_secret(self) -> None:
        for endpoint in self:
            if endpoint.secret:
                problem = webhook_secret_problem(endpoint.secret)
                if problem:
                    raise UserError(f"The secret cannot be used: {problem}.")
                endpoint.sudo().write({"secret_kept": endpoint.secret, "secret_shown": self.env.now()})

    def _set_auth_secret(self) -> None:
        for endpoint in self:
            endpoint.sudo().write({"auth_secret_kept": endpoint.auth_secret or None})

    @public(right="write")
    def action_reveal_secret(self) -> dict[str, str]:
        """The signing secret, for the peer to verify us with. It is shown once; rotate it to get another."""
        endpoint = self.ensure_one().sudo()
        if endpoint.secret_shown:
            raise UserError("This secret was shown already. Make a new one with action_rotate_secret.")
        endpoint.write({"secret_shown": self.env.now()})
        self.env.log("outbox_secret_shown", model=self.model_name, res_id=endpoint.id)
        return {"secret": str(endpoint.secret_kept)}

    @public(right="write")
    def action_rotate_secret(self, overlap_hours: int = 24) -> dict[str, str]:
        """A new signing secret, shown here and never again. Messages bear signatures of both for `overlap_hours`."""
        endpoint = self.ensure_one().sudo()
        if type(overlap_hours) is not int or not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
            raise UserError(f"The overlap is between 0 and {MOST_OVERLAP_HOURS} hours.")
        now = self.env.now()
        kept = [each for each in endpoint.secrets_before or [] if each["until"] > now.isoformat()]
        if overlap_hours:
            until = (now + timedelta(hours=overlap_hours)).isoformat()
            kept.append({"secret": endpoint.secret_kept, "until": until})
        secret = new_webhook_secret()
        endpoint.write(
            {"secret_kept": secret, "secrets_before": kept[-MOST_SECRETS:] or None, "secret_shown": now}
        )
        self.env.log("outbox_secret_rotated", model=self.model_name, res_id=endpoint.id)
        return {"secret": secret}

    # running and pausing ---------------------------------------------------------------------------------------------

    @public(right="write")
    def action_pause(self, reason: str = "") -> bool:
        """Keep messages here instead of sending them, until `action_resume`."""
        text = str(reason)[:500] or "Paused by hand."
        self.filtered(lambda each: each.state == "running").write(
            {"state": "paused", "disabled_reason": text}
        )
        return True

    @public(right="write")
    def action_resume(self) -> bool:
        """Send again what waits, and what comes."""
        calm = {"state": "running", "disabled_reason": None, "failures": 0}
        self.sudo().write({**calm, "failing_since": None, "not_before": None})
        self.env.wake()
        return True

    @depends()
    def _compute_counts(self) -> None:
        messages = self.env["outbox.message"]
        groups = messages.read_group(
            [("endpoint_id", "in", self.ids), ("state", "in", ["pending", "sending", "failed"])],
            ["id"],
            ["endpoint_id", "state"],
            lazy=False,
        )
        counts: dict[tuple[int, bool], int] = {}
        for each in groups:
            place = (each["endpoint_id"][0], each["state"] == "failed")
            counts[place] = counts.get(place, 0) + each["__count"]
        for endpoint in self:
            endpoint.waiting_count = counts.get((endpoint.id, False), 0)
            endpoint.failed_count = counts.get((endpoint.id, True), 0)

    # rights and checks -----------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; only an administrator may open the inner network to one."""
        made = super().create(vals_list)
        if any(each.allow_internal for each in made.sudo()):
            self._need_administrator("allow_internal")
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; an endpoint that may lie in the inner network is the administrator's to move."""
        if not {"allow_internal", "url"} & set(vals):
            return super().write(vals)
        before = {each.id: (each.allow_internal, each.url) for each in self.sudo()}
        done = super().write(vals)
        # What came of it counts, not how it was asked for.
        if any(each.allow_internal and before[each.id] != (True, each.url) for each in self.sudo()):
            self._need_administrator("url")
        return done

    def _need_administrator(self, field: str) -> None:
        if not self.env.su and not self.env.has_group("base.group_system"):
            raise AccessError(
                f"Only administrators may set {field} of an endpoint in the inner network.", field=field
            )

    @constrains("url", "allow_internal")
    def _url_leads_outside(self) -> Iterator[Problem]:
        for endpoint in self:
            try:
                found = self.env.outside.check(endpoint.url or "", internal=endpoint.allow_internal)
            except AddressRefused as error:
                yield Problem("url", error.code, str(error))
                continue
            if "?" in found.path:
                yield Problem("url", "odd_spelling", "Leave the part after ? out of an endpoint's address.")

    @constrains("auth_kind", "auth_name", "auth_secret_kept")
    def _authorization_is_whole(self) -> Iterator[Problem]:
        for endpoint in self:
            name, secret = endpoint.auth_name or "", endpoint.auth_secret_kept or ""
            found = headers.problem(endpoint.auth_kind or "none", name, secret)
            if found is not None:
                yield Problem(*found)

    @constrains("timeout_s", "max_attempts", "retry_schedule", "disable_after_days")
    def _patience_has_bounds(self) -> Iterator[Problem]:
        bounds = {"timeout_s": (1, 60), "max_attempts": (1, 50), "disable_after_days": (0, 365)}
        for endpoint in self:
            for name, (least, most) in bounds.items():
                if not least <= getattr(endpoint, name) <= most:
                    yield Problem(name, "range", f"{name} lies between {least} and {most}.")
            if not is_retry_schedule(endpoint.retry_schedule or ""):
                text = "The retry schedule is up to 50 numbers of seconds with blanks between, each up to a week."
                yield Problem("retry_schedule", "not_schedule", text)

    @ondelete
    def _is_unused(self) -> Iterator[Problem]:
        if self.env["outbox.message"].sudo().search([("endpoint_id", "in", self.ids)], limit=1):
            yield Problem("id", "in_use", "There are messages of this endpoint; archive it instead.")
