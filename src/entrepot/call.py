"""The values that travel: a request for one method, who claims to send it, and who they proved to be.

Doors make a `Call`, `dispatch` runs it, nobody edits it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias

Value: TypeAlias = (
    bool
    | int
    | float
    | Decimal
    | str
    | bytes
    | date
    | datetime
    | Sequence["Value"]
    | Mapping[str, "Value"]
    | None
)
"""What may cross a door. Replies may also hold a `Table` (see `entrepot.table`), alone or nested."""

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Password:
    """A user id with a password or API key, as the Odoo `object` service sends with every call."""

    uid: int
    password: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """An API key alone; its owner is found by it."""

    key: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session id from a cookie, header or parameter."""

    sid: str


@dataclass(frozen=True, slots=True)
class Operator:
    """The command line or a worker on this machine, acting as a user without proof. Never made by a network door."""

    uid: int


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody in particular."""


Credentials: TypeAlias = Password | Bearer | Session | Operator | Anonymous


@dataclass(frozen=True, slots=True)
class On:
    """The records that a method is called on, said apart from its arguments: ids, or the domain that finds them."""

    ids: tuple[int, ...] = ()
    domain: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request for one method, as any door has decoded it. No proof of identity yet."""

    tenant: str
    credentials: Credentials
    model: str
    method: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    on: On | None = None
    """None: the first argument of a method of records is their ids."""
    door: str = "internal"
    address: str = ""
    """The client's network address, for attempt limits and the log."""
    request_id: str = ""
    """Leads from the answer of a door to the lines of the log."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A proven user of one tenant. `groups` are the ids of all their groups, implied ones included."""

    uid: int
    login: str
    groups: frozenset[int]
    lang: str = "en_US"
    tz: str | None = None
    company_id: int | None = None
    company_ids: tuple[int, ...] = ()
    partner_id: int | None = None
    superuser: bool = False
