"""Real servers for the examples."""

from server_fixtures import server, tenant

__all__ = ["server", "tenant"]
