"""One line of text becomes a name and an address, whatever the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.base.contact_name import copied_name, parse_contact


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ('"Bob" <b@x.org>', "Bob", "b@x.org"),
        ("Bob <b@x.org>", "Bob", "b@x.org"),
        ("  Bob   Builder <b@x.org> ", "Bob Builder", "b@x.org"),
        ("b@x.org", "", "b@x.org"),
        ("<b@x.org>", "", "b@x.org"),
        ("b@x.org (Bob)", "Bob", "b@x.org"),
        ("Bob b@x.org", "Bob", "b@x.org"),
        ('"Builder, Bob" <b@x.org>', "Builder, Bob", "b@x.org"),
        (r'"Bob \"the\" Builder" <b@x.org>', 'Bob "the" Builder', "b@x.org"),
        ("Bob <b@x.org>, Al <a@x.org>", "Bob", "b@x.org"),
        ("a@x.org, b@x.org", "", "a@x.org"),
        ("Bob", "Bob", ""),
        ("Zoë Müller <zoë@bücher.de>", "Zoë Müller", "zoë@bücher.de"),
        ("Bob @ work", "Bob @ work", ""),
        ("", "", ""),
        ("Reach me at b@x.org.", "Reach me at", "b@x.org"),
    ],
)
def test_lines_people_write(line: str, name: str, email: str) -> None:
    assert parse_contact(line) == (name, email)


@given(st.text(max_size=3000))
def test_any_text_is_taken_apart_without_loss_of_order(line: str) -> None:
    name, email = parse_contact(line)
    assert "\n" not in name + email
    assert not email or "@" in email


@pytest.mark.parametrize(
    "line", ["@" * 100_000, "a" * 100_000, "<" * 50_000 + "a@b", "a@" * 50_000, "(" * 99_999]
)
def test_hostile_lines_are_quick(line: str) -> None:
    assert parse_contact(line)[1] == ""


def test_a_copy_says_so() -> None:
    assert copied_name("Bob") == "Bob (copy)"
