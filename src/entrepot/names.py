"""Which words may be names. Everything that becomes part of SQL, a path or a URL is checked here first."""

from __future__ import annotations

import re
import secrets
import time

from entrepot.errors import ValidationError

DRAFT = "draft-"
"""What the names of tenants in the making start with."""

_MODEL = re.compile(r"[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62}){0,7}", re.ASCII)
_FIELD = re.compile(r"[a-z][a-zA-Z0-9_]{0,62}", re.ASCII)
_TENANT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}", re.ASCII)
_DRAFT = re.compile(r"draft-([0-9a-f]{1,12})-[0-9a-f]{12}", re.ASCII)
_ADDON = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_LANG = re.compile(r"[a-z]{2,3}(_([A-Z][A-Za-z]{1,3}|[0-9]{3}))?(@[a-z]+)?", re.ASCII)


def is_model(name: object) -> bool:
    """Whether a word may name a model: dotted lower-case words."""
    return isinstance(name, str) and _MODEL.fullmatch(name) is not None


def is_field(name: object) -> bool:
    """Whether a word may name a field."""
    return isinstance(name, str) and _FIELD.fullmatch(name) is not None


def is_addon(name: object) -> bool:
    """Whether a word may name an add-on."""
    return isinstance(name, str) and _ADDON.fullmatch(name) is not None


def is_lang(code: object) -> bool:
    """Whether a word has the form of a language code (`fr_FR`, `sr@latin`)."""
    return isinstance(code, str) and _LANG.fullmatch(code) is not None


def is_tenant(name: object) -> bool:
    """Whether a word may name a tenant: letters, digits, `_`, `.` and `-`, first a letter or digit, at most 63.

    Two dots in a row are refused: a tenant's name is also a file's name. So are the names of drafts.
    """
    return (
        isinstance(name, str)
        and _TENANT.fullmatch(name) is not None
        and ".." not in name
        and not name.startswith(DRAFT)
    )


def draft() -> str:
    """A name for a tenant in the making: nobody can ask for it, and its age can be read from it."""
    return f"{DRAFT}{int(time.time()):x}-{secrets.token_hex(6)}"


def is_database(name: object) -> bool:
    """Whether a word may name a database of an engine: a tenant's name, or a draft's."""
    return is_tenant(name) or (isinstance(name, str) and _DRAFT.fullmatch(name) is not None)


def database(name: object) -> str:
    """Return a checked database name. Raises ValidationError with what is allowed."""
    return str(name) if is_database(name) else tenant(name)


def draft_age_s(name: str) -> float | None:
    """How many seconds ago a draft was begun; None for a name that is none."""
    match = _DRAFT.fullmatch(name)
    return None if match is None else time.time() - int(match.group(1), 16)


def tenant(name: object) -> str:
    """Return a checked tenant name. Raises ValidationError with what is allowed."""
    if not is_tenant(name):
        raise ValidationError(
            "Invalid database name: use letters, digits, '_', '.' and '-', starting with a letter or digit, "
            "at most 63 characters.",
        )
    return str(name)
