"""Reading a message: each key is taken by its reader, what is wrong is collected, what nobody took is kept.

Pure. A message is refused whole, with all that is wrong with it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from entrepot.api import Problem, ValidationError

T = TypeVar("T")
MAX_ITEMS = 1000


class Form:
    """An object of a message while it is read."""

    def __init__(self, given: Any, path: str = "", shared: Form | None = None) -> None:
        """Read `given`; problems of inner objects land in the outer one's list."""
        self.problems: list[Problem] = shared.problems if shared is not None else []
        self.path = path
        self.given: Mapping[str, Any] = {}
        self._taken: set[str] = set()
        self._inner: list[Form] = []
        if isinstance(given, Mapping):
            self.given = given
        else:
            self._wrong("", "not_an_object", "is an object")

    def has(self, key: str) -> bool:
        """Whether the message speaks of a key at all; a null speaks."""
        return key in self.given

    def take(self, key: str, reader: Callable[[Any], T], *, required: bool = False) -> T | None:
        """The value of a key; None when it is absent, null or wrong (which is noted)."""
        self._taken.add(key)
        given = self.given.get(key)
        if given is None or (isinstance(given, str) and not given.strip()):
            if required:
                self._wrong(key, "required", "is required")
            return None
        try:
            return reader(given)
        except ValueError as error:
            self._wrong(key, "bad_value", str(error))
            return None

    def fill(
        self, values: dict[str, Any], readers: Mapping[str, Callable[[Any], Any]], *, clears: bool = False
    ) -> None:
        """Put the keys that are told into `values` under their own names. `clears`: a null empties the field."""
        for key, reader in readers.items():
            told = self.take(key, reader)
            if told is not None or (clears and self.has(key)):
                values[key] = told

    def inner(self, key: str) -> Form:
        """The object under a key; an empty one when it is absent."""
        self._taken.add(key)
        form = Form(self.given.get(key) or {}, self._at(key), self)
        self._inner.append(form)
        return form

    def items(self, key: str, *, least: int = 0) -> list[Form]:
        """The objects of a list under a key."""
        self._taken.add(key)
        given = self.given.get(key)
        if given is None:
            given = []
        if not isinstance(given, (list, tuple)) or not least <= len(given) <= MAX_ITEMS:
            self._wrong(key, "bad_list", f"is a list of {least} to {MAX_ITEMS} objects")
            return []
        forms = [Form(each, f"{self._at(key)}.{at}", self) for at, each in enumerate(given)]
        self._inner.extend(forms)
        return forms

    def ignore(self, *keys: str) -> None:
        """Keys that are known and say nothing here."""
        self._taken.update(keys)

    def wrong(self, key: str, code: str, message: str) -> None:
        """Note what is wrong with a key."""
        self._wrong(key, code, message)

    def rest(self) -> dict[str, Any]:
        """The keys that nobody took, by their path."""
        found = {self._at(key): value for key, value in self.given.items() if key.strip() not in self._taken}
        for form in self._inner:
            found.update(form.rest())
        return found

    def check(self) -> None:
        """Raise a ValidationError with everything that was noted."""
        if self.problems:
            raise ValidationError(problems=self.problems)

    def _wrong(self, key: str, code: str, message: str) -> None:
        path = self._at(key)
        self.problems.append(Problem(path, code, f"{path or 'data'} {message}."))

    def _at(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part)
