"""Loading a chart of accounts for a company: accounts, journals, taxes and what the company takes from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.addons.account import chart
from entrepot.addons.account.given import asked_id
from entrepot.api import AccessError, Model, UserError, public


class ChartTemplate(Model, name="account.chart.template", abstract=True, title="Chart of Accounts Template"):
    """Chart of Accounts Template"""

    @public(model=True, right="read")
    def try_loading(self, template_code: str, company: int, install_demo: bool = False) -> bool:  # noqa: FBT001, FBT002 - the field's signature
        """Give a company a chart of accounts, once: True when it was loaded, False when the company has one.

        Raises AccessError for who manages no accounting, UserError for an unknown template.
        """
        if not (self.env.su or self.env.has_group("account.group_account_manager")):
            raise AccessError("Only accounting managers load a chart of accounts.")
        if template_code != "generic":
            raise UserError("There is one chart of accounts to load: generic.")
        found = self.env["res.company"].browse(asked_id(company, "company")).exists()
        if not found:
            raise UserError("The company to load a chart of accounts for does not exist.")
        if found.sudo().chart_template:
            return False
        self.sudo().with_company(found.id)._load(found.sudo())
        return True

    def _load(self, company: Any) -> None:
        accounts = self._accounts(company)
        journals = self._journals(company, accounts)
        taxes = self._taxes(company, accounts)
        wanted = {name: accounts[key] for name, key in chart.COMPANY_ACCOUNTS.items()}
        wanted |= {
            "currency_exchange_journal_id": journals["exchange"],
            "account_sale_tax_id": taxes["sale_tax"],
            "account_purchase_tax_id": taxes["purchase_tax"],
        }
        kept = {name: value for name, value in wanted.items() if not getattr(company, name)}
        company.write({**kept, "chart_template": "generic"})

    def _upsert(self, model: str, company: Any, rows: dict[str, dict[str, Any]]) -> dict[str, int]:
        named: list[tuple[str, Mapping[str, Any]]] = [
            (f"account.{company.id}_{key}", values) for key, values in rows.items()
        ]
        made = self.env.upsert_many(model, named, noupdate=True)
        return dict(zip(rows, made.ids, strict=True))

    def _accounts(self, company: Any) -> dict[str, int]:
        rows = {
            key: {
                "code": code,
                "name": name,
                "account_type": kind,
                "reconcile": reconcile,
                "company_id": company.id,
            }
            for key, code, name, kind, reconcile in chart.ACCOUNTS
        }
        return self._upsert("account.account", company, rows)

    def _journals(self, company: Any, accounts: dict[str, int]) -> dict[str, int]:
        rows = {
            f"journal_{key}": {
                "code": code,
                "name": name,
                "type": kind,
                "default_account_id": accounts.get(account),
                "sequence": sequence,
                "company_id": company.id,
            }
            for key, code, name, kind, account, sequence in chart.JOURNALS
        }
        made = self._upsert("account.journal", company, rows)
        return {key.removeprefix("journal_"): each for key, each in made.items()}

    def _taxes(self, company: Any, accounts: dict[str, int]) -> dict[str, int]:
        groups = self._upsert(
            "account.tax.group",
            company,
            {key: {"name": name, "company_id": company.id} for key, name in chart.TAX_GROUPS},
        )
        rows = {
            key: {
                "name": name,
                "type_tax_use": use,
                "amount_type": "percent",
                "amount": amount,
                "tax_group_id": groups[group],
                "account_id": accounts[account],
                "company_id": company.id,
            }
            for key, name, use, amount, group, account in chart.TAXES
        }
        return self._upsert("account.tax", company, rows)
