"""First derivatives that are carried in the same sum as second ones: when, and that the residual stays what it was."""

import pytest
import sympy
import torch

import pdec
from pdec.compiler import options_for
from pdec.plan import plan
from pdec.training.network import network_for

HEAD = "problem p dim N = {dim} space x in ball(N) time t in [0, 1] param k = 3, b: vector(N) ~ normal(0, 1, seed=0) "
ONE = HEAD + "unknown u(x, t) "
TWO = HEAD + "unknown u(x, t) unknown w(x, t) "


def problem_of(text, dim=4):
    return pdec.loads(text.format(dim=dim))


def texts(text, method="taylor"):
    """What is asked for in the domain."""
    problem = problem_of(text)
    return [d.text for d in plan(problem, options_for(problem, {"method": method})).sections[0].derivatives]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE + "equation u_t = lap(u)", ["u_t - lap(u)"]),
        (ONE + "equation u_t = k*lap(u) - dot(b, grad(u)) + u^3", ["u", "dot(b, grad(u)) + u_t - k*lap(u)"]),
        (ONE + "equation u_t = (1 + t)*lap(u) + x[1]*u_x1", ["u_t - x[1]*u_x1 - (1 + t)*lap(u)"]),
        (ONE + "equation u_t = sum(i, x[i]^2*d(u, x[i], 2))", ["u_t - sum(i, x[i]^2*d(u, x[i], x[i]))"]),
        (TWO + "equation u_t = lap(u) + w equation w_t = lap(w) - u", ["w", "u_t - lap(u)", "u", "w_t - lap(w)"]),
        # what stands in products or twice is needed by itself
        (ONE + "equation u_t = u*lap(u)", ["u", "u_t", "lap(u)"]),
        (ONE + "equation u_t^2 = lap(u)", ["u_t", "lap(u)"]),
        (TWO + "equation u_t = lap(u) + w equation w = u_t", ["w", "u_t", "lap(u)"]),
        # no direction less
        (TWO + "equation u_t = lap(u) + w equation w_t^2 = w", ["u_t", "w", "lap(u)", "w_t"]),
        (ONE + "equation u_t + d(u, t, t) = lap(u)", ["u_t", "u_tt", "lap(u)"]),
        # a sum more
        (TWO + "equation u_t = lap(u) + w equation w_t = k*lap(w) - u", ["u_t", "w", "lap(u)", "u", "w_t", "lap(w)"]),
    ],
)
def test_what_is_joined(text, expected):
    found = texts(text)
    assert sorted(found) == sorted(expected)
    assert "u_t - lap(u)" not in texts(text, "stein") + texts(text, "autograd")


def test_what_is_known_of_it():
    problem = problem_of(ONE + "equation u_t = k*lap(u) - dot(b, grad(u))")
    (joined,) = plan(problem, options_for(problem, {"method": "taylor"})).sections[0].derivatives
    (slope, along), (speed, time) = joined.drift
    assert (joined.name, joined.order, str(joined.scale)) == ("operator_u", 2, "-k")
    assert {slope, speed} == {sympy.S.One}
    assert {along.name, time.name} == {"slope_u", "u_t"}


VECTOR = HEAD + "param c: vector(N) ~ normal(0, 1, seed=1) unknown v: vector(N) "
CASES = {
    "heat": ONE + "equation u_t = lap(u)",
    "constants": ONE + "equation k*u_t = lap(u)/7 - dot(b, grad(u)) + u^2",
    "coefficients of points": ONE + "equation t*u_t = (|x|^2 - 1)*lap(u) + x[2]*u_x1 + exp(t)*dot(x, grad(u))",
    "scaled directions": ONE + "equation u_t + sum(i, (x[i] + i)*d(u, x[i], 2)) = dot(x, grad(u)) - u",
    "one-sided": ONE + "equation u_t + t*sum(i, x[i]^2*d(u, x[i], 2)) = k*dot(x, grad(u)) - u",
    "matrix": ONE + "equation u_t = t*sum(i, sum(j, b[i]*x[j]*d(u, x[i], x[j]))) + u_x1",
    "two alike": TWO + "equation u_t = lap(u) + w equation w_t = lap(w) - u*w",
    "hard": ONE + "equation u_t = lap(u) + dot(b, grad(u)) - u^3 hard initial u = |x|^2 boundary u = 1",
    "unknown number": ONE + "unknown param c = 2 equation u_t = c*lap(u) + c^2*u_x1",
    "no time": "dim N = {dim} space x in ball(N) unknown u(x) hard boundary u = 0 equation lap(u) + sin(u) = 0",
}
NETWORKS = {
    "plain": {},
    "narrow": {"width": 3},
    "one layer": {"depth": 1},
    "fourier": {"embedding": "fourier"},
    "modified": {"network": "modified-mlp"},
}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dim", [1, 4])
def test_residuals_are_what_they_were(case, network, dim):
    """By `taylor`, exact, against stacked back-propagation, for values and for gradients of the parameters."""
    if dim == 1 and case in ("coefficients of points", "hard"):
        dim = 2  # there is an x[2], and a ball on a line is two points
    given = {"dtype": "float64", "depth": 3, "width": 16, "activation": "silu", **NETWORKS[network]}
    problem = problem_of(CASES[case], dim)
    options = options_for(problem, {**given, "method": "taylor"})
    net = network_for(problem, options)
    generator = torch.Generator().manual_seed(1)
    points = torch.rand(6, problem.n_coords, generator=generator, dtype=torch.float64) / dim
    found = []
    for method in ("taylor", "autograd"):
        loss = pdec.compile(problem, **{**given, "method": method})
        more = {"parameters": loss.parameters(dtype=torch.float64)} if problem.numbers else {}
        residuals = loss.module.residual(net, points, **more)
        total = torch.stack([each.square().sum() for each in residuals.values()]).sum()
        trained = [*net.parameters(), *more.get("parameters", {}).values()]
        gradients = torch.autograd.grad(total, trained, allow_unused=True, materialize_grads=True)
        found.append([*residuals.values(), *gradients])
        if method == "taylor":
            assert "operator_u = " in loss.source
    torch.testing.assert_close(found[0], found[1], rtol=1e-9, atol=1e-9)


def the_same(problem, given):
    """Holds the residuals by `taylor` to those by `autograd`, and gives the text of the module for `taylor`."""
    net = network_for(problem, options_for(problem, given))
    generator = torch.Generator().manual_seed(1)
    points = torch.rand(6, problem.n_coords, generator=generator, dtype=torch.float64) / 3
    both = [pdec.compile(problem, method=m, **given) for m in ("taylor", "autograd")]
    taylor, autograd = (loss.module.residual(net, points)["equation"] for loss in both)
    torch.testing.assert_close(taylor, autograd, rtol=1e-9, atol=1e-9)
    return both[0].source


@pytest.mark.parametrize(
    "equation",
    [
        "dot(b, d(v, t)) = dot(c, lap(v))",
        "sum(m, b[m]*d(v[m], x[1])) = sum(m, c[m]*lap(v[m]))",
        "d(v[1], t) = lap(v[2])",
        "d(v[2], t) = lap(v[2]) - v[1]",
        "d(v, t) = lap(v) + k*v",
    ],
)
def test_components_stay_apart(equation):
    """Sums over components have coefficients inside, b for the slope and c for the Laplacian."""
    problem = problem_of(f"{VECTOR}equation {equation}", 3)
    given = {"dtype": "float64", "depth": 3, "width": 8}
    assert ("operator_v" in the_same(problem, given)) == (equation == "d(v[2], t) = lap(v[2]) - v[1]")


@pytest.mark.parametrize(
    "terms",
    ["sum(i in 1..N-1, x[i]*d(u, x[i], x[i+1]))", "sum(i in 2..N, d(u, x[i], 2))", "d(u, x[1], x[2])", "d(u, x[1], 2)"],
)
def test_what_is_not_carried_as_a_sum_is_not_joined(terms):
    problem = problem_of(f"{ONE}equation u_t = {terms} + dot(x, grad(u))", 3)
    assert "operator_u" not in the_same(problem, {"dtype": "float64", "depth": 3, "width": 8})


@pytest.mark.parametrize("case", ["heat", "coefficients of points", "scaled directions", "hard"])
def test_random_directions_have_the_mean_of_all(case):
    """`hutchinson`: the mean over many draws, to five standard errors, which are less than 2 %, of what is exact."""
    problem = problem_of(CASES[case])
    given = {"dtype": "float64", "depth": 3, "width": 16, "samples": 4}
    net = network_for(problem, options_for(problem, given))
    point = torch.full((1, problem.n_coords), 0.3, dtype=torch.float64)
    exact = pdec.compile(problem, method="autograd", **given).module.residual(net, point)["equation"]
    loss = pdec.compile(problem, method="hutchinson", **given)
    many = loss.module.residual(net, point.repeat(200_000, 1), torch.Generator().manual_seed(2))["equation"].detach()
    error = many.std() / len(many) ** 0.5
    assert abs(many.mean() - exact) < 5 * error
    assert 5 * error < 0.02 * abs(exact)


def test_windows_join_too():
    text = (
        "problem p dim N = 6 space x in ball(N) unknown u(x) hard boundary u = 0 "
        "equation lap(u) - dot(x, grad(u)) + u^3 = 0 manufacture u = (1 - |x|^2)*sum(i in 1..N-1, sin(x[i]*x[i+1]))"
    )
    problem = pdec.loads(text)
    given = {"dtype": "float64", "network": "windows", "width": 5, "depth": 3}
    assert "operator_u = " in the_same(problem, given)
