"""A contact written in one line: `"Bob" <b@x.org>` taken apart, and the name of a copy."""

from __future__ import annotations

import re

_LONGEST = 2000
_ADDRESS = re.compile(r"[^\s<>@,;\"]{1,64}@[^\s<>@,;\"]{1,255}")


def parse_contact(text: str) -> tuple[str, str]:
    """Split one line into (name, e-mail); either may be empty.

    `Bob <b@x.org>`, `"Bob" <b@x.org>`, `b@x.org (Bob)` and `Bob b@x.org` give both; a bare address has no
    name; what holds no
    address is all name. Of several addresses the first counts. Lines beyond 2,000 characters are taken as a
    name.
    """
    line = " ".join(text.split())
    found = _ADDRESS.search(line) if len(line) <= _LONGEST else None
    if found is None:
        return _bare(line), ""
    before, after = line[: found.start()], line[found.end() :]
    name = _bare(before.rstrip("< "))
    if not name:
        comment = re.match(r">?\s*\(([^()]*)\)", after)
        name = comment[1].strip() if comment else ""
    return name, found[0].strip(".")


def copied_name(name: str) -> str:
    """The name a copy starts with."""
    return f"{name} (copy)"


def _bare(name: str) -> str:
    name = name.strip(" ,;")
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].replace('\\"', '"').strip()
    return name
