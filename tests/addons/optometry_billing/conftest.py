"""A small insured clinic: staff, a payer with plans, a priced catalogue in stock, patients with prescriptions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from entrepot.addons.optometry.demo_people import npi
from entrepot.api import Command
from entrepot.clock import FixedClock

DAY = dt.date(2030, 4, 1)
NOON = dt.datetime(2030, 4, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def env(environment):
    """The superuser at the tenant's own company, at noon on 1 April 2030."""
    found = environment(clock=FixedClock(NOON))
    company = found.ref("base.main_company")
    company.partner_id.write({"npi": npi("155501005")})
    return found["res.users"].with_context(allowed_company_ids=[company.id]).env


def employ(env, *roles):
    """One user of each role, made by their group."""
    rows = [
        {
            "name": role.title(),
            "login": f"{role}@clinic.example.com",
            "groups_id": [Command.link(env.ref(f"optometry.group_{role}").id)],
        }
        for role in roles
    ]
    users = env["res.users"].create(rows)
    env.flush()
    return dict(zip(roles, users, strict=True))


@pytest.fixture
def doctor(env):
    """The optometrist, with an NPI."""
    user = employ(env, "optometrist")["optometrist"]
    user.partner_id.write({"npi": npi("184912370")})
    return user


@pytest.fixture
def staff(env, doctor):
    """Somebody in each role."""
    roles = ("front_desk", "technician", "optician", "biller", "manager", "api_read", "api_write")
    return SimpleNamespace(optometrist=doctor, **employ(env, *roles))


@pytest.fixture
def payer(env):
    """A vision payer with a contact."""
    listing = env["insurance.company.listing"].create({"name": "Clear Vision", "payer_code": "CLV1"})
    env["insurance.company.detail"].create({"listing_id": listing.id, "timely_filing_days": 90})
    return listing


@pytest.fixture
def medical_payer(env):
    """Another payer."""
    listing = env["insurance.company.listing"].create(
        {"name": "Body Health", "payer_code": "BDY1", "type": "medical"}
    )
    env["insurance.company.detail"].create({"listing_id": listing.id, "submission": "portal"})
    return listing


@pytest.fixture
def plan(env, payer):
    """Frames up to 150, lenses less 25, exams less 10; a fifth off above; yearly."""
    insurance = env["spec.insurance"].create({"name": "Clear Vision", "company_id": payer.id})
    return env["spec.insurance.plan"].create(
        {
            "name": "Choice",
            "insurance_id": insurance.id,
            "exam_copay": 10,
            "frame_allowance": 150,
            "lens_copay": 25,
            "cl_allowance": 130,
            "frequency_exam": 12,
            "frequency_lens": 12,
            "frequency_frame": 24,
            "frequency_cl": 12,
            "discount_over_allowance": 20,
        }
    )


@pytest.fixture
def second_plan(env, medical_payer):
    """A medical plan that takes what others leave."""
    insurance = env["spec.insurance"].create(
        {"name": "Body Health", "category": "medical", "company_id": medical_payer.id}
    )
    return env["spec.insurance.plan"].create(
        {"name": "Body PPO", "insurance_id": insurance.id, "medical_covered": True, "lens_covered": False}
    )


@pytest.fixture
def patient(env):
    """An adult who can be claimed for."""
    return env["got2.patient"].create(
        {
            "name": "Ada Barrow",
            "birth_date": dt.date(1980, 5, 4),
            "gender": "female",
            "email": "ada@example.com",
        }
    )


@pytest.fixture
def child(env):
    """A seventeen-year-old with a guardian."""
    guardian = env["res.partner"].create({"name": "Alex Barrow"})
    birth = dt.date(DAY.year - 17, 1, 5)
    return env["got2.patient"].create(
        {"name": "Bruno Barrow", "birth_date": birth, "guardian_id": guardian.id}
    )


@pytest.fixture
def enrol(env):
    """Enrol somebody: `enrol(patient, plan, rank="primary")`."""

    def make(patient, plan, rank="primary", **values):
        given = {"patient_id": patient.id, "plan_id": plan.id, "rank": rank, "member_id": f"M-{rank}"}
        return env["patient.insurance.plan"].create({**given, **values})

    return make


@pytest.fixture
def enrolled(enrol, patient, plan):
    """The adult's primary plan."""
    return enrol(patient, plan)


@pytest.fixture
def catalogue(env):
    """Products: a frame (5 in stock), lenses, contact lenses (10 boxes of each), a coating."""

    def ref(name):
        return env.ref(f"optometry.{name}").id

    def product(name, kind, price, code, **values):
        given = {
            "name": name,
            "spec_product_type": kind,
            "list_price": price,
            "procedure_id": ref(f"procedure_{code}"),
        }
        return {**given, "taxes_id": [Command.set([])], **values}

    def lens(name, price, material, style):
        links = {"material_id": ref(f"lens_material_{material}"), "style_id": ref(f"lens_style_{style}")}
        return product(name, "lens", price, "v2103", sphere_min=-8, sphere_max=6, cylinder_max=4, **links)

    def contact(name, price, **values):
        shape = {"base_curves": "8.4, 8.8", "diameters": "14.0", "power_min": -12, "power_max": 8}
        return product(name, "contact_lens", price, "v2520", is_storable=True, **shape, **values)

    wanted = {
        "frame": product("Alder", "frame", 200, "v2020", is_storable=True),
        "lens": lens("Plain lens", 60, "cr39", "single_vision"),
        "poly": lens("Tough lens", 80, "polycarbonate", "single_vision"),
        "progressive": lens("Progressive lens", 150, "cr39", "progressive"),
        "coating": product("Coating", "coating", 40, "v2750"),
        "contact": contact("Monthly lens", 45),
        "toric": contact("Toric lens", 60, toric=True, cylinders="-0.75, -1.25"),
    }
    made = env["product.product"].create(list(wanted.values()))
    found = SimpleNamespace(**dict(zip(wanted, made, strict=True)))
    shelf = env["stock.warehouse"].search([], limit=1).lot_stock_id
    counts = [
        {"product_id": each.id, "location_id": shelf.id, "inventory_quantity": count}
        for each, count in ((found.frame, 5), (found.contact, 10), (found.toric, 10))
    ]
    env["stock.quant"].create(counts).action_apply_inventory()
    return found


@pytest.fixture
def prescribe(env, patient):
    """Write and sign a prescription for the adult (or `patient_id`)."""

    def make(**values):
        eyes = {"od_sphere": -1.25, "os_sphere": -1.0, "pd_distance": 62.0}
        if values.get("rx_type", "spectacle") != "spectacle":
            eyes = {
                f"{eye}_{name}": value
                for eye in ("od", "os")
                for name, value in {
                    "power": -2.0,
                    "base_curve": 8.4,
                    "diameter": 14.0,
                    "brand": "Monthly",
                }.items()
            }
        rx = env["spec.contact.lenses"].create({"patient_id": patient.id, **eyes, **values})
        rx.action_sign()
        return rx

    return make


@pytest.fixture
def rx(prescribe):
    """The adult's glasses."""
    return prescribe()


@pytest.fixture
def line():
    """A line of an order: `line(product, qty=1, eye="OD")`."""

    def make(product, qty=1, **values):
        return Command.create({"product_id": product.id, "product_uom_qty": qty, **values})

    return make


@pytest.fixture
def glasses(env, patient, rx, catalogue, line):
    """Order glasses for the adult: `glasses(lens=catalogue.poly, …)`; a quotation with frame and two lenses."""

    def make(lens=None, **values):
        lens = lens or catalogue.lens
        lines = [line(lens, eye="OD"), line(lens, eye="OS")]
        if values.get("frame_source", "in_stock") != "patient":
            lines.insert(0, line(catalogue.frame))
        given = {"patient_id": patient.id, "order_kind": "glasses", "rx_id": rx.id, "order_line": lines}
        return env["sale.order"].create({**given, **values})

    return make


@pytest.fixture
def diagnosed(env, patient, doctor):
    """An exam of the adult in its examination, with a diagnosis."""
    exam = env["appointment.exam"].create(
        {
            "patient_id": patient.id,
            "optometrist_id": doctor.id,
            "date_start": dt.datetime(2030, 4, 1, 9, tzinfo=dt.UTC),
        }
    )
    exam.action_check_in()
    exam.action_start()
    env["exam.diagnosis.plan"].create(
        {
            "exam_id": exam.id,
            "patient_id": patient.id,
            "line_ids": [
                {"icd10_code": "H52.13", "description": "Myopia, both eyes", "sequence": 1},
                {"icd10_code": "H52.4", "description": "Presbyopia", "sequence": 2},
            ],
        }
    )
    return exam


@pytest.fixture
def sign():
    """Sign the open forms of an order."""

    def make(order, name="Ada Barrow"):
        for form in order.consent_ids.filtered(lambda form: form.state == "draft"):
            form.action_sign(signed_by_name=name)

    return make


@pytest.fixture
def claimed(env, patient, enrolled, diagnosed, glasses):
    """An insured order of glasses, billed and claimed; the claim is submitted."""
    order = glasses(exam_id=diagnosed.id, insurance_plan_id=enrolled.id)
    order.action_confirm()
    order.bill()
    claim = env["claim.manager"].browse(order.action_make_claims())
    claim.action_ready()
    claim.action_submit()
    return claim


def balanced(env):
    """Whether every posted entry of the ledger balances."""
    lines = env["account.move.line"].search([("parent_state", "=", "posted")])
    sums = {}
    for each in lines:
        sums[each.move_id.id] = sums.get(each.move_id.id, Decimal(0)) + each.balance
    return bool(sums) and not any(sums.values())


@pytest.fixture
def ledger_balances():
    """Whether every posted entry balances: `ledger_balances(env)`."""
    return balanced
