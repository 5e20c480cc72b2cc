"""A real tenant for the pages whose examples are run."""

from server_fixtures import server, tenant

__all__ = ["server", "tenant"]
