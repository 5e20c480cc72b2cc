"""XML-RPC, version 1 of the door: the same services, and faults whose code is a text."""

import os
from xmlrpc.client import Fault, ServerProxy

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
login, password = os.environ.get("ENTREPOT_LOGIN", "admin"), os.environ.get("ENTREPOT_PASSWORD", "admin")

uid = ServerProxy(f"{url}/xmlrpc/common").login(db, login, password)
with ServerProxy(f"{url}/xmlrpc/object") as models:
    print(models.execute(db, uid, password, "res.partner", "search", [], 0, 3))
    try:
        models.execute(db, uid, "not the password", "res.partner", "search", [])
    except Fault as fault:
        print(fault.faultCode)
