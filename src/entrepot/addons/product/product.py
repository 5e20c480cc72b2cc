"""Product variants: what is bought, kept and sold. Everything they share stands on their template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.product import variants
from entrepot.addons.product.barcode import wrong_check_digit
from entrepot.api import (
    Boolean,
    Char,
    Command,
    Float,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    UserError,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from entrepot.addons.product.variants import ValueLine

CHECK_DIGITS = "product.barcode_check_digits"
"""The parameter that wishes barcodes of 8, 12, 13 or 14 digits to be right EAN numbers."""
_NEGATIVE = frozenset({"!=", "not in", "not like", "not ilike"})
_LINK, _SET = 4, 6
"""The codes of the commands that link, as clients spell them."""
_WITH_CODE = re.compile(r"\[([^\]]*)\]\s*(.*)", re.DOTALL)


class Product(
    Model,
    name="product.product",
    delegates={"product_tmpl_id": "product.template"},
    rec_name="name",
    order="default_code, id",
    unique=[("product_tmpl_id", "combination_indices")],
):
    """Product Variant"""

    product_tmpl_id = Many2one(
        "product.template", string="Product Template", required=True, on_delete="cascade", index=True
    )
    active = Boolean(default=True)
    default_code = Char(string="Internal Reference", index=True)
    barcode = Char(
        unique=True, help="International Article Number or any other code, unique over all variants."
    )
    standard_price = Monetary(
        string="Cost", currency="cost_currency_id", groups="base.group_user", tracking=True, aggregator=None
    )
    weight = Float(help="In kg.", aggregator=None)
    volume = Float(help="In m³.", aggregator=None)
    code = Char(related="default_code", string="Reference", readonly=True)
    partner_ref = Char(compute="_compute_partner_ref", string="Customer Ref")
    product_template_attribute_value_ids = Many2many(
        "product.template.attribute.value",
        table="product_variant_combination",
        column="product_product_id",
        other="product_template_attribute_value_id",
        string="Attribute Values",
        copy=False,
    )
    combination_indices = Char(
        readonly=True,
        copy=False,
        default=variants.NO_VALUES,
        help="Its values as one text, unique in a template.",
    )
    additional_product_tag_ids = Many2many(
        "product.tag",
        table="product_tag_product_product_rel",
        column="product_product_id",
        other="product_tag_id",
        string="Additional Product Tags",
    )
    price_extra = Monetary(compute="_compute_price_extra", string="Variant Price Extra", aggregator=None)
    lst_price = Monetary(
        compute="_compute_lst_price", inverse="_set_lst_price", string="Public Price", aggregator=None
    )

    @depends("product_template_attribute_value_ids.price_extra")
    def _compute_price_extra(self) -> None:
        for product in self:
            product.price_extra = sum(
                value.price_extra for value in product.product_template_attribute_value_ids
            )

    @depends("product_tmpl_id.list_price", "product_template_attribute_value_ids.price_extra")
    def _compute_lst_price(self) -> None:
        for product in self:
            product.lst_price = product.list_price + product.price_extra

    def _set_lst_price(self) -> None:
        for product in self:
            product.list_price = product.lst_price - product.price_extra

    @depends("display_name")
    def _compute_partner_ref(self) -> None:
        for product in self:
            product.partner_ref = product.display_name

    @depends("name", "default_code", "product_template_attribute_value_ids.name")
    def _compute_display_name(self) -> None:
        for product in self:
            product.display_name = product.named(product.default_code)

    def named(self, code: str | None) -> str:
        """Spelled "[code] name (values)"; values that every variant of the product has are left out."""
        values = self.product_template_attribute_value_ids
        chosen = values.filtered(lambda each: not each.is_only_choice)
        told = ", ".join(each.name or "" for each in chosen)
        name = f"{self.name} ({told})" if told else self.name or ""
        return f"[{code}] {name}" if code else name

    def search_display_name(self, operator: str, value: Any) -> list[Any]:
        """Products are called by name, reference and barcode, and as they are displayed: "[code] name"."""
        ways: list[Any] = [(field, operator, value) for field in ("name", "default_code", "barcode")]
        if operator in _NEGATIVE:
            return ["&", "&", *ways]
        shown = _WITH_CODE.match(value) if isinstance(value, str) else None
        if shown and operator in {"ilike", "like", "=", "=like", "=ilike"}:
            return ["|", "|", "|", ("default_code", "=", shown[1]), *ways]
        return ["|", "|", *ways]

    def name_search(
        self, name: str = "", args: Any = None, operator: str = "ilike", limit: int | None = 100
    ) -> list[tuple[int, str]]:
        """A reference or barcode that is given whole goes before every part of a name."""
        given = args or []
        if name and isinstance(given, (list, tuple)) and operator in {"ilike", "like", "="}:
            for field in ("default_code", "barcode"):
                found = super().name_search("", [*given, (field, "=", name)], "ilike", limit)
                if found:
                    return found
        return super().name_search(name, args, operator, limit)

    @constrains("barcode")
    def _barcode_is_right(self) -> Iterator[Problem]:
        coded = self.filtered("barcode")
        if not coded:
            return
        wish = self.env["ir.config_parameter"].sudo().get_param(CHECK_DIGITS, "")
        strict = str(wish).strip().lower() in {"1", "true", "yes"}
        for product in coded:
            code = product.barcode or ""
            if code != code.strip():
                yield Problem("barcode", "format", f"The barcode {code!r} begins or ends with a blank.")
            elif strict and wrong_check_digit(code):
                yield Problem("barcode", "check_digit", f"The check digit of barcode {code} is wrong.")

    @constrains("product_template_attribute_value_ids", "product_tmpl_id")
    def _values_are_the_templates(self) -> Iterator[Problem]:
        for product in self:
            for value in product.product_template_attribute_value_ids:
                if value.product_tmpl_id != product.product_tmpl_id:
                    text = f"{value.display_name} is no value of {product.name}."
                    yield Problem("product_template_attribute_value_ids", "contradiction", text)

    def create(self, vals_list: Any) -> Self:
        """Create; without a template one is made, of which the product is the only variant."""
        made = super(Product, self.with_context(_variant=True)).create(with_each(vals_list, _kept))
        products = self.browse(made.ids)
        values = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        for product, each in zip(products, values, strict=True):
            if "product_template_attribute_value_ids" in each:
                product.write_combination()
        return products

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a template is archived with its last variant and comes back with the first."""
        if vals.get("barcode") == "":
            vals = {**vals, "barcode": None}
        done = super().write(vals)
        if "product_template_attribute_value_ids" in vals:
            for product in self:
                product.write_combination()
        if "active" in vals and not self.env.context.get("_variant"):
            self._templates_follow(active=bool(vals["active"]))
        return done

    def unlink(self) -> bool:
        """Delete; a template goes with its last variant, unless others may still be made of it."""
        templates = self.mapped("product_tmpl_id") if not self.env.context.get("_variant") else None
        done = super().unlink()
        if templates:
            left = self.with_context(active_test=False).search([("product_tmpl_id", "in", templates.ids)])
            empty = templates - left.mapped("product_tmpl_id")
            dynamic = empty.filtered(
                lambda each: any(
                    line.attribute_id.create_variant == "dynamic" for line in each.attribute_line_ids
                )
            )
            (empty - dynamic).unlink()
        return done

    def copy(self, default: Mapping[str, Any] | None = None) -> Self:
        """The variant of a copied product: a variant is never twice in one template."""
        self.ensure_one()
        return self.browse(self.product_tmpl_id.copy(default).product_variant_id.ids)

    def write_combination(self) -> None:
        """Keep the combination of one variant as its text."""
        self.write({"combination_indices": variants.text(self.product_template_attribute_value_ids.ids)})

    def _templates_follow(self, *, active: bool) -> None:
        templates = self.mapped("product_tmpl_id").with_context(_variant=True)
        if active:
            templates.filtered(lambda each: not each.active).write({"active": True})
        else:
            templates.filtered(lambda each: each.active and not each.product_variant_ids).write(
                {"active": False}
            )

    def adopt(self, lined: Mapping[int, Sequence[ValueLine]]) -> None:
        """Give these variants the value of each line that has only one and of which they have none."""
        for product in self:
            lines = lined.get(product.product_tmpl_id.id, ())
            single = {line.id: line.values[0] for line in lines if len(line.values) == 1}
            if not single:
                continue
            values = product.product_template_attribute_value_ids
            before = frozenset(values.ids)
            after = variants.adopted(before, single, values.mapped("attribute_line_id").ids)
            if after != before:
                product.write({"product_template_attribute_value_ids": [Command.set(sorted(after))]})

    def unlink_or_archive(self) -> None:
        """Delete those that nothing refers to, archive the others."""
        if not self:
            return
        try:
            with self.env.savepoint():
                self.unlink()
        except (UserError, ValidationError):
            if len(self) == 1:
                self.write({"active": False})
                return
            half = len(self) // 2
            self[:half].unlink_or_archive()
            self[half:].unlink_or_archive()


def _kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values as they are kept: no empty barcode, and the combination as the text that is unique."""
    more: dict[str, Any] = {}
    if values.get("barcode") == "":
        more["barcode"] = None
    if "product_template_attribute_value_ids" in values:
        linked = _linked(values["product_template_attribute_value_ids"])
        more["combination_indices"] = variants.text(linked)
    return {**values, **more} if more else values


def _linked(commands: Any) -> set[int]:
    """The ids that a new record's commands link; what is no command is the kernel's to refuse."""
    if hasattr(commands, "ids"):
        return set(commands.ids)
    found: set[int] = set()
    for each in commands if isinstance(commands, (list, tuple)) else ():
        if type(each) is int:
            found.add(each)
        elif isinstance(each, (list, tuple)) and each and each[0] == _SET and len(each) == 3:
            found = {value for value in each[2] if type(value) is int}
        elif isinstance(each, (list, tuple)) and each and each[0] == _LINK and type(each[1]) is int:
            found.add(each[1])
    return found
