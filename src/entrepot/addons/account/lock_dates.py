"""Up to which day the books of a company are closed for somebody."""

from __future__ import annotations

from datetime import date
from typing import Any


def locked_until(records: Any) -> dict[int, date]:
    """Company id -> the last day that the caller can post nothing on any more; for the companies of these records.

    `period_lock_date` stops everybody but accounting managers, `fiscalyear_lock_date` stops them too.
    """
    manager = records.env.has_group("account.group_account_manager") or records.env.caller.superuser
    found: dict[int, date] = {}
    for company in records.mapped("company_id"):
        days = [company.fiscalyear_lock_date, None if manager else company.period_lock_date]
        known = [day for day in days if day]
        if known:
            found[company.id] = max(known)
    return found
