"""Jobs: the nightly comparison of index and database, and the rebuild."""

import time

from core.jobs.runner import JobRun, handler
from search import desk, keeping, rebuilding, upkeep

_REPORT_SECONDS = 1.0


@handler(keeping.VERIFY)
def verify(job: JobRun) -> None:
    """Mark what differs, so that the drain mends it; the result says how much that was."""
    desk.drain_all()
    finder = desk.finder()
    finder.engine.refresh()
    found = upkeep.compare(finder.engine, finder.sources)
    mended = upkeep.mend(found)
    desk.drain_all()
    job.result({"documents": found.documents, "mended": mended})


@handler(keeping.REBUILD)
def rebuild(job: JobRun) -> None:
    """Fill a new index while the old one serves; a cancel leaves the old one."""
    finder = desk.finder()
    total = rebuilding.expected(finder.sources)
    done: dict[str, int] = {}
    told = time.monotonic()
    job.progress(0, total)

    def report(kind: str, number: int) -> None:
        nonlocal told
        done[kind] = number
        if time.monotonic() - told > _REPORT_SECONDS:
            told = time.monotonic()
            job.progress(sum(done.values()), total)

    count = rebuilding.rebuild(finder.engine, finder.sources, report)
    job.progress(count, count)
    job.result({"documents": count})
