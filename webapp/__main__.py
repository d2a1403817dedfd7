"""`python -m webapp COMMAND`."""

import gc
import sys

from webapp.cli.commands import main

# What was loaded at the start is looked at no more; Python's 700 new objects before garbage is looked for
# cost batches of rows a seventh of their time.
gc.freeze()
gc.set_threshold(20_000, 10, 10)

sys.exit(main(sys.argv[1:]))
