"""Every setting of a server, read from the environment once; nobody else reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

KIB = 1024
MIB = 1024 * KIB


def setting(default: Any, meaning: str, *, secret: bool = False) -> Any:
    """Declare a setting with its default and one sentence; `ENTREPOT_<NAME>` overrides it."""
    return field(default=default, metadata={"help": meaning, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The frozen settings of one server."""

    data: Path = setting(Path("var"), "Folder of the embedded stores, files and templates.")
    store: str = setting(
        "", "URL of a PostgreSQL server (postgresql://…); empty for the embedded SQLite store.", secret=True
    )
    master_password: str = setting(
        "", "Guards creating, copying and dropping tenants; empty refuses all of it.", secret=True
    )
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8069, "Port to listen on.")
    workers: int = setting(0, "Server processes; 0 for one a core.")
    default_tenant: str = setting("", "Tenant of requests that name none.")
    list_tenants: bool = setting(True, "Whether the database service lists tenants to anybody who asks.")
    max_body_bytes: int = setting(128 * MIB, "Largest request body a door reads into memory.")
    max_depth: int = setting(200, "Deepest nesting of values in a request.")
    threads: int = setting(0, "Worker threads a process; 0 for 1 on SQLite and 4 on PostgreSQL.")
    open_stores: int = setting(64, "Tenants whose connections one process keeps open.")
    open_tenants: int = setting(2000, "Tenants whose rights and models one process remembers.")
    session_seconds: int = setting(7 * 86400, "How long an unused session lives.")
    login_attempts: int = setting(
        10, "Failed logins per login and address in a window before further ones are refused."
    )
    login_window_seconds: int = setting(60, "Length of the window of failed logins.")
    password_cache_seconds: int = setting(
        300, "How long a proven per-call password is remembered (as a keyed digest)."
    )
    retries: int = setting(10, "Tries of a call whose transaction collided with another one.")
    durable: bool = setting(True, "Whether an acknowledged write survives power loss on the embedded store.")
    trusted_proxies: str = setting("", "Comma list of proxy addresses whose X-Forwarded-For is believed.")
    log_level: str = setting("info", "debug, info, warning or error.")
    demo_login: bool = setting(False, "Set by `make run`: the demo tenant's login is printed.")


def load(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read the settings: overrides (None means not given) before `ENTREPOT_<NAME>` before defaults.

    Raises ValueError naming the variable that cannot be read.
    """
    values: dict[str, Any] = {key: value for key, value in overrides.items() if value is not None}
    for each in fields(Settings):
        variable = f"ENTREPOT_{each.name.upper()}"
        text = environment.get(variable)
        if text is None or each.name in values:
            continue
        values[each.name] = _read(variable, text, each.default)
    return Settings(**values)


def _read(variable: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        if text.lower() not in words:
            raise ValueError(f"{variable}: expected yes or no, not {text!r}")
        return words[text.lower()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{variable}: expected a whole number, not {text!r}") from error
    return Path(text) if isinstance(default, Path) else text
