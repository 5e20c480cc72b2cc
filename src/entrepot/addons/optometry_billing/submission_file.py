"""The file of a submission: a row a line of a claim, as portals and clearing houses take them in. No records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

COLUMNS = (
    *("claim", "frequency", "original_claim", "payer_code", "edi_payer_id", "member_id", "group_no"),
    *("patient", "birth_date", "sex", "relationship", "subscriber", "service_date", "place_of_service"),
    *("billing_npi", "rendering_npi", "diagnoses", "page", "line", "procedure", "modifiers", "pointers"),
    *("units", "charge", "authorization"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def written(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as UTF-8 CSV with a heading. Text that a spreadsheet would run as a formula gets a quote before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_DANGEROUS) else text
