"""Where the server may go by itself: outside, by one spelling, and inside only where somebody allowed it."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.jobs.addresses import Guard, Refused, guard, is_outside, target

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0",  # noqa: S104 - refused, not bound to "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fec0::1", "4000::1", "3fff::1", "2001:20::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
    "192.88.99.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "100::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_of_the_inner_network_are_known(address: str) -> None:
    assert not is_outside(ip_address(address))
    spelled = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused) as caught:
        Guard().check(f"https://{spelled}/hook")
    assert caught.value.code == "internal"


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert is_outside(ip_address(address))
    spelled = f"[{address}]" if ":" in address else address
    assert Guard().check(f"https://{spelled}/hook").host == address


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://2130706433/", "odd_spelling"),
        ("http://0x7f000001/", "odd_spelling"),
        ("http://0x7f.0.0.1/", "odd_spelling"),
        ("http://0177.0.0.1/", "odd_spelling"),
        ("http://127.1/", "odd_spelling"),
        ("http://127.0.0.01/", "odd_spelling"),
        ("http://1.2.3.4.5/", "odd_spelling"),
        ("http://foo.0x1/", "odd_spelling"),
        ("http://127.0.0.1./", "odd_spelling"),
        ("http://example.org./", "odd_spelling"),
        ("http://.example.org/", "odd_spelling"),
        ("http://exa..mple.org/", "odd_spelling"),
        ("http://-a.example/", "odd_spelling"),
        ("http://a" + "a" * 63 + ".example/", "odd_spelling"),
        ("http://１２７.0.0.1/", "odd_spelling"),
        ("http://127。0。0。1/", "odd_spelling"),
        ("http://ⓛocalhost/", "odd_spelling"),
        ("http://bücher.example/", "odd_spelling"),
        ("http://example.org\\@127.0.0.1/", "odd_spelling"),
        ("http:\\\\127.0.0.1/", "odd_spelling"),
        ("http://example.org\t/", "odd_spelling"),
        ("http://example.org/\r\nHost: x", "odd_spelling"),
        (" http://example.org/", "odd_spelling"),
        ("http://exa%6dple.org/", "odd_spelling"),
        ("http://[::1%25eth0]/", "odd_spelling"),
        ("http://[::1", "odd_spelling"),
        ("http://[v1.x]/", "odd_spelling"),
        ("http://[127.0.0.1]/", "odd_spelling"),
        ("http://example.org:99999/", "odd_spelling"),
        ("http://example.org:x/", "odd_spelling"),
        ("http://example.org/#part", "odd_spelling"),
        ("http:///path", "odd_spelling"),
        ("http://user@example.org/", "userinfo"),
        ("http://user:pw@example.org/", "userinfo"),
        ("http://@example.org/", "userinfo"),
        ("http://example.org:0/", "port"),
        ("http://example.org:/", "port"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("//example.org/", "scheme"),
        ("example.org", "scheme"),
        ("", "odd_spelling"),
        ("https://example.org/" + "a" * 2000, "too_long"),
        ("http://localhost/", "internal"),
        ("http://LOCALHOST/", "internal"),
        ("http://a.localhost:8080/", "internal"),
        ("http://printer.local/", "internal"),
        ("http://metadata.google.internal/", "internal"),
    ],
)
def test_odd_addresses_are_refused_not_interpreted(url: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        Guard().check(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://Example.ORG", "https://example.org", "/"),
        ("HTTPS://example.org:443/a", "https://example.org", "/a"),
        ("http://example.org:8080/a?b=c", "http://example.org:8080", "/a?b=c"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example", "/"),
        ("https://[2606:4700:4700:0:0:0:0:1111]:8443/", "https://[2606:4700:4700::1111]:8443", "/"),
        ("https://a_b.example/", "https://a_b.example", "/"),
    ],
)
def test_a_plain_address_is_taken_apart(url: str, origin: str, path: str) -> None:
    found = target(url)
    assert (found.origin, found.path) == (origin, path)
    assert target(found.url) == found


def test_every_address_behind_a_name_must_be_outside() -> None:
    where = target("https://bank.example/")
    assert Guard().addresses(where, lambda *_: ["8.8.8.8", "1.1.1.1"]) == ["8.8.8.8", "1.1.1.1"]
    for mixed in (["8.8.8.8", "10.0.0.1"], ["::1"], ["fe80::1"], ["169.254.169.254"]):
        with pytest.raises(Refused):
            Guard().addresses(where, lambda *_, found=mixed: found)
    with pytest.raises(OSError, match="no address"):
        Guard().addresses(where, lambda *_: [])


def test_the_operator_allows_hosts_and_networks() -> None:
    allowed = guard("erp.bank.local, 10.1.0.0/16,  fd00::/8, 192.168.7.7")
    for url in ("http://erp.bank.local/", "http://10.1.2.3/", "http://[fd00::5]/", "http://192.168.7.7:81/"):
        allowed.check(url)
    for url in ("http://other.bank.local/", "http://10.2.0.1/", "http://192.168.7.8/", "http://127.0.0.1/"):
        with pytest.raises(Refused):
            allowed.check(url)
    assert allowed.addresses(target("http://erp.bank.local/"), lambda *_: ["10.9.9.9"]) == ["10.9.9.9"]
    assert allowed.addresses(target("http://x.example/"), lambda *_: ["10.1.9.9"]) == ["10.1.9.9"]


@pytest.mark.parametrize("text", ["10.0.0.0/99", "a b", "http://x", "1.2.3", "ü.example"])
def test_what_an_operator_cannot_mean_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected host names, addresses or networks"):
        guard(text)


def test_one_that_may_be_internal_still_needs_a_plain_spelling() -> None:
    assert Guard().check("http://127.0.0.1:8069/", internal=True).port == 8069
    assert Guard().addresses(target("http://localhost/"), lambda *_: ["127.0.0.1"], internal=True) == [
        "127.0.0.1"
    ]
    with pytest.raises(Refused):
        Guard().check("http://2130706433/", internal=True)


@given(st.integers(0, 2**32 - 1))
def test_an_address_wrapped_in_another_is_never_outside(number: int) -> None:
    text = str(ip_address(number))
    for wrapped in (f"::ffff:{text}", f"::{text}", f"64:ff9b::{text}"):
        assert not is_outside(ip_address(wrapped))


@given(st.text(max_size=40))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}/"):
        try:
            found = target(url)
        except Refused:
            continue
        assert target(found.url) == found
