"""A payer's money for a claim: find the open one, book what arrived, see what is left. Over XML-RPC, on the demo."""

import os
from xmlrpc.client import ServerProxy

URL = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
DB = os.environ.get("ENTREPOT_DB", "demo")
LOGIN = os.environ.get("ENTREPOT_LOGIN", "admin")
PASSWORD = os.environ.get("ENTREPOT_PASSWORD", "admin")

uid = ServerProxy(f"{URL}/xmlrpc/2/common").authenticate(DB, LOGIN, PASSWORD, {})
models = ServerProxy(f"{URL}/xmlrpc/2/object")


def call(model, method, *args, **kwargs):
    return models.execute_kw(DB, uid, PASSWORD, model, method, list(args), kwargs)


fields = ["name", "payer_id", "total_charge", "total_expected"]
claim = call("claim.manager", "search_read", [["state", "=", "submitted"]], fields, limit=1)[0]
print(f"{claim['name']}: {claim['total_charge']:.2f} charged, {claim['total_expected']:.2f} expected")

batch = call(
    "got2.batch.account.payment",
    "create",
    {
        "payer_id": claim["payer_id"][0],
        "amount_total": claim["total_expected"],
        "reference": "EFT 20771",
        "claim_ids": [[6, 0, [claim["id"]]]],
    },
)
call("got2.batch.account.payment", "action_post", [batch])

paid = call("got2.batch.account.payment", "read", [batch], ["state", "unallocated"])[0]
print(f"{paid['state']}, {paid['unallocated']:.2f} unallocated")
after = call("claim.manager", "read", [claim["id"]], ["state", "balance"])[0]
print(f"{after['state']}, {after['balance']:.2f} open")
