"""One world a tenant, five doors into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from server_fixtures import Tenant, server, shared_tenant, tenant
from wire.doors import Door, User, open_door
from wire.world import build

__all__ = ["server", "shared_tenant", "tenant"]


@pytest.fixture(scope="module")
def world(shared_tenant: Tenant) -> tuple[dict[str, int], dict[str, User]]:
    """The ids of the world by name, and its users by name."""
    return build(shared_tenant)


@pytest.fixture(scope="module")
def doors(world: tuple[dict[str, int], dict[str, User]]) -> Iterator[Callable[[str, str], Door]]:
    """A function of (door, user) that answers the open door."""
    opened: dict[tuple[str, str], Door] = {}

    def door(name: str, user: str) -> Door:
        if (name, user) not in opened:
            opened[name, user] = open_door(name, world[1][user])
        return opened[name, user]

    yield door
    for each in opened.values():
        each.close()
