"""What a stranger may send before anybody knows who they are: refused at once, in little memory."""

from __future__ import annotations

import time
import tracemalloc
from encodings.aliases import aliases

import pytest

from entrepot.doors.xmlrpc.decode import MAX_MARKS, request
from entrepot.errors import BadRequest, TooLarge

CALL = "<methodCall><methodName>m</methodName><params><param><value>{}</value></param></params></methodCall>"
LAUGHS = (
    '<?xml version="1.0"{encoding}?><!DOCTYPE lolz [<!ENTITY a "ha">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    + CALL.format("&d;")
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + CALL.format("&x;")
QUADRATIC = f'<!DOCTYPE a [<!ENTITY x "{"A" * 100_000}">]>' + CALL.format("&x;" * 1000)
DEEP = "<array><data><value>"
DEPTH = 300_000

ATTACKS = {
    "billion laughs": LAUGHS.format(encoding="").encode(),
    "billion laughs in UTF-16": LAUGHS.format(encoding=' encoding="utf-16"').encode("utf-16"),
    "billion laughs in UTF-16 without a mark": LAUGHS.format(encoding=' encoding="utf-16"').encode(
        "utf-16-le"
    ),
    "billion laughs in UTF-32": LAUGHS.format(encoding="").encode("utf-32"),
    "external entity": EXTERNAL.encode(),
    "external document type": b'<!DOCTYPE a SYSTEM "http://203.0.113.1/evil.dtd">'
    + CALL.format("x").encode(),
    "quadratic entity": QUADRATIC.encode(),
    "document type in UTF-7": LAUGHS.format(encoding=' encoding="utf-7"').encode("utf-7"),
    "unclosed nesting": CALL.partition("{}")[0].encode() + DEEP.encode() * DEPTH,
    "closed nesting": CALL.format(DEEP * DEPTH + "</value></data></array>" * DEPTH).encode(),
    "nesting of a small document": CALL.format(DEEP * 300 + "</value></data></array>" * 300).encode(),
    "nesting of an unknown element": b"<a>" * 300_000,
    "a million unknown elements": CALL.format("<a/>" * (MAX_MARKS - 100)).encode(),
    "too many elements": CALL.format("<array><data>" + "<value/>" * MAX_MARKS + "</data></array>").encode(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused_quickly_in_little_memory(name):
    body = ATTACKS[name]
    began = time.process_time()
    with pytest.raises(BadRequest):
        request(body, 200)
    spent = time.process_time() - began
    tracemalloc.start()
    try:
        with pytest.raises(BadRequest) as caught:
            request(body, 200)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert spent < 0.5
    # expat may hold its own copy of the body while it reads.
    assert peak < 20_000_000 + 2 * len(body)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("codec", sorted(set(aliases.values())))
def test_no_encoding_hides_a_document_type(codec):
    """Nor the two marks that it begins with, by which the parser is chosen."""
    head = f'<?xml version="1.0" encoding="{codec}"?>'
    rest = '<!DOCTYPE a [<!ENTITY x "boom">]>' + CALL.format("&x;")
    for first in ("ascii", codec):
        try:
            body = head.encode(first) + rest.encode(codec)
        except (LookupError, UnicodeError):  # a codec of bytes, or of another system
            continue
        with pytest.raises(BadRequest):
            request(body, 200)


def test_a_long_token_in_a_large_request_is_read_in_linear_time():
    body = CALL.format(
        "<array><data>" + "<value/>" * 60_000 + f"</data></array><!--{'x' * 20_000_000}-->"
    ).encode()
    began = time.process_time()
    assert len(request(body, 200)[1][0]) == 60_000
    assert time.process_time() - began < 2


def test_more_elements_than_a_request_may_hold_are_too_large():
    with pytest.raises(TooLarge):
        request(ATTACKS["too many elements"], 200)


def test_a_large_honest_request_is_read_by_the_watchful_parser():
    row = "<value><struct><member><name>n</name><value><int>1</int></value></member></struct></value>"
    body = CALL.format("<array><data>" + row * 6000 + "</data></array>").encode()
    assert request(body, 200)[1] == [[{"n": 1}] * 6000]


def test_the_deepest_nesting_allowed_is_read():
    value = request(CALL.format(DEEP * 200 + "</value></data></array>" * 200).encode(), 200)[1][0]
    for _ in range(200):
        (value,) = value
    assert value == ""
