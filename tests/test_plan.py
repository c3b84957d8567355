"""The plan: which functionals a residual is read for, and under what names."""

import pytest

import pdec
from pdec.compiler import options_for
from pdec.estimators import LOWERINGS
from pdec.plan import plan, setting

DECLARED = "dim N = 3 space x in [0, 1]^N time t in [0, 1] unknown u, v: vector(N) "


def derivatives(equation, method="stein-antithetic", more=""):
    """Name, text, order of every derivative in the plan of one equation."""
    problem = pdec.loads(f"{DECLARED} {more} equation {equation}")
    section = plan(problem, options_for(problem, {"method": method})).sections[0]
    return {d.name: (d.text, d.order, len(d.sizes)) for d in section.derivatives}


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("u_t = lap(u)", {"u_t": ("u_t", 1, 0), "lap_u": ("lap(u)", 2, 0)}),
        ("u*lap(u) + |grad(u)|^2 = 0", {"u": ("u", 0, 0), "lap_u": ("lap(u)", 2, 0), "grad_u": ("grad(u)", 1, 1)}),
        ("bilap(u) = u_x1x2", {"bilap_u": ("lap(lap(u))", 4, 0), "u_x1x2": ("u_x1x2", 2, 0)}),
        ("div(v) + v[2] = 0", {"div_v": ("div(v)", 1, 0), "v2": ("v[2]", 0, 0)}),
        ("lap(v) = grad(u)", {"lap_v": ("lap(v)", 2, 1), "grad_u": ("grad(u)", 1, 1)}),
        ("dot(x, grad(u)) = 0", {"slope_u": ("dot(x, grad(u))", 1, 0)}),
    ],
)
def test_functionals_are_read_as_wholes(equation, expected):
    assert derivatives(equation) == expected


def test_a_contraction_with_a_matrix_never_makes_one():
    """A : hess(u) is one number a node, even where A is made of derivatives asked for before it."""
    for equation in ("sum(i, sum(j, x[i]*x[j]*d(u, x[i], x[j]))) = 0", "dot(grad(u), dot(hess(u), grad(u))) = 0"):
        (second,) = (entry for entry in derivatives(equation).values() if entry[1] == 2)
        assert second[2] == 0


def test_every_derivative_is_asked_for_once():
    assert sorted(derivatives("lap(u)*u_t + lap(u)^2*u_t^2 + sin(lap(u)) = u_t")) == ["lap_u", "u_t"]


def test_a_name_in_use_is_not_used_again():
    names = derivatives("lap_u*lap(u) + u_t*z*odd + noise = 0", more="param lap_u = 2, z = 3, odd = 4, noise = 5")
    assert set(names) == {"lap_u_2", "u_t"}


def test_conditions_are_planned_on_their_own_points():
    problem = pdec.loads(f"{DECLARED} equation u_t = 0 initial u = 0 boundary wall: u_x1 = 1")
    made = plan(problem, options_for(problem, {}))
    assert [section.point_set for section in made.sections] == ["domain", "initial", "wall"]
    assert [[d.name for d in section.derivatives] for section in made.sections] == [["u_t"], ["u"], ["u_x1"]]


def test_an_unknown_method_is_answered_with_the_nearest():
    with pytest.raises(pdec.OptionError, match="no method `autogard`; did you mean `autograd`"):
        derivatives("u_t = 0", method="autogard")
    with pytest.raises(pdec.OptionError, match="there are stein-antithetic, stein-cv, stein-vanilla, stein-chi"):
        derivatives("u_t = 0", method="xyz")


@pytest.mark.parametrize("method", ["stein-antithetic", "stein-cv", "stein-vanilla"])
def test_order_five_is_refused_where_it_stands(method):
    with pytest.raises(pdec.PdeError) as caught:
        derivatives("u_t = d(u, x[1], 5)", method=method)
    lines = str(caught.value).splitlines()
    assert "error[E302]: Stein estimators go up to order 4, and this derivative has order 5" in lines[0]
    assert lines[1][lines[2].index("^") : lines[2].rindex("^") + 1] == "d(u, x[1], 5)"
    assert lines[3] == "    hint: try --method autograd"
    assert "u_x1x1x1x1x1" in derivatives("u_t = d(u, x[1], 5)", method="autograd")


@pytest.mark.parametrize(
    ("changes", "axes"),
    [
        ({}, 40),
        ({"width": 32}, 32),
        ({"width": 32, "network": "modified-mlp"}, 40),
        ({"width": 32, "embedding": "fourier"}, 40),
        ({"width": 32, "net": "mine:net"}, 40),
        ({"width": 32, "depth": 1}, 1),
        ({"network": "windows", "window": 3}, 3),
    ],
)
def test_an_exact_laplacian_takes_as_many_directions_as_the_network_depends_on(changes, axes):
    problem = pdec.loads("dim N = 40\nspace x in ball(N)\nunknown u\nequation lap(u) = 1\nboundary u = 0")
    options = options_for(problem, {"method": "taylor", **changes})
    assert setting(problem, options, "domain").axes == axes
    (section, *_) = plan(problem, options).sections
    (forecast,) = LOWERINGS["taylor"].outlook(section.derivatives, setting(problem, options, "domain")).forecasts
    assert forecast.nodes == axes + 1
