from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.auth.attempts import Attempts, Limits
from entrepot.auth.passwords import Cost, Passwords


class Seconds:
    """Seconds that pass when told to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds(1_800_000_000.0)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(Cost(memory_kib=8, passes=1, lanes=1))


@pytest.fixture
def attempts(tmp_path: Path, seconds: Seconds) -> Iterator[Attempts]:
    opened = Attempts(tmp_path / "run" / "attempts", Limits(pair=3, login=6, network=9, window_s=60), seconds)
    yield opened
    opened.close()
