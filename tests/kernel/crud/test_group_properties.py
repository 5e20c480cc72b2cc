"""Groups of any domain hold its records, each group those that its own domain finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kernel.conftest import House, Library, library_of
from kernel.domain.random_domains import plain, scatter
from kernel.domain.truth import meant
from kernel.library import GROUP_KEYS


@pytest.fixture(scope="module")
def crowd(house: House) -> Iterator[tuple[Library, dict[str, int]]]:
    """The library with random books, and the ids of its records by name."""
    with library_of(house) as lib:
        yield lib, scatter(lib)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(domain=plain, keys=some.lists(some.sampled_from(GROUP_KEYS), min_size=1, max_size=2, unique=True))
def test_any_groups_of_any_domain_find_their_records(crowd, domain, keys):
    lib, ids = crowd
    books = lib["book"].with_context(tz="Europe/Paris")
    domain = meant(domain, ids)
    seen: set[int] = set()
    for group in books.read_group(domain, ["ids:array_agg(id)"], keys, lazy=False):
        assert sorted(books.search(group["__domain"]).ids) == sorted(set(group["ids"]))
        seen.update(group["ids"])
    assert seen == set(books.search(domain).ids)
