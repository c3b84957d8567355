"""Means over standard normal vectors, and their standard errors."""

import math

import numpy as np
import pytest
import torch

from pdec.runtime.expectation import log_mean_exp, mean_and_error

torch.set_num_threads(1)
POINTS = torch.zeros(3, 2, dtype=torch.float64)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def linear(a):
    return lambda w: (w @ torch.tensor(a, dtype=w.dtype))[:, None]


def test_mean_and_error_are_those_of_numpy():
    mean, error = mean_and_error(lambda w: w**2 + POINTS[:, 0], 1, POINTS, 5000, generator())
    values = torch.randn(5000, 1, generator=generator(), dtype=torch.float64).square().numpy()
    assert mean.shape == error.shape == (3,)
    np.testing.assert_allclose(mean, [values.mean()] * 3, rtol=1e-12)
    np.testing.assert_allclose(error, [values.std(ddof=1) / math.sqrt(5000)] * 3, rtol=1e-12)


def test_a_large_mean_does_not_swallow_the_error():
    _, error = mean_and_error(lambda w: 1e9 + w, 1, POINTS, 1000, generator())
    np.testing.assert_allclose(error, torch.full((3,), 1 / math.sqrt(1000)), rtol=0.1)


@pytest.mark.parametrize("helper", [mean_and_error, log_mean_exp])
def test_chunks_change_nothing_but_the_last_digits(helper):
    """A wide integrand is done in chunks of forty draws: the same draws, the same result."""
    whole = helper(linear([0.5, 1.0]), 2, POINTS, 1000, generator())
    parts = helper(linear([0.5, 1.0]), 2, POINTS, 1000, generator(), width=69_904)
    for a, b in zip(whole, parts):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("helper", [mean_and_error, log_mean_exp])
def test_chunks_are_bounded_by_what_the_integrand_makes(helper):
    seen = []

    def integrand(w):
        seen.append(len(w))
        return w[:, :1]

    helper(integrand, 4, POINTS, 100, generator(), width=2**23 // 60)
    assert sum(seen) == 100
    assert max(seen) <= 20


def test_log_mean_exp_of_a_linear_function():
    """E exp(a·w) = exp(|a|²/2), and the variance of its estimate is (exp(|a|²) - 1)/samples of its square."""
    found, error = log_mean_exp(linear([0.6, -0.8]), 2, POINTS, 200_000, generator())
    np.testing.assert_allclose(error, [math.sqrt((math.e - 1) / 200_000)] * 3, rtol=0.1)
    assert abs(found[0] - 0.5) < 4 * error[0]


def test_log_mean_exp_against_quadrature():
    """log E[1/g(x + sqrt(2) w)], g(x) = (1 + x²)/2: the reference solution of hjb.pde in one dimension."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [-3.0, 0.0]], dtype=torch.float64)

    def integrand(w):
        return -(0.5 + (x[:, 0] + math.sqrt(2) * w).square() / 2).log()

    values = integrand(torch.from_numpy(nodes)[:, None]).exp().numpy()
    expected = np.log(weights @ values / weights.sum())
    found, error = log_mean_exp(integrand, 1, x, 200_000, generator())
    assert (np.abs(found.numpy() - expected) < 4 * error.numpy()).all()


@pytest.mark.parametrize("shift", [-2000.0, -50.0, 2000.0])
def test_extreme_exponents_neither_overflow_nor_vanish(shift):
    plain, error = log_mean_exp(linear([0.5]), 1, POINTS, 1000, generator())
    moved, moved_error = log_mean_exp(lambda w: linear([0.5])(w) + shift, 1, POINTS, 1000, generator())
    torch.testing.assert_close(moved, plain + shift, rtol=0, atol=1e-9)
    torch.testing.assert_close(moved_error, error, rtol=1e-6, atol=0)


def test_exponents_spread_over_thousands():
    found, error = log_mean_exp(lambda w: 1000 * w, 1, POINTS, 1000, generator())
    top = 1000 * torch.randn(1000, 1, generator=generator(), dtype=torch.float64).max()
    torch.testing.assert_close(found, (top - math.log(1000)).expand(3), rtol=1e-3, atol=0)
    assert torch.isfinite(error).all()


@pytest.mark.parametrize(("helper", "truth"), [(mean_and_error, 0.0), (log_mean_exp, 0.125)])
def test_the_standard_error_is_honest(helper, truth):
    """Over repeats, (estimate - truth)/error has mean 0 and variance 1."""
    results = [helper(linear([0.3, 0.4]), 2, POINTS[:1], 400, generator(seed)) for seed in range(300)]
    pulls = [float((found - truth) / error) for found, error in results]
    assert abs(np.mean(pulls)) < 4 / math.sqrt(300)
    assert 0.8 < np.std(pulls) < 1.2


@pytest.mark.parametrize("helper", [mean_and_error, log_mean_exp])
def test_dtype_is_that_of_the_points_and_one_draw_has_no_error(helper):
    found, error = helper(linear([1.0]), 1, POINTS.float(), 1, generator())
    assert found.dtype == error.dtype == torch.float32
    assert (error == 0).all()
