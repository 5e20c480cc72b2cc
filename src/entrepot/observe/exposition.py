"""Sums of numbers -> the Prometheus text format, version 0.0.4. Pure.

Source: prometheus.io/docs/instrumenting/exposition_formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from entrepot.observe.families import SECONDS, Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def exposition(
    families: Sequence[Family],
    sums: Mapping[tuple[str, ...], Sequence[float]],
    gauges: Mapping[str, tuple[str, float]],
) -> str:
    """The page. `sums` maps (family name, label values …) to values; `gauges` a name to (help, value).

    Series that do not fit a known family are left out: another version of the server wrote them.
    """
    lines: list[str] = []
    for family in families:
        rows = [
            (key[1:], values)
            for key, values in sums.items()
            if key[0] == family.name and len(key) == len(family.labels) + 1 and len(values) == family.width
        ]
        lines.append(f"# HELP {family.name} {family.help}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        for labels, values in sorted(rows):
            pairs = [f'{name}="{_escaped(value)}"' for name, value in zip(family.labels, labels, strict=True)]
            lines.extend(_series(family, pairs, values))
    for name, (meaning, value) in gauges.items():
        lines += (f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {_number(value)}")
    return "\n".join(lines) + "\n"


def _series(family: Family, pairs: list[str], values: Sequence[float]) -> Iterator[str]:
    name, labels = family.name, _braced(pairs)
    if family.kind == "counter":
        yield f"{name}{labels} {_number(values[0])}"
        return
    if family.kind == "summary":
        count, total = values
    else:
        *buckets, total = values
        # The last running sum is the count, so bucket and count agree even while a call is being added.
        running = list(accumulate(buckets))
        count = running[-1]
        for bound, below in zip((*map(repr, SECONDS), "+Inf"), running, strict=True):
            limit = f'le="{bound}"'
            yield f"{name}_bucket{_braced([*pairs, limit])} {_number(below)}"
    yield f"{name}_sum{labels} {_number(total)}"
    yield f"{name}_count{labels} {_number(count)}"


def _braced(pairs: list[str]) -> str:
    return "{" + ",".join(pairs) + "}" if pairs else ""


def _escaped(value: str) -> str:
    return value.translate(_ESCAPES)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
