"""Tickets as tills send them, read into plain values. No records.

Two shapes are known: the newer one with `uuid`, `session_id`, `lines` and `payment_ids`, and the older one with the same
under `data`, where these are `uid`, `pos_session_id`, `lines` and `statement_ids`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from entrepot.api import Problem

MAX_TICKETS, MAX_LINES, MAX_PAYMENTS = 500, 500, 50
_LONGEST_UUID = 64
_MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line; price and taxes are the product's when None."""

    product_id: int
    qty: Decimal
    price_unit: Decimal | None
    discount: Decimal
    tax_ids: tuple[int, ...] | None
    name: str | None
    refunded_line_id: int | None


@dataclass(frozen=True, slots=True)
class TicketPayment:
    """One payment by a method."""

    method_id: int
    amount: Decimal
    reference: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; `total` is what the till showed, when it said so."""

    uuid: str
    session_id: int
    partner_id: int | None
    date: Any
    reference: str | None
    note: str | None
    to_invoice: bool
    draft: bool
    total: Decimal | None
    lines: tuple[TicketLine, ...]
    payments: tuple[TicketPayment, ...]


@dataclass(slots=True)
class _Reader:
    """Reads one ticket and gathers what is wrong with it."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, name: str, code: str, message: str) -> None:
        self.problems.append(Problem(f"{self.path}.{name}", code, message))

    def number(
        self, values: Mapping[str, Any], name: str, default: Decimal | None, path: str
    ) -> Decimal | None:
        value = values.get(name)
        if value is None or value is False or value == "":
            return default
        try:
            found = Decimal(str(value)) if isinstance(value, (int, float, str, Decimal)) else Decimal("NaN")
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or abs(found) >= _MOST or isinstance(value, bool):
            self.wrong(f"{path}{name}", "number", f"{name} is a number.")
            return default
        return found

    def link(self, value: Any) -> int | None:
        return value if type(value) is int and value > 0 else None

    def text(self, value: Any) -> str | None:
        return value if isinstance(value, str) and value else None

    def rows(self, values: Mapping[str, Any], names: Sequence[str], most: int) -> Iterator[Mapping[str, Any]]:
        """The objects of the first of some lists that is there, as commands to create or plain."""
        name = next((each for each in names if values.get(each)), names[0])
        given = values.get(name) or ()
        if not isinstance(given, (list, tuple)) or len(given) > most:
            self.wrong(name, "list", f"{name} is a list of at most {most}.")
            return
        for at, each in enumerate(given):
            row = each[2] if isinstance(each, (list, tuple)) and len(each) == 3 else each
            if not isinstance(row, Mapping):
                self.wrong(f"{name}.{at}", "object", "Expected an object with the values of one row.")
                continue
            yield row


def read_tickets(given: Any, *, draft: bool = False) -> tuple[list[Ticket], list[Problem]]:
    """The tickets, and everything that is wrong with them; paths begin with the ticket's place. `draft`: none is
    paid yet, whatever they say.
    """
    if not isinstance(given, (list, tuple)) or len(given) > MAX_TICKETS:
        return [], [Problem("orders", "list", f"Send a list of at most {MAX_TICKETS} tickets.")]
    tickets: list[Ticket] = []
    problems: list[Problem] = []
    for at, each in enumerate(given):
        reader = _Reader(str(at))
        if not isinstance(each, Mapping):
            reader.wrong("", "object", "A ticket is an object.")
        else:
            tickets.append(_read(reader, each, draft))
        problems.extend(reader.problems)
    uuids = [ticket.uuid for ticket in tickets]
    for at, uuid in enumerate(uuids):
        if uuid and uuids.index(uuid) != at:
            problems.append(Problem(f"{at}.uuid", "twice", "The same ticket is there twice."))
    return tickets, problems


def _read(reader: _Reader, given: Mapping[str, Any], draft: bool) -> Ticket:  # noqa: FBT001 - read_tickets names it
    inner = given.get("data")
    values: Mapping[str, Any] = inner if isinstance(inner, Mapping) else given
    uuid = reader.text(values.get("uuid")) or reader.text(values.get("uid")) or reader.text(given.get("id"))
    if not uuid or len(uuid) > _LONGEST_UUID:
        reader.wrong("uuid", "required", f"A ticket has a uuid of up to {_LONGEST_UUID} characters.")
    session = reader.link(values.get("session_id")) or reader.link(values.get("pos_session_id"))
    if session is None:
        reader.wrong("session_id", "required", "Say in which session the ticket was made.")
    lines = tuple(
        _line(reader, row, f"lines.{at}.")
        for at, row in enumerate(reader.rows(values, ("lines",), MAX_LINES))
    )
    payments = tuple(
        _payment(reader, row, f"payment_ids.{at}.")
        for at, row in enumerate(reader.rows(values, ("payment_ids", "statement_ids"), MAX_PAYMENTS))
    )
    return Ticket(
        uuid=uuid or "",
        session_id=session or 0,
        partner_id=reader.link(values.get("partner_id")),
        date=values.get("date_order") or None,
        reference=reader.text(values.get("pos_reference")) or reader.text(values.get("name")),
        note=reader.text(values.get("general_note")) or reader.text(values.get("note")),
        to_invoice=bool(values.get("to_invoice") or given.get("to_invoice")),
        draft=draft or values.get("state") == "draft",
        total=reader.number(values, "amount_total", None, ""),
        lines=lines,
        payments=payments,
    )


def _line(reader: _Reader, row: Mapping[str, Any], path: str) -> TicketLine:
    product = reader.link(row.get("product_id"))
    if product is None:
        reader.wrong(f"{path}product_id", "required", "A line has a product.")
    taxes = row.get("tax_ids")
    ids: tuple[int, ...] | None = None
    if isinstance(taxes, (list, tuple)):
        first = taxes[0] if taxes else None
        plain = (
            first[2] if len(taxes) == 1 and isinstance(first, (list, tuple)) and len(first) == 3 else taxes
        )
        ids = (
            tuple(each for each in plain or () if type(each) is int)
            if isinstance(plain, (list, tuple))
            else ()
        )
    return TicketLine(
        product_id=product or 0,
        qty=reader.number(row, "qty", Decimal(1), path) or Decimal(0),
        price_unit=reader.number(row, "price_unit", None, path),
        discount=reader.number(row, "discount", Decimal(0), path) or Decimal(0),
        tax_ids=ids,
        name=reader.text(row.get("full_product_name")) or reader.text(row.get("name")),
        refunded_line_id=reader.link(row.get("refunded_orderline_id")),
    )


def _payment(reader: _Reader, row: Mapping[str, Any], path: str) -> TicketPayment:
    method = reader.link(row.get("payment_method_id"))
    if method is None:
        reader.wrong(f"{path}payment_method_id", "required", "A payment has a method.")
    return TicketPayment(
        method_id=method or 0,
        amount=reader.number(row, "amount", Decimal(0), path) or Decimal(0),
        reference=reader.text(row.get("transaction_id")),
    )
