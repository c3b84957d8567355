"""The generated residual against an independent slow evaluation, with the same noise."""

import pytest
import sympy
import torch
from slow import CASES, Exponentials, exact, stein

import pdec
from pdec.codegen.printer import UnprintableError, _decimal

SIGMA, SIGMA_T = 0.3, 0.2
STEIN = ("stein-antithetic", "stein-cv", "stein-vanilla")


def by_hand(case, problem, derivative, points):
    """The residuals of a case: label -> (B,) or (B, k)."""
    residuals = case.residual if isinstance(case.residual, dict) else {"equation": case.residual}
    x = [points[:, i] for i in range(problem.dim)]
    values = {label: r(derivative, x, points[:, -1], problem.dim) for label, r in residuals.items()}
    return {label: torch.stack(v, dim=-1) if isinstance(v, list) else v for label, v in values.items()}


def compiled(case, method):
    problem = pdec.loads(case.text)
    loss = pdec.compile(problem, method=method, sigma=SIGMA, sigma_t=SIGMA_T, samples=6)
    generator = torch.Generator().manual_seed(1)
    points = torch.rand(3, problem.n_coords, generator=generator, dtype=torch.float64)
    return problem, loss, Exponentials(problem.n_coords, problem.n_unknowns), points


def assert_same(found, expected):
    assert list(found) == list(expected)
    for label in found:
        torch.testing.assert_close(found[label], expected[label], rtol=1e-11, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stein_residual_is_the_slow_one(case):
    for method in STEIN:
        problem, loss, net, points = compiled(case, method)
        noise = loss.draw({"domain": points}, generator=torch.Generator().manual_seed(2))["domain"]
        expected = by_hand(case, problem, stein(method, net, points, noise, problem.dim, SIGMA, SIGMA_T), points)
        assert_same(loss.module.residual(net, points, noise=noise), expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exact_residual_is_the_slow_one(case):
    problem, loss, net, points = compiled(case, "autograd")
    assert_same(loss.residual(net, points), by_hand(case, problem, exact(net, points, problem.dim), points))


def test_a_contraction_makes_no_tensor_with_draws_and_a_matrix():
    """contract(A, hess(u)) weighs K·B values; a tensor with K·B·d² entries would not fit for large d."""
    text = "dim N = 60 space x in [0, 1]^N unknown u let C[i, j] = cos(i*x[j]) equation contract(C, hess(u)) = 0"
    loss = pdec.compile(pdec.loads(text), method="stein-cv", samples=64)
    points = torch.rand(20, 60)
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    with Watch():
        loss.residual(torch.nn.Linear(60, 1), points)
    assert max(largest) <= 65 * 20 * 60


def test_whole_numbers_that_are_longer_than_those_of_torch():
    """2^63 and more are printed as floats: torch multiplies by no longer whole numbers."""
    text = "param a = 1e20 space x in [0, 1] unknown u equation a*u_xx + 3*2^70*u = 99999999999999999999*x"
    loss = pdec.compile(pdec.loads(text), method="autograd", dtype="float64")
    points = torch.rand(9, 1, dtype=torch.float64)
    x = points[:, 0]
    found = loss.residual(lambda x: x**2, points)["equation"]
    torch.testing.assert_close(found, 2e20 + 3 * 2.0**70 * x**2 - 99999999999999999999.0 * x)


def test_whole_numbers_that_are_beyond_floating_point():
    with pytest.raises(UnprintableError, match="too large for floating point"):
        _decimal(sympy.Integer(10) ** 400)
