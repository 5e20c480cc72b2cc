"""What `create` is given: the values of one record, or a list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def with_each(vals_list: Any, change: Change) -> Any:
    """The same with every set of values changed. What is neither stays as it is, for the kernel to refuse."""
    if isinstance(vals_list, Mapping):
        return change(vals_list)
    if isinstance(vals_list, (list, tuple)):
        return [change(values) if isinstance(values, Mapping) else values for values in vals_list]
    return vals_list
