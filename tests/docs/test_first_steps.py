"""The tutorial's Python runs as it is printed, and is refused where the page says so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from server_fixtures import Tenant

PAGE = Path(__file__).parents[2] / "docs" / "learn" / "first-steps.md"
REFUSED = """
from xmlrpc.client import Fault
try:
    {}
except Fault as fault:
    print(f"`Fault {{fault.faultCode}}: {{fault.faultString}}`")
"""


def test_the_tutorial_runs(tenant: Tenant) -> None:
    text = PAGE.read_text().replace("http://127.0.0.1:8069", tenant.url).replace('"demo"', f'"{tenant.db}"')
    make, refused, *look = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    script = "\n".join([make, REFUSED.format(refused.strip()), *look])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    patient, fault = done.stdout.splitlines()
    assert "'name': 'Ada Lovelace'" in patient
    assert fault in text


def test_its_commands_are_there(tenant: Tenant) -> None:
    commands = re.findall(r"^\.venv/bin/entrepot (\w+ \w+)", PAGE.read_text(), re.MULTILINE)
    assert commands
    for command in commands:
        assert tenant.server.command(*command.split(), "--help").returncode == 0
