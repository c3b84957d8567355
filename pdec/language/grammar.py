"""The LALR parser made from `grammar/pde.lark`, built once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lark import Lark

from pdec.language.builder import Builder

PACKAGE = Path(__file__).resolve().parent.parent


def grammar_text() -> str:
    """The grammar: beside the package's modules in an installed wheel, in `grammar/` in a checkout."""
    installed = PACKAGE / "pde.lark"
    path = installed if installed.exists() else PACKAGE.parent / "grammar" / "pde.lark"
    return path.read_text(encoding="utf-8")


@cache
def lalr() -> Lark:
    """The parser with its tree builder: nodes are made while parsing, bottom-up, without recursion.

    The lexer is the plain one (`basic`): which token a piece of text is does not depend on where it stands, so that
    a text can be cut into statements before it is parsed.
    """
    return Lark(
        grammar_text(),
        start=["statement", "expression", "stray"],
        parser="lalr",
        lexer="basic",
        transformer=Builder(),
    )
