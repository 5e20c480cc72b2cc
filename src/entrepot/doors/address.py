"""Who is at the other end: the client's address, scheme and host name, seen through proxies that are trusted
by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,252})", re.ASCII)
# A chain longer than this is no proxy's work.
MAX_HOPS = 20


class Peer(NamedTuple):
    """Address ("" when unknown), scheme, and the name in the Host header without its port ("" when none is
    valid).
    """

    address: str
    scheme: str
    host: str


class Proxies:
    """The proxies whose X-Forwarded headers are believed, by address or network."""

    def __init__(self, trusted: str) -> None:
        """Read a comma list of addresses or networks. Raises ValueError naming the one that is neither."""
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(each.strip(), strict=False) for each in trusted.split(",") if each.strip()
        ]

    def peer(self, address: str, scheme: str, headers: Mapping[bytes, bytes]) -> Peer:
        """Who really sent a request that came from `address`."""
        host = headers.get(b"host", b"")
        if self._networks and self._trusts(address):
            address = self._client(address, headers.get(b"x-forwarded-for", b""))
            if headers.get(b"x-forwarded-proto", b"").strip().lower() in {b"http", b"https"}:
                scheme = headers[b"x-forwarded-proto"].strip().lower().decode("ascii")
            host = headers.get(b"x-forwarded-host", host)
        return Peer(address, scheme, host_name(host))

    def _client(self, address: str, chain: bytes) -> str:
        """The last hop that is no proxy of ours: earlier ones are whatever the client wrote."""
        hops = [hop.strip() for hop in chain.decode("latin-1").split(",")]
        for hop in reversed(hops[-MAX_HOPS:]):
            if not _is_address(hop):
                return address
            address = hop
            if not self._trusts(hop):
                return hop
        return address

    def _trusts(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ip_address(address)
        return any(parsed in network for network in self._networks)


def host_name(header: bytes) -> str:
    """The name in a Host header, lower case, without port; "" when it is none."""
    name = header.decode("latin-1").strip().lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return name if _HOST.fullmatch(name) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
