"""The key ring of this installation: from the environment, from a named file, or from the data folder."""

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

import config
from core import secrets, settings
from core.db import db, take_turn, unit_of_work
from core.permissions import SYSTEM

CANARY = "secrets.canary"
_COLUMN = "setting.canary"


class WrongKeys(Exception):
    """The database was sealed with keys that this installation does not have."""


def path_of(given: config.Settings) -> Path:
    return given.data_keys_file or given.data_dir / secrets.FILE


def load(given: config.Settings) -> secrets.KeyRing:
    """The ring; made in the data folder at the first start. Raises BadSettings."""
    try:
        if given.data_keys:
            return secrets.parse(given.data_keys)
        return secrets.load_or_make(path_of(given), given.data_cipher)
    except secrets.NoKeys as error:
        raise config.BadSettings([str(error)]) from None
    except OSError as error:
        raise config.BadSettings(
            [f"The key ring {path_of(given)} cannot be read ({error.strerror})."]
        ) from None


def check(app: Flask) -> None:
    """A sealed word in the database must open; written at the first start. Raises WrongKeys."""
    with app.app_context():
        kept = settings.get(db.session(), CANARY)
        if kept is None:
            with unit_of_work() as session:
                take_turn(session, CANARY)
                if settings.get(session, CANARY) is None:
                    renew(session)
        elif isinstance(secrets.ring().open(kept, _COLUMN), secrets.Unreadable):
            raise WrongKeys
        db.session.remove()


def renew(session: Session) -> None:
    """Seal the word with the present key, also after a rotation."""
    settings.put(session, CANARY, secrets.ring().seal("canary", _COLUMN), actor=SYSTEM)
