"""The LALR parser made from `grammar/pde.lark`, built once a process; its table is kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
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


def cache_file() -> str | bool:
    """Where Lark keeps the parse table, which takes a fifth of a second to make; False where that cannot be written.

    Every grammar has a file of its own. Lark makes the table anew where versions differ from those of the file, or the
    file is damaged. It is a pickle, which can hold any program: one that someone else may have put there is not read.
    """
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pdec"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):  # no home, or no permission
        return False
    own = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
    digest = hashlib.sha256(grammar_text().encode()).hexdigest()[:12]
    return str(folder / f"grammar-{digest}.pickle") if own and os.access(folder, os.W_OK) else False


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
        cache=cache_file(),
    )
