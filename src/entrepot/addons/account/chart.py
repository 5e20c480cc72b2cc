"""A small chart of accounts that fits any trade, with journals, taxes and payment terms. Data only."""

from __future__ import annotations

from typing import Final

ACCOUNTS: Final = (
    # key, code, name, type, reconcile
    ("cash", "101000", "Cash", "asset_cash", False),
    ("bank", "101100", "Bank", "asset_cash", False),
    ("outstanding_receipts", "101200", "Outstanding Receipts", "asset_current", True),
    ("outstanding_payments", "101300", "Outstanding Payments", "asset_current", True),
    ("transfer", "101900", "Liquidity Transfer", "asset_current", True),
    ("stock_valuation", "110100", "Stock Valuation", "asset_current", False),
    ("receivable", "121000", "Account Receivable", "asset_receivable", True),
    ("receivable_pos", "121100", "Account Receivable (Point of Sale)", "asset_receivable", True),
    ("tax_paid", "131000", "Tax Paid", "asset_current", False),
    ("prepayments", "141000", "Prepayments", "asset_prepayments", False),
    ("fixed_assets", "151000", "Fixed Assets", "asset_fixed", False),
    ("current_liabilities", "201000", "Current Liabilities", "liability_current", False),
    ("payable", "211000", "Account Payable", "liability_payable", True),
    ("tax_received", "251000", "Tax Received", "liability_current", False),
    ("loans", "291000", "Non-current Liabilities", "liability_non_current", False),
    ("capital", "301000", "Capital", "equity", False),
    ("earnings", "999999", "Undistributed Profits/Losses", "equity_unaffected", False),
    ("sales", "400000", "Product Sales", "income", False),
    ("exchange_gain", "441000", "Foreign Exchange Gain", "income", False),
    ("cash_gain", "442000", "Cash Difference Gain", "income", False),
    ("other_income", "450000", "Other Income", "income_other", False),
    ("cost_of_goods", "500000", "Cost of Goods Sold", "expense_direct_cost", False),
    ("expenses", "600000", "Expenses", "expense", False),
    ("bank_fees", "620000", "Bank Fees", "expense", False),
    ("salaries", "630000", "Salary Expenses", "expense", False),
    ("exchange_loss", "641000", "Foreign Exchange Loss", "expense", False),
    ("cash_loss", "642000", "Cash Difference Loss", "expense", False),
    ("depreciation", "670000", "Depreciation", "expense_depreciation", False),
)

JOURNALS: Final = (
    # key, code, name, type, default account, sequence
    ("sale", "INV", "Customer Invoices", "sale", "sales", 5),
    ("purchase", "BILL", "Vendor Bills", "purchase", "expenses", 6),
    ("bank", "BNK1", "Bank", "bank", "bank", 7),
    ("cash", "CSH1", "Cash", "cash", "cash", 8),
    ("general", "MISC", "Miscellaneous Operations", "general", "", 9),
    ("exchange", "EXCH", "Exchange Difference", "general", "", 10),
)

TAX_GROUPS: Final = (("tax_group_0", "Tax 0%"), ("tax_group_15", "Tax 15%"))

TAXES: Final = (
    # key, name, use, percentage, group, account
    ("sale_tax", "15%", "sale", 15.0, "tax_group_15", "tax_received"),
    ("sale_tax_0", "0%", "sale", 0.0, "tax_group_0", "tax_received"),
    ("purchase_tax", "15%", "purchase", 15.0, "tax_group_15", "tax_paid"),
    ("purchase_tax_0", "0%", "purchase", 0.0, "tax_group_0", "tax_paid"),
)

COMPANY_ACCOUNTS: Final = {
    "default_receivable_account_id": "receivable",
    "default_payable_account_id": "payable",
    "default_income_account_id": "sales",
    "default_expense_account_id": "expenses",
    "income_currency_exchange_account_id": "exchange_gain",
    "expense_currency_exchange_account_id": "exchange_loss",
}
"""What a company takes from the chart unless it has something already."""

TERMS: Final = (
    # external id, name, lines: (part, amount, days, delay)
    ("account_payment_term_immediate", "Immediate Payment", (("percent", 100.0, 0, "days_after"),)),
    ("account_payment_term_15days", "15 Days", (("percent", 100.0, 15, "days_after"),)),
    ("account_payment_term_30days", "30 Days", (("percent", 100.0, 30, "days_after"),)),
    ("account_payment_term_45days", "45 Days", (("percent", 100.0, 45, "days_after"),)),
    (
        "account_payment_term_end_following_month",
        "End of Following Month",
        (("percent", 100.0, 0, "days_after_end_of_next_month"),),
    ),
    (
        "account_payment_term_advance",
        "30% Now, Balance 60 Days",
        (("percent", 30.0, 0, "days_after"), ("percent", 70.0, 60, "days_after")),
    ),
)
