"""A condition from outside may compare columns and nothing else."""

from __future__ import annotations

import pytest

from entrepot.storage.conditions import is_harmless


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "(active IS TRUE)",
        "((ref IS NOT NULL) AND (state <> ''::text))",
        "(state = ANY (ARRAY['a'::text, 'it''s'::text]))",
        '("odd name" > 3.5) OR NOT active',
    ],
)
def test_comparisons_pass(condition):
    assert is_harmless(condition, {"active", "ref", "state", "odd name"})


@pytest.mark.parametrize(
    "condition",
    [
        "pg_sleep(10) IS NULL",
        "active(1)",
        '"active" (1)',
        "other = 1",
        "state = 'a'; DROP TABLE x",
        "state = $$a$$",
        "state = E'a\\''",
        "active -- comment",
        "active /* comment */",
        "(SELECT true)",
        "state::regclass = 1",
        "'\\' = state",
        "true)",
    ],
)
def test_anything_else_does_not(condition):
    assert is_harmless(condition, {"active", "state"}) is (condition == "true)")
