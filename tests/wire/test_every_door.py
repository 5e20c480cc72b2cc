"""Every door gives the same answer: the tables of this folder, over each wire, on each store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from wire import commands, domains, groups, names, reads, refusals, rights, searches, values, writes
from wire.case import DOORS, Ask, Case, Refusal, matches, resolve
from wire.doors import Door, Refused, User

TABLES = (searches, domains, reads, writes, commands, groups, names, values, rights, refusals)
CASES = [
    pytest.param(case, door, id=f"{table.__name__.rpartition('.')[2]}: {case} ({door})")
    for table in TABLES
    for case in table.CASES
    for door in DOORS
    if door in case.doors
]


@pytest.mark.parametrize(("case", "door"), CASES)
def test_every_door_gives_the_same_answer(
    case: Case,
    door: str,
    world: tuple[dict[str, int], dict[str, User]],
    doors: Callable[[str, str], Door],
) -> None:
    known = dict(world[0])
    admin = doors(door, "admin")
    for name, (model, given) in case.given.items():
        known[name] = admin.call(model, "create", [resolve(given, known)], {})
    expect(doors(door, case.user), case.call, case.gives, known)
    for call, gives in case.then:
        expect(admin, call, gives, known)


def expect(door: Door, call: Ask, gives: Any, known: Mapping[str, int]) -> None:
    """Make a call and hold its answer against what it should give."""
    args, kwargs = resolve(call.args, known), resolve(call.kwargs, known)
    if isinstance(gives, Refusal):
        with pytest.raises(Refused) as caught:
            pytest.fail(f"answered {door.call(call.model, call.method, args, kwargs)!r}")
        refused = caught.value
        assert is_kind(door.name, refused.kind, gives), refused
        for word in gives.words:
            assert str(resolve(word, known)) in refused.message, refused
        for secret in ("Traceback", "SELECT ", "INSERT ", ".py"):
            assert secret not in refused.message, refused
        return
    got = door.call(call.model, call.method, args, kwargs)
    assert matches(gives, got, known), f"{call.method} answered {got!r}, not {resolve(gives, known)!r}"


def is_kind(door: str, kind: str, expected: Refusal) -> bool:
    """Whether a refusal is the expected one, as exactly as its wire tells."""
    if door == "xmlrpc":
        shared = {"UserError": 2, "ValidationError": 2, "MissingError": 2, "NotFound": 2}
        return shared.get(kind, kind) in {shared.get(each, each) for each in expected.kinds}
    if door == "xmlrpc-v1":
        return kind in {
            {"ValidationError": "UserError", "NotFound": "MissingError"}.get(each, each)
            for each in expected.kinds
        }
    return kind in expected.kinds
