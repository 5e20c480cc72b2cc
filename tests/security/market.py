"""A market of two banks with people of every kind in it, and what is not theirs, seen through the REST door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from app_fixtures import House
from doors.knock import Heard, knock
from entrepot.call import Operator
from entrepot.doors.asgi import Application

ADDONS = ("exchange", "point_of_sale")
PEOPLE: dict[str, tuple[str, ...]] = {
    "alsalam": ("exchange.group_exchange_peer",),
    "cpa": ("exchange.group_exchange_peer",),
    "portal": ("base.group_portal",),
    "internal": ("base.group_user",),
    "seller": ("sale.group_sale_salesman",),
    "storekeeper": ("stock.group_stock_user",),
    "buyer": ("purchase.group_purchase_user",),
    "bookkeeper": ("account.group_account_invoice",),
    "cashier": ("point_of_sale.group_pos_user",),
    "exchanger": ("exchange.group_exchange_manager",),
    "stranger": (
        "sale.group_sale_manager",
        "stock.group_stock_manager",
        "account.group_account_manager",
        "purchase.group_purchase_manager",
        "point_of_sale.group_pos_manager",
    ),
}
"""Who attacks -> the groups they are in. The stranger works for another company."""
BANKS = {"alsalam": "Alsalam", "cpa": "CPA"}
POS = "PDVA-E-TIN-TIN-88-07"
CANARY = "canary-of-another-bank"
JSON = {"content-type": "application/json"}


@dataclass
class Door:
    """Somebody at the REST door."""

    app: Application
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **asked: Any) -> Heard:
        given = {name: each if isinstance(each, str) else json.dumps(each) for name, each in asked.items()}
        return knock(
            self.app, "GET", f"{path}?{urlencode(given)}" if given else path, headers=dict(self.headers)
        )

    def send(self, verb: str, model: str, **params: Any) -> Any:
        """A POST or PUT on a model; the JSON of its answer."""
        body = json.dumps({"params": params}).encode()
        return knock(self.app, verb, f"/api/{model}/", body, {**JSON, **self.headers}).json

    def post(self, model: str, data: Any, **more: Any) -> Any:
        return self.send("POST", model, data=data, **more)

    def put(self, model: str, target: Any, data: Any, **more: Any) -> Any:
        return self.send("PUT", model, filter=target, data=data, **more)


@dataclass(frozen=True)
class Market:
    """One tenant, its people, and the ids of what is in it."""

    house: House
    app: Application
    name: str
    uids: dict[str, int] = field(default_factory=lambda: {"admin": 2})
    doors: dict[str, Door] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def call(self, who: str, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call with somebody's rights."""
        return self.house.call(self.name, model, method, *args, who=Operator(self.uids[who]), **kwargs)

    def system(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call of the administrator."""
        return self.house.as_system(self.name, model, method, *args, **kwargs)

    def rest(self, who: str) -> Door:
        """Somebody at the REST door, logged in once."""
        if who not in self.doors:
            params = {"login": who, "password": f"{who}-secret", "db": self.name}
            body = json.dumps({"params": params}).encode()
            sid = knock(self.app, "POST", "/auth/", body, JSON).json["result"]["session_id"]
            self.doors[who] = Door(self.app, {"cookie": f"session_id={sid}"})
        return self.doors[who]

    def ref(self, external_id: str) -> int:
        module, _, rest = external_id.partition(".")
        return int(self.system("ir.model.data", "check_object_reference", module, rest)[1])

    def one(self, model: str, domain: list[Any], names: list[str]) -> dict[str, Any]:
        """The values of the one record of a domain, whatever company it is of."""
        whole = {"active_test": False, "allowed_company_ids": [1, self.ids["elsewhere"]]}
        (found,) = self.system(model, "search_read", domain, names, context=whole).dicts()
        return dict(found)

    def count(self, model: str, domain: list[Any]) -> int:
        return int(self.system(model, "search_count", domain, context={"active_test": False}))


def opportunity(bank: str, client: str, number: int, **changes: Any) -> dict[str, Any]:
    """The body of an opportunity."""
    return {
        "create_by": "ekiclik",
        "order_source": bank,
        "partner": {"email": client, "salary": 91919.0, "birth_date": "1993-11-03"},
        "cart_id": number,
        "cart": [{"manufacturer_ref": "A12-64", "quantity": 2, "product_warehouse_id": POS}],
        "quotation_address": {
            "street": "Rue 1",
            "state_id": "Alger",
            "country_id": "DZ",
            "ek_order_id": number,
        },
        "file_info": {"file_number": number, "order_status": "draft"},
        **changes,
    }


def product(ref: str = "A12", *configurations: str, **changes: Any) -> dict[str, Any]:
    """The body of a product."""
    told = [
        {"name": f"Phone {each}", "manufacturer_ref": each, "list_price": 80000.0} for each in configurations
    ]
    return {
        "create_by": "ekiclik",
        "name": "Phone",
        "categ_id": "Phones",
        "product_ref": ref,
        "product": told,
        **changes,
    }


def client(email: str, **changes: Any) -> dict[str, Any]:
    """The body of a client."""
    return {"create_by": "ek", "name": email.partition("@")[0], "email": email, "status": "ACTIVE", **changes}


def furnished(house: House, app: Application, name: str) -> Market:
    """Fill a fresh tenant of the exchange."""
    market = Market(house, app, name)
    elsewhere = market.ids["elsewhere"] = market.system("res.company", "create", {"name": "Elsewhere"})
    market.system("res.users", "write", [2], {"company_ids": [(4, elsewhere)]})
    for login, groups in PEOPLE.items():
        company = elsewhere if login == "stranger" else 1
        market.uids[login] = market.system(
            "res.users",
            "create",
            {
                "name": login,
                "login": login,
                "password": f"{login}-secret",
                "groups_id": [(6, 0, [market.ref(each) for each in groups])],
                "company_id": company,
                "company_ids": [(6, 0, [company])],
            },
        )
    for login, bank in BANKS.items():
        endpoint = market.system(
            "outbox.endpoint", "create", {"name": bank, "code": login, "url": "https://peer.example.org"}
        )
        market.ids[bank] = market.system(
            "ek.peer",
            "create",
            {"name": bank, "user_ids": [(6, 0, [market.uids[login]])], "endpoint_id": endpoint},
        )
    _trade(market)
    return market


def _trade(market: Market) -> None:
    """A catalogue, a point of sale, and for each bank a client with an order."""
    first = market.rest("alsalam")
    answers = [
        first.post("product.template", product("A12", "A12-64")),
        first.post(
            "res.partner",
            client("tindouf@pos.test", is_pos="True", code_pos=POS, name="Agence Tindouf"),
        ),
    ]
    for number, (login, bank) in enumerate(BANKS.items(), start=100):
        email = f"{login}@clients.test"
        street = CANARY if login == "cpa" else "Rue 1"
        answers.append(market.rest(login).post("res.partner", client(email, street=street)))
        market.ids[f"client of {login}"] = answers[-1].get("result")
        answers.append(market.rest(login).post("crm.lead", opportunity(bank, email, number)))
        market.ids[f"lead of {login}"] = answers[-1].get("result")
        market.ids[f"order of {login}"] = answers[-1].get("meta", {}).get("sale_order_id")
    wrong = [each for each in answers if "error" in each]
    assert not wrong, wrong
    market.ids["user of alsalam"] = first.post(
        "res.users",
        {
            "create_by": "ek",
            "name": "Analyst",
            "login": "analyst@x.test",
            "codification": "CA-1",
            "role": "ROLE_POS_EK",
        },
    )["result"]
    market.rest("cpa").post(
        "res.users",
        {
            "create_by": "ek",
            "name": "Clerk",
            "login": "clerk@x.test",
            "codification": "CA-2",
            "role": "ROLE_POS_EK",
        },
    )
    market.ids["plain product"] = market.system("product.template", "create", {"name": "Not exchanged"})
