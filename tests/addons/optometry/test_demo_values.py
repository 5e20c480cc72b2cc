"""The demo clinic is plausible: its prescriptions satisfy every rule, its people are different ones each."""

import random
from datetime import date, timedelta

from entrepot.addons.optometry import demo_charts, demo_people, lens_fit, measures, rx_rules
from entrepot.addons.optometry.codes import icd10, is_npi
from entrepot.addons.optometry.demo_records import picture
from entrepot.addons.optometry.image_types import media_type
from entrepot.addons.optometry.rx_values import ContactEye, Contacts, SpectacleEye, Spectacles

TODAY = date(2025, 3, 3)


def dice(seed):
    return random.Random(seed)  # noqa: S311 - the same throws at every run


def spectacles(values):
    eyes = {
        eye: SpectacleEye(
            **{
                key.removeprefix(f"{eye}_"): value
                for key, value in values.items()
                if key.startswith(f"{eye}_") and key != f"{eye}_va"
            }
        )
        for eye in ("od", "os")
    }
    whole = {key: values[key] for key in ("pd_distance", "pd_near", "vertex_distance")}
    return Spectacles(**eyes, **whole, needs_add="od_add" in values, min_fitting_height=17)


def test_prescriptions_need_no_confirmation():
    chance = dice(1)
    for _ in range(500):
        age = chance.randrange(4, 90)
        before = demo_charts.eyes(chance, age)
        after = demo_charts.later(chance, before, age)
        for eyes, previous in ((before, None), (after, spectacles(demo_charts.spectacle_values(before)))):
            rx = spectacles(demo_charts.spectacle_values(eyes))
            assert rx_rules.problems(rx) == []
            assert rx_rules.incomplete(rx) == []
            assert rx_rules.warnings(rx, age=age, previous=previous) == []


def test_contact_lenses_need_no_confirmation():
    chance = dice(2)
    for _ in range(300):
        values = demo_charts.contact_values(demo_charts.eyes(chance, 30))
        eyes = {
            eye: ContactEye(
                base_curve=values[f"{eye}_base_curve"],
                diameter=values[f"{eye}_diameter"],
                power_d=values[f"{eye}_power"],
                brand=values[f"{eye}_brand"],
            )
            for eye in ("od", "os")
        }
        rx = Contacts(**eyes)
        assert lens_fit.problems(rx) == lens_fit.warnings(rx) == lens_fit.incomplete(rx) == []


def test_measures_are_possible():
    chance = dice(3)
    for _ in range(200):
        eyes = demo_charts.eyes(chance, 50)
        assert measures.result_problems("keratometry", demo_charts.curvature(chance)) == []
        assert measures.result_problems("autorefraction", demo_charts.refraction(chance, eyes.od)) == []
        assert all(icd10(code) == code for code, _ in demo_charts.diagnoses(eyes, chance, 70))


def test_people_are_the_same_each_time_and_all_different():
    people = list(demo_people.patients(dice(4), TODAY, 200))
    assert people == list(demo_people.patients(dice(4), TODAY, 200))
    for key in ("name", "email", "phone"):
        assert len({each[key] for each in people}) == 200
    assert all(TODAY - timedelta(days=46000) < each["birth_date"] < TODAY for each in people)


def test_invented_numbers_have_the_right_form():
    assert is_npi(demo_people.npi("184912370"))
    assert media_type(picture(1, 2, 3)) == "image/png"
    assert media_type(b"<svg></svg>") is None
