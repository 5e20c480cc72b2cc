"""The kinds of accounts, as the field names them, and what each kind means for the ledger."""

from __future__ import annotations

from typing import Final

ACCOUNT_TYPES: Final = (
    ("asset_receivable", "Receivable"),
    ("asset_cash", "Bank and Cash"),
    ("asset_current", "Current Assets"),
    ("asset_non_current", "Non-current Assets"),
    ("asset_prepayments", "Prepayments"),
    ("asset_fixed", "Fixed Assets"),
    ("liability_payable", "Payable"),
    ("liability_credit_card", "Credit Card"),
    ("liability_current", "Current Liabilities"),
    ("liability_non_current", "Non-current Liabilities"),
    ("equity", "Equity"),
    ("equity_unaffected", "Current Year Earnings"),
    ("income", "Income"),
    ("income_other", "Other Income"),
    ("expense", "Expenses"),
    ("expense_depreciation", "Depreciation"),
    ("expense_direct_cost", "Cost of Revenue"),
    ("off_balance", "Off-Balance Sheet"),
)

OPEN_ITEMS: Final = ("asset_receivable", "liability_payable")
"""Accounts whose lines fall due and are matched with payments; they always can be reconciled."""

LIQUIDITY: Final = ("asset_cash", "liability_credit_card")


def internal_group(account_type: str) -> str:
    """The part of the balance sheet or of the result: asset, liability, equity, income, expense, off."""
    return account_type.partition("_")[0]
