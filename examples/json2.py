"""JSON-2: model and method in the address, named arguments in the body, an API key in the header."""

import json
import os
from urllib.request import Request, urlopen

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
key = os.environ["ENTREPOT_API_KEY"]  # `entrepot user key demo admin` makes one


def call(model, method, **arguments):
    headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json", "X-Odoo-Database": db}
    body = json.dumps(arguments).encode()
    with urlopen(Request(f"{url}/json/2/{model}/{method}", body, headers)) as answer:
        return json.load(answer)


found = call("res.partner", "search", domain=[["email", "!=", False]], limit=3)
print(call("res.partner", "read", ids=found, fields=["name", "email"]))
