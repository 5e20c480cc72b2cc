"""Who speaks: the peers whose message this is, or nobody, and then it is an ordinary write.

Source: `spec/rest-and-exchange.md` B2, `create_by` and missing `create_by`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from entrepot.addons.exchange import spellings
from entrepot.api import AccessError, BadRequest, Environment, Problem, ValidationError

T = TypeVar("T")
PEER_GROUP = "exchange.group_exchange_peer"
MANAGER_GROUP = "exchange.group_exchange_manager"
ORIGIN = "_exchange_origin"
"""The context key that names the peers (ids) whose message is being carried out: they are not told of it."""
_DEFAULT_ZONE = "Africa/Algiers"
_DEFAULT_COUNTRY = "DZ"


@dataclass(frozen=True)
class Sender:
    """The origin of one message."""

    side: spellings.Side
    peers: Any
    """The `ek.peer` records that are not told what they said: the bank that was named, else all of the account's."""
    account: Any = None
    """The peers that the account speaks for, whichever it named; None for one that manages the exchange: all."""
    bank: Any = None
    """The peer that `order_source` names, whoever sends; None when it names none."""

    everywhere: bool = False
    """Whether the account speaks for every bank there is, or manages the exchange."""

    def reaches(self, banks: Any) -> bool:
        """Whether the sender may change what is of these banks; what is of none yet is everybody's."""
        return self.account is None or not banks or bool(banks & self.account)

    def within(self, field: str) -> list[Any]:
        """The same as a domain on a link to peers."""
        return [] if self.account is None else ["|", (field, "=", False), (field, "in", self.account.ids)]

    @property
    def peer(self) -> Any:
        """The peer, when it is exactly one; else an empty set."""
        return self.peers if len(self.peers) == 1 else self.peers.browse()

    @property
    def zone(self) -> str:
        """The time zone of moments that name none."""
        zones = {str(peer.tz) for peer in self.peers}
        return zones.pop() if len(zones) == 1 else _DEFAULT_ZONE

    @property
    def country(self) -> str:
        """The ISO code of the country of national telephone numbers."""
        codes = {str(peer.country_id.code) for peer in self.peers if peer.country_id}
        return codes.pop() if len(codes) == 1 else _DEFAULT_COUNTRY


def sender_of(env: Environment, data: Any) -> Sender | None:
    """The sender of a message; None when it is none: somebody's ordinary write without `create_by`.

    Raises ValidationError for a `create_by` or an `order_source` that the account does not know, AccessError for one
    that speaks for no peer at all. Which other banks there are is not told.
    """
    peers = env["ek.peer"].of_user()
    if not isinstance(data, Mapping):
        if peers and not env.su:
            text = "data is an object of values, or a list of such objects."
            raise ValidationError(problems=[Problem("data", "not_an_object", text)])
        return None
    if data.get("create_by") in (None, "") and not peers:
        return None
    manages = env.su or env.has_group(MANAGER_GROUP)
    if not peers and not manages:
        raise AccessError(
            "This account speaks for no exchange peer. Leave create_by out, or add the account to its peer."
        )
    problems: list[Problem] = []
    side = _named(data, "create_by", "unknown_sender", spellings.sender, problems) or spellings.PLATFORM
    everybody = env["ek.peer"].everybody()
    known = everybody if manages else peers
    bank = _named(data, "order_source", "unknown_source", known.named, problems)
    if problems:
        raise ValidationError(problems=problems)
    told = peers.browse() if side == spellings.HERE else bank if bank is not None else peers
    return Sender(side, told, None if manages else peers, bank, manages or not everybody - peers)


def refuse_message(env: Environment, data: Any, instead: str) -> None:
    """Tell an account that speaks for peers alone how this is said; anybody else may go on."""
    sender = sender_of(env, data[0] if isinstance(data, list) and data else data)
    if sender is not None and sender.account is not None:
        raise BadRequest(f"There is no such message: {instead}.")


def _named(
    data: Mapping[str, Any], key: str, code: str, reader: Callable[[Any], T], problems: list[Problem]
) -> T | None:
    given = data.get(key)
    if given in (None, ""):
        return None
    try:
        return reader(given)
    except ValueError as error:
        problems.append(Problem(key, code, f"{key} {error}."))
        return None
