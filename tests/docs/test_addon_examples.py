"""The examples of the pages of stock and purchase run as they are printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from server_fixtures import Tenant

PAGES = Path(__file__).parents[2] / "docs" / "look-up" / "addons"
SHOWN = {
    "stock": ["'qty_available': 10.0", "'free_qty': 6.0", "'virtual_available': 6.0"],
    "purchase": ["'receipt_status': 'full'", "'invoice_status': 'invoiced'"],
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_example_runs(tenant: Tenant, name: str) -> None:
    [example] = re.findall(
        r"^```python\n(.*?)^```", (PAGES / f"{name}.md").read_text(), re.MULTILINE | re.DOTALL
    )
    script = example.replace("http://localhost:8069", tenant.url)
    script = script.replace('"shop", 2, "secret"', repr((tenant.db, tenant.uid(), tenant.password))[1:-1])
    *lines, last = script.rstrip().splitlines()
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, f"print({last.partition('  #')[0]})"])],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for part in SHOWN[name]:
        assert part in done.stdout
