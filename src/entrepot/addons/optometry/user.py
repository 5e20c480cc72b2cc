"""What an optometry clinic knows of its staff. The NPI is that of the user's contact."""

from __future__ import annotations

from entrepot.api import Char, Model


class User(Model, extends="res.users"):
    """User"""

    codification = Char(help="The provider's number or licence under which this person bills and signs.")
