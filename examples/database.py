"""The database service: make a tenant, save it in a file, remove it. It wants the master password."""

import base64
import os
from pathlib import Path
from xmlrpc.client import ServerProxy

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
master = os.environ["ENTREPOT_MASTER_PASSWORD"]
copy = Path(os.environ.get("ENTREPOT_EXAMPLE_FILE", "example.zip"))

with ServerProxy(f"{url}/xmlrpc/2/db") as databases:
    databases.create_database(master, "example", False, "en_US", "a good password", "owner@example.com")
    print(databases.list())
    copy.write_bytes(base64.b64decode(databases.dump(master, "example", "zip")))
    databases.drop(master, "example")
    print(databases.db_exist("example"), copy.stat().st_size, "bytes saved")
