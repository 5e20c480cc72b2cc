"""The commands that write the many side of a relation."""

from __future__ import annotations

from typing import Any

from wire.case import INVALID, MISSING, Case, Kind, Ref, Refusal, among, ask, refs

PARTNER = "res.partner"
NUMBER = Kind(int)
TAGS = {"a": ("res.partner.category", {"name": "Tag A"}), "b": ("res.partner.category", {"name": "Tag B"})}
TAGGED = {**TAGS, "one": (PARTNER, {"name": "Tagged", "category_id": [[6, 0, [Ref("a")]]]})}
FAMILY = {
    "one": (PARTNER, {"name": "Parent"}),
    "two": (PARTNER, {"name": "Other parent"}),
    "kid": (PARTNER, {"name": "Kid", "parent_id": Ref("one")}),
    "orphan": (PARTNER, {"name": "Orphan"}),
}
LAND = {
    "land": ("res.country", {"name": "Syldavia", "code": "Q2"}),
    "state": ("res.country.state", {"name": "Klow", "code": "K", "country_id": Ref("land")}),
}


def tags(title: str, commands: Any, *left: str) -> Case:
    """Write commands to the tags of a contact that has Tag A."""
    then = ((ask("res.partner.category", "search", [["partner_ids", "=", Ref("one")]]), among(*left)),)
    return Case(
        f"many2many: {title}",
        ask(PARTNER, "write", refs("one"), {"category_id": commands}),
        True,
        given=TAGGED,
        then=then,
    )


def children(title: str, commands: Any, *left: str) -> Case:
    """Write commands to the children of a contact that has one."""
    then = ((ask(PARTNER, "search", [["parent_id", "=", Ref("one")]]), among(*left)),)
    return Case(
        f"one2many: {title}",
        ask(PARTNER, "write", refs("one"), {"child_ids": commands}),
        True,
        given=FAMILY,
        then=then,
    )


def refused(title: str, field: str, commands: Any, refusal: Refusal) -> Case:
    return Case(
        f"refused: {title}",
        ask(PARTNER, "write", refs("one"), {field: commands}),
        refusal,
        given={**TAGGED, **FAMILY},
    )


CASES = [
    tags("4 links", [[4, Ref("b")]], "a", "b"),
    tags("4 of what is linked is no error", [[4, Ref("a"), 0]], "a"),
    tags("3 takes the link away", [[3, Ref("a"), 0]]),
    tags("3 of what is not linked is no error", [[3, Ref("b")]], "a"),
    tags("5 takes all links away", [[5]]),
    tags("6 replaces", [[6, 0, refs("b")]], "b"),
    tags("6 of nothing clears", [[6, 0, []]]),
    tags("6 of doubled ids links once", [[6, 0, [Ref("b"), Ref("b")]]], "b"),
    tags("commands run in order", [[5, 0, 0], [4, Ref("b"), 0], [3, Ref("b"), 0], [4, Ref("a"), 0]], "a"),
    tags("a plain list of ids replaces", refs("b"), "b"),
    tags("False clears", False),
    tags("an empty list changes nothing", [], "a"),
    Case(
        "many2many: 0 creates and links",
        ask(PARTNER, "write", refs("one"), {"category_id": [[0, 0, {"name": "Tag made here"}]]}),
        True,
        given=TAGGED,
        then=(
            (
                ask(
                    "res.partner.category",
                    "search_count",
                    [["partner_ids", "=", Ref("one")], ["name", "in", ["Tag A", "Tag made here"]]],
                ),
                2,
            ),
        ),
    ),
    Case(
        "many2many: 1 writes on the linked record",
        ask(PARTNER, "write", refs("one"), {"category_id": [[1, Ref("a"), {"name": "Tag A renamed"}]]}),
        True,
        given=TAGGED,
        then=(
            (
                ask("res.partner.category", "read", refs("a"), ["name"]),
                [{"id": Ref("a"), "name": "Tag A renamed"}],
            ),
        ),
    ),
    Case(
        "many2many: 2 deletes the record",
        ask(PARTNER, "write", refs("one"), {"category_id": [[2, Ref("a"), 0]]}),
        True,
        given=TAGGED,
        then=((ask("res.partner.category", "exists", refs("a")), []),),
    ),
    children("4 takes from another parent", [[4, Ref("orphan"), 0]], "kid", "orphan"),
    children("3 clears the parent", [[3, Ref("kid"), 0]]),
    children("5 clears all parents", [[5, 0, 0]]),
    children("6 replaces", [[6, 0, refs("orphan")]], "orphan"),
    children("an empty list changes nothing", [], "kid"),
    Case(
        "one2many: 3 and 5 leave the record where the link does not cascade",
        ask(PARTNER, "write", refs("one"), {"child_ids": [[5]]}),
        True,
        given=FAMILY,
        then=((ask(PARTNER, "exists", refs("kid")), refs("kid")),),
    ),
    Case(
        "one2many: 2 deletes the record",
        ask(PARTNER, "write", refs("one"), {"child_ids": [[2, Ref("kid"), 0]]}),
        True,
        given=FAMILY,
        then=((ask(PARTNER, "exists", refs("kid")), []),),
    ),
    Case(
        "one2many: 0 creates below",
        ask(PARTNER, "write", refs("one"), {"child_ids": [[0, 0, {"name": "Newborn"}]]}),
        True,
        given=FAMILY,
        then=((ask(PARTNER, "search_count", [["parent_id", "=", Ref("one")], ["name", "=", "Newborn"]]), 1),),
    ),
    Case(
        "one2many: 1 writes on the linked record",
        ask(PARTNER, "write", refs("one"), {"child_ids": [[1, Ref("kid"), {"name": "Kid renamed"}]]}),
        True,
        given=FAMILY,
        then=((ask(PARTNER, "read", refs("kid"), ["name"]), [{"id": Ref("kid"), "name": "Kid renamed"}]),),
    ),
    Case(
        "one2many: 3 deletes where the link cascades",
        ask("res.country", "write", refs("land"), {"state_ids": [[3, Ref("state"), 0]], "code": "Q3"}),
        True,
        given=LAND,
        then=(
            (ask("res.country.state", "exists", refs("state")), []),
            (ask("res.country", "unlink", refs("land")), True),
        ),
    ),
    Case(
        "commands nest",
        ask(
            PARTNER,
            "web_save",
            [],
            {"name": "Root", "child_ids": [[0, 0, {"name": "Mid", "child_ids": [[0, 0, {"name": "Leaf"}]]}]]},
            {"name": {}, "child_ids": {"fields": {"name": {}, "child_ids": {"fields": {"name": {}}}}}},
        ),
        [
            {
                "id": NUMBER,
                "name": "Root",
                "child_ids": [{"id": NUMBER, "name": "Mid", "child_ids": [{"id": NUMBER, "name": "Leaf"}]}],
            }
        ],
    ),
    refused("a link to no record of a one2many", "child_ids", [[4, 999999999, 0]], MISSING),
    refused("a link to no record of a many2many", "category_id", [[4, 999999999, 0]], INVALID),
    refused("an unknown command", "category_id", [[9, 0, 0]], INVALID.with_words("category_id")),
    refused("a command that is no number", "category_id", [["link", 1]], INVALID.with_words("category_id")),
    refused("a link without an id", "category_id", [[4]], INVALID.with_words("category_id")),
    refused("a creation without values", "child_ids", [[0, 0]], INVALID.with_words("child_ids")),
    refused("ids that are none", "category_id", ["x"], INVALID.with_words("category_id")),
    refused("a text", "category_id", "a", INVALID.with_words("category_id")),
    Case(
        "a bad command leaves the good ones before it undone",
        ask(PARTNER, "write", refs("one"), {"category_id": [[4, Ref("b"), 0], [4, 999999999, 0]]}),
        INVALID,
        given=TAGGED,
        then=(
            (
                ask(PARTNER, "read", refs("one"), ["category_id"]),
                [{"id": Ref("one"), "category_id": refs("a")}],
            ),
        ),
    ),
]
