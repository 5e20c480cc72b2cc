"""What a line is given: from its product, from its document; and refusals of what is worked out or posted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.account.given import link_id, link_ids
from entrepot.addons.account.move_types import INVOICE_TYPES, SALE_TYPES, tax_use
from entrepot.api import Model, Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WORKED_OUT: Final = frozenset(
    {
        "price_subtotal",
        "price_total",
        "amount_residual",
        "amount_residual_currency",
        "reconciled",
        "move_name",
        "tax_line_id",
        "tax_base_amount",
    }
)
_AMOUNTS: Final = frozenset({"debit", "credit", "balance", "amount_currency"})
_KEPT: Final = _AMOUNTS | {
    "move_id",
    "account_id",
    "partner_id",
    "currency_id",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "display_type",
    "date_maturity",
}
_TEXTS: Final = frozenset({"line_section", "line_note"})


class MoveLine(Model, extends="account.move.line"):
    """What lines are given."""

    def _filled(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The values of new lines with everything that follows from product and document. Raises ValidationError."""
        if self.env.context.get("_ledger"):
            return [dict(row) for row in rows]
        moves = {move.id: move for move in self._behind(rows, "move_id", "account.move")}
        products = {product.id: product for product in self._behind(rows, "product_id", "product.product")}
        filled = []
        problems: list[Problem] = []
        for at, row in enumerate(rows):
            move = moves.get(link_id(row.get("move_id")) or 0)
            if move is None:
                filled.append(dict(row))  # the kernel says what is missing
                continue
            wrong = [*_new_line_problems(row, move)]
            problems += [_placed(problem, at, several=len(rows) > 1) for problem in wrong]
            filled.append(_filled(row, move, products.get(link_id(row.get("product_id")) or 0)))
        if problems:
            raise ValidationError(problems=problems, model="account.move.line")
        return filled

    def _behind(self, rows: Sequence[Mapping[str, Any]], name: str, model: str) -> Any:
        ids = dict.fromkeys(known for row in rows if (known := link_id(row.get(name))))
        return self.env[model].sudo().browse(ids).exists() if ids else ()

    def _writable(self, vals: Mapping[str, Any]) -> Iterable[tuple[dict[str, Any], Self]]:
        """The values that change something, with the lines they are for. Raises ValidationError."""
        problems: list[Problem] = []
        for name in sorted((_WORKED_OUT | _KEPT) & set(vals)):
            moved = self.filtered(lambda line, name=name: not _same(line, name, vals[name]))  # type: ignore[misc]  # binds now
            label = self.meta.fields[name].string
            if moved and name in _WORKED_OUT:
                problems.append(Problem(name, "worked_out", f"{label} is worked out and cannot be written."))
                continue
            for move in moved.mapped("move_id").filtered(lambda each: each.state != "draft"):
                state = "cancelled" if move.state == "cancel" else "posted"
                text = f"{move.display_name} is {state}: {label} stays. Set it back to draft, or reverse it."
                problems.append(Problem(name, state, text))
            if moved and name == "move_id":
                problems.append(Problem(name, "worked_out", "A line stays with its document."))
            for line in moved.filtered(lambda each: each.display_type in {"tax", "payment_term"}):
                if name != "display_type" and line.move_type in INVOICE_TYPES:
                    text = f"{label} of tax and payment lines follows from the invoice lines."
                    problems.append(Problem(name, "worked_out", text))
        if problems:
            raise ValidationError(problems=_unique(problems), model="account.move.line")
        wanted = {name: value for name, value in vals.items() if name not in _WORKED_OUT | {"move_id"}}
        if not {"product_id", *_AMOUNTS} & set(wanted):
            return [(wanted, self)]
        return [(line._with_amounts(wanted), line) for line in self]

    def _with_amounts(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The values for one line, with what follows from a new product or a new amount."""
        line = self.ensure_one()
        move = line.move_id
        if move.move_type in INVOICE_TYPES:
            rest = {name: value for name, value in wanted.items() if name not in _AMOUNTS}
            product = (
                self.env["product.product"].sudo().browse(link_id(wanted.get("product_id")) or ()).exists()
            )
            if "product_id" not in wanted or product == line.product_id:
                return rest
            known = {"quantity": line.quantity, "move_id": move.id}
            more = _filled({**known, **rest}, move.sudo(), product or None)
            return {**{name: value for name, value in more.items() if name not in known}, **rest}
        if not _AMOUNTS & set(wanted):
            return dict(wanted)
        currency = line.currency_id
        if "currency_id" in wanted:
            currency = currency.browse(link_id(wanted["currency_id"]) or ())
        return {**wanted, **_entry_amounts(wanted, move, currency, known=line)}


def _filled(row: Mapping[str, Any], move: Any, product: Any) -> dict[str, Any]:
    """One new line: what it was given goes before what follows from its product and document."""
    values = {name: value for name, value in row.items() if name not in _WORKED_OUT}
    values.setdefault("partner_id", move.commercial_partner_id.id or None)
    if (chosen := link_ids(values.get("tax_ids"))) is not None:
        # a new line has no links to replace: adding them is one statement for all lines
        values["tax_ids"] = [(4, each, 0) for each in chosen]
    if not values.get("currency_id"):
        values["currency_id"] = move.currency_id.id
    if str(values.get("display_type")) in _TEXTS:
        return values
    if move.move_type in INVOICE_TYPES:
        values = {name: value for name, value in values.items() if name not in _AMOUNTS}
        return values | _from_product(values, move, product)
    currency = move.currency_id.browse(link_id(values["currency_id"]) or ())
    return values | _entry_amounts(values, move, currency)


def _from_product(values: Mapping[str, Any], move: Any, product: Any) -> dict[str, Any]:
    """Label, unit, price, taxes and account, those that are not given."""
    more: dict[str, Any] = {}
    sale = move.move_type in SALE_TYPES
    if product:
        if not values.get("name"):
            text = product.description_sale if sale else product.description_purchase
            more["name"] = "\n".join(part for part in (product.display_name, text) if part)
        if not values.get("product_uom_id"):
            more["product_uom_id"] = (product.uom_id if sale else product.uom_po_id or product.uom_id).id
        if "price_unit" not in values or values["price_unit"] is None:
            unit = link_id(values.get("product_uom_id")) or more.get("product_uom_id")
            more["price_unit"] = _price(product, product.uom_id.browse(unit or ()), move, sale=sale)
    account = None
    if not values.get("account_id"):
        account = _account(product, move, sale=sale)
        more["account_id"] = account.id or None
    if "tax_ids" not in values:
        taxes = product and (product.taxes_id if sale else product.supplier_taxes_id)
        if not product and account:
            taxes = account.tax_ids.filtered(lambda tax: tax.type_tax_use == tax_use(move.move_type))
        kept = [tax.id for tax in taxes or () if tax.company_id == move.company_id]
        more["tax_ids"] = [(4, each, 0) for each in kept]
    return more


def _price(product: Any, unit: Any, move: Any, *, sale: bool) -> Decimal:
    """The product's own price, in the document's currency and for one of the line's unit."""
    price = product.lst_price if sale else product.standard_price
    if unit and unit != product.uom_id and unit.factor:
        price = price * Decimal(str(product.uom_id.factor)) / Decimal(str(unit.factor))
    currency = product.currency_id or move.company_id.currency_id
    if currency == move.currency_id:
        return Decimal(price)
    day = move.invoice_date or move.date
    return Decimal(currency._convert(price, move.currency_id, move.company_id, day, rounded=False))


def _account(product: Any, move: Any, *, sale: bool) -> Any:
    """Income or expense: of the product, of its category or one above, of the journal, of the company."""
    kind = "income" if sale else "expense"
    candidates = []
    if product:
        candidates.append(getattr(product, f"property_account_{kind}_id"))
        category = product.categ_id
        while category and len(candidates) < 20:
            candidates.append(getattr(category, f"property_account_{kind}_categ_id"))
            category = category.parent_id
    candidates += [move.journal_id.default_account_id, getattr(move.company_id, f"default_{kind}_account_id")]
    fitting = [account for account in candidates if account and account.company_id == move.company_id]
    return fitting[0] if fitting else move.journal_id.default_account_id


def _entry_amounts(values: Mapping[str, Any], move: Any, currency: Any, known: Any = None) -> dict[str, Any]:
    """Debit, credit, balance and the amount in currency of a line of a plain entry, from those that are given."""
    home = move.company_id.currency_id
    balance: Decimal | None = None
    if "balance" in values:
        balance = _number(values["balance"], "balance")
    elif values.keys() & {"debit", "credit"}:
        debit = _number(values["debit"], "debit") if "debit" in values else None
        credit = _number(values["credit"], "credit") if "credit" in values else None
        if known is not None:
            debit = debit if debit is not None else (Decimal(0) if credit else known.debit)
            credit = credit if credit is not None else (Decimal(0) if debit else known.credit)
        balance = (debit or Decimal(0)) - (credit or Decimal(0))
    amount = _number(values["amount_currency"], "amount_currency") if "amount_currency" in values else None
    if currency == home or not currency:
        balance = balance or (amount if amount is not None else Decimal(0))
        amount = balance = home.round(balance)
    elif balance is None:
        amount = amount if amount is not None else Decimal(0)
        balance = currency._convert(amount, home, move.company_id, move.date)
    elif amount is None:
        amount = home._convert(balance, currency, move.company_id, move.date)
    return {
        "balance": balance,
        "debit": max(balance, Decimal(0)),
        "credit": max(-balance, Decimal(0)),
        "amount_currency": amount,
    }


def _number(value: Any, name: str) -> Decimal:
    if value is None or value is False or value == "":
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        problem = Problem(name, "not_number", f"Expected an amount, got {str(value)[:40]!r}.")
        raise ValidationError(problems=[problem], model="account.move.line")
    return number


def _new_line_problems(row: Mapping[str, Any], move: Any) -> Iterable[Problem]:
    if move.state != "draft":
        state = "cancelled" if move.state == "cancel" else "posted"
        text = f"{move.display_name} is {state}: set it back to draft, or reverse it."
        yield Problem("move_id", state, text)
    if move.move_type in INVOICE_TYPES and str(row.get("display_type")) in {"tax", "payment_term"}:
        yield Problem("display_type", "worked_out", "Tax and payment lines follow from the invoice lines.")
    for name in sorted(_WORKED_OUT & set(row)):
        if row[name]:
            yield Problem(name, "worked_out", f"{name} is worked out: leave it out.")


def _placed(problem: Problem, at: int, *, several: bool) -> Problem:
    return Problem(f"{at}.{problem.path}", problem.code, problem.message) if several else problem


def _unique(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _same(line: Any, name: str, value: Any) -> bool:
    field = line.meta.fields[name]
    if name == "tax_ids":
        return _set_of(value) == set(line.tax_ids.ids)
    try:
        wanted = field.parse(value, line.env)
    except ValueError:
        return False
    return bool(field.same(line.env.value(line, field), wanted))


def _set_of(value: Any) -> set[int] | None:
    """The links that a value sets, where it says them whole."""
    if isinstance(value, (list, tuple)) and any(isinstance(each, (list, tuple)) for each in value):
        value = value[0][2] if len(value) == 1 and len(value[0]) == 3 and value[0][0] == 6 else None
    found = link_ids(value)
    return None if found is None else set(found)
