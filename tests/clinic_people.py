"""A clinic on a running server for scenarios: its people, logged in, and what its business needs.

Nothing here imports the server: XML-RPC goes in and comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xmlrpc.client import ServerProxy

PASSWORD = "eyes wide open"
ROLES = ("front_desk", "technician", "optometrist", "optician", "biller")


@dataclass
class Person:
    """Somebody at the clinic, logged in; no answer ever holds a nil (the client would refuse it)."""

    url: str
    db: str
    login: str
    password: str
    uid: int = field(init=False)

    def __post_init__(self) -> None:
        with ServerProxy(f"{self.url}/xmlrpc/2/common") as common:
            uid: Any = common.authenticate(self.db, self.login, self.password, {})
            self.uid = int(uid)
        assert self.uid

    def __call__(self, model: str, method: str, *args: object, **kwargs: object) -> Any:
        with ServerProxy(f"{self.url}/xmlrpc/2/object") as models:
            return models.execute_kw(self.db, self.uid, self.password, model, method, list(args), kwargs)

    def one(self, model: str, number: int, *fields: str) -> dict[str, Any]:
        (row,) = self(model, "read", [number], list(fields))
        return dict(row)

    def ref(self, name: str) -> int:
        module, _, short = name.partition(".")
        domain = [["module", "=", module], ["name", "=", short]]
        (row,) = self("ir.model.data", "search_read", domain, ["res_id"])
        return int(row["res_id"])


@dataclass
class Clinic:
    """The people of a fresh clinic, and the numbers of what the day needs."""

    admin: Person
    people: dict[str, Person]
    known: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


def employ(admin: Person, role: str) -> Person:
    """Give somebody a login in a role; the doctor has an NPI."""
    login = f"{role}@clinic.example.com"
    group = admin.ref(f"optometry.group_{role}")
    values = {"name": role.title(), "login": login, "password": PASSWORD, "groups_id": [[4, group]]}
    user = admin("res.users", "create", values)
    if role == "optometrist":
        partner = admin.one("res.users", user, "partner_id")["partner_id"][0]
        admin("res.partner", "write", [partner], {"npi": "1849123702"})
    return Person(admin.url, admin.db, login, PASSWORD)


def open_business(clinic: Clinic) -> None:
    """Give a clinic its NPI, a payer with a plan, a laboratory, and goods in stock; `known` has their ids."""
    admin, known = clinic.admin, clinic.known
    company = admin("res.company", "search_read", [], ["partner_id"])[0]
    admin("res.partner", "write", [company["partner_id"][0]], {"npi": "1555010051"})
    payer = admin("insurance.company.listing", "create", {"name": "Clear Vision", "payer_code": "CLV1"})
    admin("insurance.company.detail", "create", {"listing_id": payer, "submission": "edi"})
    insurance = admin("spec.insurance", "create", {"name": "Clear Vision", "company_id": payer})
    benefits = {
        "exam_copay": 10,
        "frame_allowance": 150,
        "lens_copay": 25,
        "frequency_exam": 12,
        "frequency_frame": 24,
        "frequency_lens": 12,
        "discount_over_allowance": 20,
    }
    plan = {"name": "Choice", "insurance_id": insurance, **benefits}
    known |= {"payer": payer, "plan": admin("spec.insurance.plan", "create", plan)}
    known["lab"] = admin("res.partner", "create", {"name": "Ground & Polished", "partner_kind": "lab"})
    frame = {
        "name": "Alder 52",
        "spec_product_type": "frame",
        "is_storable": True,
        "list_price": 199.90,
        "procedure_id": admin.ref("optometry.procedure_v2020"),
    }
    lens = {
        "name": "Progressive polycarbonate",
        "spec_product_type": "lens",
        "list_price": 160.05,
        "material_id": admin.ref("optometry.lens_material_polycarbonate"),
        "style_id": admin.ref("optometry.lens_style_progressive"),
        "procedure_id": admin.ref("optometry.procedure_v2781"),
        "sphere_min": -10,
        "sphere_max": 7,
        "cylinder_max": 4,
    }
    known["frame"], known["lens"] = admin("product.product", "create", [frame, lens])
    (warehouse,) = admin("stock.warehouse", "search_read", [], ["lot_stock_id"])
    count = {
        "product_id": known["frame"],
        "location_id": warehouse["lot_stock_id"][0],
        "inventory_quantity": 3,
    }
    admin("stock.quant", "action_apply_inventory", [admin("stock.quant", "create", count)])
