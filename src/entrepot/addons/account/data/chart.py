"""Payment terms for everybody, and the generic chart of accounts for the main company."""

from __future__ import annotations

from entrepot.addons.account import chart
from entrepot.api import Environment


def load(env: Environment) -> None:
    """Load what is not there yet; what somebody changed stays."""
    known = [env.ref(f"account.{key}", missing_ok=True) for key, _, _ in chart.TERMS]
    for (key, name, lines), there in zip(chart.TERMS, known, strict=True):
        if there:
            continue
        rows = [
            (0, 0, {"value": part, "value_amount": amount, "nb_days": days, "delay_type": delay})
            for part, amount, days, delay in lines
        ]
        env.upsert(f"account.{key}", "account.payment.term", {"name": name, "line_ids": rows}, noupdate=True)
    env["account.chart.template"].try_loading("generic", env.ref("base.main_company").id)
