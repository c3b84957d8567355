"""Training: the loop, the network, the errors, the solution. Names are imported when first asked for, torch with them,
so that the command line can catch a TrainingError without either.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pdec.training.errors import TrainingError

if TYPE_CHECKING:
    from pdec.training.folder import open
    from pdec.training.history import Progress
    from pdec.training.loop import Run, solve, without_equations
    from pdec.training.solution import Solution

_PLACES = {
    "open": "folder",
    "Progress": "history",
    "Run": "loop",
    "solve": "loop",
    "without_equations": "loop",
    "Solution": "solution",
}

__all__ = ["Progress", "Run", "Solution", "TrainingError", "open", "solve", "without_equations"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pdec.training' has no attribute {name!r}")
    return getattr(importlib.import_module(f"pdec.training.{_PLACES[name]}"), name)
