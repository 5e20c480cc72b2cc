"""XML-RPC, version 2 of the door: what the standard library of almost any language can speak."""

import os
from xmlrpc.client import ServerProxy

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
login, password = os.environ.get("ENTREPOT_LOGIN", "admin"), os.environ.get("ENTREPOT_PASSWORD", "admin")

uid = ServerProxy(f"{url}/xmlrpc/2/common").authenticate(db, login, password, {})
with ServerProxy(f"{url}/xmlrpc/2/object") as models:
    print(models.execute_kw(db, uid, password, "res.partner", "search_count", [[]]), "partners")
    wanted = {"fields": ["name"], "limit": 3}
    print(models.execute_kw(db, uid, password, "res.partner", "search_read", [[]], wanted))
