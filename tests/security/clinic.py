"""A clinic with people of every kind in it, and records that are not theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app_fixtures import House
from entrepot.call import Operator

PEOPLE = {
    "internal": ("base.group_user",),
    "portal": ("base.group_portal",),
    "front_desk": ("optometry.group_front_desk",),
    "access_rights": ("base.group_erp_manager",),
}
"""Who attacks -> the groups they are in."""
LEAKS = ("Traceback", 'File "', "SELECT ", "site-packages", "$argon2", "/tmp", "sqlite3", "psycopg")  # noqa: S108
"""What no reply may hold."""
WATCHED = {
    "res.users": ["login", "groups_id", "company_id", "company_ids", "active", "write_date"],
    "res.groups": ["name", "users", "implied_ids"],
    "res.partner": ["name", "email", "parent_id", "company_id", "active"],
    "res.company": ["name"],
    "ir.model.access": ["name", "group_id", "active"],
    "ir.rule": ["name", "domain", "active"],
    "ir.config_parameter": ["key", "value"],
    "ir.attachment": ["name", "res_model", "res_id"],
    "ir.logging": ["name", "message"],
    "ir.model.data": ["module", "name"],
    "res.users.apikeys": ["name"],
    "got2.patient": ["name", "ssn_last4", "medications"],
}
"""What attacks aim at: model -> fields."""


@dataclass(frozen=True)
class Clinic:
    """One tenant, the ids of its people, and the ids of what is hidden from them."""

    house: House
    name: str
    uids: Mapping[str, int]
    foreign_company: int
    foreign_partner: int
    foreign_child: int
    patient: int

    def call(self, who: str, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call with somebody's rights."""
        return self.house.call(self.name, model, method, *args, who=Operator(self.uids[who]), **kwargs)

    def system(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call of the administrator."""
        return self.house.as_system(self.name, model, method, *args, **kwargs)

    def state(self) -> dict[str, Any]:
        """Everything that attacks aim at."""
        whole = {"active_test": False, "allowed_company_ids": [1, self.foreign_company]}
        return {
            model: list(self.system(model, "search_read", [], fields, order="id", context=whole).dicts())
            for model, fields in WATCHED.items()
        }


def furnished(house: House, name: str) -> Clinic:
    """Fill a fresh tenant of the optometry add-on."""

    def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return house.as_system(name, model, method, *args, **kwargs)

    def group(external_id: str) -> int:
        module, _, rest = external_id.partition(".")
        return int(call("ir.model.data", "check_object_reference", module, rest)[1])

    uids = {"admin": 2}
    for login, groups in PEOPLE.items():
        values = {"name": login, "login": login, "groups_id": [(6, 0, [group(each) for each in groups])]}
        uids[login] = call("res.users", "create", {**values, "password": f"{login}-secret"})
    foreign = call("res.company", "create", {"name": "Elsewhere"})
    partner = call(
        "res.partner",
        "create",
        {"name": "Hidden One", "email": "hidden@x.test", "company_id": foreign},
        context={"allowed_company_ids": [1, foreign]},
    )
    child = call("res.partner", "create", {"name": "Child", "parent_id": partner})
    patient = call(
        "got2.patient",
        "create",
        {"name": "Pat Ient", "birth_date": "1980-01-01", "medications": "canary-drug", "ssn_last4": "1234"},
    )
    call("ir.config_parameter", "set_param", "canary.key", "canary-parameter")
    call("res.users", "write", [2], {"company_ids": [(4, foreign)]})
    return Clinic(house, name, uids, foreign, partner, child, patient)
