"""How peers spell things: who sends, yes and no, moments without a zone, names in place of ids.

Pure. Source: `spec/rest-and-exchange.md` B2 and B8; every function answers the value or raises ValueError with a text
that tells the sender what would be taken.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from entrepot.addons.crm.contact_points import normal_phone

Side = Literal["ekiclik", "odoo"]
PLATFORM: Side = "ekiclik"
HERE: Side = "odoo"

_SENDERS: dict[str, Side] = {
    "ek": PLATFORM,
    "ekiclic": PLATFORM,
    "ekiclik": PLATFORM,
    "ekiclick": PLATFORM,
    "odoo": HERE,
}
_TRUE = frozenset({"true", "1", "yes", "y"})
_FALSE = frozenset({"false", "0", "no", "n", ""})
_SHORT_MOMENT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SPACE = re.compile(r"\s+")
_ENDS = frozenset({"Cc", "Zl", "Zp"})
"""Kinds of characters that end a line, or control something."""
_UNSEEN = _ENDS | {"Cf", "Co"}
"""The same, and those that nobody sees: two keys would look the same. Arabic texts need some of them."""
_AMOUNT = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
MAX_AMOUNT = Decimal(10) ** 12
MAX_DECIMALS = 12
MAX_TEXT = 4096
MAX_REFERENCE = 100


def sender(given: Any) -> Side:
    """Which side a message names as its sender, in whatever spelling."""
    known = _SENDERS.get(given.strip().casefold()) if isinstance(given, str) else None
    if known is None:
        raise ValueError(f"is one of {', '.join(sorted(_SENDERS))} (in any case)")
    return known


def flag(given: Any) -> bool:
    """A boolean, also one that travels as text."""
    if isinstance(given, bool):
        return given
    word = str(given).strip().casefold() if isinstance(given, (str, int)) else "?"
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("is true or false (also as text: true, false, 1, 0, yes, no)")


def text(given: Any) -> str | None:
    """A text without blanks around it, a number as its digits; None for null and for nothing."""
    if given is None or given is False:
        return None
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ValueError("is a text")  # noqa: TRY004 - all that is wrong with a value is told one way
    if isinstance(given, str):
        if "\0" in given:
            raise ValueError("holds a NUL character, which no text may")
        if any("\ud800" <= letter <= "\udfff" for letter in given):
            raise ValueError("holds half a character (a lone surrogate)")
        if len(given) > MAX_TEXT:
            raise ValueError(f"is longer than {MAX_TEXT} characters")
        return given.strip() or None
    return str(given)


def line(given: Any) -> str | None:
    """A text of one line, such as a name."""
    found = text(given)
    if found is not None and any(unicodedata.category(letter) in _ENDS for letter in found):
        raise ValueError("is one line: it holds a line break or a control character")
    return found


def key(given: Any) -> str | None:
    """A text by which something is found, such as a code or an address: every character of it can be seen."""
    found = line(given)
    if found is not None and any(unicodedata.category(letter) in _UNSEEN for letter in found):
        raise ValueError("holds a character that cannot be seen")
    return found


def reference(given: Any) -> str | None:
    """A reference: it stands in addresses, so it is short and not of dots alone."""
    found = key(given)
    if found is not None and (len(found) > MAX_REFERENCE or not found.strip(".")):
        raise ValueError(f"is a reference of up to {MAX_REFERENCE} characters, not of dots alone")
    return found


def number(given: Any) -> int:
    """A whole number, also one that travels as text."""
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**31:
        return given
    if isinstance(given, float) and given.is_integer() and abs(given) < 2**31:
        return int(given)
    if (
        isinstance(given, str)
        and re.fullmatch(r"\s*-?\d{1,10}\s*", given, re.ASCII)
        and abs(int(given)) < 2**31
    ):
        return int(given)
    raise ValueError("is a whole number")


def amount(given: Any, *, least: Decimal = Decimal(0)) -> Decimal:
    """An amount or a quantity, exact, from a number or its text."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str, Decimal)):
        raise ValueError("is a number")  # noqa: TRY004 - all that is wrong with a value is told one way
    spelled = str(given).strip()
    if not _AMOUNT.fullmatch(spelled):
        raise ValueError("is a number, such as 1250.5")
    exact = Decimal(spelled)
    if not least <= exact < MAX_AMOUNT:
        raise ValueError(f"is a number from {least} to below {MAX_AMOUNT:f}")
    # An exponent spells a number of a billion digits in a few letters; what is this small is nothing.
    return exact if exact.adjusted() >= -MAX_DECIMALS else Decimal(0)


def day(given: Any) -> date:
    """A day: `1993-11-03` or `03/11/93`."""
    moment_of_day = moment(given, "UTC")
    return moment_of_day.date()


def moment(given: Any, zone: str) -> datetime:
    """A moment in UTC: `30/07/23 12:23:15` or an ISO text, in the sender's zone unless it names its own."""
    wrong = ValueError("is a date and time such as 30/07/23 12:23:15 or 2023-07-30 12:23:15")
    if not isinstance(given, str):
        raise wrong
    found = _SHORT_MOMENT.fullmatch(given.strip())
    try:
        if found:
            days, month, year = int(found[1]), int(found[2]), int(found[3])
            hours, minutes, seconds = (int(part or 0) for part in found.group(4, 5, 6))
            there = datetime(
                year + 2000 if len(found[3]) == 2 else year, month, days, hours, minutes, seconds, tzinfo=UTC
            ).replace(tzinfo=None)
        else:
            there = datetime.fromisoformat(given.strip())
        placed = there if there.tzinfo else there.replace(tzinfo=ZoneInfo(zone))
        return placed.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise wrong from error


def folded(name: str) -> str:
    """A name as names are compared: without accents, case and doubled blanks."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SPACE.sub(" ", bare).strip().casefold()


def phone(given: str | None, country: str) -> str | None:
    """A telephone number in its international form; what is none stays as it was written."""
    return normal_phone(given, country) or given
