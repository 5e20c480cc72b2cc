"""Three banks, two points of sale, a small catalogue and an account that speaks for the banks."""

from __future__ import annotations

from entrepot.api import Command, Environment

ACCOUNT = "ekiclik"
_BANKS = (("alsalam", "Alsalam", "Al Salam, Al Salam Bank"), ("cpa", "CPA", ""), ("bna", "BNA", ""))
_PLACES = (
    ("pos_tindouf", "Agence Tindouf", "PDVA-E-TIN-TIN-88-07", "tindouf@pos.example.org"),
    ("pos_boujrah", "Agence Bordj", "PDVA-E-BOJ-BOJ-05-001", "bordj@pos.example.org"),
)
_PRODUCTS = (
    ("phone", "Telephone A12", "A12", "Électroménager", (("A12-64", "A12 64 GB", 80000, 50000),)),
    (
        "fridge",
        "Réfrigérateur R300",
        "R300",
        "Électroménager",
        (("R300-W", "R300 blanc", 95000, 61000), ("R300-G", "R300 gris", 98000, 62000)),
    ),
    ("sofa", "Canapé Oran", "ORAN", "Meubles", (("ORAN-3", "Canapé Oran 3 places", 120000, 70000),)),
)


def load(env: Environment) -> None:
    """Make the demo exchange."""
    vendor = env.upsert(
        "exchange.demo_vendor", "res.partner", {"name": "Centrale d'achat", "is_company": True}
    )
    account = env.upsert(
        "exchange.demo_account",
        "res.users",
        {
            "name": "Ekiclik",
            "login": ACCOUNT,
            "company_id": env.ref("base.main_company").id,
            "company_ids": [Command.set([env.ref("base.main_company").id])],
            "groups_id": [Command.set([env.ref("exchange.group_exchange_peer").id])],
        },
        noupdate=True,
    )
    country = env.ref("base.dz").id
    for word, name, aliases in _BANKS:
        bank = env.upsert(
            f"exchange.demo_bank_{word}", "res.partner", {"name": f"Banque {name}", "is_company": True}
        )
        env.upsert(
            f"exchange.demo_peer_{word}",
            "ek.peer",
            {
                "name": name,
                "aliases": aliases,
                "partner_id": bank.id,
                "user_ids": [Command.link(account.id)],
                "vendor_id": vendor.id,
                "country_id": country,
            },
        )
    for word, name, code, address in _PLACES:
        env.upsert(
            f"exchange.demo_{word}",
            "res.partner",
            {
                "name": name,
                "email": address,
                "is_pos": True,
                "code_pos": code,
                "ek_key": f"pos:{address}",
                "ek_status": "ACTIVE",
                "create_by": "ekiclik",
                "country_id": country,
            },
        )
    _catalogue(env)


def _catalogue(env: Environment) -> None:
    for word, name, ref, category, configurations in _PRODUCTS:
        categories = env["product.category"]
        found = categories.search([("name", "=", category)], limit=1) or categories.create({"name": category})
        brand = env.upsert("exchange.demo_brand", "product.brand", {"name": "Condor"})
        master = env.upsert(
            f"exchange.demo_{word}",
            "product.master",
            {"name": name, "ref": ref, "categ_id": found.id, "brand_id": brand.id, "manufacturer": "Condor"},
        )
        for at, (manufacturer_ref, title, price, cost) in enumerate(configurations):
            env.upsert(
                f"exchange.demo_{word}_{at}",
                "product.template",
                {
                    "name": title,
                    "manufacturer_ref": manufacturer_ref,
                    "master_id": master.id,
                    "categ_id": found.id,
                    "list_price": price,
                    "standard_price": cost,
                    "is_storable": True,
                },
            )
