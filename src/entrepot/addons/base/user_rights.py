"""What users may do to themselves, as plain sets: no records."""

from __future__ import annotations

NOBODY = "."
"""As a field's `groups`: no external id can be a lone dot, so the field is for the system itself."""

SELF_WRITEABLE = frozenset(
    {
        "name", "email", "phone", "mobile", "signature", "company_id", "lang", "tz", "image_1920",
        "street", "street2", "zip", "city", "state_id", "country_id", "website", "function",
    }
)  # fmt: skip
"""Fields that users may write on their own record."""


def is_kind_clear(kinds: set[int], groups: set[int]) -> bool:
    """Whether a user's groups (implied ones included) hold at most one of the groups that say what kind of
    user it is.
    """
    return len(kinds & groups) <= 1
