"""Telling another process that there is something to send: nothing told is missed, and nobody is hurt by a bad disk."""

from __future__ import annotations

from pathlib import Path

from entrepot.jobs.wakeups import Wakeups


def test_what_was_told_is_taken_once(tmp_path: Path) -> None:
    teller, taker = Wakeups(tmp_path / "a" / "b"), Wakeups(tmp_path / "a" / "b")
    assert taker.take() == []
    for name in ("acme", "acme", "other"):
        teller.signal(name)
    assert sorted(taker.take()) == ["acme", "other"]
    assert taker.take() == []
    teller.signal("acme")
    assert taker.take() == ["acme"]


def test_a_folder_that_cannot_be_made_fails_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    Wakeups(tmp_path / "file" / "outbox").signal("acme")
