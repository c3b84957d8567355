"""The formatter: what it prints parses to the same tree, and looks as a person would write it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import expressions, files

from pdec.diagnostics import Source
from pdec.language.format import format_expression, format_file
from pdec.language.parser import parse, parse_expression

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.pde"))
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def parsed(text: str):
    return parse(Source("test.pde", text))


def reformatted(text: str) -> str:
    return format_expression(parse_expression(Source("test.pde", text)))


@relaxed
@given(expressions)
def test_expression_survives(expression):
    text = format_expression(expression)
    assert parse_expression(Source("test.pde", text)) == expression
    assert reformatted(text) == text


@relaxed
@given(files)
def test_file_survives(file):
    text = format_file(file)
    assert parsed(text) == file
    assert format_file(parsed(text)) == text


def test_the_examples_are_there():
    assert {path.stem for path in EXAMPLES} >= {"heat", "hjb", "poisson"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_survive(path):
    file = parsed(path.read_text(encoding="utf-8"))
    text = format_file(file)
    assert parsed(text) == file
    assert format_file(parsed(text)) == text
    assert text.isascii()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("((a))+(b*c)", "a + b*c"),
        ("(a+b)*c", "(a + b)*c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a/(b*c)"),
        ("a*(-b)", "a*(-b)"),
        ("(a^b)^c", "(a^b)^c"),
        ("a^(b^c)", "a^b^c"),
        ("(-x)^2", "(-x)^2"),
        ("-(x^2)", "-x^2"),
        ("x**-1", "x^-1"),
        ("Δu + ∇·v", "lap(u) + div(v)"),
        ("x² − π", "x^2 - pi"),
        ("∇u·∇v", "grad(u) · grad(v)"),
        ("(A:B)+1", "(A : B) + 1"),
        ("f(A:B)", "f(A : B)"),
        ("sum(i in 1 .. N - 1, x[ i + 1 ])", "sum(i in 1..N-1, x[i+1])"),
        ("sum(i in (1. )..N, x)", "sum(i in 1. ..N, x)"),
        ("E[w~normal(N)](w)", "E[w ~ normal(N)] w"),
        ("E[w~normal(N)](w+1)", "E[w ~ normal(N)] (w + 1)"),
        ("√(x)/2", "sqrt(x)/2"),
    ],
)
def test_canonical_expressions(text, canonical):
    assert reformatted(text) == canonical


def test_canonical_file():
    text = """
    problem p dim N=2 param a=1,b = 2 space (x,y) in [0,1]^2 ~ uniform
    unknown u(x,y), v : vector( 2 )
    let k=1, g(x)=x let C[i,j]=i*j
    equation heat:u_t=Δu boundary u
    exact u=0 train{steps 10;weight initial 1,boundary 2 lr -1}
    """
    assert format_file(parsed(text)) == (
        "problem p\n"
        "dim     N = 2\n"
        "param   a = 1, b = 2\n"
        "space   (x, y) in [0, 1]^2 ~ uniform\n"
        "unknown u(x, y), v: vector(2)\n"
        "\n"
        "let k = 1\n"
        "let g(x) = x\n"
        "let C[i, j] = i*j\n"
        "\n"
        "equation  heat: u_t = lap(u)\n"
        "boundary  u\n"
        "exact     u = 0\n"
        "\n"
        "train {\n"
        "  steps  10\n"
        "  weight initial 1, boundary 2\n"
        "  lr     -1\n"
        "}\n"
    )


def test_long_lists_are_not_joined():
    text = "\n".join(f"param a_rather_long_name_{i} = {i}" for i in range(12))
    assert all(len(line) <= 110 for line in format_file(parsed(text)).splitlines())
    assert parsed(format_file(parsed(text))) == parsed(text)


def test_nothing_gives_nothing():
    assert format_file(parsed("# only a comment")) == ""
