"""Products as people think of them; what is bought, kept and sold are their variants (`product.product`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Float,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPES = [("consu", "Goods"), ("service", "Service")]
VARIANT_FIELDS = ("default_code", "barcode", "standard_price", "weight", "volume")
"""What a template shows of its only variant, and gives to it."""
_NEGATIVE = frozenset({"!=", "not in", "not like", "not ilike"})


class Template(Model, name="product.template", order="name, id"):
    """Product"""

    name = Char(required=True, translate=True, index=True)
    sequence = Integer(default=1, aggregator=None)
    active = Boolean(default=True)
    type = Selection(TYPES, string="Product Type", required=True, default="consu")
    description = Html(translate=True)
    description_sale = Text(string="Sales Description", translate=True)
    description_purchase = Text(string="Purchase Description", translate=True)
    categ_id = Many2one("product.category", string="Product Category", required=True, index=True)
    currency_id = Many2one("res.currency", compute="_compute_currency", depends_context=("company",))
    cost_currency_id = Many2one("res.currency", compute="_compute_currency", depends_context=("company",))
    list_price = Monetary(string="Sales Price", default=1, tracking=True, aggregator=None)
    standard_price = Monetary(
        string="Cost",
        currency="cost_currency_id",
        compute="_compute_of_variant",
        inverse="_set_standard_price",
        search="_search_standard_price",
        groups="base.group_user",
        aggregator=None,
    )
    uom_id = Many2one("uom.uom", string="Unit of Measure", required=True)
    uom_name = Char(related="uom_id.name", string="Unit of Measure Name", readonly=True)
    uom_po_id = Many2one("uom.uom", string="Purchase Unit of Measure", required=True)
    default_code = Char(
        string="Internal Reference",
        compute="_compute_default_code",
        store=True,
        readonly=False,
        index=True,
    )
    barcode = Char(compute="_compute_of_variant", inverse="_set_barcode", search="_search_barcode")
    weight = Float(compute="_compute_of_variant", inverse="_set_weight", aggregator=None, help="In kg.")
    volume = Float(compute="_compute_of_variant", inverse="_set_volume", aggregator=None, help="In m³.")
    sale_ok = Boolean(string="Can be Sold", default=True)
    purchase_ok = Boolean(string="Can be Purchased", default=True)
    company_id = Many2one("res.company", index=True)
    color = Integer(string="Color Index", aggregator=None)
    is_favorite = Boolean(string="Favorite")
    product_tag_ids = Many2many(
        "product.tag",
        table="product_tag_product_template_rel",
        column="product_template_id",
        other="product_tag_id",
        string="Tags",
    )
    attribute_line_ids = One2many(
        "product.template.attribute.line", "product_tmpl_id", string="Product Attributes", copy=True
    )
    product_variant_ids = One2many("product.product", "product_tmpl_id", string="Products")
    product_variant_id = Many2one("product.product", compute="_compute_variants", string="Product")
    product_variant_count = Integer(compute="_compute_variants", string="# Product Variants", aggregator=None)
    has_configurable_attributes = Boolean(compute="_compute_configurable", string="Is a configurable product")
    image_1920 = Binary(string="Image")
    image_128 = Binary(related="image_1920", string="Image 128", readonly=True)

    @depends("company_id.currency_id")
    def _compute_currency(self) -> None:
        home = self.env.company.currency_id
        for template in self:
            currency = template.company_id.currency_id or home
            template.currency_id = currency
            template.cost_currency_id = currency

    @depends("product_variant_ids.active")
    def _compute_variants(self) -> None:
        for template in self:
            variants = template.product_variant_ids
            template.product_variant_count = len(variants)
            template.product_variant_id = variants[:1]

    @depends("attribute_line_ids.value_ids", "attribute_line_ids.attribute_id.create_variant")
    def _compute_configurable(self) -> None:
        for template in self:
            template.has_configurable_attributes = any(
                len(line.value_ids) > 1 or line.attribute_id.create_variant == "dynamic"
                for line in template.attribute_line_ids
            )

    @depends("product_variant_ids.active", "product_variant_ids.default_code")
    def _compute_default_code(self) -> None:
        for template in self:
            template.default_code = template.only_variant().default_code

    @depends(
        "product_variant_ids.active",
        "product_variant_ids.barcode",
        "product_variant_ids.standard_price",
        "product_variant_ids.weight",
        "product_variant_ids.volume",
    )
    def _compute_of_variant(self) -> None:
        for template in self:
            only = template.only_variant()
            template.barcode = only.barcode
            template.standard_price = only.standard_price
            template.weight = only.weight
            template.volume = only.volume

    def only_variant(self) -> Any:
        """The one variant of a template, of an archived one the archived one; empty when there are several."""
        variants = self.product_variant_ids
        if not variants:
            variants = self.with_context(active_test=False).product_variant_ids.with_env(self.env)
        return variants if len(variants) == 1 else variants.browse()

    def _set_barcode(self) -> None:
        self._give_variant("barcode")

    def _set_standard_price(self) -> None:
        self._give_variant("standard_price")

    def _set_weight(self) -> None:
        self._give_variant("weight")

    def _set_volume(self) -> None:
        self._give_variant("volume")

    def _give_variant(self, name: str) -> None:
        for template in self:
            template.only_variant().write({name: getattr(template, name)})

    def _search_barcode(self, operator: str, value: Any) -> list[Any]:
        return self._of_variants("barcode", operator, value)

    def _search_standard_price(self, operator: str, value: Any) -> list[Any]:
        return self._of_variants("standard_price", operator, value)

    def _of_variants(self, name: str, operator: str, value: Any) -> list[Any]:
        products = self.env["product.product"].with_context(active_test=False)
        found = products.search([(name, operator, value)])
        return [("product_variant_ids", "in", found.ids)]

    @depends("name", "default_code")
    def _compute_display_name(self) -> None:
        for template in self:
            code = template.default_code
            template.display_name = f"[{code}] {template.name}" if code else template.name

    def search_display_name(self, operator: str, value: Any) -> list[Any]:
        """Products are also called by their reference and their barcode."""
        ways = [(field, operator, value) for field in ("name", "default_code", "product_variant_ids.barcode")]
        return ["&", "&", *ways] if operator in _NEGATIVE else ["|", "|", *ways]

    @constrains("uom_id", "uom_po_id")
    def _units_convert(self) -> Iterator[Problem]:
        for template in self:
            if template.uom_id.category_id != template.uom_po_id.category_id:
                yield Problem(
                    "uom_po_id",
                    "contradiction",
                    "The default unit of measure and the purchase unit of measure must be in the same category.",
                )

    @constrains("list_price")
    def _price_is_not_negative(self) -> Iterator[Problem]:
        for template in self:
            if template.list_price < 0:
                yield Problem("list_price", "range", "A sales price cannot be negative.")

    @constrains("name")
    def _name_is_no_blank(self) -> Iterator[Problem]:
        for template in self:
            if not (template.name or "").strip():
                yield Problem("name", "required", "A product needs a name.")

    def create(self, vals_list: Any) -> Self:
        """Create; variants come with it, all at once, unless a variant is what is being created."""
        filled = with_each(vals_list, self._filler())
        if self.env.context.get("_variant"):
            return super().create(filled)
        kept = [filled] if hasattr(filled, "keys") else filled
        templates = super().create(with_each(filled, _without_variant_fields))
        given = [{name: each[name] for name in VARIANT_FIELDS if name in each} for each in kept]
        templates.first_variants(given)
        return templates

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; archived and brought back with the variants."""
        waking = self.filtered(lambda each: not each.active) if vals.get("active") else self.browse()
        if "default_code" in vals:
            for template in self:
                template.only_variant().write({"default_code": vals["default_code"]})
            vals = {name: value for name, value in vals.items() if name != "default_code"}
        done = super().write(vals)
        if "active" in vals and not self.env.context.get("_variant"):
            if vals["active"]:
                waking.align_variants()
            else:
                variants = self.mapped("product_variant_ids")
                variants.with_context(_variant=True).write({"active": False})
        return done

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy says that it is one; codes of the variant stay with the original."""
        values = super().copy_data(default)
        if "name" not in (default or {}) and self.name:
            values["name"] = f"{self.name} (copy)"
        for name in ("standard_price", "weight", "volume"):
            values.setdefault(name, getattr(self, name))
        return values

    def _filler(self) -> Any:
        """Fills in unit and category: looked up once, however many products there are."""
        memo: dict[str, int | None] = {}

        def known(external_id: str) -> int | None:
            if external_id not in memo:
                found = self.env.ref(external_id, missing_ok=True)
                memo[external_id] = found.id if found else None
            return memo[external_id]

        def fill(values: Mapping[str, Any]) -> Mapping[str, Any]:
            context = self.env.context
            more: dict[str, Any] = {}
            if "uom_id" not in values:
                more["uom_id"] = context.get("default_uom_id") or known("uom.product_uom_unit")
            if "uom_po_id" not in values:
                more["uom_po_id"] = (
                    context.get("default_uom_po_id") or values.get("uom_id") or more.get("uom_id")
                )
            if "categ_id" not in values:
                more["categ_id"] = context.get("default_categ_id") or known("product.product_category_all")
            return {**values, **more} if more else values

        return fill


def _without_variant_fields(values: Mapping[str, Any]) -> Mapping[str, Any]:
    # The reference stays: it is stored on both, and what is right from the start need not be written again.
    return {key: value for key, value in values.items() if key not in VARIANT_FIELDS or key == "default_code"}
