"""Texts in several languages: the column holds the source language (en_US), a JSON column beside it the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.kernel.crud import fetch
from entrepot.kernel.query import I18N
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

SOURCE = "en_US"


def written(env: Environment, field: Field[Any], ids: tuple[int, ...]) -> None:
    """A text was written in the caller's language: other languages may have shown the source in its stead."""
    if env.lang == SOURCE:
        env.cache.forget_others(field, env, ids)


def raws(
    env: Environment, meta: ModelMeta, field: Field[Any], langs: Sequence[str], ids: Sequence[int]
) -> list[str]:
    """The JSON of the other languages with some of them replaced by what the cache holds, for each record."""
    known = fetch.other_languages(env, meta, field, tuple(ids))
    found = []
    for record_id in ids:
        texts = json.loads(known.get(record_id) or "{}")
        texts.update({lang: env.cache.at((field, lang))[record_id] for lang in langs})
        found.append(json.dumps(texts, ensure_ascii=False))
    return found


def clear(env: Environment, meta: ModelMeta, field: Field[Any], ids: tuple[int, ...]) -> None:
    """A text that is emptied in one language is empty in all."""
    env.flush()
    env.cache.forget_field(field)
    dialect = env.tx.dialect

    def make() -> Plan:
        among = dialect.among(ident("id"), Slot(0), "integer")
        pair = SQL("{} = NULL, {} = NULL", ident(field.name), ident(field.name + I18N))
        return render(SQL("UPDATE {} SET {} WHERE {}", ident(meta.table), pair, among), dialect)

    plan = env.registry.plans.get(("clear text", meta.name, field.name, dialect.name), make)
    env.tx.execute(plan.text, plan.bind([list(ids)]))


def copy(env: Environment, meta: ModelMeta, pairs: Sequence[tuple[int, int]]) -> None:
    """Give copies the other languages of texts that they share with the records they were made of: (from, to)."""
    for field in (each for each in meta.columns.values() if each.translate and each.copy):
        texts = fetch.other_languages(env, meta, field, tuple(source for source, _ in pairs))
        known = env.cache.of(field, env)
        for source, target in pairs:
            same = known.get(source) == known.get(target)
            if same and texts.get(source):
                _set(env, meta, field, target, texts[source])
        env.cache.forget_others(field, env, tuple(target for _, target in pairs))


def _set(env: Environment, meta: ModelMeta, field: Field[Any], record_id: int, raw: Any) -> None:
    dialect = env.tx.dialect

    def make() -> Plan:
        pair = SQL("{} = {}", ident(field.name + I18N), Slot(0))
        text = SQL("UPDATE {} SET {} WHERE {} = {}", ident(meta.table), pair, ident("id"), Slot(1))
        return render(text, dialect)

    plan = env.registry.plans.get(("copy text", meta.name, field.name, dialect.name), make)
    env.tx.execute(plan.text, plan.bind([raw, record_id]))
