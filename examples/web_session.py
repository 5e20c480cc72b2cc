"""A web session: log in once, then the cookie says who is calling."""

import json
import os
from urllib.request import HTTPCookieProcessor, Request, build_opener

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
login, password = os.environ.get("ENTREPOT_LOGIN", "admin"), os.environ.get("ENTREPOT_PASSWORD", "admin")
browser = build_opener(HTTPCookieProcessor())


def post(path, **params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "params": params}).encode()
    with browser.open(Request(url + path, body, {"Content-Type": "application/json"})) as answer:
        return json.load(answer).get("result")


print(post("/web/session/authenticate", db=db, login=login, password=password)["name"])
count = {"model": "res.partner", "method": "search_count", "args": [[]], "kwargs": {}}
print(post("/web/dataset/call_kw", **count), "partners")
post("/web/session/destroy")
