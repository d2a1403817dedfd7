"""The import as it stands now, out of every transaction."""

from core.db import db
from core.imports.models import Import


def present(import_id: int) -> Import:
    """Fresh and detached: the next transaction must not refresh its cursor unseen."""
    session = db.session()
    session.rollback()
    record = session.get_one(Import, import_id, populate_existing=True)
    session.expunge(record)
    session.rollback()
    return record
