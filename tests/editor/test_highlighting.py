"""Highlighting: made from the tables, and right on every example."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from pygments.token import Comment, Error, Keyword, Name, Number, String, Whitespace

from pdec.diagnostics import Source
from pdec.editor import vocabulary
from pdec.editor.lexer import PdeLexer
from pdec.editor.textmate import grammar
from pdec.language.keywords import RESERVED
from pdec.language.parser import tokenize

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "examples").rglob("*.pde"), *(ROOT / "pdec" / "templates").glob("*.pde")]


def lexed(text):
    return [(kind, value) for kind, value in PdeLexer(stripnl=False).get_tokens(text) if kind is not Whitespace]


def test_the_words():
    text = 'equation heat: u_t = lap(u) + sin(2) and lap # sin\nspace x in ball(N)\ndata u = "a#b"\n'
    found = lexed(text)
    assert (Keyword, "equation") in found
    assert (Name, "heat") in found
    assert (Name, "u_t") in found
    assert found.count((Name.Builtin, "lap")) == 1  # what is not called is a name
    assert (Keyword.Pseudo, "and") in found
    assert (Comment.Single, "# sin") in found
    assert (Keyword.Type, "ball") in found
    assert (Number, "2") in found
    assert (String, '"a#b"') in found
    assert (Name.Builtin, "E") in lexed("E[w ~ normal(N)] w")
    assert (Name, "E") in lexed("E[1]")


def test_settings_are_those_of_the_train_block():
    assert (Name.Attribute, "steps") in lexed("train { steps 10 }")
    assert (Name, "steps") in lexed("train { steps 10 } let steps = 1")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_token_of_the_language_is_one(path):
    text = path.read_text(encoding="utf-8")
    found = lexed(text)
    assert "".join(value for _, value in PdeLexer(stripnl=False).get_tokens(text)) == text
    assert Error not in {kind for kind, _ in found}
    keywords = [value for kind, value in found if kind in (Keyword, Keyword.Pseudo)]
    tokens, _ = tokenize(Source(path.name, text))
    assert keywords == [str(token) for token in tokens if token.value in RESERVED]


def test_every_reserved_word_is_highlighted():
    assert set(vocabulary.STATEMENTS) | set(vocabulary.CONNECTIVES) == RESERVED


def test_pygments_finds_the_lexer():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["pygments.lexers"]["pde"].partition(":")
    assert getattr(import_module(module), name) is PdeLexer
    assert "pygments" in {re.match("[a-z]+", line)[0] for line in project["dependencies"]}


def test_the_grammar_of_editors_is_the_generated_one():
    """If this fails: `python editors/regenerate.py`."""
    assert (ROOT / "editors" / "pde.tmLanguage.json").read_text(encoding="utf-8") == grammar()


def test_the_grammar_of_editors_compiles():
    def patterns(rules):
        for rule in rules:
            yield from (rule[key] for key in ("match", "begin", "end") if key in rule)
            yield from patterns(rule.get("patterns", []))

    found = list(patterns(json.loads(grammar())["patterns"]))
    assert len(found) > 15
    for pattern in found:
        assert not re.compile(pattern).match("")
    assert any(re.fullmatch(pattern, "equation") for pattern in found)
