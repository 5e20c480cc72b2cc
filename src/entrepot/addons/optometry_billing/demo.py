"""The demo clinic's business: two payers with plans and prices, a catalogue in stock, insured patients, an open claim.

Made once; a second call finds it and leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from entrepot.addons.optometry import demo_people
from entrepot.addons.optometry_billing import demo_catalogue
from entrepot.api import Command, Environment

_PREFIX = "optometry_billing.demo_"
_PAYERS = (
    ("clearsight", "Clearsight Vision Benefits", "CLRV1", "vision", "edi", 180),
    ("meridian", "Meridian Health", "MRDH7", "medical", "portal", 365),
)
_PLANS = (
    (
        *("clearsight", "choice", "Clearsight Choice"),
        {
            "exam_copay": 10,
            "frame_allowance": 150,
            "lens_copay": 25,
            "cl_allowance": 130,
            "cl_fit_copay": 40,
            "frequency_exam": 12,
            "frequency_lens": 12,
            "frequency_frame": 24,
            "frequency_cl": 12,
            "discount_over_allowance": 20,
        },
    ),
    (
        *("clearsight", "value", "Clearsight Value"),
        {
            "exam_allowance": 80,
            "exam_copay": 20,
            "frame_allowance": 100,
            "lens_copay": 35,
            "cl_allowance": 100,
            "cl_fit_covered": False,
            "frequency_exam": 12,
            "frequency_lens": 24,
            "frequency_frame": 24,
            "frequency_cl": 24,
        },
    ),
    (
        *("meridian", "medical", "Meridian PPO"),
        {
            "exam_copay": 30,
            "frame_allowance": 0,
            "cl_allowance": 0,
            "lens_covered": False,
            "cl_fit_covered": False,
            "medical_covered": True,
            "medical_copay": 30,
        },
    ),
)
_INSURED = 24
_RECENT = 150
"""Days: payers take claims for at least so long."""


def load(env: Environment) -> None:
    """Make the business of the demo clinic, for the tenant's own company."""
    if env.ref(f"{_PREFIX}plan_choice", missing_ok=True):
        return
    company = env.ref("base.main_company")
    env = env["res.users"].with_context(allowed_company_ids=[company.id]).env
    if not company.partner_id.npi:
        company.partner_id.write({"npi": demo_people.npi("155501005")})
    payers = _payers(env)
    plans = _plans(env, payers)
    _catalogue(env, company)
    patients = _insured(env, plans)
    _open_claim(env, patients)


def _payers(env: Environment) -> dict[str, Any]:
    found = {}
    for name, title, code, kind, submission, days in _PAYERS:
        payer = env.upsert(
            f"{_PREFIX}payer_{name}",
            "insurance.company.listing",
            {
                "name": title,
                "payer_code": code,
                "edi_payer_id": f"{code}E",
                "type": kind,
                "tag_ids": [Command.set([env.ref("optometry_billing.insurance_tag_in_network").id])],
            },
        )
        detail = {
            "listing_id": payer.id,
            "phone": "+1 201 555 0142",
            "claims_address": f"{title}\nClaims\nPO Box 100\nEastport",
            "timely_filing_days": days,
            "submission": submission,
        }
        env.upsert(f"{_PREFIX}payer_detail_{name}", "insurance.company.detail", detail)
        insurance = {"name": title, "category": kind, "company_id": payer.id}
        found[name] = env.upsert(f"{_PREFIX}insurance_{name}", "spec.insurance", insurance)
    return found


def _plans(env: Environment, payers: dict[str, Any]) -> dict[str, Any]:
    """The plans; Clearsight Choice has prices of its own, a tenth below the public ones."""
    rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
    values = {"name": "Clearsight Choice fees", "item_ids": [Command.create(rule)]}
    prices = env.upsert(f"{_PREFIX}pricelist_choice", "product.pricelist", values)
    found = {}
    for payer, name, title, benefits in _PLANS:
        plan: dict[str, Any] = {
            "name": title,
            "insurance_id": payers[payer].id,
            "plan_code": name.upper(),
            "network": "Preferred",
            "pricelist_id": prices.id if name == "choice" else None,
            **benefits,
        }
        found[name] = env.upsert(f"{_PREFIX}plan_{name}", "spec.insurance.plan", plan)
    return found


def _catalogue(env: Environment, company: Any) -> None:
    ids = {
        record_name: env.ref(f"optometry.{record_name}").id
        for record_name in (
            *(f"lens_material_{row[3]}" for row in demo_catalogue.LENSES),
            *(f"lens_style_{row[4]}" for row in demo_catalogue.LENSES),
            *(f"procedure_{row[5].lower()}" for row in demo_catalogue.LENSES),
            *(f"cl_schedule_{row[3]}" for row in demo_catalogue.CONTACTS),
            *(f"procedure_{row[4].lower()}" for row in demo_catalogue.CONTACTS),
            *("cl_manufacturer_coopervision", "procedure_v2020", "procedure_v2750"),
        )
    }
    rows = [
        (row[0], {**demo_catalogue.frame(row), "procedure_id": ids["procedure_v2020"]}, row[-1])
        for row in demo_catalogue.FRAMES
    ]
    rows += [(row[0], demo_catalogue.lens(row, ids), 0) for row in demo_catalogue.LENSES]
    rows += [(row[0], demo_catalogue.contact(row, ids), row[-1]) for row in demo_catalogue.CONTACTS]
    for name, title, price, kind, type_, code in demo_catalogue.EXTRAS:
        procedure = ids[f"procedure_{code.lower()}"] if code else None
        values = {"name": title, "list_price": price, "type": type_, "spec_product_type": kind}
        rows.append((name, {**values, "procedure_id": procedure}, 0))
    untaxed = {"taxes_id": [Command.set([])]}
    named: list[tuple[str, Mapping[str, Any]]] = [
        (f"{_PREFIX}{name}", {**untaxed, **values}) for name, values, _ in rows
    ]
    products = env.upsert_many("product.product", named, noupdate=True)
    shelf = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1).lot_stock_id
    counts = [
        {"product_id": product.id, "location_id": shelf.id, "inventory_quantity": count}
        for product, (_, _, count) in zip(products, rows, strict=True)
        if count
    ]
    env["stock.quant"].create(counts).action_apply_inventory()


def _insured(env: Environment, plans: dict[str, Any]) -> list[Any]:
    """Plans for adults among the demo patients who have a signed exam; every fourth also has the medical one."""
    domain = [
        ("state", "=", "signed"),
        ("patient_id.birth_date", "<", env.today().replace(day=1, year=env.today().year - 19)),
    ]
    exams = env["appointment.exam"].search(domain, order="patient_id, id")
    patients = list(exams.mapped("patient_id").sorted("id"))[:_INSURED]
    begin = env.today().replace(month=1, day=1, year=env.today().year - 3)
    rows = []
    for at, patient in enumerate(patients):
        common = {"patient_id": patient.id, "effective_date": begin}
        plan = plans["choice" if at % 3 else "value"]
        rows.append({**common, "plan_id": plan.id, "rank": "primary", "member_id": f"CV{710000 + at}"})
        if at % 4 == 0:
            second = {"plan_id": plans["medical"].id, "rank": "secondary", "member_id": f"MH{820000 + at}"}
            rows.append({**common, **second})
    env["patient.insurance.plan"].create(rows)
    return patients


def _open_claim(env: Environment, patients: list[Any]) -> None:
    """A recent exam of an insured patient: billed, claimed, and waiting for its payer."""
    since = env.now() - timedelta(days=_RECENT)
    for patient in patients:
        exams = patient.exam_ids.filtered(lambda each: each.state == "signed" and each.date_start > since)
        plan = patient.insurance_plan_ids.filtered(lambda each: each.rank == "primary")
        for exam in exams:
            services = exam.service_ids.filtered(
                lambda each: each.procedure_id.category in {"exam", "refraction"}
            )
            if not services:
                continue
            services.write({"insurance": True})
            exam.write({"insurance_plan_id": plan.id})
            order = env["sale.order"].browse(exam.action_bill())
            order.action_confirm()
            order.bill()
            claims = env["claim.manager"].browse(order.action_make_claims())
            claims.action_ready()
            claims.action_submit()
            return
