"""read, exists, metadata, web_read and web_search_read: what comes back for ids."""

from __future__ import annotations

from wire.case import INVALID, Case, Has, Kind, Lacks, OneOf, Ref, Refusal, Text, ask, refs

PARTNER = "res.partner"
MOMENT = Text(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
ANNA_FIELDS = [
    "name",
    "parent_id",
    "category_id",
    "date",
    "email",
    "color",
    "active",
    "comment",
    "country_id",
]

CASES = [
    Case(
        "every type as its wire form",
        ask(PARTNER, "read", refs("anna"), ANNA_FIELDS),
        [
            {
                "id": Ref("anna"),
                "name": "Anna Arends",
                "parent_id": [Ref("acme"), "Acme"],
                "category_id": refs("glasses"),
                "date": "2026-01-31",
                "email": "Anna@Acme.example",
                "color": 3,
                "active": True,
                "comment": False,
                "country_id": [Ref("be"), "Belgium"],
            }
        ],
    ),
    Case(
        "what is unset",
        ask(
            PARTNER,
            "read",
            refs("nil"),
            ["email", "date", "color", "country_id", "child_ids", "category_id", "is_company"],
        ),
        [
            {
                "id": Ref("nil"),
                "email": False,
                "date": False,
                "color": 0,
                "country_id": False,
                "child_ids": [],
                "category_id": [],
                "is_company": False,
            }
        ],
    ),
    Case(
        "an empty text stays one",
        ask(PARTNER, "read", refs("empty"), ["email"]),
        [{"id": Ref("empty"), "email": ""}],
    ),
    Case(
        "the order of the ids, doubled ones doubled",
        ask(PARTNER, "read", refs("zoe", "acme", "zoe"), ["ref"]),
        [
            {"id": Ref("zoe"), "ref": "w-zoe"},
            {"id": Ref("acme"), "ref": "w-acme"},
            {"id": Ref("zoe"), "ref": "w-zoe"},
        ],
    ),
    Case(
        "ids that do not exist are left out",
        ask(PARTNER, "read", [Ref("zoe"), 999999999], ["ref"]),
        [{"id": Ref("zoe"), "ref": "w-zoe"}],
    ),
    Case("no ids", ask(PARTNER, "read", [], ["ref"]), []),
    Case("one bare id", ask(PARTNER, "read", Ref("zoe"), ["ref"]), [{"id": Ref("zoe"), "ref": "w-zoe"}]),
    Case("id alone", ask(PARTNER, "read", refs("zoe"), ["id"]), [{"id": Ref("zoe")}]),
    Case(
        "an archived record",
        ask(PARTNER, "read", refs("old"), ["active"]),
        [{"id": Ref("old"), "active": False}],
    ),
    Case(
        "no field list gives all fields",
        ask(PARTNER, "read", refs("acme")),
        [
            Has(
                {
                    "name": "Acme",
                    "create_date": MOMENT,
                    "create_uid": [Kind(int), Kind(str)],
                    "display_name": "Acme",
                }
            )
        ],
    ),
    Case(
        "an empty field list gives all fields",
        ask(PARTNER, "read", refs("acme"), []),
        [Has({"name": "Acme", "city": "Gent"})],
    ),
    Case(
        "an unknown field",
        ask(PARTNER, "read", refs("acme"), ["name", "citty"]),
        INVALID.with_words("citty", "city"),
    ),
    Case("a field that is no text", ask(PARTNER, "read", refs("acme"), [7]), INVALID),
    Case(
        "load that is not classic gives bare ids",
        ask(PARTNER, "read", refs("anna"), ["parent_id"], load="_classic_write"),
        [{"id": Ref("anna"), "parent_id": Ref("acme")}],
    ),
    Case(
        "a contact below a company shows both names",
        ask(PARTNER, "read", refs("anna"), ["display_name"]),
        [{"id": Ref("anna"), "display_name": "Acme, Anna Arends"}],
    ),
    Case(
        "children come in their model's order, without archived ones",
        ask(PARTNER, "read", refs("acme"), ["child_ids"]),
        [{"id": Ref("acme"), "child_ids": refs("anna", "bob")}],
    ),
    Case(
        "exists",
        ask(PARTNER, "exists", [Ref("zoe"), 999999999, Ref("old")]),
        OneOf((refs("zoe", "old"), refs("old", "zoe"))),
    ),
    Case("exists of nothing", ask(PARTNER, "exists", [999999999]), []),
    Case(
        "metadata",
        ask(PARTNER, "get_metadata", refs("acme")),
        [
            Has(
                {
                    "id": Ref("acme"),
                    "create_uid": [Kind(int), Kind(str)],
                    "create_date": MOMENT,
                    "write_uid": [Kind(int), Kind(str)],
                    "write_date": MOMENT,
                    "xmlid": False,
                    "noupdate": False,
                }
            )
        ],
    ),
    Case(
        "the external id of a country",
        ask("res.country", "get_external_id", refs("be")),
        {Ref("be"): "base.be"},
    ),
    Case("no external id", ask(PARTNER, "get_external_id", refs("acme")), {Ref("acme"): ""}),
    Case(
        "the record of an external id",
        ask("ir.model.data", "check_object_reference", "base", "be"),
        ["res.country", Ref("be")],
    ),
    Case(
        "an unknown external id",
        ask("ir.model.data", "check_object_reference", "base", "atlantis"),
        Refusal(("MissingError", "ValidationError"), ("base.atlantis",)),
    ),
    Case(
        "web_read of a tree of fields",
        ask(
            PARTNER,
            "web_read",
            refs("anna"),
            {"name": {}, "country_id": {"fields": {"code": {}}}, "category_id": {"fields": {"name": {}}}},
        ),
        [
            {
                "id": Ref("anna"),
                "name": "Anna Arends",
                "country_id": {"id": Ref("be"), "code": "BE"},
                "category_id": [{"id": Ref("glasses"), "name": "Glasses"}],
            }
        ],
    ),
    Case(
        "web_read without fields of a relation",
        ask(PARTNER, "web_read", refs("anna"), {"country_id": {}, "category_id": {}}),
        [{"id": Ref("anna"), "country_id": Ref("be"), "category_id": refs("glasses")}],
    ),
    Case(
        "web_search_read",
        ask(PARTNER, "web_search_read", [["ref", "=like", "w-%"]], {"ref": {}}, limit=2, order="ref"),
        {
            "length": 5,
            "records": [{"id": Ref("acme"), "ref": "w-acme"}, {"id": Ref("anna"), "ref": "w-anna"}],
        },
    ),
    Case(
        "the password reads as nothing",
        ask("res.users", "read", refs("admin"), ["login", "password"]),
        [Has({"login": Kind(str), "password": OneOf((False, ""))})],
    ),
    Case(
        "no secret among all fields of a user",
        ask("res.users", "read", refs("clerk")),
        [Lacks(("password_hash", "password_crypt", "api_key", "key"))],
    ),
]
