"""Which known solutions are seen to be sums over windows of neighbouring coordinates."""

import pytest

import pdec
from pdec.symbolic.windows import wider

HEAD = "dim N = 6\nparam c: vector(N) ~ normal(0, 1, seed=0)\nspace x in ball(N)\ntime t in [0, 1]\nunknown u\n"
HEAD += "equation u_t = lap(u)\n"


@pytest.mark.parametrize(
    ("solution", "least"),
    [
        ("3", 1),
        ("t*exp(t)", 1),
        ("x[1]*t + x[5]", 1),
        ("|x|^2 + sin(x[2])", 1),
        ("exp(-t)*sum(i, c[i]*sin(x[i]))", 1),
        ("sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1])*t))", 2),
        ("x[2]*x[3] + sum(i, x[i])", 2),
        ("sum(i in 1..N-2, x[i]*x[i+2])", 3),
        ("x[2]*x[6]", 5),
        ("x[1]*sum(i, x[i])", None),
        ("exp(-|x|^2)", None),
        ("|x|^4", None),
        ("sum(i, sum(j, x[i]*x[j]^2))", None),
    ],
)
def test_the_least_window(solution, least):
    problem = pdec.loads(f"{HEAD}exact u = {solution}")
    assert next((size for size in range(1, 7) if not wider(problem, size)), None) == least


def test_with_a_hard_condition_it_is_asked_for_the_network():
    text = f"{HEAD}hard boundary u = x[1]*x[6]\nexact u = x[1]*x[6] + (1 - |x|^2)*sum(i in 1..N-1, x[i]*x[i+1]*t)"
    assert wider(pdec.loads(text), 1) == ["u"]
    assert wider(pdec.loads(text), 2) == []


def test_what_the_hard_condition_leaves_is_divided_out():
    text = f"{HEAD}hard boundary u = 1\nexact u = |x|^2"
    assert wider(pdec.loads(text), 1) == []


def test_without_a_solution_nothing_is_known():
    assert wider(pdec.loads(HEAD), 1) == []
