"""One domain has one meaning: in SQL on both stores, in memory, and with plans that others have compiled before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from entrepot.kernel.domain.expand import expand
from entrepot.kernel.domain.parse import mentions, parse
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.plans import Plans
from entrepot.kernel.query import Query
from entrepot.storage.sql import plan
from kernel.conftest import House, Library, library_of
from kernel.domain.random_domains import domains, plain, scatter
from kernel.domain.truth import meant

THOROUGH = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


EVERY = [["active", "in", [True, False]]]


class Side:
    """One store's library with random books."""

    def __init__(self, lib: Library) -> None:
        self.books = lib["book"]
        self.ids = scatter(lib)
        self.names = {
            record_id: name for name, record_id in self.ids.items() if name[0] == "r" and name[1:].isdigit()
        }
        self.names |= {lib.ids[name]: name for name in ("alpha", "beta", "gamma", "bare", "old")}

    def search(self, domain: Any) -> set[str]:
        return self._named(self.books.search(meant(domain, self.ids)).ids)

    def filter(self, domain: Any) -> set[str]:
        asked = meant(domain, self.ids)
        hidden = not mentions(parse(asked), "active")
        every = self.books.search([] if hidden else EVERY)
        return self._named(every.filtered_domain(asked).ids)

    def _named(self, ids: tuple[int, ...]) -> set[str]:
        return {self.names[record_id] for record_id in ids}


@pytest.fixture(scope="module")
def sides(sqlite_house: House, postgres_house: House) -> Iterator[tuple[Side, Side]]:
    with library_of(sqlite_house) as one, library_of(postgres_house) as other:
        yield Side(one), Side(other)


@THOROUGH
@given(domain=domains)
@example(domain=[["isbn", "ilike", "k"]])
@example(domain=[["isbn", "ilike", "\N{KELVIN SIGN}"]])
@example(domain=[["isbn", "ilike", "σα"]])
def test_both_stores_find_the_same_records(sides, domain):
    sqlite, postgres = sides
    assert sqlite.search(domain) == postgres.search(domain)


@THOROUGH
@given(domain=domains)
@example(domain=[["isbn", "ilike", "k"]])
@example(domain=[["isbn", "ilike", "ſ"]])
def test_memory_finds_what_the_store_finds(sides, domain):
    for side in sides:
        assert side.filter(domain) == side.search(domain)


@THOROUGH
@given(domain=domains)
def test_a_negation_finds_exactly_the_others(sides, domain):
    side = sides[0]
    holds, not_so = side.search([*EVERY, *domain]), side.search([*EVERY, "!", *domain])
    assert holds | not_so == side.search(EVERY)
    assert not holds & not_so


@THOROUGH
@given(domain=domains)
def test_a_warm_cache_of_plans_answers_as_a_cold_one(sides, domain):
    for side in sides:
        registry = side.books.env.registry
        warm = side.search(domain)
        kept, registry.plans = registry.plans, Plans()
        try:
            assert side.search(domain) == warm
        finally:
            registry.plans = kept


KNOWN: dict[Any, tuple[str, Any]] = {}


@settings(THOROUGH, max_examples=300)
@given(domain=some.one_of(plain, domains))
def test_domains_of_one_shape_have_one_text(sides, domain):
    for side in sides:
        env = side.books.env
        meta = env.registry.models["lib.book"]
        node = expand(env, meta, parse(meant(domain, side.ids)))
        values: list[Any] = []
        key = (env.tx.dialect.name, shape(node, values))
        query = Query(env.registry, env.tx.dialect, "en_US", meta)
        made = plan(Where().compile(query, node), env.tx.dialect)
        assert len({index for _, index, _ in made.slots}) <= len(values)
        text, before = KNOWN.setdefault(key, (made.text, domain))
        assert made.text == text, before
