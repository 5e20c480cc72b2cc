"""Warnings a person must confirm: whoever calls with context `rx_override="reason"` takes responsibility.

Also who is signing, and whether records come from elsewhere with their history (context `chart_import`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry.clinic_groups import DOCTOR
from entrepot.api import AccessError, Environment, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SUPERUSER = 1
"""The user behind installation and imports. Not `env.su`: constraints run with that for everybody."""
_LONGEST = 500


def reason(env: Environment) -> str | None:
    """The reason given for confirming warnings; True alone is no reason."""
    given = env.context.get("rx_override")
    text = given.strip() if isinstance(given, str) else ""
    return text[:_LONGEST] or None


def unconfirmed(env: Environment, warnings: Iterable[Problem]) -> Iterator[Problem]:
    """The warnings that still need a reason, saying how to give it."""
    if reason(env) is not None or importing(env):
        return
    for each in warnings:
        yield Problem(
            each.path, each.code, f"{each.message} To confirm, repeat with context rx_override and a reason."
        )


def with_reason(env: Environment, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the reason for what this call confirmed; nobody sets the reason otherwise."""
    kept = {key: value for key, value in values.items() if key != "override_reason"}
    given = reason(env)
    return kept if given is None else {**kept, "override_reason": given}


def importing(env: Environment) -> bool:
    """Whether records arrive with their history from another system: only the superuser, saying so."""
    return env.uid == SUPERUSER and bool(env.context.get("chart_import"))


def is_doctor(env: Environment) -> bool:
    """Whether the caller may sign."""
    return env.su or env.has_group(DOCTOR)


def require_doctor(env: Environment, what: str) -> None:
    """Raises AccessError unless the caller may sign."""
    if not is_doctor(env):
        raise AccessError(f"Only a doctor can {what}.")
