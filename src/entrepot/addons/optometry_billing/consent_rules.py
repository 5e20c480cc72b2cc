"""Which consent forms an order needs. The names of the rules are the vendor's; no records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

APPLIES_TO: Sequence[tuple[str, str]] = (
    ("patient_frame", "The patient brings the frame"),
    ("proof_of_delivery", "Every order that is handed over"),
    ("polycarbonate", "No polycarbonate lens where one is advised"),
    ("all_glasses", "All glasses"),
    ("all_contact_lens", "All contact lenses"),
)
_HANDED_OVER = ("glasses", "contact_lens", "accessory")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    kind: str
    frame_source: str | None = None
    minor: bool = False
    balance: bool = False
    polycarbonate: bool = False


def applies(rule: str, order: Facts, *, literally: bool = False) -> bool:
    """Whether an order needs the forms of a rule.

    Polycarbonate: glasses without a polycarbonate lens, for somebody under 18 or with a balance lens; taken
    `literally` any one of the three is enough. Services are not handed over, so they need no proof of delivery.
    """
    match rule:
        case "patient_frame":
            return order.kind == "glasses" and order.frame_source == "patient"
        case "proof_of_delivery":
            return order.kind in _HANDED_OVER
        case "polycarbonate":
            advised = order.minor or order.balance
            if order.kind != "glasses":
                return False
            return advised or not order.polycarbonate if literally else advised and not order.polycarbonate
        case "all_glasses":
            return order.kind == "glasses"
        case "all_contact_lens":
            return order.kind == "contact_lens"
        case _:
            return False
