from __future__ import annotations

import pytest

from kernel.domain.truth import TABLES, meant
from kernel.domain.truth_of_links import LINK_TABLES

ROWS = [
    pytest.param(domain, expected.split(), id=f"{table}: {domain}")
    for table, rows in (TABLES | LINK_TABLES).items()
    for domain, expected in rows
]


@pytest.mark.parametrize(("domain", "expected"), ROWS)
def test_a_domain_finds_the_same_books_in_the_store_and_in_memory(lib, domain, expected):
    asked = meant(domain, lib.ids)
    books = lib["book"]
    assert lib.keys(books.search(asked, order="id").ids) == expected
    assert books.search_count(asked) == len(expected)
    assert lib.keys(books.search([], order="id").filtered_domain(asked).ids) == expected
