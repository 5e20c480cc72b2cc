"""A fresh tenant on a real server for each client library, and one patient in it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from server_fixtures import Tenant, server, tenant

__all__ = ["server", "tenant"]


@pytest.fixture(autouse=True)
def _no_socket_is_left() -> Iterator[None]:
    """The libraries leave sockets to the garbage collector: it comes here, not in the middle of another test."""
    yield
    gc.collect()


@pytest.fixture
def patient(tenant: Tenant) -> int:
    """A patient that nothing else refers to."""
    made = tenant.execute("got2.patient", "create", {"name": "Pia Patient", "email": "pia@example.com"})
    assert isinstance(made, int)
    return made
