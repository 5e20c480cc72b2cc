"""The examples of the look-up pages run, with the administrator's rights."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from entrepot.kernel.invoke import invoke
from entrepot.table import Table

ADDONS = ("crm", "point_of_sale")
PAGES = Path(__file__).parents[3] / "docs" / "look-up" / "addons"


class Wire:
    """Answers like the XML-RPC client's proxy, without the wire."""

    def __init__(self, env):
        self.env = env

    def execute_kw(self, _db, uid, _password, model, method, args, named):
        asked = self.env["res.users"].with_user(uid).env
        answer = invoke(asked, model, method, tuple(args), named)
        return list(answer.dicts()) if isinstance(answer, Table) else answer


@pytest.mark.parametrize("page", ["calendar", "crm", "point_of_sale"])
def test_the_example_of_a_page_runs(env, page, capsys):
    [code] = re.findall(r"```python\n(.*?)```", (PAGES / f"{page}.md").read_text(), re.DOTALL)
    body = "\n".join(
        line for line in code.splitlines() if not line.startswith(("import xmlrpc", "models = "))
    )
    uid = env["res.users"].search([("login", "=", "admin")]).id
    exec(body, {"models": Wire(env), "db": "", "uid": uid, "password": ""})  # noqa: S102 - the page is ours
    assert capsys.readouterr().out
