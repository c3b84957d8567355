"""Where CI is set, Hypothesis takes the same examples each time: a landing does not hang on a draw."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
