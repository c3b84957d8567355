"""Rules of quadrature: exact for polynomials, in one dimension and on grids."""

import math

import pytest
import torch

from pdec.runtime.quadrature import antithetic_normal, box_grid, gauss_hermite, gauss_legendre, grid, side_by_side


@pytest.mark.parametrize("count", [1, 2, 5, 32, 256])
def test_legendre(count):
    nodes, weights = gauss_legendre(count)
    for power in {0, 1, count, 2 * count - 1}:
        assert math.isclose(float((weights * nodes**power).sum()), 1 / (power + 1), rel_tol=1e-12)
    assert abs(float((weights * nodes ** (2 * count)).sum()) - 1 / (2 * count + 1)) > 0


@pytest.mark.parametrize("count", [1, 2, 5, 32])
def test_hermite(count):
    nodes, weights = gauss_hermite(count)
    moments = {0: 1, 2: 1, 4: 3, 6: 15, 8: 105}
    for power, moment in moments.items():
        if power <= 2 * count - 1:
            assert math.isclose(float((weights * nodes**power).sum()), moment, rel_tol=1e-10)
            assert abs(float((weights * nodes ** (power + 1)).sum())) < 1e-10


def test_grids():
    nodes, weights = box_grid(*gauss_legendre(4), 2, (0.0, -1.0), (1.0, 2.0))
    assert nodes.shape == (16, 2)
    x, y = nodes.unbind(-1)
    assert math.isclose(float((weights * x**3 * y**2).sum()), 1 / 4, rel_tol=1e-12)
    nodes, weights = box_grid(*gauss_legendre(3), 3, (0.0,), (2.0,))
    assert math.isclose(float((weights * nodes.prod(-1)).sum()), 1, rel_tol=1e-12)
    nodes, weights = grid(*gauss_hermite(3), 1)
    assert nodes.shape == (3, 1)


@pytest.mark.parametrize("count", [6, 7])
def test_normal_vectors_come_with_their_mirror_images(count):
    z = antithetic_normal(count, 3, torch.zeros(1, 1, dtype=torch.float64), torch.Generator().manual_seed(0))
    assert z.shape == (count, 3)
    assert torch.equal(z[:3], -z[-3:]) or count == 7
    assert z.dtype == torch.float64


def test_blocks_broadcast():
    points = side_by_side(torch.ones(5, 1, 2), torch.zeros(4, 1))
    assert points.shape == (5, 4, 3)
    assert points[3, 2].tolist() == [1, 1, 0]
