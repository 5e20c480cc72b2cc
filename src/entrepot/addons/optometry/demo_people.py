"""Invented people for the demo clinic. Names are combined by chance, addresses and numbers are from the
ranges kept for examples (example.com, 555-01xx).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry.codes import is_npi

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

_GIRLS = [
    "Ada",
    "Beatrice",
    "Carmen",
    "Delia",
    "Elena",
    "Farida",
    "Greta",
    "Hanna",
    "Ines",
    "Jolanda",
    "Keiko",
    "Leila",
    "Mara",
    "Nadia",
    "Olga",
    "Paula",
    "Ruth",
    "Selma",
    "Tessa",
    "Ursula",
    "Vera",
    "Wanda",
    "Yara",
    "Zoe",
    "Amina",
    "Bianca",
    "Clara",
    "Dunja",
    "Esther",
    "Flora",
]
_BOYS = [
    "Anton",
    "Bruno",
    "Cesar",
    "Dario",
    "Emil",
    "Felix",
    "Gustav",
    "Hugo",
    "Igor",
    "Jonas",
    "Karim",
    "Leon",
    "Matteo",
    "Nils",
    "Oscar",
    "Pavel",
    "Quentin",
    "Rafael",
    "Samir",
    "Theo",
    "Umar",
    "Viktor",
    "Walter",
    "Xavier",
    "Yusuf",
    "Zeno",
    "Arthur",
    "Boris",
    "Carlo",
    "Dimitri",
]
_FAMILIES = [
    "Abbot",
    "Barrow",
    "Calloway",
    "Dunmore",
    "Ellery",
    "Fairbank",
    "Garrow",
    "Hollis",
    "Ingram",
    "Jarrow",
    "Kestrel",
    "Larkin",
    "Marlow",
    "Norwood",
    "Oakley",
    "Pembroke",
    "Quill",
    "Rowan",
    "Sedgwick",
    "Thorne",
    "Underhill",
    "Vance",
    "Whitlock",
    "Yarrow",
    "Zeller",
    "Ashdown",
    "Birch",
    "Copeland",
    "Draper",
    "Easton",
    "Farrow",
    "Glover",
    "Harlan",
    "Islay",
    "Juniper",
    "Kendrick",
]
_STREETS = (
    "Alder Lane",
    "Bridge Street",
    "Chapel Road",
    "Dock Street",
    "Elm Avenue",
    "Fountain Square",
    "Garden Walk",
    "Hill Road",
)
_TOWNS = (
    ("Brookfield", "10001"),
    ("Eastport", "10014"),
    ("Millbrook", "10023"),
    ("Northgate", "10031"),
    ("Westhaven", "10040"),
)
_WORK = (
    "teacher",
    "driver",
    "nurse",
    "software developer",
    "carpenter",
    "accountant",
    "student",
    "cook",
    "electrician",
    "retired",
)
_HOBBIES = (
    "reading",
    "cycling",
    "painting",
    "chess",
    "swimming",
    "gardening",
    "sewing",
    "football",
    "music",
    "hiking",
)


def patients(chance: random.Random, today: date, count: int) -> Iterator[dict[str, Any]]:
    """Values of patients, without links to other records; `age` is for the caller to plan by."""
    seen: set[str] = set()
    while len(seen) < count:
        female = chance.random() < 0.52
        first, last = chance.choice(_GIRLS if female else _BOYS), chance.choice(_FAMILIES)
        if f"{first} {last}" in seen:
            continue
        seen.add(f"{first} {last}")
        age = _age(chance)
        birth = today - timedelta(days=int(age * 365.2425) + chance.randrange(1, 360))
        town, code = chance.choice(_TOWNS)
        yield {
            "name": f"{first} {last}",
            "gender": "female" if female else "male",
            "birth_date": birth,
            "email": f"{first}.{last}@example.com".lower(),
            "phone": phone(chance, len(seen)),
            "street": f"{chance.randrange(1, 180)} {chance.choice(_STREETS)}",
            "city": town,
            "zip": code,
            "occupation": "pupil" if age < 18 else "retired" if age > 67 else chance.choice(_WORK[:-1]),
            "hobbies": chance.choice(_HOBBIES),
            "preferred_contact": chance.choice(("phone", "sms", "email", "email")),
            "consent_email": chance.random() < 0.7,
            "consent_sms": chance.random() < 0.5,
            "contact_lens_wearer": 16 <= age <= 60 and chance.random() < 0.25,
            "is_diabetic": age > 40 and chance.random() < 0.12,
            "is_smoker": age > 18 and chance.random() < 0.15,
        }


def phone(chance: random.Random, number: int) -> str:
    """A phone number of the range for examples, another one for each number below 60,000."""
    return (
        f"+1 {201 + number // 100 % 600} 555 01{number % 100:02d}"
        if number
        else f"+1 {chance.randrange(201, 801)} 555 0100"
    )


def npi(nine: str) -> str:
    """Nine digits with their check digit; an NPI that has the right form and belongs to nobody we know."""
    return next(f"{nine}{digit}" for digit in range(10) if is_npi(f"{nine}{digit}"))


def _age(chance: random.Random) -> int:
    kind = chance.random()
    if kind < 0.14:
        return chance.randrange(4, 17)
    return chance.randrange(18, 45) if kind < 0.5 else chance.randrange(45, 91)
