"""Making an API key as a person does it: in a web session, proving the password once more."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener


def post(browser: OpenerDirector, url: str, **params: Any) -> Any:
    """One JSON-RPC call of a web session; its result, or an AssertionError with the error."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "params": params}).encode()
    with browser.open(Request(url, body, {"Content-Type": "application/json"}), timeout=60) as answer:
        reply = json.load(answer)
    assert "error" not in reply, reply["error"]
    return reply.get("result")


def new_api_key(url: str, db: str, login: str, password: str, name: str = "test") -> str:
    """Mint a key for a user and return it."""
    browser = build_opener(HTTPCookieProcessor())

    def call(model: str, method: str, args: list[Any], path: str = "call_kw") -> Any:
        return post(browser, f"{url}/web/dataset/{path}", model=model, method=method, args=args, kwargs={})

    post(browser, f"{url}/web/session/authenticate", db=db, login=login, password=password)
    wizard = call("res.users.apikeys.description", "create", [{"name": name, "duration": "1"}])
    action = call("res.users.apikeys.description", "make_key", [[wizard]], "call_button")
    if action["res_model"] == "res.users.identitycheck":
        check = action["res_id"]
        call("res.users.identitycheck", "write", [[check], {"password": password}])
        action = call("res.users.identitycheck", "run_check", [[check]], "call_button")
    return str(action["context"]["default_key"])
