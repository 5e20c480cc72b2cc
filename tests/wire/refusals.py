"""Calls that no door lets through: names that are none, methods not public, arguments that do not fit."""

from __future__ import annotations

from wire.case import BAD_CALL, DOORS, FORBIDDEN, NO_MODEL, Case, Refusal, ask, refs

PARTNER = "res.partner"
POSITIONAL = tuple(door for door in DOORS if door != "json2")
NO_METHOD = Refusal(("BadRequest", "UnknownMethod", "MissingError"))
PRIVATE = Refusal((*FORBIDDEN.kinds, *NO_METHOD.kinds))

CASES = [
    Case("an unknown model", ask("no.such.model", "read", [1]), NO_MODEL.with_words("no.such.model")),
    Case(
        "a model that is no name",
        ask("res.partner; drop", "read", [1]),
        NO_MODEL,
        doors=("xmlrpc", "xmlrpc-v1", "jsonrpc"),
    ),
    Case("a private method", ask(PARTNER, "_write", [1], {}), PRIVATE.with_words("_write")),
    Case("a private method that does not exist", ask(PARTNER, "_nothing"), PRIVATE.with_words("_nothing")),
    Case("a method of the machinery", ask(PARTNER, "__init__"), PRIVATE),
    Case("init", ask(PARTNER, "init"), PRIVATE),
    Case("an unknown method", ask(PARTNER, "dance"), NO_METHOD.with_words("dance", PARTNER)),
    Case(
        "a method that is not declared public",
        ask(PARTNER, "mapped", [], "name"),
        NO_METHOD.with_words("mapped"),
    ),
    Case("a field's name", ask(PARTNER, "name", []), NO_METHOD),
    Case("an attribute", ask(PARTNER, "env", []), NO_METHOD),
    Case("sudo", ask(PARTNER, "sudo", refs("zoe")), NO_METHOD),
    Case("browse", ask(PARTNER, "browse", [1]), NO_METHOD),
    Case(
        "too many positions",
        ask(PARTNER, "read", [1], ["name"], "_classic_read", "more"),
        BAD_CALL,
        doors=POSITIONAL,
    ),
    Case("an unknown argument", ask(PARTNER, "read", [1], feilds=["name"]), BAD_CALL),
    Case("a missing argument", ask(PARTNER, "create"), BAD_CALL),
    Case("ids by name", ask(PARTNER, "read", ids=[1], fields=["name"]), BAD_CALL, doors=POSITIONAL),
    Case("ids that are none", ask(PARTNER, "read", ["one"], ["name"]), BAD_CALL),
    Case("ids that are an object", ask(PARTNER, "read", {"id": 1}, ["name"]), BAD_CALL),
    Case("a context that is none", ask(PARTNER, "search", [], context=[1]), BAD_CALL),
    Case(
        "an unknown language",
        ask("res.country", "search_read", [["code", "=", "BE"]], ["name"], context={"lang": "xx_YY"}),
        Refusal(("UserError", "ValidationError"), ("xx_YY",)),
    ),
]
