"""Comments that silence warnings: what they cover, and what is said of those that cover nothing."""

import pytest

import pdec
from pdec.diagnostics import Diagnostic, Source, Span
from pdec.language.silence import silence

BODY = "space x in [0, 1]\nunknown u(x)\nparam a = 1{}\nequation u_xx = 0\nboundary u = 0\n"


def codes(text):
    return [warning.code for warning in pdec.loads(text).warnings]


def test_a_comment_silences_its_line_or_the_next_or_the_file():
    assert codes(BODY.format("")) == ["W401"]
    assert codes(BODY.format("  # pdec: ignore W401")) == []
    assert codes(BODY.format("  #pdec:ignore W402,W401")) == []
    assert codes(BODY.replace("param", "# pdec: ignore W401\nparam").format("")) == []
    assert codes("\n# about it\n# pdec: ignore W401\n" + BODY.format("")) == []
    assert codes(BODY.format("  # pdec: ignore W402")) == ["W401"]
    assert codes(BODY.format("") + "# pdec: ignore W401") == ["W401"]
    assert codes("space x in [0, 1] # pdec: ignore W401\n" + BODY.format("").split("\n", 1)[1]) == ["W401"]


def test_a_comment_on_any_line_of_a_statement_silences_it():
    source = Source("a", "equation u_xx\n  = 2  # pdec: ignore W402\nboundary u = 0\n")
    assert silence(source).covers(Diagnostic(source, Span(0, 19), "W402", ""))
    assert not silence(source).covers(Diagnostic(source, Span(44, 49), "W402", ""))


def test_errors_cannot_be_silenced_but_a_solution_can():
    text = "# pdec: ignore E101, W4, E207\nspace x in [0, 1]\nunknown u(x)\nequation u_xx = v\n"
    with pytest.raises(pdec.PdeError) as caught:
        pdec.loads(text)
    assert [d.code for d in caught.value.diagnostics] == ["E101"]
    found = silence(Source("a", text)).mistakes
    assert [(d.code, text[d.span.start : d.span.end]) for d in found] == [("W404", "E101"), ("W404", "W4")]


@pytest.mark.parametrize("comment", ["# pdec: ignore", "x # pdec: ignore   ", "\ufeff# pdec: ignore ,"])
def test_a_comment_without_codes_is_said(comment):
    (mistake,) = silence(Source("a", comment + "\r\n")).mistakes
    assert "which codes" in mistake.message


def test_a_text_in_quotation_marks_is_no_comment():
    assert not silence(Source("a", 'data u = "# pdec: ignore W999"')).mistakes
    assert silence(Source("a", 'data u = "#1.csv" # pdec: ignore W401')).lines == {1: frozenset({"W401"})}
