"""Every model as a caller sees it: the rights they have, the fields they see, the methods that models have of their own.

Worked out once for all callers of the same groups, and kept with the policy until a right changes.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access import check
from entrepot.kernel.declare import RIGHTS
from entrepot.kernel.fields.base import LOG_FIELDS

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MAX_CHOICES = 200
"""Longer lists of choices are left to `fields_get`."""


def describe(env: Environment, common: frozenset[str]) -> dict[str, Any]:
    """`{"fingerprint": text, "models": [{"model", "title", "rights", "fields", "methods"}, …]}`, sorted by name.

    Models that the caller may not read are left out. `common`: names of the methods that every model has; they are not
    told. The fingerprint changes when anything of the rest does.
    """
    key = ("rest models", env.su or env.caller.groups)
    found: dict[str, Any] | None = env.policy.memo.get(key)
    if found is None:
        metas = [meta for _, meta in sorted(env.registry.models.items()) if not meta.abstract]
        models = [_model(env, meta, common) for meta in metas if check.may(env, meta.name, "read")]
        digest = hashlib.sha256(json.dumps(models, sort_keys=True).encode()).hexdigest()[:32]
        found = env.policy.memo[key] = {"fingerprint": digest, "models": models}
    return found


def _model(env: Environment, meta: ModelMeta, common: frozenset[str]) -> dict[str, Any]:
    seen = {name: each for name, each in meta.fields.items() if check.may_field(env, each)}
    return {
        "model": meta.name,
        "title": meta.title,
        "rights": [right for right in RIGHTS if check.may(env, meta.name, right)],
        "fields": {name: _field(env, each) for name, each in seen.items()},
        "methods": [
            {"name": name, "readonly": mark.readonly, "model": mark.model, "doc": _doc(meta, name)}
            for name, mark in sorted(meta.methods.items())
            if name not in common
            and check.may(env, meta.name, mark.right or ("read" if mark.readonly else "write"))
        ],
    }


def _field(env: Environment, field: Field[Any]) -> dict[str, Any]:
    target = field.path[-1] if field.inherited else field
    found: dict[str, Any] = {"type": field.kind, "string": field.string}
    if field.help:
        found["help"] = field.help
    if field.readonly or field.name in LOG_FIELDS or field.name == "id":
        found["readonly"] = True
    if field.required and field.default is None and not field.computed:
        found["required"] = True
    if field.comodel:
        found["relation"] = field.comodel
    if field.kind == "selection" and not isinstance(target.given.get("choices"), str):
        keys = [key for key, _ in target.describe(env).get("selection", ())]
        if keys and len(keys) <= MAX_CHOICES and all(isinstance(each, str) for each in keys):
            found["choices"] = keys
    return found


def _doc(meta: ModelMeta, name: str) -> str:
    return (inspect.getdoc(getattr(meta.type, name)) or "").partition("\n")[0]
