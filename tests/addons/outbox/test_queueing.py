"""Coalescing, against a model that knows nothing of it: the receiver ends with the same values, in a sound order."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.outbox.queueing import Queue, Waiting


@dataclass
class Stored:
    id: int
    key: str | None
    coalesce: str | None
    value: int
    attempts: int
    open: bool = True


def post(rows: list[Stored], batch: list[tuple[str | None, str | None, int]], *, ordered: bool) -> None:
    """What the add-on does with the queue, on plain rows."""
    wanted = {coalesce for _, coalesce, _ in batch if coalesce}
    waiting = [
        Waiting(r.id, r.coalesce, r.key, r.attempts, None) for r in rows if r.open and r.coalesce in wanted
    ]
    tails = {r.key: r.id for r in rows if r.open and r.key}
    queue = Queue(ordered, waiting, tails)
    for key, coalesce, value in batch:
        queue.add(key, coalesce, {"value": value})
    by_id = {r.id: r for r in rows}
    for each in queue.superseded:
        by_id[each].open = False
    for entry in queue.replaced:
        assert entry.id is not None
        assert entry.values is not None
        by_id[entry.id].value = entry.values["value"]
    for entry in queue.created:
        assert entry.values is not None
        rows.append(Stored(len(rows) + 1, entry.key, entry.coalesce, entry.values["value"], entry.attempts))


POSTS = st.lists(
    st.tuples(st.sampled_from([None, "k1", "k2"]), st.sampled_from([None, "c1", "c2", "c3"])), max_size=6
)


@given(batches=st.lists(st.tuples(POSTS, st.integers(0, 3)), max_size=6), ordered=st.booleans())
def test_only_last_values_count_and_nothing_overtakes(
    batches: list[tuple[list[tuple[str | None, str | None]], int]], *, ordered: bool
) -> None:
    rows: list[Stored] = []
    number = 0
    everything: list[tuple[str | None, str | None, int]] = []
    frozen: dict[int, int] = {}
    for posts, tried in batches:
        batch = []
        for key, coalesce in posts:
            number += 1
            batch.append((key, coalesce, number))
        everything += batch
        post(rows, batch, ordered=ordered)
        for row in rows:
            if row.id in frozen and row.open:
                assert row.value == frozen[row.id], "what was tried keeps its content"
        for row in [each for each in rows if each.open][:tried]:
            row.attempts += 1
            frozen[row.id] = row.value
    left = [row for row in rows if row.open]
    # Without coalescing each post is one message; with it, exactly the last of each.
    last = {coalesce: value for _, coalesce, value in everything if coalesce}
    assert sorted(row.value for row in left) == sorted(
        value for _, coalesce, value in everything if not coalesce or last[coalesce] == value
    )
    if ordered:
        for key in ("k1", "k2"):
            values = [row.value for row in left if row.key == key]
            assert values == sorted(values), "messages of a record arrive in the order they were posted"


def test_a_value_that_waits_is_replaced_where_it_stands() -> None:
    rows: list[Stored] = []
    post(rows, [("k", "c", 1), ("other", None, 2), ("k", "c", 3)], ordered=True)
    assert [(row.id, row.value) for row in rows] == [(1, 3), (2, 2)]


def test_the_tries_of_a_superseded_message_go_on() -> None:
    rows = [Stored(1, "k", "c", 1, 4)]
    post(rows, [("k", "c", 2)], ordered=True)
    assert [(row.open, row.value, row.attempts) for row in rows] == [(False, 1, 4), (True, 2, 4)]
