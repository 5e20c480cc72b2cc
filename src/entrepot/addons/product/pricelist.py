"""Price lists: what products cost whom, when and in which quantity. The arithmetic stands in `pricing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.base.rounding import convert
from entrepot.addons.product.pricing import Rules, Ware, price
from entrepot.addons.uom.conversion import converted
from entrepot.api import Boolean, Char, Integer, Many2one, Model, One2many, UserError, public

if TYPE_CHECKING:
    from entrepot.addons.product.pricing import Rule

_DEEPEST = 20
"""How many price lists may rest on one another: rules refuse circles, two calls at once could still make one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A price that is asked for."""

    product: Any
    """A record of product.product or product.template."""
    quantity: float
    uom: Any
    """The unit of the quantity and of the price."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The price of one asked unit in the price list's currency, and where it is from."""

    price: Decimal
    base: Decimal
    """What the rule started from: the price before its discount."""
    rule: int
    """The id of the rule, 0 for none."""
    is_discount: bool
    """Whether the rule takes a percentage off."""


class Pricelist(Model, name="product.pricelist", order="sequence, id"):
    """Pricelist"""

    name = Char(required=True, translate=True, string="Pricelist Name")
    active = Boolean(default=True)
    sequence = Integer(default=16, aggregator=None)
    currency_id = Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    company_id = Many2one("res.company", index=True)
    item_ids = One2many("product.pricelist.item", "pricelist_id", string="Pricelist Rules", copy=True)

    def _compute_display_name(self) -> None:
        for each in self:
            each.display_name = f"{each.name} ({each.currency_id.name})"

    def prices(
        self, products: Any, quantity: float = 1.0, day: date | None = None, uom: Any = None
    ) -> dict[int, Decimal]:
        """Product id -> price of one `uom` (default the product's own) when `quantity` of it are taken on a day.

        In the price list's currency, four decimals; of no price list the sales price in the company's currency. A
        moment is taken as it is, a day as its beginning. Works on variants and on templates; the number of queries
        does not depend on how many there are.
        """
        asks = [Ask(product, quantity, uom or product.uom_id) for product in products]
        return {
            ask.product.id: answer.price for ask, answer in zip(asks, self.answers(asks, day), strict=True)
        }

    def price_of(
        self, product: Any, quantity: float = 1.0, day: date | None = None, uom: Any = None
    ) -> Decimal:
        """The price of one product; see `prices`."""
        return self.prices(product.ensure_one(), quantity, day, uom)[product.id]

    def answers(self, asks: Sequence[Ask], day: date | None = None) -> list[Answer]:
        """The prices that are asked for, in their order, each with the rule it is from."""
        if not asks:
            return []
        moment = _moment(day) if day is not None else self.env.now()
        return self.sudo().answers_at(asks, moment, 0)

    @public(readonly=True)
    def price_get(self, prod_id: int, qty: float = 1.0, partner: Any = None) -> dict[str, Decimal]:
        """{price list id: price} of one variant. The partner is known to clients; prices do not depend on it."""
        product = self.env["product.product"].browse(prod_id)
        product.check_access("read")
        return {str(each.id): each.price_of(product, float(qty)) for each in self}

    @public(readonly=True)
    def get_product_prices(
        self, product_ids: Sequence[int], quantity: float = 1.0, date: Any = None, uom_id: Any = None
    ) -> list[dict[str, Any]]:
        """`[{"product_id", "price", "rule_id"}]` of variants, in the price list's currency.

        `date`: the moment as text or a day; left out: now. Raises UserError for more than 10,000 products.
        """
        self.ensure_one()
        if not isinstance(product_ids, (list, tuple)) or len(product_ids) > 10_000:
            raise UserError("get_product_prices takes a list of at most 10,000 ids.")
        products = self.env["product.product"].browse(product_ids)
        products.check_access("read")
        unit = self.env["uom.uom"].browse(uom_id).exists() if uom_id else None
        asks = [Ask(product, float(quantity), unit or product.uom_id) for product in products]
        found = self.answers(asks, _day(date) if date else None)
        return [
            {"product_id": ask.product.id, "price": answer.price, "rule_id": answer.rule or None}
            for ask, answer in zip(asks, found, strict=True)
        ]

    # how prices are found ------------------------------------------------------------------------------------------

    def answers_at(self, asks: Sequence[Ask], moment: datetime, depth: int) -> list[Answer]:
        """See `answers`; `depth`: how many price lists rest on this one in the chain that is followed."""
        if depth > _DEEPEST:
            raise UserError(f"The price list {self.name} rests on more than {_DEEPEST} others, or on itself.")
        _refuse_foreign_units(asks)
        products = {(ask.product.model_name, ask.product.id): ask.product.sudo() for ask in asks}
        wares = _wares(products)
        rules = self._rules(wares, moment)
        chosen: list[tuple[Ask, Decimal, Rule | None]] = []
        for ask in asks:
            units = _units(ask)
            ware = wares[(ask.product.model_name, ask.product.id)]
            quantity = Decimal(
                repr(converted(float(ask.quantity), ask.uom.factor, ask.product.uom_id.factor))
            )
            chosen.append((ask, units, rules.choose(ware, quantity, moment)))
        bases = self._bases(chosen, moment, depth)
        return [
            Answer(
                price(rule, base, units),
                base,
                rule.id if rule else 0,
                rule is not None and (rule.compute == "percentage" or bool(rule.discount)),
            )
            for (_, units, rule), base in zip(chosen, bases, strict=True)
        ]

    def _rules(self, wares: Mapping[tuple[str, int], Ware], moment: datetime) -> Rules:
        """The rules of this price list that may hold for any of the products at a moment: one query."""
        if not self:
            return Rules()
        categories = {category for ware in wares.values() for category in ware.categories}
        items = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "=", self.id),
                "|", ("date_start", "=", False), ("date_start", "<=", moment),
                "|", ("date_end", "=", False), ("date_end", ">=", moment),
                "|", ("applied_on", "=", "3_global"),
                "|", ("categ_id", "in", sorted(categories)),
                "|", ("product_tmpl_id", "in", sorted({ware.template for ware in wares.values()})),
                ("product_id", "in", sorted({ware.product for ware in wares.values() if ware.product})),
            ]
        )  # fmt: skip
        return Rules.of(items.as_rules())

    def _bases(
        self, chosen: Sequence[tuple[Ask, Decimal, Rule | None]], moment: datetime, depth: int
    ) -> list[Decimal]:
        """What each rule starts from, for one asked unit, in the price list's currency."""
        own = self._currency()
        found: list[tuple[Decimal, Any]] = [(Decimal(0), own)] * len(chosen)
        resting: dict[int, list[int]] = {}
        for at, (ask, units, rule) in enumerate(chosen):
            product = ask.product.sudo()
            if rule is not None and rule.base == "pricelist" and rule.compute != "fixed":
                resting.setdefault(rule.base_pricelist, []).append(at)
            elif rule is not None and rule.base == "standard_price":
                found[at] = (product.standard_price * units, product.cost_currency_id)
            else:
                amount = product.lst_price if product.model_name == "product.product" else product.list_price
                found[at] = (amount * units, product.currency_id)
        for list_id, places in resting.items():
            other = self.browse(list_id)
            answers = other.answers_at([chosen[at][0] for at in places], moment, depth + 1)
            for at, answer in zip(places, answers, strict=True):
                found[at] = (answer.price, other.currency_id)
        return self._in_currency(found, moment)

    def _currency(self) -> Any:
        return self.currency_id or self.env.company.currency_id

    def _in_currency(self, amounts: Sequence[tuple[Decimal, Any]], moment: datetime) -> list[Decimal]:
        """Amounts with their currencies in that of the price list, not rounded: one query for all rates."""
        own = self._currency()
        if all(currency == own for _, currency in amounts):
            return [amount for amount, _ in amounts]
        currencies = own.browse({own.id, *(currency.id for _, currency in amounts)})
        rates = currencies.rates(moment.date(), self.company_id or None)
        known = {each.id: rates[each.id][1] if each.id in rates else Decimal(1) for each in currencies}
        return [convert(amount, known[currency.id], known[own.id], None) for amount, currency in amounts]


def _wares(products: Mapping[tuple[str, int], Any]) -> dict[tuple[str, int], Ware]:
    categories = None
    for each in products.values():
        categories = each.categ_id if categories is None else categories | each.categ_id
    chains = categories.ancestors() if categories is not None else {}
    found = {}
    for key, each in products.items():
        is_variant = key[0] == "product.product"
        template = each.product_tmpl_id.id if is_variant else each.id
        found[key] = Ware(each.id if is_variant else 0, template, chains.get(each.categ_id.id, ()))
    return found


def _units(ask: Ask) -> Decimal:
    """How many default units of the product one asked unit is."""
    own = ask.product.uom_id
    if own == ask.uom:
        return Decimal(1)
    return Decimal(repr(converted(1.0, ask.uom.factor, own.factor)))


def _refuse_foreign_units(asks: Sequence[Ask]) -> None:
    for ask in asks:
        if ask.uom.category_id != ask.product.uom_id.category_id:
            raise UserError(
                f"The unit {ask.uom.name} cannot be converted into {ask.product.uom_id.name}: their categories differ."
            )


def _moment(day: date) -> datetime:
    if isinstance(day, datetime):
        return day if day.tzinfo else day.replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value)[:40])
    except ValueError as error:
        raise UserError(f"{str(value)[:40]!r} is no day: write it as 2026-07-30.") from error
