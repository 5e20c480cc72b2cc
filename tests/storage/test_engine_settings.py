"""Settings choose the engine."""

from __future__ import annotations

import pytest

from entrepot.settings import Settings
from entrepot.storage.engines import make_engine
from entrepot.storage.sqlite import SqliteEngine


def test_no_url_is_the_embedded_store(tmp_path):
    engine = make_engine(Settings(data=tmp_path))
    assert isinstance(engine, SqliteEngine)
    engine.create("a")
    assert (tmp_path / "tenants" / "a.db").exists()
    engine.close()


def test_a_url_is_a_server_and_may_carry_a_prefix(postgres_url):
    first = make_engine(Settings(store=f"{postgres_url}&entrepot_prefix=one_"))
    second = make_engine(Settings(store=f"{postgres_url}&entrepot_prefix=two_"))
    first.create("a")
    assert first.names() == ["a"]
    assert second.names() == []
    first.drop("a")
    first.close()
    second.close()


def test_another_database_is_refused():
    with pytest.raises(ValueError, match="ENTREPOT_STORE"):
        make_engine(Settings(store="mysql://x"))
