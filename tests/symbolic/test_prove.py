"""Verdicts on exact solutions: never a right one refused, never a wrong one accepted, never more claimed than shown."""

import pytest
from sympy import cos
from sympy.core.symbol import Str

import pdec
from pdec.symbolic.atoms import DIM, Coordinate, fresh
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.prove import prove
from pdec.symbolic.sums import Extreme


def verdicts(text, **arguments):
    return {verdict.label: verdict for verdict in prove(pdec.loads(text, **arguments))}


def statuses(text, **arguments):
    return {label: verdict.status for label, verdict in verdicts(text, **arguments).items()}


HEAT = "space x in ball(N) time t in [0, 1] unknown u equation u_t = lap(u) "


@pytest.mark.parametrize(
    "text",
    [
        "dim N = 100 param s = 1/N " + HEAT + "initial u = s*|x|^2/2 exact u = t + s*|x|^2/2",
        "dim N = 100 space x in ball(N, radius=sqrt(N)) unknown u equation lap(u) = 2*N boundary u = N exact u = |x|^2",
        "dim N = 10 space x in [0, N]^N unknown u equation lap(u) = 0 boundary u = N + x[2] on x[1] = N "
        "exact u = x[1] + x[2]",
        "dim N = 10 space x in [0, 1]^N unknown u equation d(u, x[7]) = cos(x[7]) boundary u = sin(x[7]) + x[8]^2 "
        "exact u = sin(x[7]) + x[8]^2",
        "dim N = 10 space x in [0, 1]^N unknown u equation lap(u) = 14 boundary u = 1 + sum(i in 1..7, x[i]^2) - 1 "
        "exact u = sum(i in 1..7, x[i]^2)",
        "dim N = 6 space x in [0,1]*[0,1]*[0,1]*[0,1]*[0,1]*[0,2] unknown u equation lap(u) = -sin(x[6]) "
        "boundary u = sin(x[6]) exact u = sin(x[6])",
        "space x in [0, 1] unknown u, v equation a: sqrt((u_x - v)^2) = 0 equation b: v_x = -sin(x) "
        "exact u = sin(x) exact v = cos(x)",
        "dim N = 4 param c: vector(N) ~ normal(10, 0.1, seed=1) space x in [0, 1]^N unknown u "
        "equation d(u, x[3]) = abs(c[3]) exact u = c[3]*x[3]",
        "space x in [0, 1] unknown u equation u_xx = -pi^2*sin(pi*x) boundary u = 0 exact u = sin(pi*x)",
        "space x in [0, 1] unknown u equation E[z ~ normal()] u(x + z) = exp(50)*u exact u = exp(10*x)",
    ],
)
def test_what_is_right_is_not_refused(text):
    assert set(statuses(text).values()) <= {"proved", "holds"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "param D = 1e-15 space x in [0, 1] time t in [0, 1] unknown u equation u_t = u_xx "
            "initial u = D*sin(x) boundary u = 7*D exact u = D*cos(x)",
            {"equation", "initial", "boundary"},
        ),
        (
            "param D = 1e-15 space x in [0, 1] time t in [0, 1] unknown u equation u_t = D*u_xx*3 exact u = x^2",
            {"equation"},
        ),
        (
            "dim N = 100 space x in ball(N) unknown u equation lap(u) = 2*N + 1e-9 exact u = |x|^2",
            {"equation"},
        ),
    ],
)
def test_what_is_wrong_is_refused_however_small(text, wrong):
    assert {label for label, status in statuses(text).items() if status == "violated"} == wrong


def test_nothing_is_claimed_for_all_dimensions_that_was_shown_for_one():
    ball = "dim N = 4 space x in ball(N, radius=sqrt(N)) unknown u equation lap(u) = 2*N boundary u = 4 exact u = |x|^2"
    assert verdicts(ball)["boundary"].text == "holds for N = 4"
    assert verdicts(ball)["equation"].text == "holds for all N"
    assert statuses(ball, dim=9)["boundary"] == "violated"
    time = (
        "dim N = 2 space x in ball(N) time t in [0, N] unknown u equation u_t = 1 + lap(u) terminal u = {} exact u = t"
    )
    assert verdicts(time.format("N"))["terminal"].text == "holds for all N"
    assert "all N" not in verdicts(time.format(2))["terminal"].text
    assert statuses(time.format(2), dim=3)["terminal"] == "violated"


def test_points_without_a_value_are_counted():
    text = "space x in [-1, 1] unknown u equation u_x = 1/(2*sqrt(x))*(1 + 1e-3*max(0, -x)) exact u = sqrt(x)"
    text = verdicts(text)["equation"].text
    assert "64 points" not in text
    assert "it has no value at" in text


def test_too_much_work_is_not_begun():
    text = (
        "dim N = 2000 space x in ball(N) unknown u equation lap(u) = sum(i, sum(j, sin(x[i]*x[j]))) + max(u, 0) "
        "exact u = sum(i, sin(x[i]))"
    )
    (verdict,) = verdicts(text).values()
    assert verdict.status == "violated"
    assert verdict.text.startswith("for N = 5, the residual is")


def test_the_order_of_parameters_does_not_matter_to_hard_conditions():
    text = (
        "dim N = 3 param {} space x in ball(N) time t in [0, T] unknown u equation u_t = lap(u) "
        "hard terminal u = |x|^2 hard boundary u = 1 + c*(T - t)"
    )
    first, second = (pdec.loads(text.format(order)).ansatz for order in ("T = 1, c = 1", "c = 1, T = 1"))
    assert first == second


@pytest.mark.parametrize("kind", ["max", "min"])
def test_the_error_of_an_extreme_is_the_largest_of_its_entries(kind):
    index, sign = fresh(), 1 if kind == "max" else -1
    # entry 1 wins and is exact; entry 2 has an error of 1e-7, from its large argument
    body = sign * ((2 - index) * 2 + (index - 1) * cos(10**9 * Coordinate(index)))
    value, error = evaluate(Extreme(Str(kind), body, index, DIM), Point([0.5, 0.3], 0.0, {DIM: 2}))
    assert value == 2 * sign
    assert error > 1e-8
