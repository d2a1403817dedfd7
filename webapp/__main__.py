"""`python -m webapp COMMAND`."""

import sys

from webapp.cli.commands import main

sys.exit(main(sys.argv[1:]))
