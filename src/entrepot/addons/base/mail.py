"""Messages on their way out. A worker sends what is `outgoing`; this file only keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Char, Datetime, Html, Integer, Model, Problem, Selection, Text, constrains, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATES = [
    ("outgoing", "Outgoing"),
    ("sent", "Sent"),
    ("exception", "Delivery Failed"),
    ("cancel", "Cancelled"),
]


class Mail(Model, name="mail.mail", rec_name="subject", order="id desc"):
    """Outgoing Message"""

    subject = Char()
    body_html = Html()
    email_from = Char(string="From")
    email_to = Text(string="To", required=True, help="Addresses, separated by commas.")
    email_cc = Char(string="Cc")
    reply_to = Char()
    state = Selection(_STATES, string="Status", default="outgoing", required=True, index=True, copy=False)
    model = Char(string="Related Document Model", index=True)
    res_id = Integer(string="Related Document ID", aggregator=None)
    scheduled_date = Datetime(help="Not before this moment; empty for at once.")
    attempts = Integer(copy=False, readonly=True)
    failure_reason = Text(copy=False, readonly=True)

    @constrains("subject", "email_from", "email_to", "email_cc", "reply_to")
    def _headers_are_one_line(self) -> Iterator[Problem]:
        for mail in self:
            for name in ("subject", "email_from", "email_to", "email_cc", "reply_to"):
                value = getattr(mail, name) or ""
                if "\n" in value or "\r" in value:
                    yield Problem(
                        name, "line_break", f"{name} is a header of the message and holds no line breaks."
                    )

    @public
    def cancel(self) -> bool:
        """Withdraw messages that were not sent yet."""
        self.filtered(lambda mail: mail.state in {"outgoing", "exception"}).write({"state": "cancel"})
        return True

    @public
    def mark_outgoing(self) -> bool:
        """Try failed or withdrawn messages again."""
        again = self.filtered(lambda mail: mail.state in {"exception", "cancel"})
        again.write({"state": "outgoing", "attempts": 0, "failure_reason": None})
        return True
