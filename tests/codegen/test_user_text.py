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


APART = """problem {name} # {evil}
dim N = 4
space x in ball(N) # {evil}
unknown u
equation {label}: lap(u) + u*dot(x, grad(u)) # {evil}
  = sum(i, sin(x[i])) + sin(x[1])*sum(i, sin(x[i])) # {evil}
"""


@pytest.mark.parametrize("method", ["stein-chi", "hutchinson"])
def test_text_does_not_reach_what_is_known_or_computed_apart(method, monkeypatch):
    """The functions for known sources, named by labels, repeated parts, and products by draws of their own."""
    monkeypatch.setattr("pdec.codegen.sections.WIDE", 1)

    def source(evil, label="heat"):
        problem = pdec.loads(APART.format(name=label, evil=evil, label=label))
        return generate(problem, options_for(problem, {"method": method, "samples": 4, "unbiased": True}))

    plain = statements(source("text"))
    assert "source_heat" in plain
    assert "'part'" in plain
    assert "'apart'" in plain
    assert all(statements(source(evil)) == plain for evil in EVIL)
    for word in ("apart", "squared", "by_rows", "source", "part", "draw_once", "GROUPS", "lambda", "été"):
        problem = pdec.loads(APART.format(name=word, evil="", label=word))
        loss = pdec.compile(problem, method=method, samples=4, unbiased=True)
        assert list(loss.terms(torch.nn.Linear(4, 1), loss.sample())) == [word]


TOGETHER = """problem {name} # {evil}
dim N = 4
space x in ball(N) # {evil}
time t in [0, 1]
unknown u
param k = 2 # {evil}
equation {label}: u_t # {evil}
  = k*lap(u) + dot(x, grad(u)) # {evil}
initial {second}: u = x[1] # {evil}
boundary {third}: u = 0 # {evil}
"""


def test_text_does_not_reach_what_is_carried_or_called_together():
    """Derivatives in one sum, with the text of all of them in a comment, and point sets named by labels."""

    def source(evil, label="heat"):
        text = TOGETHER.format(name=label, evil=evil, label=label, second=f"{label}2", third=f"{label}3")
        problem = pdec.loads(text)
        return generate(problem, options_for(problem, {"method": "hutchinson", "samples": 4}))

    plain = statements(source("text"))
    assert "'operator_u'" in plain
    assert "'TOGETHER'" in plain
    assert all(statements(source(evil)) == plain for evil in EVIL)
    for word in ("together", "TOGETHER", "operator_u", "calls", "parts", "names", "lambda", "part", "été"):
        text = TOGETHER.format(name=word, evil="", label=word, second=f"{word}2", third=f"{word}3")
        loss = pdec.compile(pdec.loads(text), method="hutchinson", samples=4)
        assert list(loss.terms(torch.nn.Linear(5, 1), loss.sample())) == [word, f"{word}2", f"{word}3"]


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


@pytest.mark.parametrize("file", ["it's.csv", "a\\.csv", "\\", "a\\n b.csv", "{x} %s.csv", "#.csv", "é)]}.csv", "'"])
@pytest.mark.parametrize("rows", [2, 600], ids=["inline", "beside"])
def test_names_of_data_files_stay_text(file, rows, tmp_path):
    (tmp_path / file).write_text("x,u\n" + "".join(f"{k / rows},{k}\n" for k in range(rows)), encoding="utf-8")
    text = 'space x in [0, 1] unknown u table k(x) = "{0}" column u equation k*u_xx = 0 data u = "{0}"'
    problem = pdec.loads(text.format(file), folder=tmp_path)
    tree = ast.parse(generate(problem, options_for(problem, {"method": "autograd"})))
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == file]
    assert len(found) == (2 if rows == 600 else 0)
    batch = pdec.compile(problem, method="autograd").sample()
    assert batch["data"].shape[1] == 2


@pytest.mark.parametrize(
    "word", ["lambda", "class", "torch", "print", "None", "net", "points", "sample", "kept", "été"]
)
def test_regions_tables_and_parameters_may_have_any_name(word, tmp_path):
    (tmp_path / "k.csv").write_text("x,k\n0,1\n1,2\n")
    texts = [
        f"region {word} = [0, 0.5] space x in [0, 1] unknown u equation inner: u_xx = 1 in {word}",
        f'space x in [0, 1] unknown u table {word}(x) = "k.csv" column k equation {word}*u_xx = 1',
        f"space x in [0, 1] unknown u unknown param {word} = 2 equation {word}*u_xx = 1",
        f"space x in [0, 1] unknown u param {word}: vector(2) ~ uniform(1, 2) equation {word}[1]*u_xx = 1",
        f"space x in [0, 1] unknown u equation u = integral({word} in 0..x, u({word}))",
    ]
    for text in texts:
        for method in ("stein-chi", "autograd"):
            loss = pdec.compile(pdec.loads(text, folder=tmp_path), method=method, samples=8, sigma=0.1)
            value = loss(
                torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)), loss.sample()
            )
            assert value.isfinite()


def test_labels_that_become_the_same_word():
    text = "space x in [0, 1] unknown u equation u_xx = 0 boundary lambda: u = 1 boundary lambda_: u = 3"
    loss = pdec.compile(pdec.loads(text), method="autograd")

    def zero(points):
        return 0 * points

    terms = loss.terms(zero, loss.sample())
    assert [float(terms[name].detach()) for name in ("lambda", "lambda_")] == [1, 9]
