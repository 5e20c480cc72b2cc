"""Check digits of real numbers, and of all numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.product.barcode import check_digit, wrong_check_digit


@pytest.mark.parametrize(
    "code", ["4006381333931", "96385074", "036000291452", "10614141000415", "9780306406157"]
)
def test_real_numbers_are_right(code):
    assert not wrong_check_digit(code)


@pytest.mark.parametrize("code", ["4006381333932", "96385075", "036000291453"])
def test_a_wrong_last_digit_is_found(code):
    assert wrong_check_digit(code)


@pytest.mark.parametrize("code", ["", "123", "ABCDEFGH", "400638133393X", "٤٠٠٦٣٨١٣"])
def test_other_codes_are_nobodys_business(code):
    assert not wrong_check_digit(code)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(digits, place, off):
    code = digits + str(check_digit(digits))
    wrong = str((int(code[place]) + off) % 10)
    assert not wrong_check_digit(code)
    assert wrong_check_digit(code[:place] + wrong + code[place + 1 :])
