"""Product and chain rules over an abstract dimension, against the same text worked out in explicit coordinates."""

import pytest
from explicit import HEADER, assert_means
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from pdec.compiler import loads
from pdec.diagnostics import PdeError

EXPRESSIONS = """
lap(u^2)
lap(u*w)
lap(sin(u))
lap(u/w)
lap(u^mu)
lap(w^u)
lap(sqrt(u))
lap(log(u)*tanh(w))
lap(sech(u))
lap(erf(u))
lap(atan2(u, w))
lap(asin(u/40) + acos(w/40) + atan(u))
d(max(u, x[1]), t) + d(min(u, w), t) + d(|u - w|, t)
lap(lap(u))
bilap(u*w)
lap(lap(u^2))
lap(div(v)*u)
lap(dot(v, grad(u)))
div(exp(-|x|^2)*grad(u))
div(|grad(u)|^2*grad(u))
div(grad(u)/sqrt(1 + |grad(u)|^2))
div(u*v)
div(lap(v))
div(div(outer(v, v)))
div(dot(hess(u), x))
|grad(u)|^2
|hess(u)|
|hess(u)|^2
|grad(v[1])|
(hess(u) : hess(w))
contract(hess(u), outer(x, x))
contract(grad(v), transpose(grad(v)))
tr(hess(u)) + tr(grad(v))
advect(v, u)
dot(v, advect(v, v))
dot(dot(grad(v), v), v)
dot(dot(v, grad(v)), v)
dot(x, grad(u))
dot(x, lap(v))
grad(|x|^2) · grad(u)
u_tt + u_x1x1 + u_t*u_x1
d(u, x[1], 2, t)
(u + w)^3*lap(u)
(u + w)*(u - w) + w^2
lap(u)*N + mu*|x|^N*u
d(dot(x, x)^2*w, x[N]) + u
sum(i, (d(u, x[i]) + x[i]*u)^2)
sum(i, (x[i] + d(u, x[i]))^2*(x[i] - d(w, x[i])))
sum(i, d(u, x[i])*sum(i, d(w, x[i])))
sum(i, x[i]*d(u, x[i])*sum(j, x[j]*d(u, x[j])))
sum(i, sum(j, d(u, x[i], x[j])*x[i]*x[j]))
sum(i, sum(k, d(u, x[i], x[k])*d(w, x[i])*d(w, x[k])))
sum(i, sum(j, sum(k, d(u, x[i], x[k])*d(w, x[i], x[j])*d(w, x[k], x[j]))))
lap(sum(i, sum(j, (x[i] - x[j])^2*u)))
lap(sum(i, sum(j, 1/(1 + (x[i] - x[j])^2)))*u)
lap(exp(-sum(i, sum(j, x[i]*x[j]*u))))
sum(i, i*d(u, x[i]))
lap(where(x[1] < 0.6, u, w))
lap(where(u > 2, u^2, x[1] < 0.4 and t <= 0.7, u*w, w/x[1]))
div(where(not (x[1] >= 0.5 or t > 0.7), 1/x[1], 2)*grad(u))
where(0.3 < x[1] < 0.7, u_t, 3)*where(|x| > 0.9, lap(u), sqrt(w))
sum(i, sum(j, where(i == j, 1, mu)*x[i]*x[j]*d(u, x[i], x[j])))
sum(i, sum(j, where(i < j, x[i], i == j, 2, x[j])*d(u, x[i])*d(w, x[j])))
sum(i, where(i != N, x[i], 1/x[i])*d(u, x[i], 2))
sum(i, where(x[i] < 0.5, d(u, x[i]), 2 <= i < N, w, x[i]^2))
"""
FROM_TWO = """
u_x1x2 + u_tx2
lap(|x|*u)
d(u, x[1], 2, x[2], t)
sum(i, sum(j, where(i == j + 1 or j == i + 1, -1, i == j, 2, 0)*d(u, x[i], x[j])))
sum(i, sum(j, where(i == j + 1, x[i], x[j])*d(u, x[i], x[j])))
sum(i in 1..N-1, x[i]*x[i+1]*d(u, x[i]))
sum(i in 2..N, x[i-1]*d(u, x[i-1], x[i]))
sum(i in 2..N, i*d(u, x[i])*x[i-1])
sum(i in 1..N-1, (x[i+1] - x[i])^2*d(u, x[i], 2))
lap(sum(i in 1..N-1, (x[i+1] - x[i])^2)*u)
lap(sum(i in 1..N-1, sum(j in 1..N-1, x[i]*x[j+1]))*u)
d(sum(i in 1..N-1, x[i]*x[i+1])*u, x[N])
d(sum(i, i*x[i]*u), x[2])
sum(i, sum(j in 1..2, x[i]*d(u, x[j])*x[j]))
lap(sum(j in 1..2, x[j]^2*w)*u)
lap(u*sum(j in 1..2, sum(i in 1..N-1, x[j]*x[i]*x[i+1])))
"""
# (dimension, left side of the equation, its size)
VECTORS = [
    (3, "curl(v)", 3),
    (3, "v × grad(u)", 3),
    (3, "curl(curl(v)) - grad(div(v)) + lap(v)", 3),
    (3, "grad(u*w)", 3),
    (3, "advect(v, v)", 3),
    (2, "dot(hess(u), v)", 2),
    (2, "[u_x1, lap(w)]*u", 2),
    (2, "div(grad(v))", 2),
    (3, "where(x[1] < u, v, x*u)", 3),
    (2, "div(where(x[1] < 0.5, grad(v), hess(u)))", 2),
    (2, "sum(i, v*x[i])", 2),
    (2, "curl(v)", None),
]


def lines(text: str) -> list[str]:
    return text.split("\n")[1:-1]


def normal(text: str, n: int):
    """The normal form of an expression in n dimensions."""
    return loads(f"{HEADER.format(n=n)}equation {text} = 0\n").equations[0].expression


@pytest.mark.parametrize("text", lines(EXPRESSIONS))
def test_every_rule_holds_in_any_dimension(text):
    assert_means(normal(text, 2), text, 2)


@pytest.mark.parametrize("text", lines(FROM_TWO))
def test_ranges_and_single_entries(text):
    for n in (2, 5):
        assert_means(normal(text, n), text, n)


@pytest.mark.parametrize(("n", "text", "size"), VECTORS)
def test_vectors(n, text, size):
    assert_means(normal(text, n), text, n, size)


@pytest.mark.parametrize("wrong", ["lap(u^2) + u/1000", "2*u*lap(u)", "2*|grad(u)|^2 + 2*u*lap(u) - u_t/1000"])
def test_the_comparison_can_fail(wrong):
    with pytest.raises(AssertionError):
        assert_means(normal(wrong, 2), "lap(u^2)", 2)


LEAVES = st.sampled_from(
    ["u", "w", "t", "x[1]", "x[N]", "|x|^2", "2", "mu", "dot(x, v)", "u_t", "d(w, x[1])", "div(v)"]
)


def combined(inner):
    unary = st.sampled_from(["sin({})", "({})^2", "exp({}/9)", "lap({})", "d({}, t)", "-({})", "1/(9 + ({})^2)"])
    binary = st.sampled_from(
        ["({}) + ({})", "({})*({})", "({}) - ({})", "dot(grad({}), grad({}))", "sum(i, x[i]*d({}, x[i])*({}))"]
    )
    return st.one_of(
        st.builds(str.format, unary, inner),
        st.builds(str.format, binary, inner, inner),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(LEAVES, combined, max_leaves=5), st.sampled_from([1, 2, 3]))
def test_random_expressions(text, n):
    if text.count("lap") > 2:  # the explicit side would take seconds
        return
    text += " + 0.37*u_tt"  # so that it is an equation for u whatever cancels
    try:
        expression = normal(text, n)
    except PdeError as error:
        if [diagnostic.code for diagnostic in error.diagnostics] != ["E003"]:
            raise
        reject()  # too much work, and it says so: another one is drawn
    assert_means(expression, text, n)
