"""What a user without further rights may do, and how the refusal is spelled."""

from __future__ import annotations

from wire.case import FORBIDDEN, Case, Kind, Lacks, Ref, ask, refs

PARTNER = "res.partner"


def clerk(title: str, call: object, gives: object, **more: object) -> Case:
    return Case(f"a clerk {title}", call, gives, user="clerk", **more)  # type: ignore[arg-type]


CASES = [
    clerk("reads contacts", ask(PARTNER, "search_count", [["ref", "=like", "w-%"]]), 5),
    clerk("does not read the rights", ask("ir.rule", "search", []), FORBIDDEN.with_words("ir.rule")),
    clerk(
        "does not change a group",
        ask("res.groups", "write", refs("group_user"), {"name": "Mine"}),
        FORBIDDEN.with_words("res.groups"),
    ),
    clerk("makes no user", ask("res.users", "create", {"name": "New", "login": "new"}), FORBIDDEN),
    clerk("deletes no country", ask("res.country", "unlink", refs("be")), FORBIDDEN),
    clerk("takes no group", ask("res.users", "write", refs("clerk"), {"groups_id": [[5, 0, 0]]}), FORBIDDEN),
    clerk("changes nobody else", ask("res.users", "write", refs("admin"), {"signature": "mine"}), FORBIDDEN),
    clerk(
        "changes the own preferences",
        ask("res.users", "write", refs("clerk"), {"tz": "Europe/Brussels"}),
        True,
    ),
    clerk("is told what may be done", ask(PARTNER, "check_access_rights", "read", False), True),
    clerk("is told what may not", ask("ir.rule", "check_access_rights", "write", False), False),
    clerk("is refused where that was asked for", ask("ir.rule", "check_access_rights", "write"), FORBIDDEN),
    clerk("has access to nothing of it", ask("ir.rule", "has_access", [], "read"), False),
    clerk("is in the group of users", ask("res.users", "has_group", refs("clerk"), "base.group_user"), True),
    clerk(
        "is not in the group of the system",
        ask("res.users", "has_group", refs("clerk"), "base.group_system"),
        False,
    ),
    clerk("has a context of their own", ask("res.users", "context_get"), Kind(dict)),
    clerk(
        "sees no password field",
        ask("res.users", "fields_get", ["login", "password_hash"]),
        Lacks(("password_hash",)),
    ),
    clerk(
        "cannot use context to become somebody",
        ask("ir.rule", "search", [], context={"uid": 1, "su": True, "sudo": True}),
        FORBIDDEN,
    ),
    Case("the administrator may", ask("ir.rule", "check_access_rights", "write", False), True),
    Case("may delete, and is asked by name", ask(PARTNER, "has_access", refs("zoe"), "unlink"), True),
    Case(
        "an id of the caller",
        ask("res.users", "read", [Ref("admin")], ["login"]),
        [{"id": Ref("admin"), "login": "admin"}],
    ),
]
