"""Quantities of products on hand, promised and awaited: four queries, however many products are asked for.

The context says where: `location` (an id, several, or a name), else `warehouse_id` or `warehouse` (an id or several),
else the stock of the companies at work; never that of companies that the caller is not in.
Locations count with those below them, unless `compute_child` is False.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.addons.stock import states
from entrepot.addons.stock.quantities import minus, settled, total
from entrepot.api import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entrepot.api import Environment

EVERY_COMPANY = "_every_company"
"""Context key of code that asks for more than the caller's companies; clients cannot send it."""
CONTEXT = ("location", "warehouse_id", "warehouse", "compute_child", "company", EVERY_COMPANY)
"""What of the context quantities depend on; `company` are the companies at work."""
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Quantities:
    """Of one product, in its own unit."""

    on_hand: float = 0.0
    reserved: float = 0.0
    incoming: float = 0.0
    outgoing: float = 0.0

    @property
    def free(self) -> float:
        """On hand and promised to nobody."""
        return minus(self.on_hand, self.reserved)

    @property
    def forecast(self) -> float:
        """On hand once everything that is under way has come and gone."""
        return total((self.on_hand, self.incoming, -self.outgoing))


NOTHING = Quantities()


def quantities(env: Environment, product_ids: Sequence[int] | None) -> dict[int, Quantities]:
    """Product id -> its quantities where the context says; products without any are left out. None: all products.

    Raises UserError for a context that names no place.
    """
    every = env.caller.superuser or env.context.get(EVERY_COMPANY)
    own = None if every else env.caller.company_ids
    env = env.derive(su=True)
    places = _places(env, own)
    these: list[Any] = [] if product_ids is None else [("product_id", "in", sorted(set(product_ids)))]
    within, without = ("location_id", "in", places), ("location_id", "not in", places)
    into, elsewhere = ("location_dest_id", "in", places), ("location_dest_id", "not in", places)
    wanted = ("state", "in", list(states.OPEN))
    held = _sums(env, "stock.quant", [*these, within], ("quantity", "reserved_quantity"))
    coming = _sums(env, "stock.move", [*these, wanted, into, without], ("product_qty",))
    going = _sums(env, "stock.move", [*these, wanted, within, elsewhere], ("product_qty",))
    found: dict[int, Quantities] = {}
    for product in {**held, **coming, **going}:
        on_hand, reserved = held.get(product, (0.0, 0.0))
        (incoming,), (outgoing,) = coming.get(product, (0.0,)), going.get(product, (0.0,))
        found[product] = Quantities(on_hand, reserved, incoming, outgoing)
    return found


def _sums(
    env: Environment, model: str, domain: list[Any], fields: tuple[str, ...]
) -> dict[int, tuple[float, ...]]:
    groups = env[model].read_group(domain, [f"{name}:sum" for name in fields], ["product_id"])
    return {
        group["product_id"][0]: tuple(settled(group[name] or 0.0) for name in fields)
        for group in groups
        if group["product_id"]
    }


def _places(env: Environment, own: Sequence[int] | None) -> list[int]:
    """The ids of the locations that count; one query, or two where warehouses or names are given.

    `own`: the companies whose stock may be told; None for all. What has left the house and is of no company is told
    of nobody: it would be everybody's in one sum.
    """
    locations = env["stock.location"].with_context(active_test=False)
    shared = ["&", ("company_id", "=", False), ("usage", "in", ["internal", "transit"])]
    seen: list[Any] = [] if own is None else ["|", ("company_id", "in", list(own)), *shared]
    below = "child_of" if env.context.get("compute_child", True) else "in"
    asked = env.context.get("location")
    if asked:
        if isinstance(asked, str):
            found = locations.search([("complete_name", "ilike", asked[:200])]).ids
        else:
            found = tuple(_ids("location", asked))
        return list(locations.search([("id", below, list(found)), *seen]).ids) if found else []
    wanted = env.context.get("warehouse_id") or env.context.get("warehouse")
    if wanted:
        warehouses = (
            env["stock.warehouse"].with_context(active_test=False).browse(_ids("warehouse_id", wanted))
        )
        tops = warehouses.exists().mapped("view_location_id").ids
        domain = [("id", "child_of", list(tops)), ("usage", "in", ["internal", "transit"]), *seen]
        return list(locations.search(domain).ids) if tops else []
    companies = [*env.company_ids, False]
    return list(locations.search([("usage", "=", "internal"), ("company_id", "in", companies)]).ids)


def _ids(name: str, value: Any) -> list[int]:
    many = value if isinstance(value, (list, tuple)) else [value]
    if len(many) > _MOST or not all(isinstance(each, int) and not isinstance(each, bool) for each in many):
        raise UserError(f"Context {name} is the id of a record, or a list of at most {_MOST} ids.")
    return [each for each in many if 0 < each < 2**31]
