"""pdec, a compiler for partial differential equations. `import pdec` imports neither torch nor SymPy until needed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pdec.diagnostics import Diagnostic, PdeError
from pdec.options import OptionError

if TYPE_CHECKING:
    from pdec.compiler import compile, load, loads
    from pdec.estimation import estimate
    from pdec.explanation import explain
    from pdec.loss import Loss
    from pdec.training import Progress, Run, Solution, TrainingError, open, solve

__version__ = "0.1.0"

_PLACES = {
    "compile": "pdec.compiler",
    "load": "pdec.compiler",
    "loads": "pdec.compiler",
    "estimate": "pdec.estimation",
    "explain": "pdec.explanation",
    "Loss": "pdec.loss",
    "open": "pdec.training",
    "solve": "pdec.training",
    "Run": "pdec.training",
    "Progress": "pdec.training",
    "Solution": "pdec.training",
    "TrainingError": "pdec.training",
}

__all__ = [
    "Diagnostic",
    "Loss",
    "OptionError",
    "PdeError",
    "Progress",
    "Run",
    "Solution",
    "TrainingError",
    "__version__",
    "compile",
    "estimate",
    "explain",
    "load",
    "loads",
    "open",
    "solve",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module 'pdec' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value
