"""Every setting of a server, read from the environment once; nobody else reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any

KIB = 1024
MIB = 1024 * KIB
WORDS: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)
)
LEVELS = ("debug", "info", "warning", "error")


def setting(
    default: Any,
    meaning: str,
    *,
    secret: bool = False,
    least: int = 0,
    most: int | None = None,
    among: tuple[str, ...] = (),
) -> Any:
    """Declare a setting with its default and one sentence; `ENTREPOT_<NAME>` overrides it.

    `least` and `most` bound a number, `among` are the texts that are understood.
    """
    bounds = {"least": least, "most": most, "among": among}
    return field(default=default, metadata={"help": meaning, "secret": secret, **bounds})


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
    port: int = setting(8069, "Port to listen on.", most=65_535)
    workers: int = setting(0, "Server processes; 0 for one a core.")
    default_tenant: str = setting("", "Tenant of requests that name none.")
    list_tenants: bool = setting(True, "Whether the database service lists tenants to anybody who asks.")
    max_body_bytes: int = setting(128 * MIB, "Largest request body a door reads into memory.")
    max_import_bytes: int = setting(
        512 * MIB, "Largest file that is taken for an import; it is kept on the disk."
    )
    max_depth: int = setting(200, "Deepest nesting of values in a request.", least=1)
    threads: int = setting(0, "Worker threads a process; 0 for 1 on SQLite and 4 on PostgreSQL.")
    open_stores: int = setting(64, "Tenants whose connections one process keeps open.", least=1)
    open_tenants: int = setting(2000, "Tenants whose rights and models one process remembers.", least=1)
    session_seconds: int = setting(7 * 86400, "How long an unused session lives.", least=1)
    session_parameter: bool = setting(
        True, "Whether the REST door takes a session from the parameter session_id, besides the cookie."
    )
    page_size: int = setting(1000, "Largest page of the REST door.", least=1)
    login_attempts: int = setting(
        10, "Failed logins per login and address in a window before further ones are refused.", least=1
    )
    login_window_seconds: int = setting(60, "Length of the window of failed logins.", least=1)
    password_cache_seconds: int = setting(
        300, "How long a proven per-call password is remembered (as a keyed digest)."
    )
    retries: int = setting(10, "Tries of a call whose transaction collided with another one.", least=1)
    durable: bool = setting(True, "Whether an acknowledged write survives power loss on the embedded store.")
    trusted_proxies: str = setting("", "Comma list of proxy addresses whose X-Forwarded-For is believed.")
    cron: bool = setting(True, "Whether this server runs scheduled actions.")
    outbox: bool = setting(True, "Whether this server sends the messages of its tenants' outboxes.")
    outbox_senders: int = setting(16, "Messages that are sent at the same time.", least=1, most=256)
    smtp_url: str = setting(
        "",
        "Relay that mail is handed to (smtp+starttls://user:password@host:587, smtps://…, smtp://…); empty keeps it.",
        secret=True,
    )
    mail_from: str = setting("", "Sender of mail that names none.")
    outgoing_allowed: str = setting(
        "", "Comma list of hosts and networks inside that every tenant may send to and fetch from."
    )
    metrics_public: bool = setting(False, "Whether /metrics answers other machines than this one.")
    log_level: str = setting("info", "debug, info, warning or error.", among=LEVELS)


def load(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read the settings: overrides (None means not given) before `ENTREPOT_<NAME>` before defaults.

    Raises ValueError naming the variable that cannot be read.
    """
    values: dict[str, Any] = {key: value for key, value in overrides.items() if value is not None}
    for each in fields(Settings):
        variable = f"ENTREPOT_{each.name.upper()}"
        text = environment.get(variable)
        if text is not None and each.name not in values:
            values[each.name] = _read(variable, text, each.default)
        if each.name in values:
            _check(variable, values[each.name], each.metadata)
    return Settings(**values)


def _read(variable: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in WORDS:
            raise ValueError(f"{variable}: expected yes or no, not {text!r}")
        return WORDS[text.lower()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{variable}: expected a whole number, not {text!r}") from error
    return Path(text) if isinstance(default, Path) else text


def _check(variable: str, value: Any, bounds: Mapping[str, Any]) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        least, most = bounds["least"], bounds["most"]
        if value < least or (most is not None and value > most):
            upper = "" if most is None else f" and at most {most}"
            raise ValueError(f"{variable}: expected at least {least}{upper}, not {value}")
    if variable == "ENTREPOT_TRUSTED_PROXIES":
        for each in filter(None, map(str.strip, value.split(","))):
            try:
                ip_network(each, strict=False)
            except ValueError as error:
                raise ValueError(f"{variable}: expected addresses or networks, not {each!r}") from error
    if bounds["among"] and value not in bounds["among"]:
        raise ValueError(f"{variable}: expected one of {', '.join(bounds['among'])}, not {value!r}")
