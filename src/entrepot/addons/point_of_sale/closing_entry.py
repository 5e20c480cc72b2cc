"""Entries of the ledger from the plain lines of `settlement`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.addons.point_of_sale.settlement import EntryLine
from entrepot.api import Command


def post_entry(env: Any, head: dict[str, Any], lines: Sequence[EntryLine]) -> tuple[Any, list[Any]]:
    """Make and post an entry; the entry, and its ledger lines in the order of the plain ones."""
    rows = [Command.create({**_values(env, line), "sequence": at}) for at, line in enumerate(lines)]
    move = env["account.move"].sudo().create({"move_type": "entry", **head, "line_ids": rows})
    by_place = {line.sequence: line for line in move.line_ids}
    made = [by_place[at] for at in range(len(lines))]
    for line, record in zip(lines, made, strict=True):
        if line.kind == "tax":
            what = {"display_type": "tax", "tax_line_id": line.tax, "tax_base_amount": line.base}
            record.with_context(_ledger=True).write(what)
    move._post()  # noqa: SLF001 - whoever closes a session has the right to
    return move, made


def match(pairs: Sequence[Any]) -> None:
    """Match open items with each other, as far as they are still open."""
    for lines in pairs:
        still = lines.filtered(lambda line: not line.reconciled and line.amount_residual)
        if len(still) > 1:
            still.reconcile()


def open_items(move: Any) -> Any:
    """What is open of an invoice."""
    return move.sudo().line_ids.filtered(lambda line: line.display_type == "payment_term")


def _values(env: Any, line: EntryLine) -> dict[str, Any]:
    return {
        "name": _label(env, line),
        "account_id": line.account,
        "partner_id": line.partner or None,
        "balance": line.amount,
        "tax_ids": [Command.set(line.taxes)],
    }


def _label(env: Any, line: EntryLine) -> str:
    match line.kind:
        case "sale":
            return "Sales"
        case "tax":
            return str(env["account.tax"].sudo().browse(line.tax).name)
        case "money":
            return str(env["pos.payment.method"].sudo().browse(line.method).name)
        case "open":
            return "Customer account"
        case "invoice":
            return str(env["pos.order"].sudo().browse(line.ticket).name)
        case "moved":
            return str(env["pos.cash.move"].sudo().browse(line.ticket).reason)
        case "rounding":
            return "Rounding"
        case _:
            return "Cash difference"
