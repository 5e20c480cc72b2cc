"""Names in place of ids: the one record that bears a name, made when the exchange may make it.

Exact first, then without regard to case, accents and doubled blanks; a mapping goes before both. Source: B2, name to
record rule. What may be made is made under a lock on its name, so two messages at once make one.
"""

from __future__ import annotations

from typing import Any

from entrepot.addons.exchange.receive import Receipt
from entrepot.addons.exchange.spellings import folded
from entrepot.api import Environment, Problem, ValidationError

SEPARATOR = " / "
MAX_LEVELS = 10


class Names:
    """Looks names up for one message; what was found once is remembered."""

    def __init__(self, env: Environment, receipt: Receipt) -> None:
        """`env` has the exchange's rights."""
        self.env = env
        self.receipt = receipt
        self._known: dict[tuple[str, Any], dict[str, list[int]]] = {}

    def find(self, model: str, name: str, key: str, domain: tuple[Any, ...] = (), field: str = "name") -> Any:
        """The record of a name among those of a domain, or an empty set. Raises ConflictError when several bear it."""
        records = self.env[model]
        mapped = self._mapped(model, name)
        if mapped is not None:
            return records.browse(mapped)
        exact = records.search([*domain, (field, "=", name)], limit=11)
        if len(exact) == 1:
            return exact
        known = self._known.get((model, domain))
        if known is None:
            known = self._known[model, domain] = {}
            for each in records.search(list(domain)):
                known.setdefault(folded(str(getattr(each, field) or "")), []).append(each.id)
        found = records.browse(known.get(folded(name), ()))
        if len(found) > 1:
            self.receipt.ambiguous(key, name, found)
        return found

    def or_make(
        self, model: str, name: str, key: str, values: dict[str, Any], domain: tuple[Any, ...] = ()
    ) -> Any:
        """The record of a name, made with these values when there is none."""
        found = self.find(model, name, key, domain)
        if found:
            return found
        self.env.lock("exchange name", model, folded(name))
        self._known.pop((model, domain), None)
        found = self.find(model, name, key, domain)
        if not found:
            found = self.env[model].create({"name": name, **values})
            self._known.pop((model, domain), None)
            self.receipt.warn(f"{model} {name!r} was not known and was made.")
        return found

    def category(self, path: str, key: str) -> Any:
        """A product category by its name, or by its whole path `A / B`."""
        whole = self.find("product.category", path, key, field="complete_name")
        if whole:
            return whole
        parts = [part.strip() for part in path.split(SEPARATOR.strip()) if part.strip()]
        if not 1 <= len(parts) <= MAX_LEVELS:
            text = f"{key} is the name of a category, or its path of up to {MAX_LEVELS} names with ' / ' between."
            raise ValidationError(problems=[Problem(key, "bad_path", text)])
        if len(parts) == 1:
            return self.or_make("product.category", parts[0], key, {})
        above = self.env["product.category"]
        for part in parts:
            above = self.or_make(
                "product.category",
                part,
                key,
                {"parent_id": above.id or None},
                (("parent_id", "=", above.id or False),),
            )
        return above

    def _mapped(self, model: str, name: str) -> int | None:
        peers = self.receipt.sender.peers.ids
        found = self.env["ek.mapping"].search(
            [("model", "=", model), ("folded_name", "=", folded(name)), ("peer_id", "in", [*peers, False])]
        )
        best = sorted(found, key=lambda each: not each.peer_id)[:1]
        return best[0].res_id if best else None
