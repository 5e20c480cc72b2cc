"""Forms of code systems."""

import pytest

from entrepot.addons.optometry import codes


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "1003000126"])
def test_npis(npi):
    assert codes.is_npi(npi)
    assert codes.npi_problem(npi) is None


@pytest.mark.parametrize(
    "npi", ["1234567890", "123456789", "12345678930", "12345A7893", "3234567893", "١٢٣٤٥٦٧٨٩٣", " 1234567893"]
)
def test_not_npis(npi):
    assert not codes.is_npi(npi)
    assert "NPI" in codes.npi_problem(npi)


def test_any_single_wrong_digit_of_an_npi_is_found():
    right = "1234567893"
    for at in range(10):
        for digit in "0123456789":
            if digit != right[at]:
                assert not codes.is_npi(right[:at] + digit + right[at + 1 :])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("H52.13", "H52.13"),
        ("h5213", "H52.13"),
        (" Z01.00 ", "Z01.00"),
        ("H04.123", "H04.123"),
        ("E11.3511", "E11.3511"),
        ("I10", "I10"),
        ("C7A.00", "C7A.00"),
    ],
)
def test_icd10(text, code):
    assert codes.icd10(text) == code


@pytest.mark.parametrize("text", ["", "52.13", "HH2.1", "H5", "H52.", "H52.12345", "H52-13", "H52.13; DROP"])
def test_not_icd10(text):
    assert codes.icd10(text) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("92014", "cpt"),
        ("0207T", "cpt"),
        ("V2020", "hcpcs"),
        ("S0620", "hcpcs"),
        ("9201", None),
        ("v2020", None),
        ("920144", None),
    ],
)
def test_procedure_codes(code, kind):
    assert codes.procedure_kind(code) == kind
    assert codes.procedure_problem(code, "internal") is None
    if kind is not None:
        assert codes.procedure_problem(code, kind) is None
    assert codes.procedure_problem(code, "cpt" if kind == "hcpcs" else "hcpcs") is not None
