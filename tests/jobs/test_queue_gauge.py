"""How much waits: noted by one process, shown by another, and worth no failure."""

from __future__ import annotations

from pathlib import Path

from entrepot.jobs.queue_gauge import QueueGauge, Waiting


def values(gauge: QueueGauge) -> dict[str, float]:
    return {name.removeprefix("entrepot_outbox_"): value for name, (_, value) in gauge.gauges().items()}


def test_what_one_process_notes_another_shows(tmp_path: Path) -> None:
    path = tmp_path / "outbox.json"
    notes, shows = QueueGauge(path), QueueGauge(path, lambda: 1000.0)
    assert values(shows) == {}
    notes.note("quiet", Waiting())
    assert values(shows) == {}
    notes.note("a", Waiting(3, 1, 400.0))
    notes.note("b", Waiting(2, 0, 700.0))
    assert values(shows) == {"waiting": 5, "failed": 1, "oldest_seconds": 600}
    notes.note("a", Waiting(0, 1))
    notes.note("b", Waiting())
    assert values(shows) == {"waiting": 0, "failed": 1, "oldest_seconds": 0}


def test_a_folder_that_is_not_there_fails_nobody(tmp_path: Path) -> None:
    QueueGauge(tmp_path / "nowhere" / "outbox.json").note("a", Waiting(1, 0, 1.0))


def test_half_a_file_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "outbox.json").write_text('{"wai')
    assert values(QueueGauge(tmp_path / "outbox.json")) == {}
