"""create, write, unlink, copy, archiving and web_save: what changes, and what an error leaves unchanged."""

from __future__ import annotations

from typing import Any

from wire.case import (
    BAD_CALL,
    DOORS,
    INVALID,
    MISSING,
    USER_ERROR,
    AtLeast,
    Case,
    Has,
    Kind,
    Length,
    Ref,
    Text,
    among,
    ask,
    refs,
)

PARTNER = "res.partner"
POSITIONAL = tuple(door for door in DOORS if door != "json2")


def partner(**values: Any) -> tuple[str, dict[str, Any]]:
    return (PARTNER, {"name": "Written", **values})


def read(name: str, *fields: str) -> Any:
    return ask(PARTNER, "read", [Ref(name)], list(fields))


CASES = [
    Case("create of one gives its id", ask(PARTNER, "create", {"name": "One"}), Kind(int)),
    Case("create of a list gives a list", ask(PARTNER, "create", [{"name": "A"}, {"name": "B"}]), Length(2)),
    Case("create of a list of one gives a list", ask(PARTNER, "create", [{"name": "A"}]), Length(1)),
    Case("create of nothing gives nothing", ask(PARTNER, "create", []), []),
    Case(
        "context fills what is missing",
        ask(
            PARTNER,
            "create",
            {"name": "Filled"},
            context={"default_city": "Brugge", "default_ref": "filled-1"},
        ),
        Kind(int),
        then=(
            (ask(PARTNER, "search_count", [["ref", "=", "filled-1"], ["city", "=", "Brugge"]]), AtLeast(1)),
        ),
    ),
    Case("an unknown field", ask(PARTNER, "create", {"name": "A", "nmae": "B"}), INVALID.with_words("nmae")),
    Case("a name is missing", ask(PARTNER, "create", {"email": "a@b.example"}), INVALID.with_words("name")),
    Case(
        "a required field is missing",
        ask("res.country.state", "create", {"name": "Nowhere", "code": "NW"}),
        INVALID.with_words("country_id"),
    ),
    Case(
        "every required field is named at once",
        ask("res.country.state", "create", {}),
        INVALID.with_words("country_id", "name", "code"),
    ),
    Case(
        "an error in one of many creates none",
        ask(PARTNER, "create", [{"name": "Whole", "ref": "half-1"}, {"nmae": "Broken"}]),
        INVALID,
        then=((ask(PARTNER, "search_count", [["ref", "=", "half-1"]]), 0),),
    ),
    Case("values that are none", ask(PARTNER, "create", "Anna"), BAD_CALL),
    Case(
        "create by the name of its parameter",
        ask(PARTNER, "create", vals_list=[{"name": "A"}]),
        Length(1),
        doors=("json2",),
    ),
    Case(
        "a unique key names its field",
        ask("res.country", "create", {"name": "Second Belgium", "code": "BE"}),
        USER_ERROR.with_words("Country Code"),
    ),
    Case(
        "a link to nothing names its field",
        ask(PARTNER, "create", {"name": "A", "country_id": 999999999}),
        INVALID.with_words("country_id"),
    ),
    Case(
        "write",
        ask(PARTNER, "write", [Ref("one")], {"city": "Ieper", "color": 9}),
        True,
        given={"one": partner()},
        then=(
            (
                read("one", "city", "color", "name"),
                [{"id": Ref("one"), "city": "Ieper", "color": 9, "name": "Written"}],
            ),
        ),
    ),
    Case(
        "write to several",
        ask(PARTNER, "write", refs("one", "two"), {"city": "Ieper"}),
        True,
        given={"one": partner(), "two": partner()},
        then=(
            (
                ask(PARTNER, "search", [["id", "in", refs("one", "two")], ["city", "=", "Ieper"]]),
                among("one", "two"),
            ),
        ),
    ),
    Case(
        "write to one bare id",
        ask(PARTNER, "write", Ref("one"), {"city": "Ieper"}),
        True,
        given={"one": partner()},
        then=((read("one", "city"), [{"id": Ref("one"), "city": "Ieper"}]),),
    ),
    Case("write to nothing", ask(PARTNER, "write", [], {"city": "Ieper"}), True),
    Case("write of nothing", ask(PARTNER, "write", refs("one"), {}), True, given={"one": partner()}),
    Case(
        "write to a record that is not there",
        ask(PARTNER, "write", [999999999], {"city": "Ieper"}),
        MISSING.with_words("Record does not exist or has been deleted", "res.partner(999999999,)"),
    ),
    Case(
        "write to one that is there and one that is not writes neither",
        ask(PARTNER, "write", [Ref("one"), 999999999], {"city": "Ieper"}),
        MISSING,
        given={"one": partner(city="Gent")},
        then=((read("one", "city"), [{"id": Ref("one"), "city": "Gent"}]),),
    ),
    Case(
        "the id and the log cannot be written",
        ask(
            PARTNER,
            "write",
            refs("one"),
            {"id": 5, "create_date": "2001-01-01 00:00:00", "create_uid": 1, "city": "Ieper"},
        ),
        True,
        given={"one": partner()},
        then=(
            (
                read("one", "create_date", "city"),
                [{"id": Ref("one"), "create_date": Text("2[0-9]{3}-(?!01-01 00:00:00).*"), "city": "Ieper"}],
            ),
        ),
    ),
    Case(
        "write of an unknown field",
        ask(PARTNER, "write", refs("one"), {"citty": "A"}),
        INVALID.with_words("citty", "city"),
        given={"one": partner()},
    ),
    Case(
        "False clears",
        ask(PARTNER, "write", refs("one"), {"city": False, "country_id": False, "date": False}),
        True,
        given={"one": partner(city="Gent", country_id=Ref("be"), date="2026-01-01")},
        then=(
            (
                read("one", "city", "country_id", "date"),
                [{"id": Ref("one"), "city": False, "country_id": False, "date": False}],
            ),
        ),
    ),
    Case(
        "a circle of parents",
        ask(PARTNER, "write", refs("one"), {"parent_id": Ref("two")}),
        INVALID,
        given={"one": partner(), "two": partner(parent_id=Ref("one"))},
    ),
    Case(
        "a field that is required cannot be cleared",
        ask("res.country", "write", refs("be"), {"name": False}),
        INVALID.with_words("name"),
    ),
    Case(
        "unlink",
        ask(PARTNER, "unlink", refs("one")),
        True,
        given={"one": partner()},
        then=((ask(PARTNER, "exists", refs("one")), []),),
    ),
    Case("unlink of nothing", ask(PARTNER, "unlink", []), True),
    Case("unlink of a record that is not there", ask(PARTNER, "unlink", [999999999]), MISSING),
    Case(
        "unlink of one that is there and one that is not removes neither",
        ask(PARTNER, "unlink", [Ref("one"), 999999999]),
        MISSING,
        given={"one": partner()},
        then=((ask(PARTNER, "exists", refs("one")), refs("one")),),
    ),
    Case(
        "what others need stays",
        ask("res.country", "unlink", refs("be")),
        INVALID,
        then=((ask("res.country", "exists", refs("be")), refs("be")),),
    ),
    Case(
        "children go with their parent where the link cascades",
        ask("res.country", "unlink", refs("land")),
        True,
        given={
            "land": (
                "res.country",
                {"name": "Ruritania", "code": "Q1", "state_ids": [[0, 0, {"name": "Strelsau", "code": "S"}]]},
            )
        },
        then=(
            (
                ask(
                    "res.country.state",
                    "search_count",
                    [["name", "=", "Strelsau"], ["country_id", "=", Ref("land")]],
                ),
                0,
            ),
            (ask("res.country", "exists", refs("land")), []),
        ),
    ),
    Case(
        "copy gives a list",
        ask(PARTNER, "copy", refs("one")),
        Length(1),
        given={"one": partner(name="Twin", ref="twin-1")},
        then=((ask(PARTNER, "search_count", [["name", "=", "Twin (copy)"]]), AtLeast(1)),),
    ),
    Case(
        "copy of one bare id gives a list",
        ask(PARTNER, "copy", Ref("one")),
        Length(1),
        given={"one": partner()},
    ),
    Case(
        "copy with other values",
        ask(PARTNER, "copy", refs("one"), {"name": "Named"}),
        Length(1),
        given={"one": partner()},
        then=((ask(PARTNER, "search_count", [["name", "=", "Named"]]), AtLeast(1)),),
    ),
    Case(
        "a copy of a country needs its own code",
        ask("res.country", "copy", refs("be")),
        INVALID.with_words("code"),
    ),
    Case(
        "archive gives nothing, and no fault",
        ask(PARTNER, "action_archive", refs("one")),
        False,
        given={"one": partner()},
        then=((read("one", "active"), [{"id": Ref("one"), "active": False}]),),
    ),
    Case(
        "unarchive",
        ask(PARTNER, "action_unarchive", refs("one")),
        False,
        given={"one": partner(active=False)},
        then=((read("one", "active"), [{"id": Ref("one"), "active": True}]),),
    ),
    Case(
        "toggle",
        ask(PARTNER, "toggle_active", refs("one")),
        False,
        given={"one": partner()},
        then=((read("one", "active"), [{"id": Ref("one"), "active": False}]),),
    ),
    Case(
        "name_create",
        ask(PARTNER, "name_create", '"Bob Bee" <bob@bee.example>'),
        [Kind(int), "Bob Bee"],
        then=(
            (ask(PARTNER, "search_count", [["name", "=", "Bob Bee"], ["email", "!=", "bob@bee.example"]]), 0),
        ),
    ),
    Case(
        "web_save creates where there are no ids",
        ask(PARTNER, "web_save", [], {"name": "Saved"}, {"name": {}}),
        [Has({"name": "Saved"})],
    ),
    Case(
        "web_save writes where there are",
        ask(PARTNER, "web_save", refs("one"), {"city": "Ieper"}, {"city": {}}),
        [{"id": Ref("one"), "city": "Ieper"}],
        given={"one": partner()},
    ),
    Case(
        "load makes and finds by external id",
        ask(
            "res.partner.category",
            "load",
            ["id", "name", "parent_id/id"],
            [["__wire__.top", "Top", ""], ["__wire__.sub", "Sub", "__wire__.top"]],
        ),
        Has({"ids": Length(2)}),
        then=(
            (
                ask(
                    "res.partner.category",
                    "search_count",
                    [["name", "=", "Sub"], ["parent_id.name", "=", "Top"]],
                ),
                1,
            ),
        ),
    ),
    Case(
        "load tells every bad row and imports none",
        ask(
            "res.partner.category",
            "load",
            ["name", "parent_id/id"],
            [["Unwritten", ""], ["Bad", "__wire__.nothing"]],
        ),
        Has({"ids": False, "messages": Kind(list)}),
        then=((ask("res.partner.category", "search_count", [["name", "=", "Unwritten"]]), 0),),
    ),
]
