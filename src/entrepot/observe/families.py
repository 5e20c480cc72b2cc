"""What is measured: every family of numbers with its unit, its labels and one sentence.

Names end in their unit, as Prometheus asks: `_total` counts things, `_seconds` and `_bytes` measure them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the buckets of a duration, both ends of what a server is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Numbers of one meaning, one series for each combination of labels.

    A counter holds a sum; a summary a count and a sum; a histogram a count for each bucket, the rest, and a
    sum.
    """

    name: str
    kind: Literal["counter", "summary", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many values one series has."""
        return {"counter": 1, "summary": 2, "histogram": len(SECONDS) + 2}[self.kind]


CALLS = Family("entrepot_calls_total", "counter", "Calls by tenant and outcome.", ("tenant", "outcome"))
CALL_SECONDS = Family("entrepot_call_duration_seconds", "histogram", "Duration of calls.", ("door",))
METHOD_SECONDS = Family(
    "entrepot_method_duration_seconds",
    "summary",
    "Duration of successful calls of a method.",
    ("model", "method"),
)
STATEMENTS = Family("entrepot_statements_total", "counter", "SQL statements run by calls.", ("door",))
RETRIES = Family("entrepot_transaction_retries_total", "counter", "Transactions tried again.", ("reason",))
REQUESTS = Family(
    "entrepot_requests_total", "counter", "HTTP requests by door and status.", ("door", "status")
)
REQUEST_SECONDS = Family(
    "entrepot_request_duration_seconds", "histogram", "Duration of HTTP requests.", ("door",)
)
REQUEST_BYTES = Family(
    "entrepot_request_bytes_total", "counter", "Bytes of HTTP bodies.", ("door", "direction")
)
LOGINS = Family("entrepot_logins_total", "counter", "Log-ins by outcome.", ("outcome",))
MASTER_REFUSED = Family("entrepot_master_password_refused_total", "counter", "Wrong master passwords.")
TENANT_SECONDS = Family(
    "entrepot_tenant_operation_duration_seconds",
    "summary",
    "Duration of orders about tenants.",
    ("operation",),
)
JOBS = Family("entrepot_jobs_total", "counter", "Tries of background jobs by outcome.", ("job", "outcome"))
JOB_SECONDS = Family("entrepot_job_duration_seconds", "summary", "Duration of background jobs.", ("job",))
MESSAGES = Family(
    "entrepot_outbox_tries_total", "counter", "Tries to deliver a message to a peer by outcome.", ("outcome",)
)
MESSAGE_SECONDS = Family(
    "entrepot_outbox_try_duration_seconds",
    "histogram",
    "Duration of tries to deliver a message.",
    ("outcome",),
)
MESSAGE_LAG = Family(
    "entrepot_outbox_lag_seconds", "summary", "Time from making a message until a peer took it."
)
MAILS = Family(
    "entrepot_mail_tries_total", "counter", "Tries to hand a mail to the relay by outcome.", ("outcome",)
)
ENDPOINTS_DISABLED = Family(
    "entrepot_outbox_endpoints_disabled_total", "counter", "Endpoints that were switched off."
)
CRASHES = Family("entrepot_crashes_total", "counter", "Errors that are the server's own fault.", ("door",))

FAMILIES = (
    CALLS,
    CALL_SECONDS,
    METHOD_SECONDS,
    STATEMENTS,
    RETRIES,
    REQUESTS,
    REQUEST_SECONDS,
    REQUEST_BYTES,
    LOGINS,
    MASTER_REFUSED,
    TENANT_SECONDS,
    JOBS,
    JOB_SECONDS,
    MESSAGES,
    MESSAGE_SECONDS,
    MESSAGE_LAG,
    ENDPOINTS_DISABLED,
    MAILS,
    CRASHES,
)
"""Every family, in the order of the page."""
