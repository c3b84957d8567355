"""One thread for each process that tests run in, as there is one on every core. Where CI is set, Hypothesis takes the
same examples each time: a landing does not hang on a draw."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, here and in what tests start

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
