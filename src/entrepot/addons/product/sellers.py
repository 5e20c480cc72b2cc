"""Which vendor's offer holds for a quantity on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One vendor's offer. `min_quantity` in the unit that the offer is asked in."""

    id: int
    sequence: int = 1
    partners: frozenset[int] = frozenset()
    """The vendor and the company it belongs to."""
    product: int = 0
    """The variant it is for; 0 for all of the template."""
    min_quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    """In a currency that is the same for all offers compared."""
    start: date | None = None
    end: date | None = None


def choose(
    offers: Iterable[Offer], *, product: int, partner: int = 0, quantity: Decimal | None = None, day: date
) -> Offer | None:
    """The offer that holds: an earlier sequence first, an offer for just this variant before one for all of them, the
    larger minimum, the lower price, the older offer. `partner` 0: of any vendor; `quantity` None: whatever the
    minimum.
    """
    fitting = [
        offer
        for offer in offers
        if (not offer.product or offer.product == product)
        and (not partner or partner in offer.partners)
        and (quantity is None or quantity >= offer.min_quantity)
        and not (offer.start and day < offer.start)
        and not (offer.end and day > offer.end)
    ]
    return min(fitting, key=_rank, default=None)


def _rank(offer: Offer) -> tuple[int, bool, Decimal, Decimal, int]:
    return (offer.sequence, not offer.product, -offer.min_quantity, offer.price, offer.id)
