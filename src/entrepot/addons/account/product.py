"""Accounts and taxes of products and their categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import Many2many, Many2one, Model

_DEFAULTS = {"taxes_id": "account_sale_tax_id", "supplier_taxes_id": "account_purchase_tax_id"}
"""The taxes of a product that nobody names, and the company's setting they come from."""


class Category(Model, extends="product.category"):
    """Where products of a category are booked."""

    property_account_income_categ_id = Many2one(
        "account.account", string="Income Account", copy=True, on_delete="restrict"
    )
    property_account_expense_categ_id = Many2one(
        "account.account", string="Expense Account", copy=True, on_delete="restrict"
    )


class Template(Model, extends="product.template"):
    """How a product is taxed and booked."""

    taxes_id = Many2many(
        "account.tax",
        table="product_taxes_rel",
        column="prod_id",
        other="tax_id",
        string="Customer Taxes",
        domain=[("type_tax_use", "=", "sale")],
        default=lambda self: _default_taxes(self, "account_sale_tax_id"),
    )
    supplier_taxes_id = Many2many(
        "account.tax",
        table="product_supplier_taxes_rel",
        column="prod_id",
        other="tax_id",
        string="Vendor Taxes",
        domain=[("type_tax_use", "=", "purchase")],
        default=lambda self: _default_taxes(self, "account_purchase_tax_id"),
    )
    property_account_income_id = Many2one("account.account", string="Income Account", on_delete="restrict")
    property_account_expense_id = Many2one("account.account", string="Expense Account", on_delete="restrict")

    def create(self, vals_list: Any) -> Self:
        """Create; the default taxes are looked up once, however many products there are."""
        known: dict[str, list[tuple[int, int, int]]] = {}

        def taxed(values: Mapping[str, Any]) -> Mapping[str, Any]:
            more = dict(values)
            for name, setting in _DEFAULTS.items():
                if name not in more and f"default_{name}" not in self.env.context:
                    if name not in known:
                        known[name] = _default_taxes(self, setting)
                    more[name] = known[name]
            return more

        return super().create(with_each(vals_list, taxed))


def _default_taxes(records: Any, name: str) -> list[tuple[int, int, int]]:
    """The default tax of each company at work: a document takes those of its own.

    Added one by one instead of set, which is one statement for all products of an import.
    """
    companies = records.env["res.company"].sudo().browse(records.env.company_ids)
    return [(4, tax.id, 0) for tax in companies.mapped(name)]
