"""Configurations: what can be sold of a commercial product. `manufacturer_ref` is the key of every later message.

Source: B3 (POST and PUT product.template), B7, B8 cases 6, 15, 17, 19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange.absorb import absorb, first_values, keep_unknown
from entrepot.addons.exchange.catalogue import (
    characteristics,
    companies_of,
    configuration_values,
    is_fetchable,
    master_values,
    write_characteristics,
)
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.filters import aimed
from entrepot.addons.exchange.form import Form
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import sender_of
from entrepot.addons.exchange.spellings import MAX_REFERENCE
from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import Char, Many2one, Model, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

_IMAGE_STATES = [("wanted", "To be fetched"), ("fetched", "Fetched"), ("failed", "Not to be had")]
TOLD = frozenset(
    {
        "name",
        "description",
        "manufacturer_ref",
        "list_price",
        "standard_price",
        "image_url",
        "fab_certificate",
        "attribute_line_ids",
        "master_id",
    }
)


class Template(Model, extends="product.template", mixins=["ek.exchanged"]):
    """What the exchange adds to a product: it is a configuration of a commercial product."""

    master_id = Many2one("product.master", string="Commercial Product", on_delete="restrict", index=True)
    manufacturer_ref = Char(string="Configuration Reference", unique=True, copy=False, size=MAX_REFERENCE)
    brand_id = Many2one(related="master_id.brand_id", readonly=True)
    fab_name = Char(related="master_id.manufacturer", string="Manufacturer", readonly=True)
    image_url = Char(string="Picture Address")
    image_state = Selection(_IMAGE_STATES, readonly=True, copy=False)
    fab_certificate = Char(string="Certificate Address")

    def create(self, vals_list: Any) -> Self:
        """Create; peers are told of configurations."""
        refuse_kept(self.browse(), vals_list)
        templates = super().create(vals_list)
        configurations = templates.filtered(lambda each: each.master_id and each.manufacturer_ref)
        configurations.want_pictures()
        if configurations:
            self.env["ek.teller"].sudo().configurations(configurations.sudo(), {})
        return templates

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; peers are told what changed of configurations."""
        refuse_kept(self, vals)
        before = snapshot(self, vals, TOLD | {"active"})
        done = super().write(vals)
        changed = {
            record_id: names
            for record_id, names in noted(self, before).items()
            if self.browse(record_id).sudo().master_id and self.browse(record_id).sudo().manufacturer_ref
        }
        if not changed:
            return done
        addressed = [each for each, names in changed.items() if names & {"image_url", "fab_certificate"}]
        self.browse(addressed).want_pictures()
        teller = self.env["ek.teller"].sudo()
        moved = self.browse([each for each, names in changed.items() if "active" in names]).sudo()
        for active in (True, False):
            # a whole product that is archived is told as one
            alone = moved.filtered(lambda each: each.active == active and each.master_id.active)  # noqa: B023
            teller.woken_or_archived(alone, "configuration", "manufacturer_ref", active=active)
        other = {each: names - {"active"} for each, names in changed.items() if names - {"active"}}
        teller.configurations(self.browse(other).sudo(), other)
        return done

    def want_pictures(self) -> None:
        """Have pictures and certificates fetched in the background; no product waits for one, nor fails with it."""
        fetches = self.env["outbox.fetch"].sudo()
        for template in self.sudo():
            if is_fetchable(template.image_url):
                template.image_state = "wanted"
                fetches.want(template, "image_1920", template.image_url, "image_state")
            if is_fetchable(template.fab_certificate):
                fetches.want(template, "attachment", template.fab_certificate)

    def rest_create(self, data: Any) -> dict[str, Any]:
        """A peer's product with its configurations; the answer is the id of the last one. Anything else is created as usual."""
        sender = sender_of(self.env, data[0] if isinstance(data, list) and data else data)
        first = data[0] if isinstance(data, list) and data else data
        if sender is None or "product" not in first:
            return super().rest_create(data)
        return receive(self, sender, "product", data, _take_product, verb="POST")

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """A peer changes a configuration, found by `manufacturer_ref`; anybody else writes as usual."""
        sender = sender_of(self.env, data)
        if sender is None:
            return super().rest_write(target, data, require_match)

        def change(templates: Any, receipt: Receipt) -> bool:
            mine = [("manufacturer_ref", "!=", False), ("company_id", "in", companies_of(self.env))]
            keys = ("manufacturer_ref",)
            found = aimed(templates, target, keys, receipt, within=mine, require_match=require_match)
            values = configuration_values(templates.env, receipt, receipt.form, new=False)
            told = characteristics(receipt.form)
            receipt.form.check()
            for template in found:
                absorb(template, values, receipt)
                if told is not None:
                    write_characteristics(template, told, receipt)
                keep_unknown(template, receipt.form.rest())
            return True

        return receive(self, sender, "configuration", data, change, verb="PUT")


def _take_product(templates: Any, receipt: Receipt) -> int:
    """One product with its configurations, all or nothing; what is there already is changed, never doubled."""
    env, form = templates.env, receipt.form
    items = form.items("product", least=1)
    values = master_values(env, receipt, new=True)
    configurations = [_Configuration(env, receipt, each) for each in items]
    _no_twins(form, configurations)
    form.check()
    receipt.key = str(values["ref"])
    refs = [each.ref for each in configurations]
    env.lock_all([("product.master", receipt.key), *(("manufacturer_ref", ref) for ref in refs)])
    known = env["product.master"].with_context(active_test=False)
    master = known.search([("ref", "=", values["ref"])]).with_env(env)
    if master:
        absorb(master, values, receipt)
    else:
        master = env["product.master"].create({**values, **first_values(receipt)})
    found = templates.with_context(active_test=False).search([("manufacturer_ref", "in", refs)])
    there = {each.manufacturer_ref: each.with_env(env) for each in found}
    _not_of_other_companies(there, configurations)
    form.check()
    made = [each.write(templates, master, there.get(each.ref), receipt) for each in configurations]
    keep_unknown(master, {key: value for key, value in form.rest().items() if not key.startswith("product.")})
    receipt.meta["master_id"] = master.id
    receipt.meta["configurations"] = [
        {"manufacturer_ref": template.manufacturer_ref, "id": template.id} for template in made
    ]
    return int(made[-1].id)


class _Configuration:
    """One configuration of a message, read and not written yet."""

    def __init__(self, env: Any, receipt: Receipt, form: Form) -> None:
        self.form = form
        self.values = configuration_values(env, receipt, form, new=True)
        self.told = characteristics(form)
        self.ref = str(self.values.get("manufacturer_ref") or "")

    def write(self, templates: Any, master: Any, template: Any, receipt: Receipt) -> Any:
        values = {**self.values, "master_id": master.id, "categ_id": master.categ_id.id}
        if template:
            if template.master_id and template.master_id != master:
                text = f"belonged to product {template.master_id.ref!r} and belongs to {master.ref!r} now"
                receipt.warn(f"{self.ref} {text}.")
            absorb(template, values, receipt)
        else:
            template = templates.create({**values, **first_values(receipt)})
        if self.told is not None:
            write_characteristics(template, self.told, receipt)
        keep_unknown(template, self.form.rest())
        return template


def _not_of_other_companies(there: Mapping[str, Any], configurations: list[_Configuration]) -> None:
    for each in configurations:
        template = there.get(each.ref)
        if template and (template.company_id.id or False) not in companies_of(template.env):
            each.form.wrong("manufacturer_ref", "other_company", "is taken: choose another reference")


def _no_twins(form: Form, configurations: list[_Configuration]) -> None:
    seen: dict[str, int] = {}
    for at, each in enumerate(configurations):
        if each.ref and seen.setdefault(each.ref, at) != at:
            form.wrong(
                f"product.{at}.manufacturer_ref", "twice", f"is that of product.{seen[each.ref]} already"
            )
