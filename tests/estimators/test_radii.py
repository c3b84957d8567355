"""Radii and their weights against the moments of polynomials, and the bias that fixed radii admit to."""

import math

import numpy as np
import pytest
import torch
from numpy.polynomial.hermite_e import hermegauss

import pdec
from pdec.estimators.radii import HERMITE, TWIST, drawn, interpolation, moment, quadrature, single


def power(k):
    """|x|^(2k) as a network."""
    return lambda points: points.square().sum(-1, keepdim=True) ** k


def laplacians(dim, k, times):
    """Δ^times |x|^(2k) = this number times |x|^(2(k - times))."""
    return math.prod(2 * j * (2 * j + dim - 2) for j in range(k, k - times, -1)) if times <= k else 0


def smoothed(dim, k, sigma, times):
    """Δ^times of E|x + σz|^(2k) at zero."""
    rest = k - times
    return laplacians(dim, k, times) * sigma ** (2 * rest) * math.prod(dim + 2 * j for j in range(rest))


def estimate(text, dim, k, sigma):
    """At zero a power of |x| is the same in all directions: no randomness is left."""
    points = torch.zeros(1, dim, dtype=torch.float64)
    return float(pdec.estimate(text, power(k), points, method="stein-radial", sigma=sigma, samples=2))


@pytest.mark.parametrize("dim", [1, 2, 4, 30])
@pytest.mark.parametrize(("text", "times", "exact"), [("lap(u)", 1, 2), ("bilap(u)", 2, 3)])
def test_fixed_radii_are_exact_for_low_degrees(dim, text, times, exact):
    for k in range(exact + 1):
        expected = smoothed(dim, k, 0.7, times) if k >= times else 0
        assert estimate(text, dim, k, 0.7) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    if dim != 4:
        assert estimate(text, dim, exact + 1, 0.7) != pytest.approx(smoothed(dim, exact + 1, 0.7, times), rel=1e-3)


@pytest.mark.parametrize("dim", [1, 2, 4, 30])
def test_the_bias_of_the_laplacian_is_what_the_expansion_says(dim):
    """σ⁴ (d - 4)/(24(d + 4)) Δ³u, exactly so for degree six."""
    sigma = 0.6
    bias = estimate("lap(u)", dim, 3, sigma) - smoothed(dim, 3, sigma, 1)
    expected = sigma**4 * (dim - 4) / (24 * (dim + 4)) * laplacians(dim, 3, 3)
    assert bias == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dim", [2, 5])
def test_the_bias_of_the_gradient_is_what_the_expansion_says(dim):
    """-σ⁴/(4(d + 4)) ∇Δ²u; with a whole frame u_x1 of x_1|x|^(2k) at zero has no randomness."""
    sigma, points = 0.6, torch.zeros(1, dim, dtype=torch.float64)
    for k in range(3):
        found = pdec.estimate(
            "grad(u)",
            lambda p, k=k: p[..., :1] * power(k)(p),
            points,
            method="stein-radial",
            sigma=sigma,
            samples=2 * dim,
        )
        # ∂_1 Δ^j (x_1 |x|^2k) at zero: powers of |x| in dim + 2 dimensions
        expected = smoothed(dim + 2, k, sigma, 0) - sigma**4 / (4 * (dim + 4)) * (
            laplacians(dim + 2, 2, 2) if k == 2 else 0
        )
        torch.testing.assert_close(found, torch.eye(dim, dtype=torch.float64)[:1] * expected)


def test_values_from_shared_nodes():
    """u and Δu of degree three and five polynomials from the same nodes and the centre."""
    for k in (0, 1):
        found = pdec.estimate(
            "u + lap(u)", power(k), torch.zeros(1, 7).double(), method="stein-radial", sigma=0.5, samples=3
        )
        assert float(found) == pytest.approx(smoothed(7, k, 0.5, 0) + (smoothed(7, k, 0.5, 1) if k else 0))


def test_moments():
    assert moment(3, 2, 0) == 15
    assert moment(3, 2, 1) == 60
    assert moment(3, 1, 2) == 0
    nodes = [0.5, 2.0, 7.0, 11.0]
    for times in range(3):
        weights = interpolation(6, nodes, times)
        for k in range(4):
            assert np.dot(weights, np.power(nodes, k)) == pytest.approx(moment(6, k, times), abs=1e-8)


def test_the_hermite_table():
    nodes, weights = hermegauss(8)
    np.testing.assert_allclose(HERMITE, np.stack([nodes, weights / math.sqrt(2 * math.pi)], axis=1)[4:], rtol=1e-13)


@pytest.mark.parametrize("order", range(5))
def test_quadrature_is_exact_up_to_degree_fifteen(order):
    name = f"d(u, x[1], {order})" if order else "u_x1 + u"
    for degree in range(16 - order):
        found = pdec.estimate(
            name, lambda p, n=degree: p[..., :1] ** n, torch.zeros(1, 1).double(), method="stein-quadrature", sigma=0.8
        )
        even = math.prod(range(1, degree - order, 2)) if (degree - order) % 2 == 0 else 0
        expected = math.perm(degree, order) * 0.8 ** (degree - order) * even if degree >= order else 0
        if not order:
            continue
        assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-7)


def test_how_many_radii():
    """One more than half the order, in two more dimensions where all orders are odd; the sharing that follows."""
    assert drawn(10, "N", [1], True).law == (12, 1)
    assert drawn(10, "N", [1, 3], True).law == (12, 2)
    assert drawn(10, "N", [0, 1, 2], True).law == (10, 2)
    assert drawn(10, "N", [2, 4], True).law == (10, 3)
    assert drawn(10, "N", [2, TWIST], True).center
    assert single(10, "N", [2], True).fixed == (24.0,)
    assert not single(10, "N", [2], False).center
    assert quadrature(1, "1", [1, 2, 4], True).nodes == 4
    assert quadrature(3, "N", [2], True) == drawn(3, "N", [2], True)
