"""What is not local, in algebra: equal things are equal, names are not captured, texts read back."""

import pytest

from pdec.compiler import loads
from pdec.symbolic.classify import classify
from pdec.symbolic.elsewhere import nesting
from pdec.symbolic.latex_printer import latex
from pdec.symbolic.prove import prove
from pdec.symbolic.show import show

LINE = "space x in [0, 2] unknown u "
MOVING = "space x in [0, 2] time t in [0, 1] unknown u "
MEAN_OF_PRODUCT = r"\frac{1}{|\Omega|} \int_{\Omega} u(y x) \, dy"
SQUARE = "space (x, y) in [0, 1]^2 unknown u "
MANY = "dim N = 4 space x in [0, 1]^N time t in [0, 1] unknown u, v: vector(N) "


def shown(text):
    problem = loads(text)
    scalars = frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar)
    return [show(equation.expression, problem.coordinates, scalars) for equation in problem.equations]


def expressions(*texts):
    return [loads(text).equations[0].expression for text in texts]


@pytest.mark.parametrize(
    ("head", "left", "right"),
    [
        (LINE, "integral(s in 0..x, u(s)) + u", "u + integral(s in 0..x, u(s))"),
        (
            LINE,
            "integral(s in 0..x, x*u(s) + u(s)^2)",
            "x*integral(s in 0..x, u(s)) + integral(s in 0..x, u(s)^2)",
        ),
        (LINE, "integral(s in 0..x, u*x)", "x^2*u"),
        (LINE, "u(x + 0)", "u"),
        (LINE, "u(u(x)/x*x)", "u(u)"),
        (LINE, "mean(mean(u^2)*u)", "mean(u)*mean(u^2)"),
        (LINE, "integral(u)", "2*mean(u)"),
        (LINE, "mean(y in domain, u(y)*u)", "u*mean(u)"),
        (LINE, "d(integral(s in 0..x, u(s)), x)", "u"),
        (LINE, "d(integral(s in x..1, u(s)), x)", "-u"),
        (LINE, "d(u(2*x), x)", "2*u_x(2*x)"),
        (LINE, "d(u(u), x)", "u_x(u)*u_x"),
        (MOVING, "d(u(x, t - u), t)", "u_t(x, t - u)*(1 - u_t)"),
        (MOVING, "d(mean(u^2), t)", "2*mean(u*u_t)"),
        (MOVING, "d(mean(u^2), x) + u", "u"),
        (MOVING, "u(x=3*x)", "u(3*x, t)"),
        (MOVING, "u(t, x)", "u"),
        (SQUARE, "u(x, y)", "u"),
        (SQUARE, "lap(u(y, x))", "u_xx(y, x) + u_yy(y, x)"),
        (SQUARE, "u(y=2*y)", "u(x, 2*y)"),
        (MANY, "E[z ~ normal(N)] (u(x + z, t)*u)", "u*E[z ~ normal(N)] u(x + z, t)"),
        (MANY, "u(x1=x[1])", "u"),
    ],
)
def test_equal(head, left, right):
    one, other = expressions(f"{head}equation {left} = 0", f"{head}equation {right} = 0")
    assert one == other


def test_names_of_variables_are_not_captured():
    text = LINE + "let F(a) = integral(s in 0..1, a*u(s)) equation integral(s in 0..x, F(s^2)*u(s)) = 0"
    flat = LINE + "equation integral(s in 0..x, s^2*u(s))*integral(s in 0..1, u(s)) = 0"
    assert expressions(text) == expressions(flat)


def test_a_solution_with_an_integral_is_moved_without_capture():
    """Of u = ∫₀ˣ s² ds at the place s the limits are meant, not the variable: ∫₀¹ s³/3 ds = 1/12."""
    text = LINE + "equation u = x^3/3 + integral(s in 0..1, u(s)) - 1/12 exact u = integral(s in 0..x, s^2)"
    assert [verdict.status for verdict in prove(loads(text))] == ["holds"]


@pytest.mark.parametrize(
    ("head", "equation", "text", "formula"),
    [
        (LINE, "integral(s in 0..x^2, s*u(s))", "integral(s in 0..x^2, s*u(s))", r"\int_{0}^{x^{2}} s u(s) \, ds"),
        (LINE, "mean(u^2)", "mean(u^2)", r"\frac{1}{|\Omega|} \int_{\Omega} u^{2} \, dx"),
        (LINE, "mean(y in domain, u(x*y))", "mean(y in domain, u(y*x))", MEAN_OF_PRODUCT),
        (MOVING, "u_x(0, t)", "u_x(0, t)", "u_{x}(0, t)"),
        (MANY, "u(x2=0)", "u(x2=0)", "u(x_{2} = 0)"),
        (MANY, "u(x2=0, t=1)", "u(x2=0, t=1)", "u(x_{2} = 0, t = 1)"),
        (MANY, "u(2*x, t)", "u(2*x, t)", "u(2 x, t)"),
    ],
)  # fmt: skip
def test_texts(head, equation, text, formula):
    problem = loads(f"{head}equation {equation} = 0")
    assert shown(f"{head}equation {equation} = 0") == [text]
    assert latex(problem.equations[0].expression, problem) == formula
    # what is shown is the same again
    assert expressions(f"{head}equation {text} = 0") == [problem.equations[0].expression]


@pytest.mark.parametrize(
    ("text", "order", "linearity", "kind"),
    [
        (MOVING + "equation u_t = u_xx + integral(s in 0..1, u(s, t))", 2, "linear", "parabolic"),
        (MOVING + "equation u_t = u_xx*mean(u)", 2, "quasilinear", "not decided"),
        (MOVING + "equation u_t = u_xx - E[z ~ normal()] (u(x + z, t)^2)", 2, "semilinear", "parabolic"),
        (MOVING + "equation u_t = u_x - u_t(x, t - 1)", 1, "linear", "not decided"),
        (MOVING + "equation u_t = integral(s in 0..1, u_xx(s, t))", 2, "linear", "not decided"),
        (LINE + "equation u_x = u(u)", 1, "semilinear", "ordinary"),
        (LINE + "equation mean(u) = 1", 0, "linear", "nonlocal"),
    ],
)
def test_classification(text, order, linearity, kind):
    problem = loads(text)
    assert (problem.equations[0].order, problem.equations[0].linearity) == (order, linearity)
    assert classify(problem)[0].name == kind


def test_nesting_is_counted():
    text = "equation integral(s in 0..x, mean(u)*integral(r in 0..s, u(r))) = 0"
    assert nesting(expressions(LINE + text)[0]) == 2
