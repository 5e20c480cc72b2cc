"""Settings: options before the environment before defaults, and a clear word for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.settings import Settings, load


def test_options_go_before_the_environment_before_defaults() -> None:
    environment = {
        "ENTREPOT_PORT": "1234",
        "ENTREPOT_DATA": "somewhere",
        "ENTREPOT_CRON": "Off",
        "OTHER": "x",
    }
    found = load(environment, port=99, host=None)
    assert (found.port, found.data, found.cron, found.host) == (99, Path("somewhere"), False, "127.0.0.1")
    assert load({}) == Settings()


def test_what_guards_a_server_has_no_default() -> None:
    found = Settings()
    assert (found.master_password, found.metrics_public, found.host) == ("", False, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WORKERS", "-1"),
        ("RETRIES", "0"),
        ("OPEN_TENANTS", "0"),
        ("LOGIN_ATTEMPTS", "0"),
        ("DURABLE", "perhaps"),
        ("CRON", ""),
        ("LOG_LEVEL", "loud"),
        ("TRUSTED_PROXIES", "10.0.0.1, proxy.example"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^ENTREPOT_{name}: expected"):
        load({f"ENTREPOT_{name}": text})
