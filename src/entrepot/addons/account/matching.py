"""Which debit pays which credit, and what rates made of the difference. Pure: exact money, no records.

Two lines in one foreign currency are matched in it. Between a foreign line and one in the company's currency the
foreign one decides, at the rate of the company line's day. Two different foreign currencies meet in the company's.
What is left in the company's currency when a line is used up is an exchange difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

Convert = Callable[[Decimal, int, date], Decimal]
"""(an amount in the company's currency, a foreign currency, a day) -> the amount in that currency, rounded."""


@dataclass(slots=True)
class OpenItem:
    """What is open of a line, debits positive: in the company's currency and in its own, whose smallest amount is `step`."""

    key: int
    currency: int
    residual: Decimal
    residual_currency: Decimal
    day: date
    step: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """One debit and one credit matched: the company's amount, and what that is in the currency of each; all positive."""

    debit: int
    credit: int
    amount: Decimal
    debit_currency: Decimal
    credit_currency: Decimal


@dataclass(slots=True)
class Outcome:
    """Matches in the order they were made, and the differences that rates left: line -> what is still on it."""

    matches: list[Match] = field(default_factory=list)
    differences: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Use:
    """How much of an item a match takes: in the company's currency, in its own, and whether that is all of it."""

    company: Decimal
    own: Decimal
    whole: bool


def match(items: Iterable[OpenItem], home: int, home_step: Decimal, convert: Convert) -> Outcome:
    """Match debits with credits, the oldest first. The items are used up: what they still hold stays open."""
    known = sorted(items, key=lambda item: (item.day, item.key))
    debits = [item for item in known if (item.residual_currency or item.residual) > 0]
    credits_ = [item for item in known if (item.residual_currency or item.residual) < 0]
    done = Outcome()
    while debits and credits_:
        debit, credit = debits[0], credits_[0]
        money = _money(debit, credit, home)
        has = [abs(_open(item, money, home, convert)) for item in (debit, credit)]
        amount = min(has)
        if not amount:
            # too little to be an amount of the other currency: it stays open
            (debits if not has[0] else credits_).pop(0)
            continue
        uses = [
            _use(item, amount, open_, money, home, home_step)
            for item, open_ in zip((debit, credit), has, strict=True)
        ]
        company = min(use.company for use in uses)
        own = []
        for item, use, queue in zip((debit, credit), uses, (debits, credits_), strict=True):
            own.append(_take(item, use, company, home))
            if use.whole:
                queue.pop(0)
                if item.residual:
                    done.differences[item.key] = item.residual
        done.matches.append(Match(debit.key, credit.key, company, *own))
    return done


def _money(debit: OpenItem, credit: OpenItem, home: int) -> int:
    """The currency in which two items meet."""
    if debit.currency == credit.currency:
        return debit.currency
    if debit.currency == home:
        return credit.currency
    return debit.currency if credit.currency == home else home


def _open(item: OpenItem, money: int, home: int, convert: Convert) -> Decimal:
    if item.currency == money:
        return item.residual_currency
    return item.residual if money == home else convert(item.residual, money, item.day)


def _use(item: OpenItem, amount: Decimal, open_: Decimal, money: int, home: int, home_step: Decimal) -> _Use:
    residual, own = abs(item.residual), abs(item.residual_currency)
    if amount == open_:
        return _Use(residual, own, whole=True)
    if money == home:
        return _Use(amount, _share(own, amount, open_, item.step), whole=False)
    return _Use(_share(residual, amount, open_, home_step), amount, whole=False)


def _take(item: OpenItem, use: _Use, company: Decimal, home: int) -> Decimal:
    """Take the company's amount off an item; what that was in its own currency."""
    sign = 1 if (item.residual_currency or item.residual) > 0 else -1
    own = company if item.currency == home else use.own
    item.residual -= sign * company
    item.residual_currency -= sign * own
    return own


def _share(whole: Decimal, amount: Decimal, of: Decimal, step: Decimal) -> Decimal:
    return (whole * amount / of / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
