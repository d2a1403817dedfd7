"""`make bench`: the product beside the bare limit of the same machine.

SCALE sets the number of enterprises (100,000); BENCH names the sections to run (all), e.g. BENCH=pages,import.
BENCH_HOME is a folder in which the large database is kept for the next run of the same scale, e.g. to prepare it
(BENCH=prepare) while others use the machine and to measure when it is quiet.
"""

import os
import platform
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path

from tests.benchmarks import (
    candidates,
    crowd,
    duplicates,
    exports,
    growth,
    imports,
    jobs,
    layers,
    maps,
    measure,
    pages,
    search,
    setup,
    windows,
    writes,
)
from tests.benchmarks.measure import Figure
from tests.support.product import Product

ROOT = Path(__file__).resolve().parents[2]


class Bench:
    """One run: a folder, and the large database that several sections share."""

    def __init__(self, folder: Path, scale: int, kept: Path | None = None) -> None:
        self.folder, self.scale = folder, scale
        self.home = kept or folder / "large"
        self.candidates = kept.with_name(f"{kept.name}-candidates") if kept else folder / "candidates"

    @cached_property
    def password(self) -> str:
        if self.home.exists():
            return setup.password(self.home)
        self.home.mkdir(parents=True)
        return setup.prepare(self.home, self.scale)


def start_up(bench: Bench) -> list[Figure]:
    """From the command to the first page: with an empty folder (demonstration loaded), and again."""
    found = []
    for name in ("start-up, first, demonstration loaded", "start-up, again"):
        with Product(bench.folder / "first", DEMO="1") as product:
            found.append(measure.single(name, pages.PROFILE, 5758, "s", product.started_in))
    return found


def _on_large(section: Callable[[Path, int, str], list[Figure]]) -> Callable[[Bench], list[Figure]]:
    def figures(bench: Bench) -> list[Figure]:
        password = bench.password
        return section(bench.home, bench.scale, password)

    return figures


SECTIONS: dict[str, Callable[[Bench], list[Figure]]] = {
    "start": start_up,
    "prepare": _on_large(lambda _home, _scale, _password: []),
    "pages": _on_large(pages.figures),
    "search": _on_large(lambda home, scale, _password: search.figures(home, scale)),
    "layers": _on_large(layers.figures),
    "export": _on_large(lambda home, scale, _password: exports.figures(home, scale)),
    "writes": _on_large(writes.figures),
    "crowd": _on_large(crowd.figures),
    "jobs": lambda bench: jobs.figures(bench.folder / "jobs"),
    "growth": lambda bench: growth.figures(bench.folder / "growth"),
    "duplicates": lambda bench: duplicates.figures(bench.folder / "duplicates"),
    "import": lambda bench: imports.figures(bench.folder / "import", bench.scale),
    "candidates": lambda bench: candidates.figures(bench.candidates, bench.scale),
    "maps": lambda bench: maps.figures(bench.folder / "maps"),
    "windows": lambda bench: windows.figures(bench.folder / "windows"),
}


def main() -> None:
    scale = int(os.environ.get("SCALE", "100000"))
    wanted = os.environ.get("BENCH", ",".join(SECTIONS)).split(",")
    with tempfile.TemporaryDirectory() as name:
        kept = os.environ.get("BENCH_HOME")
        bench = Bench(Path(name), scale, Path(kept) if kept else None)
        figures = [figure for section in wanted for figure in SECTIONS[section](bench)]
    print(f"\n{date.today()} · {platform.processor() or platform.machine()} · {os.cpu_count()} cores\n")
    measure.report(figures, ROOT / "var" / "bench.json")


if __name__ == "__main__":
    main()
