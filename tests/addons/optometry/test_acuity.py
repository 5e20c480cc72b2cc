"""Visual acuity: what is understood, and what it means in the other notations."""

import pytest

from entrepot.addons.optometry import acuity


@pytest.mark.parametrize(
    ("text", "spelled", "decimal"),
    [
        ("20/20", "20/20", 1.0),
        (" 20/40 ", "20/40", 0.5),
        ("20/25-2", "20/25-2", 0.8),
        ("20/30 +1", "20/30+1", 2 / 3),
        ("20/10", "20/10", 2.0),
        ("20/800", "20/800", 0.025),
        ("6/12", "6/12", 0.5),
        ("6/7.5", "6/7.5", 0.8),
        ("0.8", "0.8", 0.8),
        (".5", ".5", 0.5),
        ("1", "1", 1.0),
        ("logMAR 0.3", "logMAR 0.30", 10**-0.3),
        ("-0.10 logMAR", "logMAR -0.10", 10**0.1),
        ("cf", "CF", None),
        ("CF 3ft", "CF 3 ft", None),
        ("HM @ 1 m", "HM 1 m", None),
        ("LP", "LP", None),
        ("nlp", "NLP", None),
    ],
)
def test_understood(text, spelled, decimal):
    found = acuity.parse(text)
    assert found is not None
    assert found.text == spelled
    assert found.decimal == (None if decimal is None else pytest.approx(decimal))
    assert acuity.problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "20/5",
        "20/9",
        "20/801",
        "20/",
        "20",
        "6/2",
        "6/300",
        "3.0",
        "0.001",
        "logMAR 4.0",
        "good",
        "20/20/20",
        "NLP 3 ft",
        "20/٢٠",
        "x" * 100,
    ],
)
def test_not_understood(text):
    assert acuity.parse(text) is None
    assert "no visual acuity" in acuity.problem(text)


def test_empty_is_fine():
    assert acuity.problem(None) is None
    assert acuity.problem("") is None


@pytest.mark.parametrize(
    ("text", "notation", "expected"),
    [
        ("20/40", "metric", "6/12"),
        ("20/25", "metric", "6/7.5"),
        ("6/60", "snellen", "20/200"),
        ("20/200", "logmar", "logMAR 1.00"),
        ("20/20", "logmar", "logMAR 0.00"),
        ("logMAR 0.3", "snellen", "20/40"),
        ("0.5", "snellen", "20/40"),
        ("20/40", "decimal", "0.50"),
        ("HM", "decimal", "HM"),
        ("nonsense", "decimal", None),
    ],
)
def test_converted(text, notation, expected):
    assert acuity.convert(text, notation) == expected
