"""One value in, its wire form out: every type, and what is not a value of it."""

from __future__ import annotations

from typing import Any

from wire.case import BAD_CALL, DOORS, INVALID, Case, Has, Ref, Text, ask

JSON_DOORS = ("jsonrpc", "session", "json2")
PARTNER = "res.partner"
RATE = "res.currency.rate"
EVENT = "calendar.event"


def kept(title: str, field: str, value: Any, comes_back: Any, model: str = PARTNER, **others: Any) -> Case:
    """A record with one value is saved, and the value is read."""
    values = {"name": "Valued", **others, field: value}
    return Case(
        f"{field}: {title}",
        ask(model, "web_save", [], values, {field: {}}),
        [Has({field: comes_back})],
    )


def refused(title: str, field: str, value: Any, model: str = PARTNER, **others: Any) -> Case:
    values = {"name": "Refused", **others, field: value}
    doors = JSON_DOORS if isinstance(value, int) and value >= 2**31 else DOORS
    call = ask(model, "create", values)
    return Case(f"{field}: {title} is refused", call, INVALID.with_words(field), doors=doors)


def rate(title: str, value: Any, comes_back: Any) -> Case:
    """A rate of every company: no two such rates are in each other's way."""
    return kept(
        title, "rate", value, comes_back, RATE, name="2031-01-01", currency_id=Ref("eur"), company_id=False
    )


def event(title: str, value: Any, comes_back: Any) -> Case:
    return kept(title, "start", value, comes_back, EVENT, stop="2030-01-01 00:00:00")


def no_event(title: str, value: Any) -> Case:
    return refused(title, "start", value, EVENT, stop="2030-01-01 00:00:00")


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

CASES = [
    kept("text is kept to the blank", "street", "  two  blanks ", "  two  blanks "),
    kept("lines and emoji", "street", "a\n\tb 👓 é", "a\n\tb 👓 é"),
    kept("an empty text", "street", "", ""),
    kept("a number becomes text", "street", 42, "42"),
    kept("markup is text", "street", "<b>&amp;</b>", "<b>&amp;</b>"),
    kept("a quote", "street", 'O\'Brien "x" \\ %s {}', 'O\'Brien "x" \\ %s {}'),
    kept("False is unset", "street", False, False),
    kept("None is unset", "street", None, False),
    kept("a long text", "street", "x" * 100_000, "x" * 100_000),
    refused("a list", "street", ["a"]),
    refused("an object", "street", {"a": 1}),
    kept("a script is taken out", "comment", "<p>a<script>alert(1)</script></p>", "<p>a</p>"),
    kept("an event handler is taken out", "comment", '<p onclick="x()">a</p>', "<p>a</p>"),
    kept("plain text becomes a paragraph", "comment", "plain", "<p>plain</p>"),
    kept("an ampersand is escaped once", "comment", "<p>a &amp; b</p>", "<p>a &amp; b</p>"),
    kept("unset", "comment", False, False),
    kept("1 is true", "is_company", 1, True),
    kept("0 is false", "is_company", 0, False),
    kept("None is false", "is_company", None, False),
    kept("a whole number", "color", 11, 11),
    kept("the largest", "color", 2**31 - 1, 2**31 - 1),
    kept("numeric text", "color", "12", 12),
    kept("False is 0", "color", False, 0),
    kept("None is 0", "color", None, 0),
    refused("a word", "color", "abc"),
    refused("a number past 32 bits", "color", 2**31),
    refused("an object", "color", {"a": 1}),
    rate("a float even if whole", 2, 2.0),
    rate("digits are rounded", 1.1234567890123456, 1.123456789012),
    refused("a word", "rate", "much", RATE, name="2031-01-03", currency_id=Ref("eur")),
    kept("a day", "date", "2026-02-28", "2026-02-28"),
    kept("a moment is cut to its day", "date", "2026-02-28 23:59:59", "2026-02-28"),
    kept("unset", "date", False, False),
    refused("the 30th of February", "date", "2026-02-30"),
    refused("another spelling", "date", "28/02/2026"),
    refused("a number", "date", 20260228),
    event("a moment", "2026-02-28 12:34:56", "2026-02-28 12:34:56"),
    event("a day is its midnight", "2026-02-28", "2026-02-28 00:00:00"),
    no_event("a T", "2026-02-28T12:34:56"),
    no_event("a Z", "2026-02-28 12:34:56Z"),
    no_event("an offset", "2026-02-28 12:34:56+01:00"),
    no_event("a fraction", "2026-02-28 12:34:56.5"),
    no_event("the 25th hour", "2026-02-28 25:00:00"),
    kept("a key", "type", "invoice", "invoice"),
    kept("unset", "type", False, False),
    refused("an unknown key", "type", "casual"),
    kept("an id", "country_id", Ref("be"), Ref("be")),
    kept("unset", "country_id", False, False),
    refused("a name", "country_id", "Belgium"),
    kept("base64", "image_1920", PNG, PNG),
    kept("unset", "image_1920", False, False),
    refused("half a base64", "image_1920", "abcde"),
    Case(
        "an attachment knows its size, sum and kind",
        ask(
            "ir.attachment",
            "web_save",
            [],
            {"name": "note.txt", "datas": "aGVsbG8="},
            {"datas": {}, "file_size": {}, "checksum": {}, "mimetype": {}, "type": {}},
        ),
        [
            Has(
                {
                    "datas": "aGVsbG8=",
                    "file_size": 5,
                    "checksum": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
                    "mimetype": "text/plain",
                    "type": "binary",
                }
            )
        ],
    ),
    Case(
        "bin_size gives the size instead of the bytes",
        ask(
            "ir.attachment",
            "search_read",
            [["name", "=", "note.txt"]],
            ["datas"],
            limit=1,
            context={"bin_size": True},
        ),
        [Has({"datas": Text(r"5\.00 bytes")})],
    ),
    Case("a value of no type at all", ask(PARTNER, "write", "x", {"name": "y"}), BAD_CALL),
]
