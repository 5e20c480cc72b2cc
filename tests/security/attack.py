"""One attack by somebody with a login, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from entrepot.errors import AccessError, EntrepotError
from security.clinic import LEAKS, Clinic

Args = Callable[[Clinic], tuple[Any, ...]]
CANARIES = ("canary-drug", "canary-parameter", "hidden@x.test")


@dataclass(frozen=True)
class Attack:
    """One call, and how it must fail."""

    title: str
    who: str
    model: str
    method: str
    args: Args
    error: type[EntrepotError] = AccessError
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title

    def run(self, clinic: Clinic) -> str:
        """Try it; the words of the refusal."""
        with pytest.raises(self.error) as refusal:
            clinic.call(self.who, self.model, self.method, *self.args(clinic), **self.kwargs)
        return str(refusal.value.message)


def leaks(told: str) -> list[str]:
    """What a refusal tells that it must not."""
    return [each for each in (*LEAKS, *CANARIES) if each in told]
