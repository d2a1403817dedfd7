"""The product with a clock that is moved from outside: seconds to add stand in the file MOVED_CLOCK."""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from core import clock

_FILE = Path(os.environ["MOVED_CLOCK"])


_unmoved = clock.now


def _now() -> datetime:
    return _unmoved() + timedelta(seconds=float(_FILE.read_text() or 0))


if __name__ == "__main__":
    clock.now = _now  # before the models bind it as their default
    from webapp.cli.commands import main

    sys.exit(main(sys.argv[1:]))
