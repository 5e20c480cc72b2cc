"""Taxes: the records behind the rules that `tax_engine` computes with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.account.given import asked_id
from entrepot.addons.account.tax_engine import (
    PricedLine,
    Rounding,
    TaxRule,
    UnsolvableTaxesError,
    compute_document,
)
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    UserError,
    constrains,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMOUNT_TYPES = [
    ("group", "Group of Taxes"),
    ("fixed", "Fixed"),
    ("percent", "Percentage of Price"),
    ("division", "Percentage of Price Tax Included"),
]
_USES = [("sale", "Sales"), ("purchase", "Purchases"), ("none", "None")]
_LIMIT = 1_000_000


class Tax(Model, name="account.tax", order="sequence, id", unique=[("company_id", "type_tax_use", "name")]):
    """Tax"""

    name = Char(string="Tax Name", required=True, translate=True)
    type_tax_use = Selection(_USES, string="Tax Type", required=True, default="sale")
    amount_type = Selection(_AMOUNT_TYPES, string="Tax Computation", required=True, default="percent")
    amount = Float(
        digits=(16, 4),
        required=True,
        default=0.0,
        aggregator=None,
        help="Per cent; for a fixed tax the amount a unit.",
    )
    active = Boolean(default=True)
    sequence = Integer(required=True, default=1, aggregator=None, help="Taxes apply in this order.")
    company_id = Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, on_delete="cascade"
    )
    country_id = Many2one("res.country")
    tax_group_id = Many2one("account.tax.group", on_delete="restrict")
    children_tax_ids = Many2many(
        "account.tax",
        table="account_tax_filiation_rel",
        column="parent_tax",
        other="child_tax",
        string="Children Taxes",
    )
    price_include = Boolean(string="Included in Price")
    include_base_amount = Boolean(string="Affect Base of Subsequent Taxes")
    is_base_affected = Boolean(string="Base Affected by Previous Taxes", default=True)
    invoice_label = Char(string="Label on Invoices", translate=True)
    description = Text(translate=True)
    account_id = Many2one(
        "account.account",
        string="Tax Account",
        on_delete="restrict",
        help="Where the tax of invoices is booked. Empty: with the line it is on.",
    )
    refund_account_id = Many2one(
        "account.account",
        string="Tax Account on Credit Notes",
        on_delete="restrict",
        help="Empty: the account of invoices.",
    )

    @constrains("amount", "amount_type", "price_include")
    def _amounts_can_be_computed(self) -> Iterator[Problem]:
        for tax in self:
            if abs(tax.amount) > _LIMIT:
                yield Problem("amount", "range", f"A tax is below {_LIMIT}.")
            elif tax.amount_type == "division" and tax.amount >= 100:
                yield Problem(
                    "amount", "range", "A tax that is a share of the price with tax is below 100 %."
                )
            elif tax.amount_type == "percent" and tax.price_include and tax.amount <= -100:
                yield Problem("amount", "range", "A tax included in the price must leave something of it.")

    @constrains("children_tax_ids", "amount_type", "company_id")
    def _groups_hold_plain_taxes(self) -> Iterator[Problem]:
        for tax in self:
            children = tax.children_tax_ids
            if children and tax.amount_type != "group":
                yield Problem("children_tax_ids", "not_group", "Only a group of taxes has children.")
            if any(child.amount_type == "group" for child in children):
                yield Problem("children_tax_ids", "nested", "A group of taxes holds plain taxes, no groups.")
            if any(child.company_id != tax.company_id for child in children):
                yield Problem("children_tax_ids", "other_company", "The taxes of a group are of its company.")
            if any(child.type_tax_use not in {tax.type_tax_use, "none"} for child in children):
                yield Problem("children_tax_ids", "other_use", "The taxes of a group are for the same use.")

    @constrains("account_id", "refund_account_id", "company_id")
    def _accounts_are_of_the_company(self) -> Iterator[Problem]:
        for tax in self:
            for name in ("account_id", "refund_account_id"):
                account = getattr(tax, name)
                if account and account.company_id != tax.company_id:
                    text = f"Account {account.code} belongs to another company than tax {tax.name}."
                    yield Problem(name, "other_company", text)

    @ondelete
    def _documents_keep_theirs(self) -> Iterator[Problem]:
        lines = self.env["account.move.line"]
        for name in ("tax_ids", "tax_line_id"):
            used = set(lines.search([(name, "in", self.ids)]).mapped(name).ids)
            for tax in self.filtered(lambda each, used=used: each.id in used):  # type: ignore[misc]  # binds now
                text = f"Tax {tax.name} is on documents: archive it instead of deleting it."
                yield Problem("id", "in_use", text)

    def _in_order(self) -> Tax:
        """The plain taxes of these, groups opened, in the order they apply."""
        found: list[int] = []
        for tax in self.sorted(lambda each: (each.sequence, each.id)):
            if tax.amount_type == "group":
                found += tax.children_tax_ids.sorted(lambda each: (each.sequence, each.id)).ids
            else:
                found.append(tax.id)
        return self.browse(dict.fromkeys(found))

    def rules(self) -> tuple[TaxRule, ...]:
        """What the engine takes, in the order they apply; groups are opened."""
        return tuple(tax._rule() for tax in self._in_order())

    def _rule(self) -> TaxRule:
        kind = self.amount_type
        return TaxRule(
            key=self.id,
            kind=kind,  # type: ignore[arg-type]  # groups were opened
            amount=Decimal(str(self.amount)),
            price_include=self.price_include,
            include_base_amount=self.include_base_amount,
            is_base_affected=self.is_base_affected,
        )

    def account_for(self, *, refund: bool) -> Any:
        """Where this tax is booked; empty: with the line it is on."""
        return (self.refund_account_id or self.account_id) if refund else self.account_id

    @public(readonly=True)
    def compute_all(
        self,
        price_unit: Any,
        currency: Any = None,
        quantity: Any = 1.0,
        product: Any = None,
        partner: Any = None,
        is_refund: bool = False,  # noqa: FBT001, FBT002 - the field's own signature
    ) -> dict[str, Any]:
        """The taxes of one line: `{total_excluded, total_included, total_void, taxes: [{id, name, amount, base, …}]}`.

        `currency` is a record or an id; the company's when left out. Product and partner make no difference here.
        Raises UserError for numbers that are none.
        """
        company = self.company_id[:1] or self.env.company
        money = _currency(self.env, currency) or company.currency_id
        line = PricedLine(_decimal(price_unit), _decimal(quantity), Decimal(0), self.rules())
        rounding: Rounding = "round_per_line"
        try:
            done = compute_document([line], money.step(), rounding).lines[0]
        except UnsolvableTaxesError as error:
            raise UserError(str(error)) from error
        taxes = []
        for tax, share in zip(self._in_order(), done.taxes, strict=True):
            account = tax.account_for(refund=is_refund)
            taxes.append(
                {
                    "id": tax.id,
                    "name": tax.name,
                    "amount": share.amount,
                    "base": share.base,
                    "sequence": tax.sequence,
                    "account_id": account.id or None,
                    "price_include": tax.price_include,
                    "group": _group_of(self, tax),
                }
            )
        return {
            "total_excluded": done.excluded,
            "total_included": done.included,
            "total_void": done.excluded,
            "taxes": taxes,
        }


def _group_of(taxes: Tax, tax: Tax) -> int | None:
    for each in taxes:
        if each.amount_type == "group" and tax in each.children_tax_ids:
            return each.id
    return None


def _currency(env: Any, given: Any) -> Any:
    if not given:
        return None
    if hasattr(given, "step"):
        return given
    found = env["res.currency"].browse(asked_id(given, "currency")).exists()
    if not found:
        raise UserError("The currency to compute in does not exist.")
    return found


def _decimal(given: Any) -> Decimal:
    if isinstance(given, (int, float, str, Decimal)) and not isinstance(given, bool):
        try:
            number = Decimal(str(given))
        except ArithmeticError as error:
            raise UserError(f"Expected a number, got {str(given)[:40]!r}.") from error
        if number.is_finite() and abs(number) < Decimal(10) ** 15:
            return number
    raise UserError(f"Expected a number, got {str(given)[:40]!r}.")
