"""Documents repeat names, codes and rights of other records. When those change, they are marked, too.

It happens in the drain, before the changed record is acknowledged: after a crash it happens again.
"""

import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy import select, tuple_

from core.db import db, unit_of_work
from core.dirty import SearchDoc, touch
from search.document import Document, Key
from search.sources import Source


def face(document: Document) -> int:
    """A digest of what other documents may repeat of this one."""
    parts = (
        document.title, *document.aliases, "", *document.former, "", *document.codes, document.region,
        document.industry, *document.acl,
    )  # fmt: skip
    return zlib.crc32("\x1f".join(parts).encode())


def spread(faces: Mapping[Key, int], sources: Mapping[str, Source]) -> int:
    """Mark whatever shows one of these records, where its face is new; how many documents."""
    watched = {kind for source in sources.values() for kind in source.shows}
    changed = _changed({key: value for key, value in faces.items() if key.kind in watched})
    if not changed:
        return 0
    found: dict[str, set[int]] = {}
    for source in sources.values():
        for kind, children in source.shows.items():
            if ids := changed.get(kind):
                numbers: set[int] = set(db.session().scalars(children(ids)))
                if numbers:
                    found.setdefault(source.kind, set()).update(numbers)
    if found:
        with unit_of_work():
            for kind, numbers in found.items():
                touch(kind, numbers)
    return sum(map(len, found.values()))


def _changed(faces: Mapping[Key, int]) -> dict[str, Sequence[int]]:
    if not faces:
        return {}
    statement = select(SearchDoc.kind, SearchDoc.id, SearchDoc.face).where(
        tuple_(SearchDoc.kind, SearchDoc.id).in_(list(faces))
    )
    session = db.session()
    session.rollback()
    found: dict[str, list[int]] = {}
    for kind, number, known in session.execute(statement):
        if known != faces[Key(kind, number)]:
            found.setdefault(kind, []).append(number)
    return dict(found)
