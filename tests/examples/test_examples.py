"""Every example runs as it stands against a real server and prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api_keys import new_api_key
from server_fixtures import Tenant

EXAMPLES = Path(__file__).parents[2] / "examples"
PRINTED = {
    "clinic_claim": [
        r"CLM/\d{4}/\d{5}: \d+\.\d\d charged, \d+\.\d\d expected",
        r"reconciled, 0\.00 unallocated",
        r"paid, 0\.00 open",
    ],
    "xmlrpc_v1": [r"\[\d+, \d+, \d+\]", "AccessDenied"],
    "xmlrpc_v2": [r"\d+ partners", r"\[\{'id': \d+, 'name': '.*\]"],
    "jsonrpc": [r"\[\{'id': \d+, 'name': '.*\]"],
    "web_session": [r".+", r"\d+ partners"],
    "json2": [r"\[\{'id': \d+, 'name': '.+', 'email': '.+@.+\]"],
    "rest_client": [
        r"\{'name': 'Acme', 'child_ids': \[\{'name': 'Bob', 'parent_id': \{'name': 'Acme'\}\}\]\}",
        r"2 of 3 \['Ann', 'Bob'\]",
        r"\{'matched': 3\}",
        r"\{'result': True\}",
    ],
    "database": [r"\[.*'example'.*\]", r"False \d+ bytes saved"],
    "files": [r"206 b'seen'"],
}


def run(name: str, variables: dict[str, str]) -> list[str]:
    """Run an example as a user would; the lines it printed. A failure shows what it wrote."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ENTREPOT_")}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py")],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_an_example_prints_what_it_promises(name: str, tenant: Tenant, tmp_path: Path) -> None:
    variables = tenant.variables() | {"ENTREPOT_EXAMPLE_FILE": str(tmp_path / "example.zip")}
    if name == "json2":
        variables["ENTREPOT_API_KEY"] = new_api_key(tenant.url, tenant.db, tenant.login, tenant.password)
    lines = run(name, variables)
    assert len(lines) == len(PRINTED[name]), lines
    for line, pattern in zip(lines, PRINTED[name], strict=True):
        assert re.fullmatch(pattern, line), line


def test_the_guide_runs_word_for_word(tenant: Tenant) -> None:
    lines = run("clinic_guide", tenant.variables())
    assert re.fullmatch(r"Authenticated UID: \d+", lines[0])
    assert lines[1] == "200 active patients"
    assert "Updated: True" in lines
    assert "Deleted: True" in lines
    assert re.fullmatch(r"\[\{'id': \d+, 'name': 'Jane Smith', 'email': 'jane@example.com'\}\]", lines[-1])


def test_every_example_is_tried() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*PRINTED, "clinic_guide"}


def test_the_guide_keeps_the_calls_of_its_source() -> None:
    text = re.sub(r"\s+|#.*", "", (EXAMPLES / "clinic_guide.py").read_text())
    for call in (
        "'got2.patient','search',[[['active','=',True]]]",
        "'got2.patient','search_read',[[['active','=',True]]]",
        "'got2.patient','read',[[15]]",
        "'got2.patient','write',[[15],{",
        "'got2.patient','unlink',[[15]",
        "'got2.patient','send_patient_summary',[[15]]",
        "'got2.patient','fields_get',[],{'attributes':['string','type']}",
    ):
        assert call in text
