import multiprocessing
import os
import re
import signal
import time

import pytest

from entrepot.observe import events, series
from entrepot.observe.families import FAMILIES
from entrepot.observe.metrics import MAX_SERIES, Metrics

SPAWN = multiprocessing.get_context("spawn")


def call(**changes) -> events.CallFinished:
    values = {
        "tenant": "acme",
        "uid": 2,
        "model": "res.partner",
        "method": "read",
        "door": "jsonrpc",
        "address": "",
        "duration_ms": 3.0,
        "outcome": "ok",
        "statements": 2,
        "request_id": "",
    }
    return events.CallFinished(**{**values, **changes})


def numbers(page: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    }


@pytest.fixture
def metrics(tmp_path):
    opened = Metrics(tmp_path)
    yield opened
    opened.close()


def test_a_call_is_counted_with_its_duration_and_statements(metrics):
    metrics(call())
    metrics(call(duration_ms=700.0))
    metrics(call(outcome="access_error"))
    found = numbers(metrics.render())
    assert found['entrepot_calls_total{tenant="acme",outcome="ok"}'] == 2
    assert found['entrepot_calls_total{tenant="acme",outcome="access_error"}'] == 1
    assert found['entrepot_statements_total{door="jsonrpc"}'] == 6
    assert found['entrepot_method_duration_seconds_count{model="res.partner",method="read"}'] == 2
    assert found['entrepot_method_duration_seconds_sum{model="res.partner",method="read"}'] == pytest.approx(
        0.703
    )
    bucket = 'entrepot_call_duration_seconds_bucket{door="jsonrpc",le="%s"}'
    assert [found[bucket % le] for le in ("0.0025", "0.005", "0.5", "1.0", "+Inf")] == [0, 2, 2, 3, 3]
    assert found['entrepot_call_duration_seconds_count{door="jsonrpc"}'] == 3
    assert found['entrepot_call_duration_seconds_sum{door="jsonrpc"}'] == pytest.approx(0.706)


@pytest.mark.parametrize("duration_ms", [0.0, 5.0, 5.0001, 30_000.0, 1e9])
def test_every_duration_falls_into_the_bucket_that_reaches_it(metrics, duration_ms):
    metrics(call(duration_ms=duration_ms))
    for name, value in numbers(metrics.render()).items():
        bound = re.search(r'call_duration.*le="(.*)"', name)
        if bound:
            assert value == (duration_ms / 1000 <= float(bound[1]))


@pytest.mark.parametrize(
    ("event", "series_"),
    [
        (
            events.LoginSucceeded(tenant="a", uid=1, login="x", door="d", address=""),
            'entrepot_logins_total{outcome="ok"}',
        ),
        (
            events.LoginFailed(tenant="a", login="x", door="d", address=""),
            'entrepot_logins_total{outcome="mismatch"}',
        ),
        (events.MasterPasswordRefused(address=""), "entrepot_master_password_refused_total"),
        (
            events.Crashed(trace_id="t", exception=ValueError(), door="rest"),
            'entrepot_crashes_total{door="rest"}',
        ),
        (
            events.TransactionRetried(tenant="a", model="m", method="w", attempt=1, reason="serialization"),
            'entrepot_transaction_retries_total{reason="serialization"}',
        ),
        (
            events.TenantDropped(tenant="a", duration_ms=5),
            'entrepot_tenant_operation_duration_seconds_count{operation="drop"}',
        ),
        (
            events.JobFinished(tenant="a", job="mail", job_id=1, attempt=1, duration_ms=5, outcome="ok"),
            'entrepot_jobs_total{job="mail",outcome="ok"}',
        ),
        (
            events.RequestFinished(
                door="rest",
                verb="GET",
                path="/",
                status=200,
                duration_ms=1,
                bytes_in=0,
                bytes_out=2,
                address="",
                request_id="",
            ),
            'entrepot_requests_total{door="rest",status="200"}',
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, events.Event) else "",
)
def test_every_measured_event_has_its_series(metrics, event, series_):
    metrics(event)
    metrics(event)
    assert numbers(metrics.render())[series_] == 2


def test_what_is_not_measured_passes_by(metrics):
    metrics(events.ServerStarted(pid=1, version="0"))


def test_names_that_only_a_client_knows_become_no_labels(metrics):
    metrics(call(tenant="made up", model="made up", method="made up", outcome="missing"))
    page = metrics.render()
    assert "made up" not in page
    assert numbers(page)['entrepot_calls_total{tenant="other",outcome="missing"}'] == 1


def test_the_number_of_series_is_bounded_and_nothing_is_lost(metrics):
    for tenant in range(MAX_SERIES + 200):
        metrics(call(tenant=f"t{tenant}"))
    found = {name: value for name, value in numbers(metrics.render()).items() if "calls_total" in name}
    assert len(found) == MAX_SERIES + 1
    assert sum(found.values()) == MAX_SERIES + 200
    assert found['entrepot_calls_total{tenant="other",outcome="other"}'] == 200


def test_a_full_file_counts_no_new_series_and_goes_on(metrics, monkeypatch):
    metrics(call())
    monkeypatch.setattr(series, "FILE_BYTES", metrics._series._used)
    metrics(call(tenant="late"))
    metrics(call())
    assert numbers(metrics.render())['entrepot_calls_total{tenant="acme",outcome="ok"}'] == 2


def test_the_page_is_well_formed(metrics):
    metrics(call(model='a"b\\c\nd'))
    page = metrics.render({"entrepot_tenants": ("Tenants.", 3)})
    line = re.compile(r'[a-z_]+(\{([a-z]+="(\\["\\n]|[^"\\\n])*",?)+\})? [0-9.e+-]+')
    for each in page.splitlines():
        assert each.startswith(("# HELP ", "# TYPE ")) or line.fullmatch(each), each
    for family in FAMILIES:
        assert f"# TYPE {family.name} {family.kind}\n" in page
    assert "entrepot_tenants 3\n" in page
    assert 'model="a\\"b\\\\c\\nd"' in page


def count_and_stay(folder, times, ready, leave) -> None:
    metrics = Metrics(folder)
    for _ in range(times):
        metrics(call())
    ready.release()
    leave.wait()
    metrics.close()


def total_calls(metrics: Metrics) -> tuple[float, float]:
    found = numbers(metrics.render())
    return found.get('entrepot_calls_total{tenant="acme",outcome="ok"}', 0), found["entrepot_processes"]


def test_processes_count_as_one_and_the_dead_keep_their_share(tmp_path, metrics):
    # The one to be killed waits for an event of its own: setting one waits for all who wait for it.
    ready, never, leave = SPAWN.Semaphore(0), SPAWN.Event(), SPAWN.Event()
    workers = [
        SPAWN.Process(target=count_and_stay, args=(tmp_path, 500, ready, each)) for each in (never, leave)
    ]
    for worker in workers:
        worker.start()
    for _ in workers:
        assert ready.acquire(timeout=60)
    metrics(call())
    assert total_calls(metrics) == (1001, 3)

    os.kill(workers[0].pid, signal.SIGKILL)
    workers[0].join(60)
    assert total_calls(metrics) == (1001, 2)

    respawned = SPAWN.Process(target=count_and_stay, args=(tmp_path, 100, ready, leave))
    respawned.start()
    assert ready.acquire(timeout=60)
    assert total_calls(metrics) == (1101, 3)
    assert len(list(tmp_path.glob("*.series"))) == 3, "the dead one's file is buried"

    leave.set()
    workers[1].join(60)
    respawned.join(60)
    assert total_calls(metrics) == (1101, 1)


def test_a_crash_between_burying_and_removing_counts_nothing_twice(tmp_path, monkeypatch):
    first = Metrics(tmp_path)
    first(call())
    first.close()
    with monkeypatch.context() as patch:
        patch.setattr(series.Path, "unlink", lambda *_args, **_kwargs: None)
        second = Metrics(tmp_path)
    assert len(list(tmp_path.glob("*.series"))) == 2
    assert total_calls(second)[0] == 1
    third = Metrics(tmp_path)
    assert total_calls(third)[0] == 1
    second.close()
    third.close()


def test_a_server_that_starts_may_begin_at_zero_without_touching_the_living(tmp_path):
    dead, living = Metrics(tmp_path), Metrics(tmp_path)
    dead(call())
    living(call())
    dead.close()
    series.clear(tmp_path)
    assert total_calls(living) == (1, 1)
    living.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"sums": [[1]], "buried": []}'])
def test_damaged_totals_cost_the_history_only(tmp_path, content):
    (tmp_path / "totals.json").write_bytes(content)
    metrics = Metrics(tmp_path)
    metrics(call())
    assert total_calls(metrics)[0] == 1
    metrics.close()


def test_a_foreign_file_is_passed_over(tmp_path, metrics):
    (tmp_path / "1-x.series").write_bytes(b"\xff" * 100)
    metrics(call())
    assert total_calls(metrics) == (1, 1)


def test_counting_a_call_costs_a_few_microseconds(metrics):
    event = call()
    rounds = []
    for _ in range(7):
        started = time.process_time()
        for _ in range(2000):
            metrics(event)
        rounds.append((time.process_time() - started) / 2000 * 1e6)
    assert min(rounds) < 6
