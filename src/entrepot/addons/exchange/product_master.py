"""Commercial products, as banks' catalogues know them: what is sold of one is its configurations.

Source: B1 (product, configuration), B3 (PUT product.master), B7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange.absorb import absorb, keep_unknown
from entrepot.addons.exchange.catalogue import master_values
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.filters import aimed
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import refuse_message, sender_of
from entrepot.addons.exchange.spellings import MAX_REFERENCE
from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import Boolean, Char, Integer, Many2one, Model, One2many, Text, depends

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLD = frozenset({"name", "ref", "description", "brand_id", "categ_id", "manufacturer"})


class ProductMaster(Model, name="product.master", mixins=["ek.exchanged"], order="name, id"):
    """Commercial product"""

    name = Char(required=True, index=True)
    ref = Char(string="Reference", required=True, unique=True, copy=False, size=MAX_REFERENCE)
    active = Boolean(default=True)
    description = Text()
    brand_id = Many2one("product.brand", on_delete="restrict")
    manufacturer = Char()
    categ_id = Many2one(
        "product.category",
        string="Category",
        required=True,
        on_delete="restrict",
        default=lambda self: self.env.ref("product.product_category_all", missing_ok=True),
    )
    configuration_ids = One2many("product.template", "master_id", string="Configurations")
    configuration_count = Integer(compute="_compute_configuration_count", aggregator=None)

    @depends("configuration_ids")
    def _compute_configuration_count(self) -> None:
        for master in self:
            master.configuration_count = len(master.configuration_ids)

    def create(self, vals_list: Any) -> Self:
        """Create; peers are told."""
        refuse_kept(self.browse(), vals_list)
        masters = super().create(vals_list)
        self.env["ek.teller"].sudo().products(masters.sudo(), {}, created=True)
        return masters

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; peers are told what changed, configurations follow name-giving changes of the category."""
        refuse_kept(self, vals)
        before = snapshot(self, vals, TOLD | {"active"})
        done = super().write(vals)
        changed = noted(self, before)
        if not changed:
            return done
        touched = self.browse(changed).sudo()
        teller = self.env["ek.teller"].sudo()
        if "categ_id" in vals:
            touched.mapped("configuration_ids").write({"categ_id": vals["categ_id"]})
        moved = touched.filtered(lambda each: "active" in changed[each.id])
        for active in (True, False):
            which = moved.filtered(lambda each: each.active == active)  # noqa: B023
            which.with_context(active_test=False).mapped("configuration_ids").write({"active": active})
            teller.woken_or_archived(which, "product", "ref", active=active)
        other = {each: names - {"active"} for each, names in changed.items() if names - {"active"}}
        teller.products(self.browse(other).sudo(), other)
        return done

    def rest_create(self, data: Any) -> dict[str, Any]:
        """Products of peers come with their configurations; anybody else's is created as usual."""
        refuse_message(
            self.env, data, "a product comes with its configurations, by POST /api/product.template/"
        )
        return super().rest_create(data)

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """A peer changes a product, found by `ref`; anybody else writes as usual."""
        sender = sender_of(self.env, data)
        if sender is None:
            return super().rest_write(target, data, require_match)

        def change(masters: Any, receipt: Receipt) -> bool:
            form = receipt.form
            found = aimed(masters, target, ("ref", "product_ref"), receipt, require_match=require_match)
            values = master_values(masters.env, receipt)
            form.check()
            for master in found:
                absorb(master, values, receipt)
                keep_unknown(master, form.rest())
            return True

        return receive(self, sender, "product", data, change, verb="PUT")
