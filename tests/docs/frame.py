"""What an example of a document leaves away, and everything that pdec says about a text."""

import re
from pathlib import Path

from pdec.compiler import loads, options_for, warnings_for
from pdec.diagnostics import PdeError
from pdec.symbolic.analysis import analyse
from pdec.symbolic.prove import prove, refutations

FILES = Path(__file__).parent / "files"
"""The data files of the examples."""

FRAME = """\
dim N = 3
space x in ball(N, radius=1)
time t in [0, 1]
unknown u
equation u_t = lap(u)
"""
"""The reference shows this frame too. A fragment takes from it the kinds of statement that it does not have itself."""


def framed(fragment: str) -> str:
    """A whole file. The frame comes last, so that the lines of the fragment keep their numbers."""
    own = set(re.findall(r"^\s*(dim|space|time|unknown|equation)\b", fragment, re.MULTILINE))
    return fragment.rstrip("\n") + "\n" + "".join(s for s in FRAME.splitlines(True) if s.split()[0] not in own)


def said(text: str, name: str = "example.pde") -> list:
    """Every diagnostic of a text: of the language, of the method it chooses, and of its exact solution."""
    try:
        problem = loads(text, name=name, folder=FILES)
        found = [*problem.warnings, *analyse(problem).warnings, *warnings_for(problem, options_for(problem, {}))]
        return found + list(refutations(problem, prove(problem)))
    except PdeError as error:
        return list(error.diagnostics)


def errors(text: str, name: str = "example.pde") -> list:
    return [diagnostic for diagnostic in said(text, name) if diagnostic.severity == "error"]
