"""The TextMate grammar for `.pde` files, which VS Code, Sublime Text, JetBrains and GitHub's linguist read.

`python editors/regenerate.py` writes it to `editors/pde.tmLanguage.json`.
"""

from __future__ import annotations

import json
from typing import Any

from pdec.editor import vocabulary as v


def grammar() -> str:
    """The grammar as JSON."""
    common = [_rule("comment.line.number-sign", v.COMMENT), _rule("string.quoted.double", v.STRING)]
    signs = [
        _rule("constant.numeric", v.NUMBER),
        _rule("keyword.operator", v.SIGNS),
        _rule("punctuation", v.PUNCTUATION),
    ]
    data: dict[str, Any] = {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "PDE",
        "scopeName": "source.pde",
        "fileTypes": ["pde"],
        "patterns": [
            *common,
            {
                "begin": r"\b(train)\s*(\{)",
                "beginCaptures": {"1": {"name": "keyword.control.pde"}, "2": {"name": "punctuation.pde"}},
                "end": r"\}",
                "endCaptures": {"0": {"name": "punctuation.pde"}},
                "patterns": [
                    *common,
                    _rule("support.type.property-name", v.any_of(v.OPTIONS)),
                    _rule("keyword.control", v.any_of(v.STATEMENTS)),
                    _rule("variable.other", v.NAME),
                    *signs,
                ],
            },
            _rule("keyword.control", v.any_of(v.STATEMENTS)),
            _rule("keyword.operator.word", v.any_of(v.CONNECTIVES)),
            _rule("support.function", v.EXPECTATION),
            _rule("support.function", v.any_of(v.FUNCTIONS) + r"(?=\s*\()"),
            _rule("support.type", v.any_of(v.SPECIAL)),
            _rule("constant.language", v.any_of(v.NUMBERS)),
            _rule("variable.other", v.NAME),
            *signs,
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _rule(scope: str, pattern: str) -> dict[str, str]:
    return {"name": f"{scope}.pde", "match": pattern}
