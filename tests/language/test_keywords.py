"""The table of words is the grammar's."""

import re

from pdec.language.grammar import grammar_text
from pdec.language.keywords import RESERVED, WORDS, words
from pdec.language.messages import KEYWORDS, STATEMENTS


def test_the_reserved_words_are_the_terminals_of_the_grammar():
    terminals = dict(re.findall(r'^([A-Z]+)(?:\.[0-9]+)?: "([a-z]+)"$', grammar_text(), re.MULTILINE))
    assert set(terminals.values()) == RESERVED
    assert set(terminals) == KEYWORDS
    assert all(name.lower() == word for name, word in terminals.items())


def test_the_statements_are_those_of_the_grammar():
    rule = grammar_text().partition("statement:")[2].partition("\n\n")[0]
    heads = {head for line in rule.splitlines() for head in re.findall(r"[A-Z]{2,}", line.split(" name")[0])}
    assert heads >= STATEMENTS


def test_no_word_stands_twice_and_each_has_its_line():
    assert len({row.word for row in WORDS}) == len(WORDS)
    assert all(row.help and len(row.help) < 100 and not row.help.endswith(".") for row in WORDS)
    assert "soft" not in {row.kind for row in WORDS if row.word in RESERVED}
    assert words("modifier") == ("hard",)
