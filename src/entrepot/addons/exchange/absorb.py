"""Taking over what a peer says of a record that is here: field by field, by who has the say. Source: B6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from entrepot.addons.exchange.exchanged import SIDES
from entrepot.addons.exchange.message import without_secrets
from entrepot.addons.exchange.receive import Receipt
from entrepot.api import Command

_SIDE_NAMES = dict(SIDES)
MAX_PAYLOAD = 64 * 1024
"""Letters of what a record keeps under keys that nobody knows; what goes beyond stands in the message box alone."""


def absorb(record: Any, values: Mapping[str, Any], receipt: Receipt) -> bool:
    """Write the values of a message that differ from the record's own; whether any did.

    A field that this system keeps is left out with a warning. One that both may change, and that was changed here
    since the peer last acknowledged it, is kept or taken by its policy; what is kept lands in the conflict box.
    """
    env = record.env
    rules = env["ek.responsibility"].of(record.model_name)
    differing = {name: value for name, value in values.items() if differs(record, name, value)}
    ours = {name for name in differing if rules.owner(name) == "here"}
    for name in sorted(ours):
        receipt.warn(f"{name} is kept here and was not changed.")
    both = {name for name in differing if rules.owner(name) == "both"}
    unsettled = env["ek.change"].unsettled(record, both, receipt.sender.peers)
    kept = {name for name in unsettled if rules.policy(name) != "peer"}
    asked = {name for name in kept if rules.policy(name) == "ask"}
    if asked:
        env["ek.conflict"].note(
            record, {name: differing[name] for name in sorted(asked)}, receipt.sender.peers, "both_changed"
        )
    for name in sorted(kept):
        receipt.warn(f"{name} was changed here meanwhile and was kept.")
    taken = {name: value for name, value in differing.items() if name not in ours | kept}
    if not taken:
        return False
    return bool(record.write({**taken, "ek_last_writer": receipt.sender.side}))


def first_values(receipt: Receipt) -> dict[str, Any]:
    """What a record that a message makes remembers of its sender."""
    side = receipt.sender.side
    return {"create_by": side, "ek_last_writer": side}


def keep_unknown(record: Any, unknown: Mapping[str, Any]) -> None:
    """Add keys that nobody understood to those that the record keeps: without secrets, and not without end."""
    if not unknown:
        return
    kept = {**(record.ek_payload or {}), **without_secrets(dict(unknown))}
    if len(json.dumps(kept, default=str)) <= MAX_PAYLOAD:
        record.write({"ek_payload": kept})


def differs(record: Any, name: str, value: Any) -> bool:
    """Whether writing a value would change the record; links to many always count."""
    own = getattr(record, name)
    if hasattr(own, "ids"):
        if isinstance(value, (list, tuple)):
            return True
        return (own.id or None) != (value or None)
    return bool(own != value) and not (own in (None, False) and value in (None, False))


def belongs(record: Any, receipt: Receipt) -> None:
    """A contact, or the account of one, is of each bank that spoke of it by itself."""
    peer = receipt.sender.peer
    if peer and peer not in record.ek_peer_ids:
        record.write({"ek_peer_ids": [Command.link(peer.id)]})
