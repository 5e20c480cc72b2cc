"""A tenant with two banks, an account that speaks for both, one for each, a point of sale, a client and a catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from entrepot.api import Command, Environment

POS = "PDVA-E-TIN-TIN-88-07"
CLIENT = "amel@example.org"


@dataclass
class Exchange:
    """The records that the tests speak of, and how a message comes in."""

    env: Environment
    platform: Any
    alsalam: Any
    cpa: Any
    bank_user: Any

    def post(self, model: str, data: Any, user: Any = None) -> dict[str, Any]:
        """A POST of a peer, written to the store as at the end of a call."""
        records = self.env[model].with_user((user or self.platform).id)
        answer: dict[str, Any] = records.rest_create(data)  # type: ignore[attr-defined]
        self.env.flush()
        return answer

    def put(self, model: str, target: Any, data: Any, user: Any = None, **more: Any) -> dict[str, Any]:
        """A PUT of a peer."""
        records = self.env[model].with_user((user or self.platform).id)
        answer: dict[str, Any] = records.rest_write(target, data, **more)  # type: ignore[attr-defined]
        self.env.flush()
        return answer

    def told(self, peer: Any, topic: str = "") -> list[Any]:
        """The messages that wait for a peer, in order."""
        domain = [("endpoint_id", "=", peer.endpoint_id.id), ("state", "=", "pending")]
        domain += [("topic", "=", topic)] if topic else []
        return list(self.env["outbox.message"].search(domain, order="id"))

    def forget(self) -> None:
        """Let everything that waits be sent."""
        self.env["outbox.message"].search([("state", "=", "pending")]).write({"state": "sent"})

    def template(self, ref: str) -> Any:
        """The configuration of a reference."""
        found = self.env["product.template"].with_context(active_test=False)
        return found.search([("manufacturer_ref", "=", ref)]).with_env(self.env)

    def opportunity(self, **changes: Any) -> dict[str, Any]:
        """The body of an opportunity."""
        return {
            "create_by": "ekiclik",
            "order_source": "Alsalam",
            "partner": {
                "email": CLIENT,
                "salary": 900000.0,
                "birth_date": "1993-11-03",
                "monthly_payment": 5321,
                "periodicity": 12,
            },
            "cart_id": 259,
            "cart": [{"manufacturer_ref": "A12-64", "quantity": 7, "product_warehouse_id": POS}],
            "quotation_address": {
                "order_source": "Alsalam",
                "type": "delivery",
                "create_by": "ekiclick",
                "street": "Rue 1",
                "street2": None,
                "state_id": "Alger",
                "country_id": "DZ",
                "code_pos": POS,
                "ek_order_id": 1416,
            },
            "code_pos": POS,
            "file_info": {
                "file_number": 1906,
                "client_number": "0666666666",
                "order_status": "draft",
                "progress": 0.0,
                "file_state": "traitement",
            },
            **changes,
        }


def product_message(**changes: Any) -> dict[str, Any]:
    """The body of a product with two configurations."""
    return {
        "name": "Telephone A12",
        "brand": "Condor",
        "create_by": "ekiclic",
        "fab_name": "Condor Electronics",
        "categ_id": "Téléphones",
        "product_ref": "A12",
        "product": [configuration("A12-64"), configuration("A12-128", list_price=95000.0)],
        **changes,
    }


def configuration(ref: str, **changes: Any) -> dict[str, Any]:
    """One configuration of a product message."""
    return {
        "name": f"Telephone {ref}",
        "description": "Smart",
        "default_code": None,
        "detailed_type": "product",
        "image_url": "IMAGE URL",
        "list_price": 80000.0,
        "standard_price": 50000.0,
        "manufacturer_ref": ref,
        "purchase_ok": True,
        "sale_ok": True,
        "company_id": None,
        "create_by": "ekiclic",
        "attribute": [{"attribute_id": "Couleur", "value_id": "Noir"}],
        "fab_certificate": "CERTIFICATION URL",
        **changes,
    }


@pytest.fixture
def exchange(environment: Callable[..., Environment]) -> Exchange:
    """The exchange without products, points of sale and clients."""
    env = environment()
    company = env.ref("base.main_company")
    peer_group = env.ref("exchange.group_exchange_peer").id

    def account(login: str) -> Any:
        return env["res.users"].create(
            {
                "name": login,
                "login": login,
                "company_id": company.id,
                "company_ids": [Command.set([company.id])],
                "groups_id": [Command.set([peer_group])],
            }
        )

    platform, bank_user = account("platform"), account("bank")
    vendor = env["res.partner"].create({"name": "Centrale", "is_company": True})

    def bank(name: str, users: list[int]) -> Any:
        endpoint = env["outbox.endpoint"].create(
            {"name": name, "code": name.lower(), "url": "https://peer.example.org"}
        )
        return env["ek.peer"].create(
            {
                "name": name,
                "user_ids": [Command.set(users)],
                "endpoint_id": endpoint.id,
                "vendor_id": vendor.id,
                "country_id": env.ref("base.dz").id,
            }
        )

    alsalam = bank("Alsalam", [platform.id, bank_user.id])
    cpa = bank("CPA", [platform.id])
    return Exchange(env, platform, alsalam, cpa, bank_user)


@pytest.fixture
def shop(exchange: Exchange) -> Exchange:
    """The exchange with a product, a point of sale and a client, and ten telephones there; nothing waits to be told."""
    exchange.post("product.template", product_message())
    exchange.post(
        "res.partner",
        {
            "create_by": "EkiClic",
            "is_company": False,
            "is_pos": "True",
            "status": "ACTIVE",
            "type": "contact",
            "title": None,
            "name": "Agence Tindouf",
            "email": "tindouf@example.org",
            "phone": "0556000000",
            "code_pos": POS,
            "credit_code": "CA-1",
            "responsible_code": "RE-1",
        },
    )
    exchange.post(
        "res.partner",
        {
            "create_by": "ek",
            "is_pos": "False",
            "status": "ACTIVE",
            "name": "Amel",
            "email": CLIENT,
            "phone": "0556",
        },
    )
    exchange.forget()
    return exchange


@pytest.fixture(name="product_message")
def product_message_fixture() -> Callable[..., dict[str, Any]]:
    """The body of a product message, with changes."""
    return product_message


@pytest.fixture(name="configuration")
def configuration_fixture() -> Callable[..., dict[str, Any]]:
    """The body of one configuration, with changes."""
    return configuration
