"""`python -m pdec`: the command line."""

import sys

from pdec.cli.app import main

sys.exit(main())
