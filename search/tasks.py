"""The nightly comparison of index and database."""

from core.jobs.runner import JobRun, handler
from search import desk, upkeep


@handler("search.verify")
def verify(job: JobRun) -> None:
    """Mark what differs, so that the drain mends it; the result says how much that was."""
    finder = desk.finder()
    found = upkeep.compare(finder.engine, finder.sources)
    job.result({"documents": found.documents, "mended": upkeep.mend(found)})
    desk.drain_all()
