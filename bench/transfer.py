"""How fast files go in and out: rows a second and the memory of the process, for each format on each store.

    python bench/transfer.py                               30,000 products, every format, both stores
    python bench/transfer.py sqlite -n 5000 -f csv         fewer, one store, one format
    python bench/transfer.py -m res.partner                contacts instead of products

Each store and format is a process of its own, so that the memory is its own too. `insert` makes every record, `same`
finds every record by its key and changes nothing, `update` changes one field of each, `export` writes the file again.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from entrepot import app  # noqa: E402
from entrepot.call import Operator  # noqa: E402
from entrepot.kernel.transfer.formats.files import writer  # noqa: E402
from entrepot.settings import Settings  # noqa: E402
from entrepot.tenants.provision import Owner  # noqa: E402
from entrepot.tenants.tenant import finish  # noqa: E402
from entrepot.transfer import (  # noqa: E402
    FORMATS,
    Asker,
    ExportOptions,
    FileOptions,
    ImportOptions,
    Outcome,
)
from run import postgres  # noqa: E402 - its neighbours' place is made known above

STORES = ("sqlite", "postgres")
AIM_SECONDS = 15
CATEGORIES = 100
HEADERS = {
    "product.template": ("name", "default_code", "list_price", "standard_price", "categ_id", "barcode"),
    "res.partner": ("name", "ref", "email", "phone", "street", "category_id"),
}
PARTS = {
    "product.template": ("product", "product.category", "default_code"),
    "res.partner": ("base", "res.partner.category", "ref"),
}


class Deaf:
    """Listens to nothing."""

    def lines(self, content: bytes) -> None:
        pass

    def refused(self, outcome: Outcome) -> None:
        print(outcome)

    def progress(self, rows: int, part: float) -> None:
        pass


def rows(model: str, first: int, last: int, change: str) -> list[list[object]]:
    """Some rows of a file; with a `change`, the name of each record is another."""
    numbers = range(first, last)
    if model == "res.partner":
        return [
            [f"P{n}{change}", f"R{n}", f"p{n}@x.org", f"+32 {n}", f"Street {n}", f"Part {n % CATEGORIES}"]
            for n in numbers
        ]
    return [
        [f"Product {n}{change}", f"C{n}", round(n * 1.01, 2), n * 0.5, f"Part {n % CATEGORIES}", f"{n:013d}"]
        for n in numbers
    ]


def file_of(path: Path, model: str, count: int, file: FileOptions, change: str) -> Path:
    """Write the file to import, so that it is in nobody's memory."""
    made = writer(HEADERS[model], file)
    with path.open("wb") as out:
        for first in range(0, count, 1000):
            out.write(made.rows(rows(model, first, min(first + 1000, count), change)))
        for chunk in made.end():
            out.write(chunk)
    return path


def measure(url: str, model: str, count: int, format_: str) -> None:
    """Print a line of figures for one store and format."""
    addon, categories, key = PARTS[model]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), store=url, durable=not url, log_level="error")
        built = app.build(settings)
        built.administer.make(f"bench-{format_}", addons=(addon,), demo=False, owner=Owner())
        tenant = built.tenants.open(f"bench-{format_}")
        with tenant.store.transaction(readonly=False) as tx:
            env = tenant.environment(tx, 1)
            env[categories].create([{"name": f"Part {n}"} for n in range(CATEGORIES)])
            finish(env.work)
        asker = Asker(tenant=f"bench-{format_}", credentials=Operator(2), door="bench")
        file = FileOptions(format=format_)  # type: ignore[arg-type]  # of FORMATS
        keyed = ImportOptions(key=(key,))
        inputs = [("insert", "", ImportOptions()), ("same", "", keyed), ("update", "x", keyed)]
        told = []
        for name, change, options in inputs:
            path = file_of(Path(folder) / name, model, count, file, change)
            start, busy = time.perf_counter(), time.process_time()
            with path.open("rb") as content:
                summary = built.server.transfer.load(asker, model, content, file, options, Deaf(), "all")
            seconds, busy = time.perf_counter() - start, time.process_time() - busy
            assert summary.kept
            assert summary.rows == count
            told.append(f"{name} {seconds:5.2f} s (CPU {busy:5.2f}) {count / seconds:7,.0f}/s")
            if name == "insert" and seconds > AIM_SECONDS * count / 30_000:
                told.append(f"MISSES {AIM_SECONDS} s")
        start = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            chosen = ExportOptions(columns=HEADERS[model])
            written = built.server.transfer.export(asker, model, file, chosen, out.write)  # type: ignore[arg-type]
        told.append(f"export {written / (time.perf_counter() - start):8,.0f}/s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        built.close()
    print(f"{'postgres' if url else 'sqlite':9}{format_:7}{'  '.join(told)}  peak {peak} MiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stores", nargs="*", choices=[*STORES, []], default=[])
    parser.add_argument("-n", type=int, default=30_000)
    parser.add_argument("-m", "--model", choices=sorted(HEADERS), default="product.template")
    parser.add_argument("-f", "--format", action="append", choices=FORMATS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    given = parser.parse_args()
    formats = given.format or list(FORMATS)
    if given.url is not None:
        measure(given.url, given.model, given.n, formats[0])
        return
    print(f"{given.n:,} rows of {given.model}, {len(HEADERS[given.model])} columns")
    for store in given.stores or STORES:
        if store == "postgres":
            with postgres() as (url, _):
                each(url, given.model, given.n, formats)
        else:
            each("", given.model, given.n, formats)


def each(url: str, model: str, count: int, formats: list[str]) -> None:
    for format_ in formats:
        words = [sys.executable, __file__, "--url", url, "-m", model, "-n", str(count), "-f", format_]
        subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
