"""Who sells us a product, at which price, from which quantity, within how many days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.product.sellers import Offer, choose
from entrepot.addons.uom.conversion import converted
from entrepot.api import (
    Char,
    Date,
    Float,
    Integer,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class SupplierInfo(
    Model, name="product.supplierinfo", rec_name="partner_id", order="sequence, min_qty desc, price, id"
):
    """Supplier Pricelist"""

    partner_id = Many2one("res.partner", string="Vendor", required=True, on_delete="cascade", index=True)
    product_name = Char(string="Vendor Product Name")
    product_code = Char(string="Vendor Product Code", index=True)
    sequence = Integer(default=1, aggregator=None)
    product_tmpl_id = Many2one("product.template", string="Product Template", on_delete="cascade", index=True)
    product_id = Many2one("product.product", string="Product Variant", on_delete="cascade", index=True)
    product_uom = Many2one(
        "uom.uom", string="Unit of Measure", related="product_tmpl_id.uom_po_id", readonly=True
    )
    min_qty = Float(
        string="Quantity", aggregator=None, help="The least to buy, in the purchase unit of the product."
    )
    price = Monetary(aggregator=None, help="For one purchase unit.")
    discount = Float(string="Discount (%)", aggregator=None)
    price_discounted = Monetary(
        compute="_compute_price_discounted", string="Discounted Price", aggregator=None
    )
    currency_id = Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    company_id = Many2one("res.company", default=lambda self: self.env.company, index=True)
    date_start = Date(string="Start Date")
    date_end = Date(string="End Date")
    delay = Integer(string="Delivery Lead Time", default=1, aggregator=None, help="In days.")

    @depends("price", "discount")
    def _compute_price_discounted(self) -> None:
        for offer in self:
            offer.price_discounted = offer.price * (100 - Decimal(repr(offer.discount))) / 100

    @constrains("product_tmpl_id", "product_id")
    def _variant_is_the_products(self) -> Iterator[Problem]:
        for offer in self:
            if not offer.product_tmpl_id:
                yield Problem("product_tmpl_id", "required", "Say which product the vendor sells.")
            elif offer.product_id and offer.product_id.product_tmpl_id != offer.product_tmpl_id:
                yield Problem("product_id", "contradiction", "The variant belongs to another product.")

    @constrains("price", "min_qty", "discount", "delay", "date_start", "date_end")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for offer in self:
            for name in ("price", "min_qty", "delay"):
                if getattr(offer, name) < 0:
                    yield Problem(
                        name, "range", "Prices, quantities and days of a vendor cannot be negative."
                    )
            if offer.discount > 100:
                yield Problem("discount", "range", "A discount cannot be more than 100 percent.")
            if offer.date_start and offer.date_end and offer.date_start > offer.date_end:
                yield Problem(
                    "date_end", "before_start", "The end date of an offer cannot be before its start date."
                )

    def create(self, vals_list: Any) -> Any:
        """Create; an offer for a variant is for its product."""
        values = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(values, (list, tuple)):
            return super().create(vals_list)
        wanted = {
            each["product_id"]
            for each in values
            if hasattr(each, "keys")
            and type(each.get("product_id")) is int
            and not each.get("product_tmpl_id")
        }
        products = self.env["product.product"].browse(sorted(wanted)).exists()
        template = {product.id: product.product_tmpl_id.id for product in products}
        return super().create(
            [
                {**each, "product_tmpl_id": template[each["product_id"]]}
                if hasattr(each, "keys")
                and not each.get("product_tmpl_id")
                and each.get("product_id") in template
                else each
                for each in values
            ]
        )


class Template(Model, extends="product.template"):
    """Product"""

    seller_ids = One2many("product.supplierinfo", "product_tmpl_id", string="Vendors", copy=True)


class Product(Model, extends="product.product"):
    """Product Variant"""

    def _select_seller(
        self,
        partner_id: Any = None,
        quantity: float | None = 0.0,
        date: date | None = None,
        uom_id: Any = None,
    ) -> Any:
        """The vendor's offer (product.supplierinfo, or empty) for a quantity of this variant on a day.

        `partner_id`: a record, or none for any vendor; `quantity` in `uom_id` (default the product's own unit), None
        for whatever minimum; `date`: default today.
        """
        self.ensure_one()
        offers = self.seller_ids.sudo().filtered(
            lambda each: not each.company_id or each.company_id == self.env.company
        )
        amount = None
        if quantity is not None:
            asked = uom_id or self.uom_id
            amount = Decimal(repr(converted(float(quantity), asked.factor, self.uom_po_id.factor)))
        day = date.date() if isinstance(date, datetime) else date or self.env.today()
        home = self.env.company.currency_id
        chosen = choose(
            [_offer(each, home, day) for each in offers],
            product=self.id,
            partner=partner_id.id if partner_id else 0,
            quantity=amount,
            day=day,
        )
        return self.env["product.supplierinfo"].browse(chosen.id if chosen else ())


def _offer(info: Any, home: Any, day: date) -> Offer:
    own = info.currency_id
    asked = info.price_discounted
    return Offer(
        id=info.id,
        sequence=info.sequence,
        partners=frozenset({info.partner_id.id, info.partner_id.commercial_partner_id.id}),
        product=info.product_id.id,
        min_quantity=Decimal(repr(info.min_qty)),
        price=asked if own == home else own._convert(asked, home, day=day, rounded=False),  # noqa: SLF001 - the field's own name
        start=info.date_start,
        end=info.date_end,
    )
