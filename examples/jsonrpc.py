"""JSON-RPC: one POST a call, with a service, a method and its arguments."""

import json
import os
from urllib.request import Request, urlopen

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
login, password = os.environ.get("ENTREPOT_LOGIN", "admin"), os.environ.get("ENTREPOT_PASSWORD", "admin")


def call(service, method, *args):
    body = {"jsonrpc": "2.0", "id": 1, "params": {"service": service, "method": method, "args": args}}
    request = Request(f"{url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        return json.load(answer)["result"]


uid = call("common", "login", db, login, password)
wanted = {"fields": ["name"], "limit": 3}
print(call("object", "execute_kw", db, uid, password, "res.partner", "search_read", [[]], wanted))
