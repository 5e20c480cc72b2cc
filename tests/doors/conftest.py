from __future__ import annotations

import pytest

from doors.house import SmallHouse
from entrepot.doors.asgi import Application


@pytest.fixture
def house(tmp_path):
    return SmallHouse(tmp_path)


@pytest.fixture
def app(house):
    application = Application(house)
    yield application
    application.workers.stop()
