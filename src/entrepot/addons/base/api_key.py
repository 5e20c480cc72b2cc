"""API keys: what programs send instead of a password. Only a digest is kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from entrepot.addons.base.user_rights import NOBODY
from entrepot.api import (
    Char,
    Datetime,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    constrains,
    cron,
    new_key,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DURATIONS = [
    ("1", "1 Day"),
    ("7", "1 Week"),
    ("30", "1 Month"),
    ("90", "3 Months"),
    ("180", "6 Months"),
    ("365", "1 Year"),
    ("0", "Persistent Key"),
    ("-1", "Custom Date"),
]
_LONGEST_DAYS = 365
_MOST_KEYS = 50


class ApiKey(Model, name="res.users.apikeys", order="id desc"):
    """API Key"""

    name = Char(string="Description", required=True, readonly=True)
    user_id = Many2one("res.users", required=True, readonly=True, index=True, on_delete="cascade")
    scope = Char(readonly=True, help="Empty: whatever its owner may do.")
    expiration_date = Datetime(readonly=True, help="Empty: never.")
    index = Char(
        size=8, required=True, index=True, readonly=True, string="Prefix", help="The key's first letters."
    )
    digest = Char(required=True, unique=True, groups=NOBODY)

    def mint(self, scope: str | None, name: str, expiration_date: dt.datetime | None) -> str:
        """Make a key for the acting user and return it: this is the only time it can be read."""
        if self.sudo().search_count([("user_id", "=", self.env.uid)]) >= _MOST_KEYS:
            raise UserError(f"You have {_MOST_KEYS} API keys already; remove some first.")
        key = new_key()
        self.sudo().create(
            [
                {
                    "name": name,
                    "user_id": self.env.uid,
                    "scope": scope,
                    "expiration_date": expiration_date,
                    "index": key.index,
                    "digest": key.digest,
                }
            ]
        )
        self.env.log("api_key_made", index=key.index)
        return key.text

    @public(right="unlink")
    def remove(self) -> dict[str, str]:
        """Revoke keys: one's own, or anybody's as an administrator."""
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    @cron(every="1 day")
    def remove_expired(self) -> None:
        """Forget keys whose time is over."""
        self.sudo().search([("expiration_date", "<=", self.env.now())]).unlink()


class ApiKeyDescription(Model, name="res.users.apikeys.description", transient=True):
    """API Key Description"""

    name = Char(string="Description", required=True)
    duration = Selection(_DURATIONS, required=True, default="90")
    expiration_date = Datetime()

    @constrains("duration", "expiration_date")
    def _end_is_near_enough(self) -> Iterator[Problem]:
        for each in self:
            if each.duration == "0":
                maker = each.create_uid
                if not maker.with_user(maker.id).env.has_group("base.group_system"):
                    yield Problem("duration", "persistent", "Only administrators may make persistent keys.")
                continue
            ends = each.ends()
            now = self.env.now()
            if ends is None or not now < ends <= now + dt.timedelta(days=_LONGEST_DAYS):
                yield Problem(
                    "expiration_date", "range", "The key must end within a year, and not in the past."
                )

    def ends(self) -> dt.datetime | None:
        """When the described key ends; None for never (or a custom date that is not given)."""
        described = self.ensure_one()
        days = int(described.duration or "0")
        if days < 0:
            return described.expiration_date
        return self.env.now() + dt.timedelta(days=days) if days else None

    @public
    def make_key(self) -> dict[str, Any]:
        """Ask for the password; the key is made once it is given (`res.users.identitycheck`)."""
        self.ensure_one()
        if self.env.user.share:
            raise UserError("Only internal users can create API keys")
        check = self.env["res.users.identitycheck"]
        action: dict[str, Any] = check.ask("res.users.apikeys.description", self.id, "make_key_now")
        return action

    def make_key_now(self) -> dict[str, Any]:
        """Make the key, and show it once."""
        described = self.ensure_one().sudo()
        text = self.env["res.users.apikeys"].mint(None, described.name, described.ends())
        described.unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": "API Key Ready",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_key": text},
        }


class ApiKeyShow(Model, name="res.users.apikeys.show", transient=True):
    """Show API Key"""

    key = Char(
        compute="_compute_key",
        help="Comes from the context of the action that shows it, and is kept nowhere.",
    )

    def _compute_key(self) -> None:
        for each in self:
            each.key = None
