"""REST: log in once, then GET, POST, PUT and DELETE on models, with relations nested."""

import json
import os
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
login, password = os.environ.get("ENTREPOT_LOGIN", "admin"), os.environ.get("ENTREPOT_PASSWORD", "admin")
browser = build_opener(HTTPCookieProcessor())


def ask(verb, path, params=None, **asked):
    body = None if params is None else json.dumps({"params": params}).encode()
    request = Request(
        f"{url}{path}?{urlencode(asked)}", body, {"Content-Type": "application/json"}, method=verb
    )
    with browser.open(request) as answer:
        told = json.load(answer)
    if "error" in told:
        raise SystemExit(told["error"]["message"])
    return told


ask("POST", "/auth/", {"login": login, "password": password, "db": db})
people = [{"name": "Ann"}, {"name": "Bob"}]
made = ask("POST", "/api/res.partner/", {"data": {"name": "Acme", "is_company": True, "child_ids": people}})[
    "result"
]
query = "{name, child_ids(order: 'name desc', limit: 1){name, parent_id{name}}}"
print(ask("GET", f"/api/res.partner/{made}/", query=query))
ask("PUT", f"/api/res.partner/{made}/", {"data": {"child_ids": {"push": [{"name": "Cid"}]}}})
found = ask(
    "GET", "/api/res.partner/", filter=json.dumps([["parent_id", "=", made]]), query="{name}", page_size=2
)
print(found["count"], "of", found["total"], [each["name"] for each in found["result"]])
print(ask("DELETE", "/api/res.partner/", filter=json.dumps([["parent_id", "=", made]]))["meta"])
print(ask("DELETE", f"/api/res.partner/{made}/"))
