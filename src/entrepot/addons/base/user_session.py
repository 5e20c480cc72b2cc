"""Sessions that are open. The row holds a digest, so reading the table logs nobody in."""

from __future__ import annotations

from entrepot.addons.base.user_rights import NOBODY
from entrepot.api import Char, Datetime, Many2one, Model, cron


class Session(Model, name="res.users.session", rec_name="user_id", order="id desc"):
    """Session"""

    digest = Char(required=True, unique=True, groups=NOBODY, help="SHA-256 of the session id.")
    user_id = Many2one("res.users", required=True, index=True, on_delete="cascade")
    last_seen = Datetime(required=True, default=lambda self: self.env.now())
    expires = Datetime(required=True, index=True)
    address = Char(help="Network address of the log-in.")

    @cron(every="1 day")
    def remove_expired(self) -> None:
        """Forget sessions whose time is over."""
        self.sudo().search([("expires", "<=", self.env.now())]).unlink()
