"""What a company's books rest on: default accounts and taxes, rounding, closed periods."""

from __future__ import annotations

from entrepot.api import Date, Many2one, Model, Selection, public

_ROUNDINGS = [("round_per_line", "Round per Line"), ("round_globally", "Round Globally")]


class Company(Model, extends="res.company"):
    """What the ledger asks a company."""

    chart_template = Selection([("generic", "Generic Chart")], readonly=True, copy=False)
    tax_calculation_rounding_method = Selection(_ROUNDINGS, default="round_per_line")
    fiscalyear_lock_date = Date(copy=False, help="Nobody posts on or before this day any more.")
    period_lock_date = Date(copy=False, help="Only accounting managers post on or before this day.")
    default_receivable_account_id = Many2one("account.account", copy=False, on_delete="restrict")
    default_payable_account_id = Many2one("account.account", copy=False, on_delete="restrict")
    default_income_account_id = Many2one("account.account", copy=False, on_delete="restrict")
    default_expense_account_id = Many2one("account.account", copy=False, on_delete="restrict")
    account_sale_tax_id = Many2one("account.tax", string="Default Sale Tax", copy=False)
    account_purchase_tax_id = Many2one("account.tax", string="Default Purchase Tax", copy=False)
    currency_exchange_journal_id = Many2one(
        "account.journal", string="Exchange Gain or Loss Journal", copy=False
    )
    income_currency_exchange_account_id = Many2one(
        "account.account", string="Gain Exchange Rate Account", copy=False, on_delete="restrict"
    )
    expense_currency_exchange_account_id = Many2one(
        "account.account", string="Loss Exchange Rate Account", copy=False, on_delete="restrict"
    )

    @public
    def load_chart_of_accounts(self, template: str = "generic") -> bool:
        """Give these companies a chart of accounts, journals and taxes, once; what is there stays as it is."""
        for company in self:
            self.env["account.chart.template"].try_loading(template, company.id)
        return True
