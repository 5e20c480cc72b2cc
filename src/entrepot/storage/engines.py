"""The engine that the settings ask for."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from entrepot.settings import Settings
from entrepot.storage.abc import Engine
from entrepot.storage.postgres import DEFAULT_PREFIX, PostgresEngine
from entrepot.storage.sqlite import SqliteEngine

PREFIX_PARAMETER = "entrepot_prefix"
"""A parameter of the URL that is ours: what the names of this server's databases start with."""


def make_engine(settings: Settings) -> Engine:
    """Build the engine; nothing is connected yet. Raises ValueError for a URL of another kind of database."""
    if not settings.store:
        return SqliteEngine(settings.data, durable=settings.durable, open_stores=settings.open_stores)
    parts = urlsplit(settings.store)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("ENTREPOT_STORE: expected postgresql://… or nothing")
    parameters = parse_qsl(parts.query)
    prefix = dict(parameters).get(PREFIX_PARAMETER, DEFAULT_PREFIX)
    rest = urlencode([each for each in parameters if each[0] != PREFIX_PARAMETER])
    return PostgresEngine(
        urlunsplit(parts._replace(query=rest)), prefix=prefix, open_stores=settings.open_stores
    )
