"""What a user wrote reaches generated code as identifiers, numbers and comments: it cannot become code."""

import ast

import pytest
import torch

import pdec
from pdec.compiler import generate, options_for

TEXT = """problem {name}  # {evil}
space x in [0, 1] {comment}
time t in [0, 1]
unknown u
param k = 2 {comment}
equation {label}: u_t {comment}
  = k*u_xx {comment}
initial {second}: u {comment}
  = x
exact u = x {comment}
  + t {comment}
"""
EVIL = [
    '"""; raise SystemExit',
    "'''; raise SystemExit",
    '\\"\\"\\" + raise',
    "\\",
    "\\N{BELL} \\x00 \\u0022",
    '"',
    "tab\there",
    "{braces} %s {0} {evil}",
    "#!/usr/bin/python -*- coding: utf-7 -*-",
]


def statements(source):
    """The code without comments and docstrings."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(module)


def source_of(evil, name="case", label="heat", second="start"):
    comment = f"# {evil}" if evil else ""
    text = TEXT.format(name=name, evil=evil, comment=comment, label=label, second=second)
    problem = pdec.loads(text)
    return {m: generate(problem, options_for(problem, {"method": m})) for m in ("stein-cv", "autograd")}


@pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))
def test_comments_stay_comments(evil):
    plain, found = source_of(""), source_of(evil)
    for method in plain:
        assert statements(found[method]) == statements(plain[method])


@pytest.mark.parametrize("hidden", ["\f", "\v", "\x85", "\u2028", "\u2029", "\u202e", "\x00", "\x1b"])
def test_characters_that_could_end_a_comment_are_refused(hidden):
    with pytest.raises(pdec.PdeError) as caught:
        source_of(f"{hidden}raise SystemExit")
    assert {diagnostic.code for diagnostic in caught.value.diagnostics} == {"E002"}


@pytest.mark.parametrize("newline", ["\r", "\r\n"])
def test_line_ends_of_other_systems(newline):
    text = TEXT.format(name="case", evil="x", comment="# raise SystemExit", label="heat", second="start")
    problem = pdec.loads(text.replace("\n", newline))
    source = generate(problem, options_for(problem, {"method": "stein-cv"}))
    assert statements(source) == statements(source_of("")["stein-cv"])


def test_the_name_of_a_file_stays_in_its_comment():
    problem = pdec.loads("space x in [0, 1] unknown u equation u_xx = 0", name='"""\nraise SystemExit\n\\".pde')
    source = generate(problem, options_for(problem, {}))
    assert "SystemExit" not in statements(source)


@pytest.mark.parametrize(
    "word",
    ["residual", "loss", "lambda", "class", "torch", "terms", "draw", "RESIDUALS", "known", "None", "match", "été"],
)
def test_labels_may_be_any_word(word):
    for method, source in source_of("", name=word, label=word, second=f"{word}_").items():
        assert ast.parse(source)
        loss = pdec.compile(pdec.loads(TEXT.format(name=word, evil="", comment="", label=word, second=f"{word}2")),
                            method=method, samples=4)  # fmt: skip
        terms = loss.terms(torch.nn.Linear(2, 1), loss.sample())
        assert list(terms) == [word, f"{word}2"]


def test_labels_that_become_the_same_word():
    text = "space x in [0, 1] unknown u equation u_xx = 0 boundary lambda: u = 1 boundary lambda_: u = 3"
    loss = pdec.compile(pdec.loads(text), method="autograd")

    def zero(points):
        return 0 * points

    terms = loss.terms(zero, loss.sample())
    assert [float(terms[name].detach()) for name in ("lambda", "lambda_")] == [1, 9]
