"""name_search, default_get and fields_get: what forms and clients ask before they write."""

from __future__ import annotations

from wire.case import Both, Case, Has, Holds, Kind, Lacks, Length, Ref, Text, ask

PARTNER = "res.partner"
W = [["ref", "=like", "w-%"]]

CASES = [
    Case(
        "by a part of the name", ask(PARTNER, "name_search", "anna", W), [[Ref("anna"), "Acme, Anna Arends"]]
    ),
    Case("by the e-mail", ask(PARTNER, "name_search", "info@acme", W), [[Ref("acme"), "Acme"]]),
    Case("by the reference", ask(PARTNER, "name_search", "w-zoe", W), [[Ref("zoe"), "Zoë Žižka"]]),
    Case(
        "by names",
        ask(PARTNER, "name_search", name="Zo", args=W, operator="ilike", limit=5),
        [[Ref("zoe"), "Zoë Žižka"]],
    ),
    Case("an empty name finds everything", ask(PARTNER, "name_search", "", W), Length(5)),
    Case("up to the limit", ask(PARTNER, "name_search", "", W, "ilike", 2), Length(2)),
    Case("an operator", ask(PARTNER, "name_search", "Belgium", [], "="), []),
    Case("countries by code or name", ask("res.country", "name_search", "Belg"), [[Ref("be"), "Belgium"]]),
    Case("nothing found", ask(PARTNER, "name_search", "no such name anywhere"), []),
    Case(
        "defaults of some fields",
        ask(PARTNER, "default_get", ["type", "active", "name"]),
        {"type": "contact", "active": True},
    ),
    Case("defaults of no fields", ask(PARTNER, "default_get", []), {}),
    Case(
        "defaults from the context",
        ask(PARTNER, "default_get", ["city"], context={"default_city": "Gent"}),
        {"city": "Gent"},
    ),
    Case(
        "all fields",
        ask(PARTNER, "fields_get"),
        Has(
            {
                "name": Has(
                    {
                        "name": "name",
                        "type": "char",
                        "string": "Name",
                        "readonly": False,
                        "store": True,
                        "searchable": True,
                        "sortable": True,
                    }
                ),
                "country_id": Has({"type": "many2one", "relation": "res.country", "string": "Country"}),
                "child_ids": Has(
                    {"type": "one2many", "relation": "res.partner", "relation_field": "parent_id"}
                ),
                "type": Has({"type": "selection", "selection": Holds((["contact", "Contact"],))}),
                "id": Has({"type": "integer", "readonly": True}),
                "create_date": Has({"type": "datetime", "readonly": True}),
                "display_name": Has({"type": "char"}),
                "company_type": Has({"type": "selection", "store": False}),
            }
        ),
    ),
    Case(
        "some fields, some attributes",
        ask(PARTNER, "fields_get", ["name", "country_id", "nmae"], ["string", "type", "relation"]),
        {
            "name": {"string": "Name", "type": "char"},
            "country_id": {"string": "Country", "type": "many2one", "relation": "res.country"},
        },
    ),
    Case(
        "as the guide asks",
        ask(PARTNER, "fields_get", attributes=["string", "type"]),
        Has({"name": {"string": "Name", "type": "char"}}),
    ),
    Case(
        "an empty list of fields is all of them",
        ask(PARTNER, "fields_get", [], ["type"]),
        Has({"name": {"type": "char"}, "email": {"type": "char"}}),
    ),
    Case(
        "what has no value is left out",
        ask(PARTNER, "fields_get", ["color"]),
        {"color": Both((Has({"type": "integer"}), Lacks(("relation", "selection", "relation_field"))))},
    ),
    Case(
        "the caller's language, zone and id",
        ask("res.users", "context_get"),
        Has({"lang": Text("[a-z]{2}_[A-Z]{2}"), "uid": Ref("admin")}),
    ),
    Case(
        "a setting of the tenant",
        ask("ir.config_parameter", "get_param", "no.such.key", "fallback"),
        "fallback",
    ),
    Case("a setting that is not there", ask("ir.config_parameter", "get_param", "no.such.key"), False),
    Case(
        "the models are records",
        ask("ir.model", "search_read", [["model", "=", "res.partner"]], ["model", "transient"]),
        [{"id": Kind(int), "model": "res.partner", "transient": False}],
    ),
    Case(
        "so are the fields",
        ask("ir.model.fields", "search_count", [["model", "=", "res.partner"], ["name", "=", "email"]]),
        1,
    ),
    Case(
        "and what is installed",
        ask("ir.module.module", "search_read", [["name", "=", "base"]], ["name", "state"]),
        [{"id": Kind(int), "name": "base", "state": "installed"}],
    ),
]
