"""Pure rules of claims: states, amounts, pages, pointers, and how a sum is spread."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.optometry_billing import (
    claim_amounts,
    claim_form,
    claim_states,
    remittance,
    submission_file,
)
from entrepot.addons.optometry_billing.claim_amounts import Amounts, Booked
from entrepot.addons.optometry_billing.eligibility import (
    Coverage,
    available,
    date_problems,
    frequency_problems,
)
from entrepot.addons.optometry_billing.remittance import spread

D = Decimal
money = st.integers(0, 9_999_99).map(lambda each: D(each) / 100)


@pytest.mark.parametrize(
    "way",
    [
        ("draft", "ready", "submitted", "accepted", "paid", "closed"),
        ("draft", "ready", "submitted", "rejected", "draft"),
        ("submitted", "partially_paid", "paid"),
        ("accepted", "denied", "appealed", "paid"),
    ],
)
def test_ways_of_a_claim(way):
    for old, new in itertools.pairwise(way):
        assert claim_states.refusal(old, new) is None


@pytest.mark.parametrize(
    ("old", "new"), [("draft", "submitted"), ("paid", "draft"), ("closed", "appealed"), ("void", "ready")]
)
def test_ways_that_are_none(old, new):
    assert old in claim_states.refusal(old, new)


def test_every_state_of_the_moves_is_a_state():
    names = {name for name, _ in claim_states.STATES}
    assert set(claim_states.MOVES) | {new for moves in claim_states.MOVES.values() for new in moves} <= names


@given(st.lists(st.tuples(money, money, money), max_size=8))
def test_balances_add_up(parts):
    lines = [Amounts(sum(part) + 1, *part) for part in parts]
    whole = claim_amounts.total(lines)
    assert whole.balance == sum((line.balance for line in lines), D(0)) == len(lines)


@given(money, money, money, money, money, money)
def test_a_correction_leaves_the_payers_invoice_at_what_it_paid(
    paid, adjustment, patient, cut, discount, rest
):
    amounts = Amounts(paid + adjustment + patient, paid, adjustment, patient)
    insurer = min(cut, amounts.charge)
    discount = min(discount, amounts.charge - insurer)
    booked = Booked(insurer, amounts.charge - insurer - discount, discount)
    due = claim_amounts.correction(amounts, booked)
    assert booked.insurer - due.insurer == paid
    assert booked.patient + due.patient == patient
    assert booked.discount + due.write_off == adjustment


@pytest.mark.parametrize(
    ("amounts", "codes"),
    [
        (Amounts(D(100), D(60), D(20), D(20)), []),
        (Amounts(D(100), D(60), D(20), D(21)), ["too_much"]),
        (Amounts(D(100), D(-1)), ["negative"]),
    ],
)
def test_answers_within_the_charge(amounts, codes):
    assert [problem.code for problem in claim_amounts.problems(amounts)] == codes


@pytest.mark.parametrize(
    ("amounts", "state"),
    [
        (Amounts(D(100), D(60), D(20), D(20)), "paid"),
        (Amounts(D(100), D(60)), "partially_paid"),
        (Amounts(D(100), D(0), D(100)), "denied"),
    ],
)
def test_the_state_follows_the_answer(amounts, state):
    assert claim_amounts.state_after(amounts) == state


@given(st.lists(money, max_size=40))
def test_pages_hold_six_lines_and_add_up(charges):
    pages = claim_form.pages(charges)
    assert [at for page in pages for at in page.lines] == list(range(len(charges)))
    assert all(1 <= len(page.lines) <= 6 for page in pages)
    assert sum((page.total for page in pages), D(0)) == sum(charges, D(0))
    assert [page.continued for page in pages] == [True] * (len(pages) - 1) + [False] * bool(pages)


@pytest.mark.parametrize(
    ("text", "diagnoses", "codes"),
    [
        ("A", 1, []),
        ("ABCD", 4, []),
        ("1,3", 3, []),
        ("ABCDE", 5, ["too_many"]),
        ("AA", 1, ["repeated"]),
        ("B", 1, ["beyond"]),
        ("?", 3, ["beyond"]),
    ],
)
def test_pointers(text, diagnoses, codes):
    assert [problem.code for problem in claim_form.pointer_problems(text, diagnoses)] == codes


def test_diagnoses_of_a_claim():
    codes = claim_form.diagnosis_codes("H52.13, H52.4\nH04.123")
    assert codes == ["H52.13", "H52.4", "H04.123"]
    assert list(claim_form.diagnosis_problems(codes)) == []
    assert [each.code for each in claim_form.diagnosis_problems(["H52.1X!", "H52.4", "H52.4"])] == [
        "format",
        "repeated",
    ]
    many = [f"H52.{number:02d}" for number in range(13)]
    assert [each.code for each in claim_form.diagnosis_problems(many)] == ["too_many"]


@given(money, st.lists(money, max_size=10))
def test_a_sum_is_spread_and_nothing_is_lost(amount, owed):
    found = spread(amount, list(enumerate(owed)))
    assert sum(found.parts.values(), D(0)) + found.rest == amount
    assert all(0 <= found.parts[at] <= each for at, each in enumerate(owed))
    assert found.rest == max(amount - sum(owed, D(0)), D(0))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    answers, problems = remittance.read(f"claim,line,paid\n{text}")
    assert all(each.amounts["paid"] >= 0 and each.line >= 1 for each in answers)
    assert all(each.message for each in problems)


def test_300_over_three_claims():
    assert spread(D(300), [("a", D(100)), ("b", D(150)), ("c", D(50))]).rest == 0


DAY = dt.date(2030, 4, 1)


@pytest.mark.parametrize(
    ("effective", "terminated", "codes"),
    [
        (None, None, []),
        (DAY, DAY, []),
        (dt.date(2030, 4, 2), None, ["not_yet"]),
        (None, dt.date(2030, 3, 31), ["terminated"]),
    ],
)
def test_a_plan_pays_from_its_first_to_its_last_day(effective, terminated, codes):
    assert [each.code for each in date_problems(Coverage(effective, terminated), DAY)] == codes


@pytest.mark.parametrize(
    ("months", "used", "there"),
    [
        (12, dt.date(2029, 4, 1), True),
        (12, dt.date(2029, 4, 2), False),
        (24, dt.date(2029, 4, 1), False),
        (0, dt.date(2030, 3, 31), True),
        (12, None, True),
    ],
)
def test_a_benefit_comes_back_after_its_months(months, used, there):
    coverage = Coverage(months={"frame": months}, used={"frame": used} if used else {})
    assert available(coverage, DAY, "frame") is there
    assert (list(frequency_problems(coverage, DAY, ["frame", "frame"])) == []) is there
    assert available(coverage, DAY, "lens")


def test_nothing_in_a_submission_file_is_a_formula():
    text = submission_file.written([{"claim": "CLM/1", "patient": "=1+1", "charge": "-5.00"}]).decode()
    assert "'=1+1" in text
    assert text.splitlines()[0].startswith("claim,frequency,")
