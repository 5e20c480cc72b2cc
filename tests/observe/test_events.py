import logging
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from entrepot.observe import events
from entrepot.observe.events import Event, LoginFailed, Sinks, new_trace_id, silent

FAILED = LoginFailed(tenant="acme", login="ada", door="xmlrpc", address="192.0.2.1")


def kinds(parent: type[Event] = Event) -> list[type[Event]]:
    return [kind for child in parent.__subclasses__() for kind in (child, *kinds(child))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_event_is_a_frozen_value_with_a_level(kind):
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert kind.level in ("debug", "info", "warning", "error")
    assert kind.__doc__
    assert {each.name for each in fields(kind)}.isdisjoint({"level", "ts", "event"}), "keys of every line"


def test_an_event_cannot_be_edited():
    with pytest.raises(FrozenInstanceError):
        FAILED.login = "eve"


def test_every_sink_is_told_in_turn():
    told = []
    Sinks([lambda event: told.append((1, event)), lambda event: told.append((2, event))])(FAILED)
    assert told == [(1, FAILED), (2, FAILED)]


def test_a_failing_sink_stops_neither_the_others_nor_the_caller(caplog):
    told = []

    def broken(event):
        raise OSError("disk full")

    sinks = Sinks([broken, told.append])
    with caplog.at_level(logging.ERROR):
        sinks(FAILED)
        sinks(FAILED)
    assert told == [FAILED, FAILED]
    assert sinks.failures == 2
    assert len(caplog.records) == 1, "said once"


def test_the_silent_observer_lets_everything_pass():
    assert silent(FAILED) is None


def test_trace_ids_are_short_and_random():
    assert len({new_trace_id() for _ in range(1000)}) == 1000
    assert len(new_trace_id()) == 16


def test_the_events_of_tenants_are_all_exported():
    assert {kind.__name__ for kind in kinds(events.TenantEvent)} >= {
        "TenantCreated",
        "TenantDropped",
        "TenantRestored",
    }
