"""Mail leaves by the same machinery: what the sender needs to know of a message beside what it says."""

from __future__ import annotations

from typing import Any, Self

from entrepot.api import Char, Datetime, Model, new_message_id


class Mail(Model, extends="mail.mail"):
    """What sending adds to a message."""

    message_id = Char(
        readonly=True, copy=False, default=lambda _: new_message_id(), help="Its Message-ID's first half."
    )
    next_attempt = Datetime(readonly=True, copy=False)
    lease = Char(readonly=True, copy=False, help="Who is sending it at the moment.")
    lease_until = Datetime(readonly=True, copy=False)
    sent_at = Datetime(readonly=True, copy=False)

    def create(self, vals_list: Any) -> Self:
        """Create; what is outgoing leaves when this call has committed."""
        made = super().create(vals_list)
        self.env.wake()
        return made

    def write(self, vals: Any) -> bool:
        """Write; one that is outgoing again is tried at once."""
        if vals.get("state") == "outgoing":
            vals = {**vals, "next_attempt": None}
            self.env.wake()
        return super().write(vals)
