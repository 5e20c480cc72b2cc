"""What becomes of new messages beside those that wait: appended, or put in the place of an older one. Pure.

A message that coalesces says "only my last value counts". It takes the place of the one that waits, unless that would
change what the receiver sees:

* a message of the same record came after the waiting one: the new value belongs behind it, so the old is withdrawn;
* the waiting one was tried already: the receiver may know its id, and would take other content for a repetition.
  The new one gets an id of its own, and goes on with the tries that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored message that waits and coalesces."""

    id: int
    coalesce: str
    key: str | None
    attempts: int
    next_attempt: datetime | None


@dataclass(slots=True)
class Entry:
    """A message in the queue as it will be: stored already (`id`) or new; `values` are to be written, if any."""

    key: str | None
    coalesce: str | None
    values: dict[str, Any] | None = None
    id: int | None = None
    attempts: int = 0
    next_attempt: datetime | None = None
    withdrawn: bool = False


@dataclass(slots=True)
class Queue:
    """The end of one endpoint's queue, as far as new messages need to know it.

    `tails`: record key -> id of the last stored message of that record that is not settled yet.
    """

    ordered: bool
    waiting: Iterable[Waiting] = ()
    tails: Mapping[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    _by_coalesce: dict[str, Entry] = field(default_factory=dict)
    _last: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know the waiting ones by what they coalesce on; the last of several, should there be several."""
        for each in sorted(self.waiting, key=lambda one: one.id):
            entry = Entry(each.key, each.coalesce, None, each.id, each.attempts, each.next_attempt)
            self.entries.append(entry)
            self._by_coalesce[each.coalesce] = entry

    def add(self, key: str | None, coalesce: str | None, values: Mapping[str, Any]) -> None:
        """Take one more message."""
        new = Entry(key, coalesce, dict(values))
        if coalesce:
            old = self._by_coalesce.get(coalesce)
            if old is not None:
                if self._may_replace(old, key):
                    old.values = new.values
                    return
                old.withdrawn = True
                new.attempts, new.next_attempt = old.attempts, old.next_attempt
            self._by_coalesce[coalesce] = new
        self.entries.append(new)
        if key:
            self._last[key] = new

    def _may_replace(self, old: Entry, key: str | None) -> bool:
        if old.key != key or (old.id is not None and old.attempts):
            return False
        if not (self.ordered and key):
            return True
        last = self._last.get(key)
        return last is old if last is not None else self.tails.get(key) == old.id

    @property
    def created(self) -> list[Entry]:
        """The messages to store, in order."""
        return [each for each in self.entries if each.id is None and not each.withdrawn]

    @property
    def replaced(self) -> list[Entry]:
        """The stored messages that get other content."""
        return [each for each in self.entries if each.id is not None and each.values and not each.withdrawn]

    @property
    def superseded(self) -> list[int]:
        """The stored messages that are withdrawn."""
        return [each.id for each in self.entries if each.id is not None and each.withdrawn]
