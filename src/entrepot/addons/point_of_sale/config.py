"""Shops: what a point of sale books where, takes as payment, and sells from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Boolean,
    Char,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
    depends,
    ondelete,
    public,
)

_STOCK = [("closing", "At the session closing"), ("real", "In real time")]
_FIXED_WHILE_OPEN = frozenset(
    {
        "company_id",
        "payment_method_ids",
        "warehouse_id",
        "picking_type_id",
        "update_stock_quantities",
        "journal_id",
    }
)


_USUAL_ACCOUNTS = (
    ("gain_account_id", "cash_gain"),
    ("loss_account_id", "cash_loss"),
    ("cash_move_account_id", "transfer"),
)
"""Fields and the accounts of the generic chart that they have unless told otherwise."""


class Config(Model, name="pos.config", order="name, id"):
    """Point of Sale Configuration"""

    name = Char(string="Point of Sale", required=True)
    active = Boolean(default=True)
    company_id = Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = Many2one("res.currency", related="company_id.currency_id")
    journal_id = Many2one(
        "account.journal", string="Point of Sale Journal", required=True, on_delete="restrict"
    )
    invoice_journal_id = Many2one("account.journal", required=True, on_delete="restrict")
    payment_method_ids = Many2many(
        "pos.payment.method",
        table="pos_config_pos_payment_method_rel",
        column="pos_config_id",
        other="pos_payment_method_id",
    )
    cash_control = Boolean(compute="_compute_cash_control", string="Advanced Cash Control")
    warehouse_id = Many2one("stock.warehouse", required=True, on_delete="restrict")
    picking_type_id = Many2one("stock.picking.type", required=True, on_delete="restrict")
    update_stock_quantities = Selection(_STOCK, required=True, default="closing")
    pricelist_id = Many2one("product.pricelist", on_delete="restrict")
    rounding_step = Monetary(help="Cash totals are rounded to multiples of this; 0: not at all.")
    gain_account_id = Many2one("account.account", string="Difference Gain Account", on_delete="restrict")
    loss_account_id = Many2one("account.account", string="Difference Loss Account", on_delete="restrict")
    cash_move_account_id = Many2one(
        "account.account",
        string="Cash In/Out Account",
        on_delete="restrict",
        help="Where moved cash comes from.",
    )
    sequence_id = Many2one("ir.sequence", string="Ticket Numbers", readonly=True, copy=False)
    session_ids = One2many("pos.session", "config_id", string="Sessions")
    current_session_id = Many2one("pos.session", compute="_compute_current_session")
    current_session_state = Char(compute="_compute_current_session")
    has_active_session = Boolean(compute="_compute_current_session")

    @depends("payment_method_ids.is_cash_count")
    def _compute_cash_control(self) -> None:
        for config in self:
            config.cash_control = any(config.payment_method_ids.mapped("is_cash_count"))

    @depends("session_ids.state")
    def _compute_current_session(self) -> None:
        sessions = self.env["pos.session"].search([("config_id", "in", self.ids), ("state", "!=", "closed")])
        found = {session.config_id.id: session for session in sessions}
        for config in self:
            session = found.get(config.id)
            config.current_session_id = session
            config.current_session_state = session.state if session else None
            config.has_active_session = session is not None

    @constrains("rounding_step")
    def _step_is_not_negative(self) -> Iterator[Problem]:
        for config in self:
            if config.rounding_step < 0:
                yield Problem("rounding_step", "negative", "A rounding step is not negative.")

    @constrains(
        "company_id",
        "journal_id",
        "invoice_journal_id",
        "payment_method_ids",
        "warehouse_id",
        "picking_type_id",
        "pricelist_id",
        "gain_account_id",
        "loss_account_id",
        "cash_move_account_id",
    )
    def _everything_is_of_one_company(self) -> Iterator[Problem]:
        names = (
            "journal_id",
            "invoice_journal_id",
            "warehouse_id",
            "picking_type_id",
            "pricelist_id",
            "gain_account_id",
            "loss_account_id",
            "cash_move_account_id",
            "payment_method_ids",
        )
        for config in self:
            for name in names:
                for record in getattr(config, name):
                    if record.company_id and record.company_id != config.company_id:
                        yield Problem(name, "other_company", f"{record.display_name} is another company's.")
            if config.journal_id.type not in {"general", "sale"}:
                yield Problem("journal_id", "wrong_type", "Tickets are booked in a sales or general journal.")
            if config.invoice_journal_id.type != "sale":
                yield Problem("invoice_journal_id", "wrong_type", "Invoices belong into a sales journal.")
            if config.picking_type_id.code != "outgoing":
                yield Problem("picking_type_id", "wrong_type", "A shop sells with a kind of delivery.")
            if config.pricelist_id and config.pricelist_id.currency_id != config.currency_id:
                yield Problem("pricelist_id", "currency", "A shop sells in the currency of its company.")
            if not config.payment_method_ids:
                yield Problem("payment_method_ids", "required", "A shop takes at least one payment method.")

    @ondelete
    def _used_ones_stay(self) -> None:
        if self.env["pos.session"].search_count([("config_id", "in", self.ids)], limit=1):
            raise UserError("A shop that had sessions stays: archive it.")

    def create(self, vals_list: Any) -> Self:
        """Create; journals, warehouse, payment methods and accounts that are not given are the company's usual ones."""
        made = super().create(with_each(vals_list, self._completed))
        for config in made.sudo():
            config.sequence_id = (
                self.env["ir.sequence"]
                .sudo()
                .create(
                    {
                        "name": f"Tickets of {config.name}",
                        "prefix": f"{(config.name or '').replace('%', '%%')}/",
                        "padding": 5,
                        "implementation": "no_gap",
                        "company_id": config.company_id.id,
                    }
                )
            )
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what an open session rests on stays until it is closed."""
        if (_FIXED_WHILE_OPEN & vals.keys()) and any(self.mapped("has_active_session")):
            names = ", ".join(sorted(_FIXED_WHILE_OPEN & vals.keys()))
            raise UserError(f"Close the open session before changing {names}.")
        return super().write(vals)

    @public(right="read")
    def open_ui(self) -> int:
        """The id of the open session of this shop; one is opened when there is none."""
        config = self.ensure_one()
        self.env.lock("pos.config", config.id)
        sessions = self.env["pos.session"]
        found = sessions.search([("config_id", "=", config.id), ("state", "!=", "closed")], limit=1)
        return int((found or sessions.create({"config_id": config.id})).id)

    @public(right="read")
    def open_session_cb(self) -> int:
        """The older name of `open_ui`."""
        return self.open_ui()

    def _completed(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        company = self.env["res.company"].sudo().browse(values.get("company_id") or self.env.company.id)
        found = dict(values)
        found["company_id"] = company.id
        journals = self.env["account.journal"].sudo()
        of_company = [("company_id", "=", company.id)]
        if not found.get("journal_id"):
            found["journal_id"] = self._own_journal(company).id
        if not found.get("invoice_journal_id"):
            sale = journals.search([*of_company, ("type", "=", "sale"), ("code", "!=", "POSS")], limit=1)
            found["invoice_journal_id"] = sale.id or None
        if not found.get("picking_type_id"):
            warehouses = self.env["stock.warehouse"].sudo()
            house = warehouses.browse(found.get("warehouse_id") or ()) or warehouses.search(
                of_company, limit=1
            )
            found["warehouse_id"] = house.id or None
            found["picking_type_id"] = house.out_type_id.id or None
        elif not found.get("warehouse_id"):
            kind = self.env["stock.picking.type"].sudo().browse(found["picking_type_id"])
            found["warehouse_id"] = kind.warehouse_id.id or None
        if not found.get("payment_method_ids"):
            found["payment_method_ids"] = [(6, 0, self.usual_methods(company).ids)]
        for name, key in _USUAL_ACCOUNTS:
            if not found.get(name):
                account = self.env.ref(f"account.{company.id}_{key}", missing_ok=True)
                found[name] = account.id if account else None
        return found

    def _own_journal(self, company: Any) -> Any:
        """The journal of closing entries of a company. Raises ValidationError before there is a chart of accounts."""
        journals = self.env["account.journal"].sudo()
        found = journals.search([("company_id", "=", company.id), ("code", "=", "POSS")], limit=1)
        if found:
            return found
        if not company.default_income_account_id:
            text = f"Load a chart of accounts for {company.name} first (load_chart_of_accounts)."
            raise ValidationError(problems=[Problem("company_id", "no_chart", text)], model=self.model_name)
        return journals.create(
            {
                "name": "Point of Sale",
                "code": "POSS",
                "type": "general",
                "company_id": company.id,
                "default_account_id": company.default_income_account_id.id,
                "sequence": 20,
            }
        )

    def usual_methods(self, company: Any) -> Any:
        """Cash, bank and customer account of a company; made when there are none."""
        methods = self.env["pos.payment.method"].sudo()
        found = methods.search([("company_id", "=", company.id)])
        if found:
            return found
        journals = self.env["account.journal"].sudo()
        rows: list[dict[str, Any]] = []
        for kind, name in (("cash", "Cash"), ("bank", "Card")):
            journal = journals.search([("company_id", "=", company.id), ("type", "=", kind)], limit=1)
            if journal:
                rows.append({"name": name, "journal_id": journal.id, "company_id": company.id})
        rows.append({"name": "Customer Account", "company_id": company.id, "split_transactions": True})
        return methods.create([{**row, "sequence": at} for at, row in enumerate(rows)])
