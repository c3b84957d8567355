"""`python -m pdec`: the command line."""

import sys

from pdec.cli.app import run

sys.exit(run())
