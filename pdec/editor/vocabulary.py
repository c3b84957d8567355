"""The words that are highlighted, by what they are; and the shapes of the other tokens, as regular expressions."""

from __future__ import annotations

from collections.abc import Iterable

from pdec.language.keywords import BEGINNING, words
from pdec.options import FIELDS
from pdec.symbolic.calls import OWN_RULES
from pdec.symbolic.operators import CONSTANTS, OPERATORS

STATEMENTS = words(*sorted(BEGINNING))
"""They begin a statement."""

CONNECTIVES = words("connective")
"""They stand inside a statement."""

FUNCTIONS = (*OPERATORS, *OWN_RULES)
"""What is called: operators and functions."""

SPECIAL = words("soft")
"""Domains, laws and shapes."""

NUMBERS = tuple(CONSTANTS)
"""Names of numbers."""

OPTIONS = tuple(FIELDS)
"""What a `train` block sets."""

COMMENT = r"#[^\r\n]*"
STRING = r'"[^"\r\n]*"'
# In `1..N` the dots are a range.
NUMBER = r"(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
EXPECTATION = r"E(?=\s*\[\s*\w+\s*~)"
SIGNS = r"∂_\w+|∇[·⋅×²]?|[Δ∆√∂]|[-+*/^·⋅×−:=~|<>≤≥≠∈∪∩∖!]|\.\.|[⁻⁰¹²³⁴-⁹]+"
PUNCTUATION = r"[()\[\]{},;.]"
NAME = r"(?![0-9_])(?:(?![Δ⁰¹²³⁴-⁹])\w)+"


def any_of(texts: Iterable[str]) -> str:
    """A regular expression for any of the words, each as a whole; the same for the same words."""
    return rf"\b(?:{'|'.join(sorted(texts))})\b"
