"""Problems as LaTeX: the forms that a paper has, and text that compiles."""

import re
from pathlib import Path

import pytest
from matplotlib.mathtext import MathTextParser

import pdec
from pdec.symbolic.latex import notebook_latex, number, problem_latex
from pdec.symbolic.latex_printer import name, words

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "examples").rglob("*.pde")), *sorted((ROOT / "pdec" / "templates").glob("*.pde"))]


def rows(text):
    lines = problem_latex(pdec.loads(text)).splitlines()
    assert lines[0] == r"\begin{align*}"
    assert lines[-1] == r"\end{align*}"
    return [line.strip().removesuffix(r" \\") for line in lines[1:-1]]


def equation(text, space="dim N = 3 space x in ball(N) time t in [0, 1]", unknowns="unknown u"):
    (row,) = (row for row in rows(f"{space} {unknowns} equation {text}") if r"\text{in }" in row)
    return row.partition(" && ")[0]


PLANE = "space (x, y) in [0, 1]^2 time t in [0, 2]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u_t = lap(u)", r"u_{t} - \Delta u &= 0"),
        ("lap(u) = -sin(sum(i, x[i]))", r"\Delta u &= -\sin{\left(\sum_{i=1}^{N} x_{i} \right)}"),
        ("u_tt = bilap(u) + |x|^2", r"u_{tt} - \Delta^{2} u &= |x|^{2}"),
        ("u_t + |grad(u)|^2 = |x|", r"u_{t} + |\nabla u|^{2} &= |x|"),
        ("u_t = |grad(u)|^3", r"u_{t} - |\nabla u|^{3} &= 0"),
        ("u_t = lap(u)^2", r"u_{t} - \left(\Delta u\right)^{2} &= 0"),
        ("u_t = u*lap(u) + dot(x, grad(u))", r"u_{t} - u \Delta u - x \cdot \nabla u &= 0"),
        ("u_t = lap(u)/2", r"u_{t} - \frac{1}{2} \Delta u &= 0"),
        ("u_t = u_x1x2*u_x1", r"u_{t} - u_{x_{1}} u_{x_{1}x_{2}} &= 0"),
        ("u_t = sum(i, x[i]^2*d(u, x[i], 2))", r"u_{t} - \sum_{i=1}^{N} x_{i}^{2} \partial_{x_{i}}^{2} u &= 0"),
        ("u_t = sum(i in 1..N-1, x[i]*x[i+1])*u", r"u_{t} - u \sum_{i=1}^{N - 1} x_{i} x_{i + 1} &= 0"),
        ("u_t = max(u, 0) + abs(u)", r"u_{t} - \left|{u}\right| - \max\left(0, u\right) &= 0"),
        ("u_t = where(x[1] < 0, 1, 2)*u",
         r"u_{t} - u \begin{cases} 1 & \text{if } x_{1} < 0 \\ 2 & \text{otherwise} \end{cases} &= 0"),
    ],
)  # fmt: skip
def test_equations_of_papers(text, expected):
    assert equation(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u_t + u*u_x = u_xy", r"u_{t} - u_{xy} + u u_{x} &= 0"),
        ("u_t = sqrt(2)*exp(-x^2)/2", r"u_{t} &= \frac{\sqrt{2} e^{- x^{2}}}{2}"),
        ("u_t = 1 - 2*x", r"u_{t} &= 1 - 2 x"),
        ("u_t = asin(x)", r"u_{t} &= \arcsin{\left(x \right)}"),
    ],
)
def test_equations_with_named_coordinates(text, expected):
    assert equation(text, PLANE) == expected


def test_vector_equations():
    flow = "unknown v: vector(2), p"
    assert (
        equation("v_t + advect(v, v) + grad(p) = lap(v)", PLANE, flow)
        == r"\mathbf{v}_{t} - \Delta \mathbf{v} + (\mathbf{v} \cdot \nabla) \mathbf{v} + \nabla p &= 0"
    )
    assert equation("div(v) = p", PLANE, flow) == r"\nabla \cdot \mathbf{v} - p &= 0"
    text = f"{PLANE} {flow} equation lap(v) = [x, 0] boundary v = [y, 1] on x = 0"
    assert [row for row in rows(text) if "&&" in row] == [
        r"\Delta v_{1} &= x && \text{in } \Omega",
        r"\Delta v_{2} &= 0 && \text{in } \Omega",
        r"v_{1} &= y && \text{on } x = 0",
        r"v_{2} &= 1 && \text{on } x = 0",
    ]


def test_a_whole_problem():
    text = """
    dim N = 100 param kappa = 0.5, T = 2
    space x in [0, 1]^N time t in [0, T] unknown u
    equation u_t = kappa*lap(u)
    initial u = |x|^2 boundary dn(u) + u = 0 hard terminal u = 1
    """
    assert rows(text) == [
        r"u &\colon \Omega \times [0, T] \to \mathbb{R}",
        r"\Omega &= [0, 1]^{N}",
        r"N &= 100",
        r"\kappa &= 0.5",
        r"T &= 2",
        r"u_{t} - \kappa \Delta u &= 0 && \text{in } \Omega",
        r"u &= |x|^{2} && \text{at } t = 0",
        r"\partial_{n} u + u &= 0 && \text{on } \partial \Omega",
        r"u &= 1 && \text{at } t = T \quad \text{(hard)}",
    ]


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ("space x in [0, 2*pi]", r"[0, 2 \pi]"),
        ("space (x, y) in [0, 1]*[-1, 2]", r"[0, 1] \times [-1, 2]"),
        ("dim N = 4 space x in ball(N, radius=2, center=-0.5)", r"\{x \in \mathbb{R}^{N} : |x + 0.5| < 2\}"),
        ("space x in R^3 ~ normal(0, 1)", r"\mathbb{R}^{3}"),
    ],
)
def test_domains(space, expected):
    assert rf"\Omega &= {expected}" in rows(f"{space} unknown u equation lap(u) = 0")


def test_parameters():
    text = """
    dim N = 3 unknown param k = 1 in [0, 10]
    param A: matrix(N) ~ normal(0, 2, seed=1), c: vector(N) ~ uniform(0, 1)
    space x in [0, 1]^N time t in [0, 1] unknown u
    equation u_t = (A : hess(u)) + k*dot(c, grad(u)) + dot(c, x)
    """
    found = rows(text)
    assert r"A_{ij} &\sim \mathcal{N}(0, 2^2) && \text{drawn once, seed 1}" in found
    assert r"c_{i} &\sim \mathcal{U}(0, 1) && \text{drawn once, seed 0}" in found
    assert r"k &\in [0, 10] && \text{to be found}" in found
    assert r"u_{t} - A : D^{2} u - k c \cdot \nabla u &= x \cdot c && \text{in } \Omega" in found


def test_periodic_conditions():
    text = "space x in [0, 2*pi] unknown u equation u_xx = 0 periodic x"
    assert r"u_{x} |_{x = 0} &= u_{x} |_{x = 2 \pi}" in rows(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u", "u"), ("mu", r"\mu"), ("μ", r"\mu"), ("Ω", r"\Omega"), ("sigma_1", r"\sigma_{1}"), ("a12", "a_{12}"),
        ("rate", r"\mathrm{rate}"), ("k_eff", r"k_{\mathrm{eff}}"), ("λ_x", r"\lambda_{x}"), ("é", "é"),
    ],
)  # fmt: skip
def test_names(text, expected):
    assert name(text) == expected


def test_bold_names():
    assert name("v", bold=True) == r"\mathbf{v}"
    assert name("omega", bold=True) == r"\boldsymbol{\omega}"


def test_words_are_escaped():
    assert words(r"a_b & 5 % of {\x} ~ ^") == (
        r"\text{a\_b \& 5 \% of \{\textbackslash{}x\} \textasciitilde{} \textasciicircum{}}"
    )


def test_numbers():
    assert [number(value) for value in (0.5, 3.141592653589793, 1e-12, 0.0)] == [
        "0.5",
        r"\pi",
        r"1 \cdot 10^{-12}",
        "0",
    ]


def balanced(text):
    depth = 0
    for match in re.finditer(r"\\[{}]|[{}]", text):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        assert depth >= 0
    begun = re.findall(r"\\begin\{(\w+\*?)\}", text)
    return depth == 0 and sorted(begun) == sorted(re.findall(r"\\end\{(\w+\*?)\}", text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_compiles(path):
    text = problem_latex(pdec.load(path))
    assert balanced(text)
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right") - text.count(r"\rightarrow")
    assert text.isascii()
    parser = MathTextParser("agg")
    for row in text.splitlines()[1:-1]:
        row = row.removesuffix(r"\\").rstrip()
        assert row.count("&&") <= 1
        assert row.partition("&&")[0].count("&") == 1 + row.count(r"\text{if }") + row.count(r"\text{otherwise}")
        # what matplotlib has not: environments, and the sign between a function and its sets
        plain = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "c", row).replace(r"\colon", ":").replace("&", " ")
        plain = plain.replace(r"\text", r"\mathrm").replace(r"\quad", r"\ ")
        parser.parse(f"${plain}$")


def test_a_notebook_shows_the_problem():
    problem = pdec.load(ROOT / "examples" / "heat.pde")
    assert problem._repr_latex_() == notebook_latex(problem)
    assert notebook_latex(problem).startswith("$$\\begin{aligned}\n")
    assert notebook_latex(problem).endswith("\\end{aligned}$$")
