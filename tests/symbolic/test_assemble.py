"""From text to Problem: dimensions, parameters, conditions, coordinates, definitions, settings, warnings."""

import time
from pathlib import Path

import pytest
from explicit import HEADER, assert_means
from sympy import Integer, Symbol

from pdec.compiler import load, loads
from pdec.diagnostics import PdeError
from pdec.domains import Ball, Box, WholeSpace
from pdec.options import OptionError
from pdec.symbolic.atoms import DIM, Coordinate, Expectation

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAT = (EXAMPLES / "heat.pde").read_text(encoding="utf-8")
LINE = "space x in [0, 1]\ntime t in [0, 2]\nunknown u(x, t)\n"


def residuals(problem):
    return [*problem.equations, *(condition.residual for condition in problem.conditions)]


def everything(problem):
    """All expressions of a problem."""
    return [found.expression for found in (*residuals(problem), *problem.solutions)]


# --- dimension and parameters


@pytest.mark.parametrize("name", ["heat", "hjb", "poisson"])
def test_the_dimension_stays_symbolic(name):
    small, large = (load(EXAMPLES / f"{name}.pde", dim=dim) for dim in (10, 100_000))
    assert (small.dim, large.dim) == (10, 100_000)
    assert large.n_coords == 100_000 + (large.coordinates.time is not None)
    assert everything(small) == everything(large)
    assert [found.terms for found in residuals(small)] == [found.terms for found in residuals(large)]
    assert (small.constants[DIM], large.constants[DIM]) == (10, 100_000)


def test_a_large_dimension_costs_nothing():
    equation = "sum(i in 1..N-1, x[i]*x[i+1]*d(u, x[i])) = lap(u^3)"
    start = time.process_time()
    assert loads(HEAT, dim=100_000).dim == 100_000
    assert loads(f"dim N = 3\nspace x in [0, 1]^N\nunknown u(x)\nequation {equation}\n", dim=100_000).dim == 100_000
    assert time.process_time() - start < 2


def test_the_dimension_is_overridden_everywhere():
    problem = loads(HEAT, dim=7)
    initial, boundary = problem.conditions
    for found in (initial.residual, boundary.residual, *problem.solutions):
        assert DIM in found.expression.free_symbols
        assert Integer(100) not in found.expression.atoms(Integer)
    assert_means(problem.solutions[0].expression, "t + |x|^2/14", 7)


def test_a_fixed_dimension():
    text = "space x in [0, 1]^3\nunknown u(x)\nequation lap(u) = 0\n"
    assert (loads(text).dim, loads(text).dim_name, loads(text, dim=3).dim) == (3, None, 3)
    with pytest.raises(OptionError, match="fixed at 3"):
        loads(text, dim=4)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True])
def test_dimensions_that_are_none(wrong):
    with pytest.raises(OptionError, match="whole number"):
        loads(HEAT, dim=wrong)


def test_parameters():
    text = f"param mu = 1/2, T = 2*mu\n{LINE.replace('[0, 2]', '[0, T]')}equation u_t = mu*u_xx\n"
    problem, changed = loads(text), loads(text, params={"mu": 3})
    mu, end = Symbol("mu", real=True), Symbol("T", real=True)
    assert (problem.constants[mu], problem.constants[end], problem.coordinates.interval) == (0.5, 1, (0, 1))
    assert (changed.constants[mu], changed.constants[end], changed.coordinates.interval) == (3, 6, (0, 6))
    assert everything(changed) == everything(problem)
    with pytest.raises(OptionError, match="no parameter `nu`; it has mu, T"):
        loads(text, params={"nu": 1})
    with pytest.raises(OptionError, match="finite"):
        loads(text, params={"mu": float("nan")})


def test_names_that_python_uses():
    problem = loads(f"param self = 2, lambda = 3, name = 4\n{LINE}equation u_t = self*lambda*name*u_xx\n")
    numbers = {str(symbol): value for symbol, value in problem.constants.items() if symbol != DIM}
    assert numbers == {"self": 2, "lambda": 3, "name": 4}


# --- equations and conditions


def test_several_conditions_of_each_kind():
    problem = loads(f"""{LINE}equation u_tt = u_xx
initial u = sin(x)
initial u_t = 0
terminal u = 0
boundary wall: u = 0
boundary u_x = 1
boundary u + u_x
train {{ weight initial 10, wall 5, boundary2 7; points boundary3 3, domain 9, 50 }}
""")
    assert [(condition.name, condition.kind, condition.residual.order) for condition in problem.conditions] == [
        ("initial1", "initial", 0),
        ("initial2", "initial", 1),
        ("terminal", "terminal", 0),
        ("wall", "boundary", 0),
        ("boundary2", "boundary", 1),
        ("boundary3", "boundary", 1),
    ]
    assert problem.settings == {
        "weight": {"initial": 10, "wall": 5, "boundary2": 7},
        "points": {"boundary3": 3, "domain": 9, "": 50},
    }


def test_a_numbered_name_is_never_given_twice():
    problem = loads(f"{LINE}equation u_t = u_xx\nboundary boundary2: u = 0\nboundary u_x = 0\nboundary u = 1\n")
    assert [condition.name for condition in problem.conditions] == ["boundary2", "boundary3", "boundary4"]


def test_labels_of_equations():
    text = "space x in [0, 1]\nunknown u(x), w(x)\nequation flux: u_x = w\nequation w_x = 0\nequation w\n"
    assert [equation.label for equation in loads(text).equations] == ["flux", "equation2", "equation3"]


def test_mistakes_of_all_statements_are_found_at_once():
    with pytest.raises(PdeError) as caught:
        loads(f"{LINE}equation u_t = k*u_xx\ninitial u = [x, x]\nboundary u = 1/0\nexact u = w\n")
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["E101", "E104", "E101"]


# --- unknowns, coordinates, domains


def test_vector_unknowns():
    text = "dim N = 2\nspace x in ball(N)\nunknown p, v: vector(N), w: vector(3), q\n"
    problem = loads(text + "equation lap(v) = grad(p)\nequation div(v) = 0\nequation w = 0\nequation q\n", dim=5)
    columns = [(unknown.name, unknown.size, unknown.first) for unknown in problem.unknowns]
    assert columns == [("p", 1, 0), ("v", 5, 1), ("w", 3, 6), ("q", 1, 9)]
    assert problem.n_unknowns == 10
    assert problem.unknowns[2].components == ("w1", "w2", "w3")
    assert [equation.size for equation in problem.equations] == [DIM, None, Integer(3), None]


def test_named_coordinates():
    plane = "space (x, y) in [0, 1]*[-1, 2]\nunknown u\nequation u_xx + 2*u_yy + x*y*u_xy = y\nexact u = x*y\n"
    problem = loads(plane)
    assert (problem.coordinates.names, problem.coordinates.vector) == (("x", "y"), False)
    assert problem.domain == Box((0, -1), (1, 2))
    assert problem.solutions[0].expression == Coordinate(Integer(1)) * Coordinate(Integer(2))
    same = loads("space x in [0, 1]*[-1, 2]\nunknown u(x)\nequation u_x1x1 + 2*u_x2x2 + x[1]*x[2]*u_x1x2 = x[2]\n")
    assert problem.equations[0].expression == same.equations[0].expression


def test_one_coordinate_is_a_number():
    problem = loads(f"{LINE}equation u_t = u_xx + x*u_x + |x|^2*u\nexact u = x^2 + t\n")
    assert (problem.dim, problem.coordinates.vector, problem.n_coords) == (1, False, 2)
    same = loads(f"{LINE}equation d(u, t) = d(u, x, 2) + x*d(u, x) + x^2*u\n")
    assert problem.equations[0].expression == same.equations[0].expression


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("ball(N, radius=2, center=1)", Ball(2.0, 1.0)),
        ("[-1, 2]^N", Box((-1.0,), (2.0,))),
        ("R^N ~ normal(1, 2)", WholeSpace("normal", 1.0, 2.0)),
    ],
)
def test_domains(text, domain):
    assert loads(f"dim N = 3\nspace x in {text}\nunknown u(x)\nequation lap(u) = 0\n").domain == domain


# --- definitions


@pytest.mark.parametrize(
    ("lets", "text", "meaning"),
    [
        ("let k = 1 + |x|^2", "div(k*grad(u))", "div((1 + |x|^2)*grad(u))"),
        ("let k(x) = 1 + |x|^2", "div(k(x)*grad(u)) + k", "div((1 + |x|^2)*grad(u)) + 1 + |x|^2"),
        ("let k(y) = 1 + |y|^2", "u*k(2*x) + k(v)", "u*(1 + 4*|x|^2) + 1 + |v|^2"),
        ("let f(a, b) = a*b^2\nlet g(a) = f(a, a + 1)", "lap(g(u))", "lap(u*(u + 1)^2)"),
        ("let C[i, j] = x[i]*x[j]", "(C : hess(u)) + C[1, 2]", "contract(outer(x, x), hess(u)) + x[1]*x[2]"),
        ("let c[i] = x[i]^2", "dot(c, grad(u)) + c[3]", "sum(i, x[i]^2*d(u, x[i])) + x[3]^2"),
        # the vector inside an entry is not entry i of that vector
        ("let c[i] = dot(grad(u), v*x[i])", "dot(c, x)", "dot(grad(u), v)*|x|^2"),
        ("let C[i, j] = dot(x, v)*x[j]*v[i]", "dot(dot(C, x), v)", "dot(x, v)*|v|^2*|x|^2"),
        ("let A[i, j] = x[i]*v[j]\nlet B[i, j] = A[j, i]", "(B : hess(u))", "contract(outer(v, x), hess(u))"),
        ("let s = sum(i, x[i])", "sum(i, s*d(u, x[i]))", "sum(i, x[i])*sum(i, d(u, x[i]))"),
    ],
)
def test_definitions(lets, text, meaning):
    problem = loads(f"{HEADER.format(n=3)}{lets}\nequation {text} = 0\n")
    assert_means(problem.equations[0].expression, meaning, 3)


def test_expectations_in_references():
    (solution,) = load(EXAMPLES / "hjb.pde", dim=4).solutions
    assert (solution.kind, solution.expectation) == ("reference", True)
    (mean,) = solution.expression.atoms(Expectation)
    assert (mean.name, mean.size) == ("w", DIM)


# --- spelling


@pytest.mark.parametrize(
    ("unicode", "plain"),
    [
        ("Δu", "lap(u)"),
        ("Δ(u²)", "lap(u^2)"),
        ("|∇u|²", "|grad(u)|^2"),
        ("∇u · x", "dot(grad(u), x)"),
        ("∇·v", "div(v)"),
        ("∇×v · x", "dot(curl(v), x)"),
        ("∂_t u − u", "u_t - u"),
        ("∂_t (u²)", "d(u^2, t)"),
        ("∂²u/∂t² + ∂u/∂x[1]", "u_tt + d(u, x[1])"),
        ("u_x₁x₂·w", "u_x1x2*w"),
        ("√(1 + u²)", "sqrt(1 + u^2)"),
        ("π·u", "pi*u"),
        ("∂_x1x2 (u^2)", "d(u^2, x[1], x[2])"),
        ("∂_tt (u^2)", "d(u^2, t, 2)"),
    ],
)
def test_unicode_says_the_same(unicode, plain):
    one, other = (loads(f"{HEADER.format(n=3)}equation {text} = t\n") for text in (unicode, plain))
    assert one.equations[0].expression == other.equations[0].expression


def test_statements_in_any_order():
    backwards = loads("\n".join(reversed(HEAT.split("train")[0].splitlines())))
    equation, initial, boundary, exact = everything(loads(HEAT))
    assert everything(backwards) == [equation, boundary, initial, exact]


# --- settings, warnings, places


def test_settings():
    settings = loads(HEAT).settings
    assert (settings["steps"], settings["schedule"], settings["lr"]) == (1000, "linear", 1e-3)
    assert settings["weight"] == {"initial": 1000, "boundary": 1000}


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        (f"param a = 1, b = 2\nlet k = a\n{LINE}equation u_t = u_xx\n", ["a", "b", "k"]),
        (f"param a = 1, T = 2\nlet k = a\n{LINE}equation u_t = k*u_xx\nexact u = T\n", []),
        ("param r = 1\nspace x in ball(2, radius=r)\nunknown u(x)\nequation lap(u) = 0\n", []),
    ],
)
def test_unused_names_are_warned_of(text, unused):
    warnings = loads(text).warnings
    assert [warning.code for warning in warnings] == ["W401"] * len(unused)
    assert [warning.message.split("`")[1] for warning in warnings] == unused


def test_no_warning_stands_beside_an_error():
    with pytest.raises(PdeError) as caught:
        loads(f"param a = 1\n{LINE}equation u_t = a*lapp(u)\n")
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["E101"]


def test_origins_are_the_innermost_operators():
    problem = loads(f"{LINE}equation u_t = lap(u^2) + d(u, x)*u\n")
    places = {problem.source.slice(span) for span in problem.equations[0].origins.values()}
    assert places == {"u_t", "lap(u^2)", "d(u, x)"}


def test_a_place_outside_the_domain_is_warned_of():
    text = "space x in [0, 1] time t in [0, 2] unknown u equation u_t = u(2, t) + u(x, -1) + u(0.5, 2) + u(x + 9, t)"
    warnings = loads(text).warnings
    assert [text[w.span.start : w.span.end] for w in warnings] == ["2", "-1"]
    assert {w.code for w in warnings} == {"W402"}
