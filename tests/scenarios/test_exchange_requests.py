"""Every request body of the exchange document, word for word but for its marks, against a real server.

The document's bodies hold comments and trailing commas, which are marks of the document and no JSON. Its order of events
is kept; what a body takes for granted (the client of an opportunity, the point of sale called "POS CODE") is sent first, by
the same door.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server_fixtures import STORES
from server_process import ServerProcess

ROOT = Path(__file__).parents[2]
REQUESTS = ROOT / "examples" / "exchange_samples" / "requests"
SOURCE = ROOT.parent / "shared" / "spec" / "sources" / "002_5de312c7fe91ae10.txt"
MODELS = {
    "post_product": "product.template",
    "post_client": "res.partner",
    "post_point_of_sale": "res.partner",
    "post_opportunity": "crm.lead",
    "post_purchase": "purchase.order",
    "put_configuration": "product.template",
    "put_product": "product.master",
    "put_order_state": "sale.order",
    "put_contact": "res.partner",
    "put_user": "res.users",
}
"""In the order of the document."""
DB = f"exchange-requests-{os.getpid()}"
PASSWORD = "the platform's own"


def body_of(name: str) -> Any:
    """A body of the document as JSON: without its comment marks and trailing commas."""
    text = (REQUESTS / f"{name}.js").read_text()
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"<<<[^\n]*", "", text)))


class Platform:
    """The platform's account, logged in over REST."""

    def __init__(self, server: ServerProcess) -> None:
        self.url = server.url
        self.http = requests.Session()
        answer = self.http.post(
            f"{self.url}/auth/",
            json={"params": {"db": DB, "login": "ekiclik", "password": PASSWORD}},
            timeout=60,
        ).json()
        assert answer["result"]["session_id"]

    def send(self, name: str, body: Any = None) -> Any:
        """Send a body of the document (or one like it); the answer's JSON, which bears no error."""
        verb = name.partition("_")[0].upper()
        url = f"{self.url}/api/{MODELS[name]}/"
        answer = self.http.request(verb, url, json=body or body_of(name), timeout=60).json()
        assert "error" not in answer, (name, answer)
        assert answer["jsonrpc"] == "2.0"
        assert answer["id"] is None
        return answer

    def close(self) -> None:
        self.http.close()


@pytest.fixture(scope="module", params=STORES)
def platform(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform before a server with a demo exchange."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    server = ServerProcess(data=tmp_path_factory.mktemp(f"requests-{request.param}"), store=url)
    made = server.command("tenant", "create", DB, "--addons", "exchange", "--demo", "--password", "admin")
    assert made.returncode == 0, made.stderr
    given = server.command("user", "password", DB, "ekiclik", "--password", PASSWORD)
    assert given.returncode == 0, given.stderr
    server.start("serve")
    found = Platform(server)
    yield found
    found.close()
    server.kill()
    server.command("tenant", "drop", DB, "--yes")


def test_every_body_of_the_document_is_carried_out(platform: Platform) -> None:
    send = platform.send
    assert isinstance(send("post_product")["result"], int)
    assert isinstance(send("post_client")["result"], int)
    assert isinstance(send("post_point_of_sale")["result"], int)
    _prepare(platform)

    lead = send("post_opportunity")
    assert isinstance(lead["result"], int)
    assert isinstance(lead["meta"]["sale_order_id"], int)
    assert isinstance(send("post_purchase")["result"], int)
    for name in ("put_configuration", "put_product", "put_order_state", "put_contact", "put_user"):
        answer = send(name)
        assert (answer["result"], answer["meta"]["matched"]) == (True, 1), (name, answer)

    # and all of it once more: nothing is made twice
    repeated = send("post_opportunity")
    assert (repeated["result"], repeated["meta"]["repeated"]) == (lead["result"], True)
    assert send("post_purchase")["meta"]["repeated"] is True


def _prepare(platform: Platform) -> None:
    """What the document's bodies take for granted, in bodies like its own."""
    client, place = body_of("post_client"), body_of("post_point_of_sale")
    platform.send("post_client", _with(client, email="CLIENT EMAIL", status="ACTIVE"))
    platform.send("post_client", _with(client, email="CLIENT/POS ADDRESS"))
    platform.send("post_point_of_sale", _with(place, email="pos code", code_pos="POS CODE"))
    order = body_of("post_opportunity")
    data = order["params"]["data"]
    data["quotation_address"]["ek_order_id"] = 1234
    platform.send("post_opportunity", _with(order, order_source="BNA", cart_id=1))
    user = {"create_by": "ekiclik", "login": "user@mail.com", "name": "NAME"}
    answer = platform.http.post(
        f"{platform.url}/api/res.users/", json={"params": {"data": user}}, timeout=60
    ).json()
    assert isinstance(answer["result"], int), answer


def _with(body: Any, **changes: Any) -> Any:
    return {"params": {"data": {**body["params"]["data"], **changes}}}


def test_the_bodies_are_the_documents_own() -> None:
    if not SOURCE.exists():
        pytest.skip("the document does not lie beside this checkout")
    text = SOURCE.read_text()
    blocks = re.findall(r"^```js\n(.*?)^```", text[text.index("## 1. POST") :], re.DOTALL | re.MULTILINE)
    bodies = [block for block in blocks if '"params"' in block]
    assert bodies == [(REQUESTS / f"{name}.js").read_text() for name in MODELS]
