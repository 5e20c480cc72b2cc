"""A fresh tenant on a real server for each client library, and one patient in it."""

from __future__ import annotations

import pytest

from server_fixtures import Tenant, server, tenant

__all__ = ["server", "tenant"]


@pytest.fixture
def patient(tenant: Tenant) -> int:
    """A patient that nothing else refers to."""
    made = tenant.execute("got2.patient", "create", {"name": "Pia Patient", "email": "pia@example.com"})
    assert isinstance(made, int)
    return made
