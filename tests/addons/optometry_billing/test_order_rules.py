"""Pure rules of orders: measurements, ranges, validity, jobs, consent."""

import datetime as dt

import pytest

from entrepot.addons.optometry_billing import order_states
from entrepot.addons.optometry_billing.consent_rules import Facts, applies
from entrepot.addons.optometry_billing.order_rules import (
    EyeMeasures,
    Offered,
    Parameters,
    contact_problems,
    lens_problems,
    measure_problems,
    numbers_problem,
    validity_problems,
)

PLAIN = EyeMeasures()
PAL = EyeMeasures(needs_seg_height=True, min_fitting_height=17)
SOFT = Offered((-12, 8), [8.4, 8.8], [14.0], [-0.75, -1.25], toric=True)


@pytest.mark.parametrize(
    ("pd", "od", "os", "found"),
    [
        (62, PLAIN, PLAIN, []),
        (None, PLAIN, PLAIN, [("pd_distance", "required")]),
        (None, EyeMeasures(31), EyeMeasures(31), []),
        (None, EyeMeasures(31), EyeMeasures(ordered=False), []),
        (90, PLAIN, PLAIN, [("pd_distance", "range")]),
        (62.3, PLAIN, PLAIN, [("pd_distance", "step")]),
        (62, PAL, PLAIN, [("od_seg_height", "required")]),
        (62, EyeMeasures(None, 20, True, 17), PLAIN, []),
        (62, EyeMeasures(None, 15, True, 17), PLAIN, [("od_seg_height", "too_low")]),
        (62, PLAIN, EyeMeasures(None, 40, True, 17), [("os_seg_height", "range")]),
    ],
)
def test_measurements(pd, od, os, found):
    assert [(each.path, each.code) for each in measure_problems(pd, od, os)] == found


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (Parameters(-2.5, 8.4, 14.0), []),
        (Parameters(-2.5, 8.4, 14.0, -1.25, 180), []),
        (Parameters(-14, 8.4, 14.0), ["power"]),
        (Parameters(-2.5, 8.6, 14.2), ["base_curve", "diameter"]),
        (Parameters(-2.5, 8.4, 14.0, -1.75, 10), ["cylinder"]),
    ],
)
def test_contact_lenses_as_their_maker_offers_them(asked, codes):
    assert [each.code for each in contact_problems("line", "Lens", asked, SOFT)] == codes
    assert list(contact_problems("line", "Lens", asked, Offered(toric=True))) == []


def test_a_cylinder_needs_a_toric_lens():
    found = contact_problems("line", "Lens", Parameters(-2, cylinder=-0.75), Offered())
    assert [each.code for each in found] == ["toric"]


@pytest.mark.parametrize(
    ("power", "cylinder", "codes"),
    [(-2, -1, []), (-9, -1, ["power"]), (-2, -5, ["cylinder"])],
)
def test_spectacle_lenses_as_offered(power, cylinder, codes):
    offered = Offered((-8, 6), cylinders=[4.0])
    assert [each.code for each in lens_problems("line", "Lens", power, cylinder, offered)] == codes


@pytest.mark.parametrize(
    ("state", "expires", "codes"),
    [
        ("active", "2030-04-01", []),
        ("active", "2030-03-31", ["expired"]),
        ("expired", "2030-03-31", ["expired"]),
        ("superseded", "2031-04-01", ["superseded"]),
        ("draft", "2031-04-01", ["unsigned"]),
    ],
)
def test_prescriptions_that_carry_an_order(state, expires, codes):
    found = validity_problems(state, dt.date.fromisoformat(expires), dt.date(2030, 4, 1))
    assert [each.code for each in found] == codes


@pytest.mark.parametrize(
    ("rule", "order", "literally", "needed"),
    [
        ("patient_frame", Facts("glasses", "patient"), False, True),
        ("patient_frame", Facts("glasses", "in_stock"), False, False),
        ("proof_of_delivery", Facts("contact_lens"), False, True),
        ("proof_of_delivery", Facts("service"), False, False),
        ("polycarbonate", Facts("glasses", minor=True), False, True),
        ("polycarbonate", Facts("glasses", minor=True, polycarbonate=True), False, False),
        ("polycarbonate", Facts("glasses", balance=True), False, True),
        ("polycarbonate", Facts("glasses"), False, False),
        ("polycarbonate", Facts("glasses"), True, True),
        ("polycarbonate", Facts("glasses", minor=True, polycarbonate=True), True, True),
        ("polycarbonate", Facts("contact_lens", minor=True), True, False),
        ("all_glasses", Facts("glasses"), False, True),
        ("all_contact_lens", Facts("contact_lens"), False, True),
        ("all_contact_lens", Facts("glasses"), False, False),
        ("another", Facts("glasses"), False, False),
    ],
)
def test_consent_by_rules(rule, order, literally, needed):
    assert applies(rule, order, literally=literally) is needed


@pytest.mark.parametrize(
    ("old", "new", "kind", "allowed"),
    [
        ("new", "at_lab", "glasses", True),
        ("new", "ready", "glasses", False),
        ("new", "ready", "contact_lens", True),
        ("new", "at_lab", "accessory", False),
        ("received", "ready", "glasses", False),
        ("received", "remake", "glasses", True),
        ("remake", "at_lab", "glasses", True),
        ("dispensed", "ready", "glasses", False),
    ],
)
def test_jobs(old, new, kind, allowed):
    assert (order_states.refusal(old, new, kind=kind) is None) is allowed


def test_lists_of_numbers():
    assert numbers_problem("8.4, 8.8; 9") is None
    assert numbers_problem("8.4 or so") is not None
    assert numbers_problem(" ".join(["1"] * 41)) is not None
