"""The truth table of domains: which of the world's contacts a domain finds."""

from __future__ import annotations

from typing import Any

from wire.case import INVALID, Among, Case, Ref, Refusal, among, ask, refs

PARTNER = "res.partner"
W = ["ref", "=like", "w-%"]
WITH_EMPTY = ["ref", "in", ["w-acme", "w-anna", "w-bob", "w-zoe", "w-nil", "e-empty"]]

ALL = among("acme", "anna", "bob", "zoe", "nil")
NONE = among()
BELGIANS = among("acme", "anna", "bob")
NOT_BELGIANS = among("zoe", "nil")
NO_TAG = among("bob", "zoe", "nil")
CHILDLESS = among("anna", "bob", "zoe", "nil")

TRUTH: list[tuple[str, list[Any], Among]] = [
    ("nothing more asked", [], ALL),
    ("the true leaf", [[1, "=", 1]], ALL),
    ("the false leaf", [[0, "=", 1]], NONE),
    # texts
    ("= text", [["city", "=", "Gent"]], BELGIANS),
    ("= counts case", [["name", "=", "acme"]], NONE),
    ("=? False is always true", [["city", "=?", False]], ALL),
    ("=? with a value is =", [["city", "=?", "Gent"]], BELGIANS),
    ("in", [["name", "in", ["Acme", "bob Bakker", "nobody"]]], among("acme", "bob")),
    ("in nothing", [["name", "in", []]], NONE),
    ("not in nothing", [["name", "not in", []]], ALL),
    ("= with a list acts as in", [["name", "=", ["Acme", "100%_Nil"]]], among("acme", "nil")),
    ("like counts case", [["email", "like", "Acme"]], among("anna")),
    ("ilike does not", [["email", "ilike", "ACME"]], among("acme", "anna")),
    ("ilike folds letters beyond ASCII", [["name", "ilike", "ZOË ŽIŽ"]], among("zoe")),
    ("like of an empty text", [["email", "like", ""]], ALL),
    ("not like of an empty text", [["email", "not like", ""]], NONE),
    ("=like matches the whole", [["ref", "=like", "anna"]], NONE),
    ("=like with its own wildcards", [["email", "=like", "info@%"]], among("acme")),
    ("=ilike", [["email", "=ilike", "INFO@%"]], among("acme")),
    ("one character's wildcard", [["ref", "=like", "w-_nna"]], among("anna")),
    ("a wildcard inside ilike", [["name", "ilike", "a_na"]], among("anna")),
    ("an escaped percent", [["name", "like", "\\%"]], among("nil")),
    ("an escaped underscore", [["name", "like", "\\_"]], among("nil")),
    ("< and > go by code point", [["name", "<", "B"]], among("acme", "anna", "nil")),
    # unset values
    ("= False finds what is unset", [["email", "=", False]], among("bob", "zoe", "nil")),
    ("!= False leaves it out", [["email", "!=", False]], among("acme", "anna")),
    ("!= keeps what is unset", [["email", "!=", "info@acme.example"]], CHILDLESS),
    ("<> is !=", [["email", "<>", "info@acme.example"]], CHILDLESS),
    ("not in keeps what is unset", [["email", "not in", ["info@acme.example"]]], CHILDLESS),
    ("not in with False drops it", [["email", "not in", ["info@acme.example", False]]], among("anna")),
    (
        "in with False takes it in",
        [["email", "in", ["info@acme.example", False]]],
        among("acme", "bob", "zoe", "nil"),
    ),
    ("not like keeps what is unset", [["email", "not like", "Acme"]], among("acme", "bob", "zoe", "nil")),
    ("not ilike keeps what is unset", [["email", "not ilike", "acme"]], NO_TAG),
    ("> never matches what is unset", [["color", ">", 2]], among("anna", "zoe")),
    (
        "<= never matches what is unset",
        [["color", "<=", 3], ["ref", "in", ["w-anna", "w-bob"]]],
        among("anna", "bob"),
    ),
    ("a date never matches either", [["date", "<", "2100-01-01"]], among("anna", "zoe")),
    # numbers, booleans, dates
    ("= number", [["color", "=", 7]], among("zoe")),
    ("in numbers", [["color", "in", [3, 7]]], among("anna", "zoe")),
    ("= True", [["is_company", "=", True]], among("acme")),
    ("= False of a boolean", [["is_company", "=", False]], CHILDLESS),
    ("!= True", [["is_company", "!=", True]], CHILDLESS),
    ("in with a boolean acts as =", [["is_company", "in", True]], among("acme")),
    ("in of booleans", [["is_company", "in", [True, False]]], ALL),
    ("= date", [["date", "=", "2026-01-31"]], among("anna")),
    (">= date", [["date", ">=", "2026-02-01"]], among("zoe")),
    ("the month of a date", [["date.month_number", "=", 3]], among("zoe")),
    ("the year of a date", [["date.year_number", "=", 2026]], among("anna", "zoe")),
    ("a moment after a bare date", [["create_date", ">=", "2001-01-01"]], ALL),
    ("a moment before a bare date", [["create_date", "<=", "2001-01-01"]], NONE),
    # logic
    ("or", ["|", ["name", "=", "Acme"], ["name", "=", "bob Bakker"]], among("acme", "bob")),
    ("and", ["&", ["is_company", "=", True], ["city", "=", "Gent"]], among("acme")),
    ("neighbours are joined by and", [["is_company", "=", True], ["city", "=", "Paris"]], NONE),
    ("not", ["!", ["is_company", "=", True]], CHILDLESS),
    ("not of an or", ["!", "|", ["name", "=", "Acme"], ["email", "=", False]], among("anna")),
    (
        "an or of three",
        ["|", "|", ["color", "=", 3], ["color", "=", 7], ["is_company", "=", True]],
        among("acme", "anna", "zoe"),
    ),
    ("not of not", ["!", "!", ["is_company", "=", True]], among("acme")),
    # many2one
    ("= id", [["country_id", "=", Ref("be")]], BELGIANS),
    ("in ids", [["country_id", "in", refs("be", "fr")]], among("acme", "anna", "bob", "zoe")),
    ("no link", [["country_id", "=", False]], among("nil")),
    ("any link", [["country_id", "!=", False]], among("acme", "anna", "bob", "zoe")),
    ("!= id keeps what is unset", [["country_id", "!=", Ref("be")]], NOT_BELGIANS),
    ("not in ids keeps what is unset", [["country_id", "not in", refs("be")]], NOT_BELGIANS),
    ("not in ids and False drops it", [["country_id", "not in", [Ref("be"), False]]], among("zoe")),
    (
        "in ids and False takes it in",
        [["country_id", "in", [Ref("be"), False]]],
        among("acme", "anna", "bob", "nil"),
    ),
    ("a text is a name", [["country_id", "=", "Belgium"]], BELGIANS),
    ("a list of names", [["country_id", "in", ["Belgium", "France"]]], among("acme", "anna", "bob", "zoe")),
    ("ilike a part of the name", [["country_id", "ilike", "belg"]], BELGIANS),
    ("not ilike keeps what is unset", [["country_id", "not ilike", "belg"]], NOT_BELGIANS),
    ("a path", [["country_id.code", "=", "BE"]], BELGIANS),
    ("a negative path leaves out what is unset", [["country_id.code", "!=", "BE"]], among("zoe")),
    ("the negation of a path takes it in", ["!", ["country_id.code", "=", "BE"]], NOT_BELGIANS),
    ("a path of two", [["parent_id.country_id.code", "=", "BE"]], among("anna", "bob")),
    ("any", [["country_id", "any", [["code", "=", "BE"]]]], BELGIANS),
    ("not any", [["country_id", "not any", [["code", "=", "BE"]]]], NOT_BELGIANS),
    (
        "any of any",
        [["parent_id", "any", [["country_id", "any", [["code", "=", "BE"]]]]]],
        among("anna", "bob"),
    ),
    # one2many
    ("without children", [["child_ids", "=", False]], CHILDLESS),
    ("with children", [["child_ids", "!=", False]], among("acme")),
    ("a child's id", [["child_ids", "=", Ref("anna")]], among("acme")),
    ("any of the ids", [["child_ids", "in", refs("anna", "zoe")]], among("acme")),
    ("none of the ids", [["child_ids", "not in", refs("anna")]], CHILDLESS),
    ("by id an archived child matches", [["child_ids", "in", refs("old")]], among("acme")),
    ("by name it does not", [["child_ids.name", "=", "Old Hand"]], NONE),
    ("a child's name", [["child_ids", "ilike", "anna"]], among("acme")),
    ("a path through children", [["child_ids.color", "=", 3]], among("acme")),
    ("any child", [["child_ids", "any", [["name", "ilike", "anna"]]]], among("acme")),
    ("no child", [["child_ids", "not any", [["name", "ilike", "anna"]]]], CHILDLESS),
    # many2many
    ("a tag", [["category_id", "=", Ref("glasses")]], among("acme", "anna")),
    ("tags", [["category_id", "in", refs("lenses")]], among("acme")),
    ("not the tag", [["category_id", "!=", Ref("lenses")]], CHILDLESS),
    ("not the tags", [["category_id", "not in", refs("glasses", "lenses")]], NO_TAG),
    ("no tag", [["category_id", "=", False]], NO_TAG),
    ("some tag", [["category_id", "!=", False]], among("acme", "anna")),
    ("a tag's name", [["category_id.name", "=", "Lenses"]], among("acme")),
    ("a tag and those below it", [["category_id", "child_of", Ref("glasses")]], among("acme", "anna")),
    # hierarchies
    ("child_of an id", [["id", "child_of", Ref("acme")]], BELGIANS),
    ("child_of ids", [["id", "child_of", refs("anna", "zoe")]], among("anna", "zoe")),
    ("child_of a name", [["id", "child_of", "Acme"]], BELGIANS),
    ("child_of nothing", [["id", "child_of", []]], NONE),
    ("child_of False", [["id", "child_of", False]], NONE),
    ("child_of through a link", [["parent_id", "child_of", Ref("acme")]], BELGIANS),
    ("parent_of an id", [["id", "parent_of", Ref("anna")]], among("acme", "anna")),
    # archived records
    ("active named", [["active", "=", False]], among("old")),
    ("both named", [["active", "in", [True, False]]], among("acme", "anna", "bob", "zoe", "nil", "old")),
    ("the path to an archived record", [["parent_id.active", "=", True]], among("anna", "bob")),
]

EMPTY_TEXTS: list[tuple[str, list[Any], Among]] = [
    ("= False finds empty texts", [["email", "=", False]], among("bob", "zoe", "nil", "empty")),
    ("= '' finds unset ones", [["email", "=", ""]], among("bob", "zoe", "nil", "empty")),
    ("!= False leaves empty texts out", [["email", "!=", False]], among("acme", "anna")),
]

WRONG: list[tuple[str, Any, Refusal]] = [
    ("an unknown field", [["nmae", "=", 1]], INVALID.with_words("nmae", "name")),
    ("an unknown field behind a dot", [["country_id.cod", "=", 1]], INVALID.with_words("cod", "code")),
    ("a dot behind a text", [["name.x", "=", 1]], INVALID.with_words("name")),
    ("an unknown operator", [["name", "===", 1]], INVALID.with_words("===")),
    ("two parts", [["name", "="]], INVALID),
    ("four parts", [["name", "=", 1, 2]], INVALID),
    ("an operator without operands", ["|", ["name", "=", "x"]], INVALID),
    ("a not of nothing", ["!"], INVALID),
    ("an unknown connective", ["^", ["name", "=", 1]], INVALID),
    ("a text", "name", INVALID),
    ("a number", [7], INVALID),
    ("in with a text", [["name", "in", "Acme"]], INVALID.with_words("in")),
    ("in with a number", [["name", "in", 3]], INVALID.with_words("in")),
    ("any without a domain", [["country_id", "any", 3]], INVALID),
    ("child_of where there is no hierarchy", [["country_id", "child_of", Ref("be")]], INVALID),
    ("a date that is none", [["date", "=", "yesterday"]], INVALID.with_words("date")),
    ("a number that is none", [["color", "=", "red"]], INVALID.with_words("color")),
]


def found(title: str, domain: list[Any], base: list[Any], expected: Among) -> Case:
    return Case(title, ask(PARTNER, "search", [base, *domain]), expected)


CASES = [
    *(found(title, domain, W, expected) for title, domain, expected in TRUTH),
    *(found(title, domain, WITH_EMPTY, expected) for title, domain, expected in EMPTY_TEXTS),
    *(Case(f"refused: {title}", ask(PARTNER, "search", domain), refusal) for title, domain, refusal in WRONG),
    Case(
        "a count counts what a search finds",
        ask(PARTNER, "search_count", [W, ["country_id.code", "=", "BE"]]),
        3,
    ),
    Case(
        "active_test off finds the archived too",
        ask(PARTNER, "search", [W, ["parent_id", "=", Ref("acme")]], context={"active_test": False}),
        among("anna", "bob", "old"),
    ),
    Case(
        "a thousand negations",
        ask(PARTNER, "search", ["!"] * 1000 + [["ref", "=", "w-zoe"]]),
        among("zoe"),
    ),
]
