"""Where the server may connect to by itself: never into the network it stands in, unless somebody allowed it.

An address is looked at twice: as it is written, when it is saved, and as it is resolved, when a connection is about to
be made. Whoever connects uses the very addresses that were looked at here, so a name that is resolved differently a
moment later (DNS rebinding) gains nothing.

An address is spelled one way only. Forms that some libraries read as another host than others (`0x7f.1`, `2130706433`,
`127.1`, `host.`, `user@host`, backslashes, letters beyond ASCII) are refused, not interpreted.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias
from urllib.parse import urlsplit

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Lookup: TypeAlias = Callable[[str, int], Sequence[str]]
"""Host and port -> the addresses behind them, as texts. Raises OSError."""

MOST_URL = 2000
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*", re.ASCII
)
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
_PLAIN = re.compile(r"[\x21-\x7e]+", re.ASCII)

# Spelled out, since what `ipaddress` calls global changes from one Python to the next. IPv6 has one range of public
# addresses; what lies in it and is not, carries an IPv4 address, or belongs to examples and protocols.
# Source: IANA's registries of special-purpose addresses.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class Refused(Exception):  # noqa: N818 - said of an address
    """The server does not connect there. `code` is stable; the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An http or https URL, taken apart. `path` holds path and query, and begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        """The whole of it."""
        return self.origin + self.path


def target(url: str) -> Target:
    """Take a URL apart, strictly. Raises Refused with the code of what is wrong with its spelling."""
    if len(url) > MOST_URL:
        raise Refused("too_long", f"An address has at most {MOST_URL} characters.")
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise Refused(
            "odd_spelling",
            "Write the address in plain letters, without blanks and backslashes (xn--… for others).",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("odd_spelling", "This is no address of the form https://host/path.") from error
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise Refused("scheme", "An address begins with https:// or http://.")
    if "@" in parts.netloc:
        raise Refused(
            "userinfo", "Leave user and password out of the address; they have fields of their own."
        )
    if parts.fragment or "#" in url:
        raise Refused("odd_spelling", "Leave the part after # out of the address.")
    if port == 0 or parts.netloc.endswith(":"):
        raise Refused("port", "A port lies between 1 and 65535.")
    host = _host(parts.hostname or "", bracketed="[" in parts.netloc)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port or PORTS[scheme], path)


def _host(host: str, *, bracketed: bool) -> str:
    if bracketed:
        if "%" in host:
            raise Refused("odd_spelling", "Leave the zone out of an IPv6 address.")
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise Refused("odd_spelling", "This is no IPv6 address.") from error
    if not _HOST.fullmatch(host):
        raise Refused(
            "odd_spelling", "This is no host name: use letters, digits, - and dots, none at the end."
        )
    if _NUMERIC.fullmatch(host.rpartition(".")[2]):
        # A host whose last label is a number is an IPv4 address to every library, but not the same one to each.
        try:
            return str(IPv4Address(host))
        except ValueError as error:
            raise Refused("odd_spelling", "Write an IPv4 address as four decimal numbers.") from error
    return host


def is_outside(address: Address) -> bool:
    """Whether an address is a public one: not this machine, this network, or one nobody has."""
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
    return not any(address in network for network in _NOT_PUBLIC_4)


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides about addresses. `hosts` and `networks` are what the operator allows besides the public ones."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def check(self, url: str, *, internal: bool = False) -> Target:
        """A URL as it may be saved. `internal`: also one of the inner network.

        Only what is written is looked at: a name that leads inside is refused when it is connected to. Raises
        Refused.
        """
        found = target(url)
        if internal or found.host in self.hosts:
            return found
        address = _literal(found.host)
        if address is None:
            if found.host == "localhost" or found.host.endswith((".localhost", ".local", ".internal")):
                raise Refused("internal", f"{found.host} is a name of the inner network.")
        elif not self._is_allowed(address):
            raise Refused("internal", f"{found.host} is an address of the inner network.")
        return found

    def addresses(self, where: Target, lookup: Lookup, *, internal: bool = False) -> list[str]:
        """The addresses to connect to, looked up once. Every one must be allowed. Raises Refused, OSError."""
        literal = _literal(where.host)
        texts = [where.host] if literal is not None else list(lookup(where.host, where.port))
        if not texts:
            raise OSError("the host has no address")
        if not (internal or where.host in self.hosts):
            for text in texts:
                if not self._is_allowed(ip_address(text)):
                    raise Refused("internal", f"{where.host} leads into the inner network.")
        return texts

    def _is_allowed(self, address: Address) -> bool:
        return is_outside(address) or any(address in network for network in self.networks)


def guard(allowed: str) -> Guard:
    """A guard from a comma list of host names, addresses and networks. Raises ValueError naming what is none."""
    hosts: set[str] = set()
    networks: list[Network] = []
    for each in filter(None, map(str.strip, allowed.lower().split(","))):
        try:
            networks.append(ip_network(each, strict=False))
        except ValueError:
            if not _HOST.fullmatch(each) or _NUMERIC.fullmatch(each.rpartition(".")[2]):
                raise ValueError(f"expected host names, addresses or networks, not {each!r}") from None
            hosts.add(each)
    return Guard(frozenset(hosts), tuple(networks))


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
