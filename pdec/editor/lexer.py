"""A Pygments lexer for `.pde` files: installed with pdec, Pygments and what builds on it knows the language `pde`."""

from __future__ import annotations

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from pdec.editor import vocabulary as v

_COMMON = [
    (r"\s+", Whitespace),
    (v.COMMENT, Comment.Single),
    (v.STRING, String),
    (v.NUMBER, Number),
]
_SIGNS = [(v.SIGNS, Operator), (v.PUNCTUATION, Punctuation)]


class PdeLexer(RegexLexer):  # type: ignore[misc]
    """Partial differential equations in the language of pdec."""

    name = "PDE"
    aliases = ("pde",)
    filenames = ("*.pde",)
    url = "https://pypi.org/project/pdec/"
    version_added = ""

    tokens = {  # noqa: RUF012
        "root": [
            *_COMMON,
            (r"\btrain(?=\s*\{)", Keyword, "settings"),
            (v.any_of(v.STATEMENTS), Keyword),
            (v.any_of(v.CONNECTIVES), Keyword.Pseudo),
            (v.EXPECTATION, Name.Builtin),
            (v.any_of(v.FUNCTIONS) + r"(?=\s*\()", Name.Builtin),
            (v.any_of(v.SPECIAL), Keyword.Type),
            (v.any_of(v.NUMBERS), Name.Constant),
            (v.NAME, Name),
            *_SIGNS,
        ],
        "settings": [
            *_COMMON,
            (r"\}", Punctuation, "#pop"),
            (v.any_of(v.OPTIONS), Name.Attribute),
            (v.any_of(v.STATEMENTS), Keyword),
            (v.NAME, Name),
            *_SIGNS,
        ],
    }
