"""Unknowns of fewer coordinates: derivatives, places, verdicts, types, counted conditions, text."""

import time

import pytest
from sympy import Integer
from sympy.core.symbol import Str

import pdec
from pdec.compiler import loads
from pdec.explanation import as_data, explain, normal_text
from pdec.language.format import format_file
from pdec.language.parser import parse
from pdec.problem import Along
from pdec.symbolic.analysis import analyse
from pdec.symbolic.atoms import TIME, Partial
from pdec.symbolic.latex import problem_latex
from pdec.symbolic.profiles import Profile, directions
from pdec.symbolic.prove import prove

SPACE = "space (x, y, z) in [0, 1]^3 time t in [0, 1] unknown u, k(x, y), s(t), q(x, y, z), v(x, t): vector(2) "
MANY = "dim N = 5 space x in [0, 1]^N time t in [0, 1] unknown u, q(x), s(t), w(x1, t) "


def normal(text, start):
    problem = loads(f"{start} equation {text}")
    return normal_text(problem, problem.equations[0]).removesuffix(" = 0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lap(k)", "k_xx + k_yy"),
        ("lap(q)", "lap(q)"),
        ("div(k*grad(u))", "lap(u)*k + k_x*u_x + k_y*u_y"),
        ("|grad(k)|^2 + u", "k_x^2 + k_y^2 + u"),
        ("bilap(k)", "k_xxxx + 2*k_xxyy + k_yyyy"),
        ("(s*u)_t", "s*u_t + u*s_t"),
        ("(q*u)_t", "q*u_t"),
        ("lap(s*u)", "lap(u)*s"),
        ("contract(hess(k), hess(u))", "2*k_xy*u_xy + k_xx*u_xx + k_yy*u_yy"),
        ("div([v[1], v[2], u]) + s_tt", "s_tt + d(v[1], x) + u_z"),
        ("k(0, y) + u*s(t/2) + s(0)", "s(t/2)*u + k(0, y) + s(0)"),
        ("(k(2*x, y))_x + u", "2*k_x(2*x, y) + u"),
        ("mean(s*u)", "mean(u)*s"),
    ],
)
def test_derivatives(text, expected):
    found = normal(text, SPACE)
    assert sorted(found.split(" + ")) == sorted(expected.split(" + ")) or found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lap(w) + lap(q) + u", "lap(q) + w_x1x1 + u"),
        ("dot(x, grad(w)) + sum(i, i*d(w, x[i])) + u", "u + (1 + x[1])*w_x1"),
        ("sum(i in 2..N, d(w, x[i])) + u", "u"),
        ("w(x[2], t) + q(2*x) + q(x1=0) + s(s)", "q(2*x) + q(x1=0) + s(s) + w(x[2], t)"),
        ("div(w*grad(u))", "lap(u)*w + u_x1*w_x1"),
    ],
)
def test_derivatives_in_any_dimension(text, expected):
    found = normal(text, MANY)
    terms = {"*".join(sorted(term.split("*"))) for term in found.split(" + ")}
    assert terms == {"*".join(sorted(term.split("*"))) for term in expected.split(" + ")}


def test_directions():
    k = Partial(Profile("k", Along((1, 3), True)), Integer(1))
    assert directions(k, TIME) == [(TIME, 1)]
    assert directions(k, Integer(2)) == []
    assert directions(k, Integer(3)) == [(Integer(3), 1)]
    assert directions(Partial(Str("k"), Integer(1)), Integer(2)) == [(Integer(2), 1)]
    assert Profile("k", Along((1,))) != Profile("k", Along((2,))) != Str("k")


def test_what_an_unknown_depends_on():
    unknowns = {u.name: u.along for u in loads(SPACE + "equation u + k + s + q + v[1] = 0").unknowns}
    assert unknowns["u"] == Along()
    assert unknowns["k"] == Along((1, 2), False)
    assert unknowns["s"] == Along((), True)
    assert unknowns["q"] == Along(None, False)
    assert unknowns["v"] == Along((1,), True)
    start = "space (x, y) in [0, 1]^2 "
    assert all(
        loads(f"{start} unknown {u} equation u = 1").unknowns[0].along.whole for u in ("u", "u(x, y)", "u(y, x)")
    )
    assert loads(start + "unknown u(y) equation u = 1").unknowns[0].along == Along((2,), True)


HEAT = "space x in [0, 1] time t in [0, 1] unknown u, q(x) "
CONDITIONS = "initial u = 0 boundary u = 0 terminal u = sin(pi*x) "


FRONT = HEAT.replace("q(x)", "s(t)") + "equation u_t = u_xx initial u = 0 boundary s_t = u on x = 1 boundary u = 0 "


def codes(text):
    return sorted(warning.code for warning in analyse(loads(text)).warnings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAT + "equation u_t = u_xx + q " + CONDITIONS, []),
        (HEAT + "equation u_t = (q*u_x)_x " + CONDITIONS, []),
        (HEAT + "equation u_t = u_xx + q initial u = 0 boundary u = 0 boundary flux: u_x = t on x = 0", []),
        (HEAT + "equation u_t = u_xx + q terminal u = 0 boundary u = 0", ["W408", "W410"]),
        (HEAT + "equation u_t = u_xx + q boundary u = 0", ["W405", "W410"]),
        (HEAT + "equation u_t = u_xx + q initial u = 0", ["W405", "W410"]),
        (HEAT + "equation u_t = u_xx + q initial u = 0 boundary u = 0", ["W410"]),
        (HEAT + "equation u_t = u_xx + q initial u = 0 boundary u = 0 boundary edge: q = 0", ["W410"]),
        (HEAT + "equation u_t = u_xx + q initial u = 0 boundary u = 0 equation integral(u*x) = t", []),
        (HEAT + "equation u_tt = u_xx + q initial u = 0 initial u_t = x boundary u = 0", ["W410"]),
        (HEAT + "equation u_t = u_xx + q_x " + CONDITIONS, ["W410"]),
        (HEAT + "equation u_t = u_xx + q equation q_xx = 1 " + CONDITIONS, ["W405"]),
        (HEAT + "equation u_t = u_xx + q equation q_xx = 1 boundary q = 0 " + CONDITIONS, []),
        (HEAT + "equation u_t = u_xx " + CONDITIONS, ["W410"]),
        (FRONT, ["W405"]),
        (FRONT + "initial s = 1", []),
    ],
)  # fmt: skip
def test_warnings(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HEAT + "equation u_t = (q*u_x)_x", ["mixed"]),
        (HEAT + "equation u_t = (exp(q)*u_x)_x", ["parabolic"]),
        (HEAT + "equation u_tt = u_xx + q", ["hyperbolic"]),
        (HEAT + "equation u_t = u_xx + q equation q_xx = q^2 + mean(u)", ["parabolic", "ordinary"]),
        (HEAT.replace("q(x)", "s(t)") + "equation u_t = u_xx equation s_t = u_x(0, t)*s", ["parabolic", "ordinary"]),
        (MANY + "equation u_t = lap(u) + w + q + s equation w_t = lap(w) equation s_t = mean(u) equation lap(q) = 1",
         ["parabolic", "parabolic", "ordinary", "elliptic"]),
        (SPACE + "equation u_t = lap(u) + v[1] + s equation lap(k) = q equation s_tt = s equation lap(q) = 1 "
         "equation grad(v[1]) + grad(v[2]) = [1, 1, 1]",
         ["parabolic", "elliptic", "ordinary", "elliptic", "not decided"]),
        ("space (x, y, z) in [0, 1]^3 unknown u, k(x, y) equation lap(u) = k "
         "equation k_xx + (2 + sin(x))*k_yy + k_xy = 0",
         ["elliptic", "elliptic"]),
        ("space (x, y, z) in [0, 1]^3 unknown u, k(x, y): vector(2) equation lap(u) = k[1] equation lap(k) = 0",
         ["elliptic", "elliptic"]),
        # the two for u are decided together, and the condition on s is none on u
        (HEAT.replace("q(x)", "s(t)") + "equation u_t = u_xx/s^2 also grad(u) = 0 initial u = x initial s = 1",
         ["parabolic", "parabolic"]),
    ],
)  # fmt: skip
def test_types(text, names):
    assert [kind.name for kind in analyse(loads(text)).kinds] == names


def test_exact_solutions():
    text = HEAT + "equation u_t = u_xx + q initial u = 0 exact u = t*x exact q = {}"
    assert {v.status for v in prove(loads(text.format("x")))} == {"proved"}
    assert "violated" in {v.status for v in prove(loads(text.format("x^2")))}
    with pytest.raises(pdec.PdeError, match="depends on x alone, and this on t"):
        loads(text.format("x*t"))
    manufactured = HEAT + "equation u_t = u_xx + q*u initial u = 0 manufacture u = t*x manufacture q = exp(x)"
    assert {v.status for v in prove(loads(manufactured))} == {"proved"}


def test_text():
    problem = loads(SPACE + "equation lap(u) + k + q = s + v[1]")
    assert r"k = k(x, y) &\in \mathbb{R}" in problem_latex(problem)
    assert r"s = s(t) &\in \mathbb{R}" in problem_latex(problem)
    assert r"\mathbf{v} = \mathbf{v}(x, t) &\in \mathbb{R}^{2}" in problem_latex(problem)
    found = explain(problem)
    assert ("s", "unknown of t alone: the network with the other coordinates held fast") in found.given
    assert as_data(problem, found)["unknowns"][1] == {"name": "k", "size": 1, "coordinates": ["x", "y"]}
    source = pdec.diagnostics.Source("a.pde", "unknown  q( x ),s (t):complex , v(x, y): vector( 2 )\n")
    assert format_file(parse(source)) == "unknown q(x), s(t): complex, v(x, y): vector(2)\n"


def test_periodic_only_where_it_depends_on_the_coordinate():
    text = "space (x, y) in [0, 1]^2 unknown u, k(x) equation lap(u) + k_xx = 0 periodic x, y"
    assert [c.name for c in loads(text).conditions] == [
        "periodic_x_u", "periodic_x_u_x", "periodic_x_k", "periodic_x_k_x", "periodic_y_u", "periodic_y_u_y"
    ]  # fmt: skip


def test_ten_million_dimensions_cost_what_two_do():
    start = time.process_time()
    problem = loads("dim N = 2 space x in [0, 1]^N time t in [0, 1] unknown u(x, t), s(t) equation u_t = s", dim=10**7)
    assert [unknown.along for unknown in problem.unknowns] == [Along(), Along((), True)]
    assert time.process_time() - start < 1
