"""What we say we are: the version whose external API these doors speak."""

from __future__ import annotations

from typing import Any

SERVER_VERSION = "18.0"


def version() -> dict[str, Any]:
    """The dictionary of `common.version` and `/web/webclient/version_info`."""
    return {
        "server_version": SERVER_VERSION,
        "server_version_info": version_info(),
        "server_serie": SERVER_VERSION,
        "protocol_version": 1,
    }


def version_info() -> list[Any]:
    """The version in parts, as clients compare it."""
    return [18, 0, 0, "final", 0, ""]
