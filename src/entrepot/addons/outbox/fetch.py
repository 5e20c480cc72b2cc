"""Content behind addresses that records name: wanted in a call, fetched afterwards, never waited for.

What cannot be had is tried again a few times, then given up; the record that names it goes on without.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from entrepot.api import Char, Datetime, Integer, Model, Selection, Text, guess_mimetype

_STATES = [("wanted", "Wanted"), ("fetched", "Fetched"), ("failed", "Not to be had")]
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
MOST_TRIES = 5
FIRST_PAUSE = timedelta(minutes=1)


class Fetch(
    Model, name="outbox.fetch", order="id", rec_name="url", unique=[("model", "res_id", "field_name")]
):
    """Content to fetch"""

    model = Char(required=True)
    res_id = Integer(string="Record", required=True, aggregator=None)
    field_name = Char(
        string="Field", required=True, help="A binary field that shows a picture, or `attachment`."
    )
    state_field = Char(help="The field of the record that is told wanted, fetched or failed.")
    url = Char(required=True)
    state = Selection(_STATES, required=True, default="wanted", index=True)
    attempts = Integer(default=0, aggregator=None)
    next_attempt = Datetime(required=True, default=lambda self: self.env.now(), index=True)
    last_error = Text()

    def want(self, record: Any, field_name: str, url: str, state_field: str | None = None) -> None:
        """Have what lies behind a URL put into a field of a record, or attached to it (`attachment`)."""
        where = {"model": record.model_name, "res_id": record.id, "field_name": field_name}
        values = {
            "url": url,
            "state": "wanted",
            "attempts": 0,
            "next_attempt": self.env.now(),
            "last_error": None,
        }
        known = self.search([(name, "=", value) for name, value in where.items()], limit=1)
        if known:
            known.write({**values, "state_field": state_field})
        else:
            self.create({**where, **values, "state_field": state_field})
        self.env.wake()

    def arrived(self, content: bytes) -> None:
        """Keep what was fetched. A picture field takes pictures only: anything else was no use."""
        record = self._record()
        mimetype = guess_mimetype(content)
        if self.field_name != "attachment" and mimetype not in PICTURES:
            self.missed(f"What lies there is no picture but {mimetype}.", final=True)
            return
        if record:
            if self.field_name == "attachment":
                self._attach(record, content, mimetype)
            else:
                record.write({str(self.field_name): content})
            self._tell(record, "fetched")
        self.write({"state": "fetched", "last_error": None, "attempts": self.attempts + 1})

    def missed(self, why: str, *, final: bool = False) -> None:
        """Keep that it could not be had, and when it is tried again."""
        tries = self.attempts + 1
        over = final or tries >= MOST_TRIES
        pause = FIRST_PAUSE * 4 ** (tries - 1)
        self.write(
            {
                "attempts": tries,
                "last_error": why[:500],
                "state": "failed" if over else "wanted",
                "next_attempt": self.env.now() + pause,
            }
        )
        record = self._record()
        if over and record:
            self._tell(record, "failed")

    def _record(self) -> Any:
        return self.env[str(self.model)].browse([self.res_id]).exists() if self.model in self.env else None

    def _tell(self, record: Any, state: str) -> None:
        if self.state_field:
            record.write({str(self.state_field): state})

    def _attach(self, record: Any, content: bytes, mimetype: str) -> None:
        name = urlsplit(str(self.url)).path.rpartition("/")[2][:200] or "attachment"
        where = {"res_model": record.model_name, "res_id": record.id, "name": name}
        attachments = self.env["ir.attachment"]
        known = attachments.search([(key, "=", value) for key, value in where.items()], limit=1)
        if known:
            known.write({"datas": content})
        else:
            attachments.create({**where, "datas": content, "mimetype": mimetype})
