"""Files: an attachment goes in through any door and comes out as a stream, whole or in part."""

import base64
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


post("/web/session/authenticate", db=db, login=login, password=password)
values = {"name": "note.txt", "datas": base64.b64encode(b"seen from both sides").decode()}
made = post("/web/dataset/call_kw", model="ir.attachment", method="create", args=[values], kwargs={})
with browser.open(Request(f"{url}/web/content/{made}", headers={"Range": "bytes=0-3"})) as answer:
    print(answer.status, answer.read())
