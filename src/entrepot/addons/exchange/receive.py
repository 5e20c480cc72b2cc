"""Carrying out one message: read whole, refused whole, written whole, and noted in the box of what came in.

A message runs with the exchange's own rights, for its sender was proven; what it may touch is what its handler writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from entrepot.addons.exchange.form import Form
from entrepot.addons.exchange.message import without_secrets
from entrepot.addons.exchange.sender import ORIGIN, Sender, sender_of
from entrepot.api import BadQuery, BadRequest, ConflictError, Problem, ValidationError

MAX_MESSAGES = 1000
_KEPT_CONTEXT = frozenset({"lang", "tz", "allowed_company_ids"})
"""What a client's context may say to code that works with other rights than the client's."""


@dataclass
class Receipt:
    """What a handler tells of a message besides its answer."""

    kind: str
    sender: Sender
    form: Form
    key: str = ""
    warnings: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)

    def warn(self, text: str) -> None:
        """Tell the sender something that is no error."""
        if text not in self.warnings:
            self.warnings.append(text)

    def ambiguous(self, key: str, name: str, candidates: Any) -> None:
        """Refuse a name that several records bear, with their names."""
        listed = ", ".join(f"{each.display_name} (id {each.id})" for each in candidates[:10])
        path = ".".join(part for part in (self.form.path, key) if part)
        text = f"{path}: {name!r} is the name of {len(candidates)} records: {listed}. Add a mapping for the one that is meant."
        raise ConflictError(text, problems=[Problem(path, "ambiguous_name", text)])


Handler = Callable[[Any, Receipt], Any]
"""(records of the model with the exchange's rights, the receipt) -> the answer."""


def receive(
    records: Any, sender: Sender, kind: str, data: Any, handler: Handler, *, verb: str
) -> dict[str, Any]:
    """Carry out a message, or each of a list of them: `{"result": …, "meta": …}`. All or nothing.

    Each message of a list has its own sender; `sender` is that of those that name none.
    Raises ValidationError with everything that is wrong, ConflictError for ambiguous names and steps backwards.
    """
    if isinstance(data, (list, tuple)):
        if len(data) > MAX_MESSAGES:
            raise BadRequest(f"data holds at most {MAX_MESSAGES} messages, got {len(data)}.")
        answers = []
        for at, each in enumerate(data):
            with _placed(at):
                own = sender_of(records.env, each) or sender
                answers.append(_carry_out(records, own, kind, each, handler, verb=verb))
        return {
            "result": [each["result"] for each in answers],
            "meta": {"messages": [each["meta"] for each in answers]},
        }
    return _carry_out(records, sender, kind, data, handler, verb=verb)


def _carry_out(
    records: Any, sender: Sender, kind: str, data: Any, handler: Handler, *, verb: str
) -> dict[str, Any]:
    """One message, and its line in the box."""
    working = _with_own_rights(records, sender)
    receipt = Receipt(kind, sender, Form(data))
    result = handler(working, receipt)
    unknown = receipt.form.rest()
    meta = dict(receipt.meta)
    if unknown:
        meta["unknown_keys"] = sorted(unknown)
    if receipt.warnings:
        meta["warnings"] = receipt.warnings
    working.env["ek.message"].create(
        {
            "kind": kind,
            "verb": verb,
            "peer_id": sender.peer.id or None,
            "user_id": records.env.uid,
            "key": receipt.key or None,
            "model": records.model_name,
            "res_id": str(result),
            "payload": without_secrets(dict(data) if isinstance(data, Mapping) else data),
            "unknown": without_secrets(unknown) or None,
            "warnings": receipt.warnings or None,
        }
    )
    return {"result": result, "meta": meta}


def _with_own_rights(records: Any, sender: Sender) -> Any:
    """The records with the exchange's rights: whose message it is is known, the rest of the client's context is not."""
    kept = {key: value for key, value in records.env.context.items() if key in _KEPT_CONTEXT}
    return records.with_env(records.env.derive(su=True, context={**kept, ORIGIN: tuple(sender.peers.ids)}))


@contextmanager
def _placed(at: int) -> Iterator[None]:
    """Tell in which message of a list something is wrong."""
    try:
        yield
    except (ValidationError, ConflictError, BadQuery) as error:
        if not error.problems:
            raise
        problems = [
            Problem(f"{at}.{each.path}".rstrip("."), each.code, f"Message {at}: {each.message}")
            for each in error.problems
        ]
        raise type(error)(problems=problems) from error
